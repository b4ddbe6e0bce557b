"""One ``[[accounts]]`` entry of channel ``instagram``: one professional account."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

from msgspec import Meta

from gateway.api import ChannelSettings, Secret, Secrets
from gateway_meta.addresses import FACEBOOK_URL, INSTAGRAM_URL

GRAPH_URLS: Final[Mapping[str, str]] = MappingProxyType(
    {"facebook": FACEBOOK_URL, "instagram": INSTAGRAM_URL}
)
"""The Graph API of each login."""


class InstagramSettings(ChannelSettings, frozen=True, kw_only=True):
    """One professional account of Instagram."""

    instagram_id: Annotated[
        str,
        Meta(
            min_length=1,
            description="Meta's id of the professional account (1784…), as webhooks name it.",
        ),
    ]
    access_token: Annotated[
        Secret,
        Meta(
            description="With login facebook the token of the linked page, with login instagram "
            "that of the account: sends messages."
        ),
    ]
    app_secret: Annotated[
        Secrets,
        Meta(
            description="What signs webhooks: with login facebook the secret of the Meta app, with "
            "login instagram the Instagram app secret. Two while one is changed, or where both "
            "logins are connected."
        ),
    ]
    verify_token: Annotated[
        Secret, Meta(description="What you typed into Meta's dashboard beside the callback URL.")
    ]
    login: Annotated[
        Literal["facebook", "instagram"],
        Meta(description="How the account was connected: through its Facebook page, or itself."),
    ] = "facebook"
    page_id: Annotated[
        str,
        Meta(description="Meta's id of the linked Facebook page; needed with login facebook."),
    ] = ""
    api_url: Annotated[
        str,
        Meta(
            pattern="^(https?://|$)",
            description="Graph API and its version; empty for the one of the login.",
        ),
    ] = ""
    long_text: Annotated[
        Literal["split", "reject"],
        Meta(
            description="A text longer than 1 000 bytes: split sends it as several messages, reject refuses it."
        ),
    ] = "split"
    appsecret_proof: Annotated[
        bool,
        Meta(
            description="Prove with each call that the token is used by its app (the first of "
            "app_secret); with login facebook only."
        ),
    ] = True
    profiles: Annotated[
        bool, Meta(description="Look up the name and picture of contacts who write.")
    ] = True
    subscribe: Annotated[
        tuple[str, ...],
        Meta(
            description="Webhook fields to subscribe the account to, and to subscribe it to again when "
            "Meta switched it off: all you want, for they take the place of others. Empty to leave "
            "subscriptions alone."
        ),
    ] = ()
    health_minutes: Annotated[
        int,
        Meta(
            ge=0,
            description="How often the token and the subscription are checked, and whether it is "
            "time to renew the token; 0 for never.",
        ),
    ] = 15
    renew_token: Annotated[
        bool,
        Meta(
            description="Renew the token, which ends after 60 days, in time, and keep the new one "
            "sealed in Redis; with login instagram only. false when a program of yours does it."
        ),
    ] = True

    def __post_init__(self) -> None:
        """Check what one key alone cannot tell.

        Raises:
            ValueError: With login facebook, the page is missing; or a template is asked for.
        """
        if self.login == "facebook" and not self.page_id:
            raise ValueError('page_id is missing; it is needed with login = "facebook"')
        if self.on_closed_window in ("template", "hold") or self.fallback is not None:
            raise ValueError(
                'on_closed_window must be "reject" or "tag", and there is no fallback: Instagram '
                "has no templates"
            )

    @property
    def graph_url(self) -> str:
        """The Graph API to use: as set, else the one of the login."""
        return self.api_url or GRAPH_URLS[self.login]

    @property
    def node(self) -> str:
        """Whose messages they are in the Graph API: the page's, or with login instagram its own."""
        return self.page_id if self.login == "facebook" else self.instagram_id
