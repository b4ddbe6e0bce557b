"""One ``[[accounts]]`` entry of channel ``messenger``: one Facebook page."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from gateway.api import ChannelSettings, Secret, Secrets
from gateway_meta.addresses import FACEBOOK_URL


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
    ] = FACEBOOK_URL
    long_text: Annotated[
        Literal["split", "reject"],
        Meta(
            description="A text longer than 2 000 characters: split sends it as several messages, reject refuses it."
        ),
    ] = "split"
    appsecret_proof: Annotated[
        bool,
        Meta(
            description="Prove with each call that the token is used by its app (the first of "
            "app_secret)."
        ),
    ] = True
    profiles: Annotated[
        bool, Meta(description="Look up the name and picture of contacts who write.")
    ] = True
    subscribe: Annotated[
        tuple[str, ...],
        Meta(
            description="Webhook fields to subscribe the page to, and to subscribe it to again when "
            "Meta switched it off: all you want, for they take the place of others. Empty to leave "
            "subscriptions alone."
        ),
    ] = ()
    health_minutes: Annotated[
        int,
        Meta(
            ge=0, description="How often the token and the subscription are checked; 0 for never."
        ),
    ] = 15
