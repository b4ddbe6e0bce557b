"""One ``[[accounts]]`` entry of channel ``telegram``: one bot."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from msgspec import Meta

from gateway.api import ChannelSettings, Secret, Secrets

BOT_API: Final = "https://api.telegram.org"

_TOKEN: Final = re.compile(r"([0-9]{1,19}):[A-Za-z0-9_-]+")
_SECRET_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


class TelegramSettings(ChannelSettings, frozen=True, kw_only=True):
    """One bot.

    Raises:
        ValueError: A secret has not the form that Telegram gives or takes, or the Bot API's
            address has no host.

    Source: Telegram Bot API, "Authorizing your bot" and "setWebhook".
    """

    bot_token: Annotated[
        Secret, Meta(description="Token of the bot, as BotFather gave it: 123456:ABC-DEF…")
    ]
    secret_token: Annotated[
        Secrets,
        Meta(
            description="The secret_token given to setWebhook, or two while it is changed: 1 to "
            "256 of A-Z, a-z, 0-9, _ and -. Each bot needs one of its own: an update does not "
            "name its bot."
        ),
    ]
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
        if not all(_SECRET_TOKEN.fullmatch(each) for each in self.secret_token.reveal()):
            raise ValueError("secret_token must be 1 to 256 of A-Z, a-z, 0-9, _ and -")

    @property
    def bot_id(self) -> str:
        """The bot's own user id."""
        return self.bot_token.reveal().partition(":")[0]
