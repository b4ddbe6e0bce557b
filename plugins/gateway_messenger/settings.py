"""One ``[[accounts]]`` entry of channel ``messenger``: one Facebook page."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from gateway.api import ChannelSettings, Secret, Secrets

GRAPH_URL = "https://graph.facebook.com/v26.0"


class MessengerSettings(ChannelSettings, frozen=True, kw_only=True):
    """One Facebook page."""

    page_id: Annotated[str, Meta(min_length=1, description="Meta's id of the page.")]
    access_token: Annotated[Secret, Meta(description="Access token of the page: sends messages.")]
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
