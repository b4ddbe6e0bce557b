"""What the platform and the gateway know of each other: an app, and pages or Instagram accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.testing.graph import GraphApp

ChannelName: TypeAlias = Literal["messenger", "instagram"]
Login: TypeAlias = Literal["facebook", "instagram"]

FIELDS: Final[dict[ChannelName, tuple[str, ...]]] = {
    "messenger": (
        *("messages", "messaging_postbacks", "message_echoes", "message_deliveries"),
        *("message_reads", "message_reactions", "messaging_optins", "messaging_referrals"),
    ),
    "instagram": (
        *("messages", "messaging_postbacks", "messaging_seen", "message_reactions"),
        *("messaging_referral", "comments"),
    ),
}
"""What an account is subscribed to at first."""


class App(GraphApp, frozen=True, kw_only=True):
    """An application's settings; its id stands in echoes.

    Attributes:
        instagram_app_secret: Signs webhooks of accounts that log in with Instagram.
    """

    instagram_app_secret: str = "simulated-instagram-secret"  # noqa: S105 - the simulator's own, of no value


class Business(msgspec.Struct, kw_only=True, eq=False):
    """A Facebook page on Messenger, or a professional account on Instagram.

    Attributes:
        channel: Which of the two.
        id: As webhooks name it.
        page_id: Of the page; with Instagram, of the one the account is linked with.
        login: How an Instagram account was connected.
        access_token: What callers bear.
        token_since: When it was handed out, in seconds since 1970: one of Instagram Login ends
            after 60 days. None for one that is old enough to be renewed and never ends.
        name: For people.
        human_agent: Whether Meta granted the feature that the tag needs.
        token_error: What calls are refused with: ``(190, 460)`` for a changed password.
        subscribed: Fields that webhooks come of; nothing comes while it is empty.
    """

    channel: ChannelName
    id: str
    page_id: str = "100000000000001"
    login: Login = "facebook"
    access_token: str = "simulated-access-token"  # noqa: S105 - the simulator's own, of no value
    token_since: float | None = None
    name: str = "Bakery"
    human_agent: bool = True
    token_error: tuple[int, int | None] | None = None
    subscribed: Sequence[str] = ()

    @property
    def object(self) -> str:
        """What bodies of its webhooks begin with."""
        return "page" if self.channel == "messenger" else "instagram"

    @property
    def node(self) -> str:
        """Whose messages they are in the Graph API."""
        return self.id if self.login == "instagram" else self.page_id


def page() -> Business:
    """Return the page a simulated Messenger has at first."""
    return Business(channel="messenger", id="100000000000001", subscribed=FIELDS["messenger"])


def professional(login: Login) -> Business:
    """Return the account a simulated Instagram has at first."""
    return Business(
        channel="instagram",
        id="17841400000000000",
        login=login,
        subscribed=FIELDS["instagram"],
    )
