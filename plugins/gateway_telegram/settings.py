"""One ``[[accounts]]`` entry of channel ``telegram``: one bot."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from gateway.api import ChannelSettings, Secret, Secrets

BOT_API: Final = "https://api.telegram.org"
ALLOWED_UPDATES: Final = (
    *("message", "edited_message", "channel_post", "edited_channel_post"),
    *("business_connection", "business_message", "edited_business_message"),
    *("deleted_business_messages", "guest_message", "message_reaction", "callback_query"),
    *("poll_answer", "my_chat_member", "pre_checkout_query", "shipping_query"),
)
"""What there is an event for. Telegram leaves ``message_reaction`` out unless it is named."""
PORTS: Final = frozenset({None, 80, 88, 443, 8443})

_TOKEN: Final = re.compile(r"([0-9]{1,19}):[A-Za-z0-9_-]+")
_SECRET_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


class TelegramSettings(ChannelSettings, frozen=True, kw_only=True):
    """One bot.

    Raises:
        ValueError: A secret has not the form that Telegram gives or takes, or is missing; or an
            address is none.

    Source: Telegram Bot API, "Authorizing your bot" and "setWebhook".
    """

    bot_token: Annotated[
        Secret, Meta(description="Token of the bot, as BotFather gave it: 123456:ABC-DEF…")
    ]
    secret_token: Annotated[
        Secrets | None,
        Meta(
            description="The secret_token of the webhook, or two while it is changed: 1 to 256 of "
            "A-Z, a-z, 0-9, _ and -. Each bot needs one of its own: an update does not name its "
            "bot. Without webhook it is of no use."
        ),
    ] = None
    updates: Annotated[
        Literal["webhook", "polling"],
        Meta(
            description="How updates come: Telegram posts them (webhook), or the daemon fetches "
            "them (polling), which needs no public address."
        ),
    ] = "webhook"
    webhook_url: Annotated[
        str,
        Meta(
            description="Where Telegram posts, as the world sees it: "
            "https://YOUR-HOST/webhooks/telegram/ID. The daemon tells Telegram; empty when you do "
            "that yourself."
        ),
    ] = ""
    allowed_updates: Annotated[
        tuple[str, ...],
        Meta(description="Kinds of updates that the daemon asks for, in Telegram's words."),
    ] = ALLOWED_UPDATES
    answer_taps: Annotated[
        bool,
        Meta(
            description="Answer taps on buttons once they are safe, so that the button stops "
            "spinning; false when a program of yours does."
        ),
    ] = True
    tap_text: Annotated[
        str,
        Meta(max_length=200, description="What a contact sees for a moment after a tap."),
    ] = ""
    api_url: Annotated[
        str, Meta(pattern="^https?://", description="The Bot API, or a server of your own for it.")
    ] = BOT_API
    location_button: Annotated[
        str, Meta(min_length=1, description="On the key with which a contact tells where they are.")
    ] = "Compartir mi ubicación"
    contact_button: Annotated[
        str, Meta(min_length=1, description="On the key with which a contact tells their number.")
    ] = "Compartir mi teléfono"

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.bot_token.reveal()):
            raise ValueError("bot_token must be digits, a colon and letters, as BotFather gave it")
        if not urlsplit(self.api_url).hostname:
            raise ValueError("api_url must name a host")
        if self.updates == "webhook" and self.secret_token is None:
            raise ValueError('secret_token is missing; only with updates = "polling" it may be')
        if self.webhook_url and not _is_public(self.webhook_url, strict=self.is_telegrams_own):
            raise ValueError("webhook_url must be https, at port 80, 88, 443 or 8443")
        if not all(_SECRET_TOKEN.fullmatch(each) for each in self.secrets):
            raise ValueError("secret_token must be 1 to 256 of A-Z, a-z, 0-9, _ and -")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret tokens, newest first; none where no webhook comes."""
        return self.secret_token.reveal() if self.secret_token is not None else ()

    @property
    def is_telegrams_own(self) -> bool:
        """Whether the Bot API is Telegram's, not a server of the operator's."""
        return urlsplit(self.api_url).hostname == urlsplit(BOT_API).hostname

    @property
    def bot_id(self) -> str:
        """The bot's own user id."""
        return self.bot_token.reveal().partition(":")[0]


def _is_public(url: str, *, strict: bool) -> bool:
    """Whether Telegram would post to an address; a server of one's own takes any."""
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        return False
    return not strict or (parts.scheme == "https" and parts.port in PORTS)
