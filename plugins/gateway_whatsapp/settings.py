"""One ``[[accounts]]`` entry of channel ``whatsapp``: one phone number."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from gateway.api import ChannelSettings, Secret, Secrets

GRAPH_URL = "https://graph.facebook.com/v26.0"


class WhatsAppSettings(ChannelSettings, frozen=True, kw_only=True):
    """One phone number of a WhatsApp Business Account."""

    phone_number_id: Annotated[
        str, Meta(min_length=1, description="Meta's id of the number (not the number itself).")
    ]
    business_account_id: Annotated[
        str,
        Meta(
            min_length=1,
            description="Meta's id of the WhatsApp Business Account; templates, quality and "
            "account notices name only this.",
        ),
    ]
    access_token: Annotated[
        Secret, Meta(description="Token of a system user: sends messages, fetches files.")
    ]
    app_secret: Annotated[
        Secrets,
        Meta(description="Secret of the Meta app, or two while it is changed: signs webhooks."),
    ]
    verify_token: Annotated[
        Secret, Meta(description="What you typed into Meta's dashboard beside the callback URL.")
    ]
    api_url: Annotated[
        str, Meta(pattern="^https?://", description="Graph API and its version.")
    ] = GRAPH_URL
    display_phone_number: Annotated[
        str,
        Meta(
            description="The number as people dial it; tells notices apart when several numbers "
            "share a WhatsApp Business Account."
        ),
    ] = ""
    marketing_messages: Annotated[
        Literal["off", "fallback", "strict"],
        Meta(
            description="Whether templates of category marketing go through Meta's Marketing "
            "Messages API: off, fallback (Meta may use the Cloud API instead) or strict."
        ),
    ] = "off"
    list_button: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=20,
            description="What a list opens at that was made from more than three buttons.",
        ),
    ] = "Opciones"
