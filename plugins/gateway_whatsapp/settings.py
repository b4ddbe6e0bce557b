"""One ``[[accounts]]`` entry of channel ``whatsapp``: one phone number."""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from msgspec import Meta

from gateway.api import ChannelSettings, Secret, Secrets
from gateway_meta.addresses import FACEBOOK_URL
from gateway_whatsapp import sealed


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
    portfolio_id: Annotated[
        str,
        Meta(
            description="Meta's id of the business portfolio, or any name, the same for every number of "
            "it: they share its messaging limit. Needed where a portfolio has several WhatsApp Business "
            "Accounts; those of one account share it anyway."
        ),
    ] = ""
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
    ] = FACEBOOK_URL
    appsecret_proof: Annotated[
        bool,
        Meta(
            description="Prove with each call that the token is used by its app (the first of "
            "app_secret)."
        ),
    ] = True
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
    flow_key: Annotated[
        Secrets,
        Meta(
            description="Private key of Flows (PEM, from `relevo flows keygen`), or two while it is "
            "changed, new one first. With it, /webhooks/whatsapp/ACCOUNT/flows answers phones."
        ),
    ] = Secrets()
    flow_url: Annotated[
        str,
        Meta(
            pattern="^(https?://.*)?$",
            description="Address of a service of yours that is asked for the screens of Flows, in "
            "plain JSON.",
        ),
    ] = ""
    flow_url_secret: Annotated[
        Secret | None,
        Meta(description="Signs what is posted to flow_url: header X-Relevo-Signature-256."),
    ] = None
    flow_expired: Annotated[
        str,
        Meta(
            min_length=1,
            description="What a contact reads who opens a Flow that is no longer good.",
        ),
    ] = "Este formulario ya no está disponible."

    def __post_init__(self) -> None:
        for each in self.flow_key.reveal():
            try:
                sealed.private_key(each)
            except (ValueError, TypeError, UnsupportedAlgorithm):
                raise ValueError(
                    "flow_key is no key that Flows can use: RSA, 2048 bits, PEM, no password"
                ) from None
