"""One bot on Telegram."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

import msgspec

from gateway.api import (
    Answer,
    Call,
    Channel,
    Choice,
    Event,
    Fetcher,
    Host,
    Media,
    MediaAddress,
    MessageReceived,
    OutboundMessage,
    PlatformFailure,
    Problem,
    Receipt,
    Rendered,
    Secret,
    Secrets,
    SignatureInvalid,
    WebhookRequest,
    WindowRule,
    kind_of,
)
from gateway_telegram import answers, errors, files, inbound, outbound, rules, wire
from gateway_telegram.callback import Callback
from gateway_telegram.delivery import Delivery
from gateway_telegram.limits import CAPABILITIES, LIMITS
from gateway_telegram.places import is_business
from gateway_telegram.polling import Poller
from gateway_telegram.settings import TelegramSettings
from gateway_telegram.standing import Standing
from gateway_telegram.taps import Taps

HEADER: Final = "x-telegram-bot-api-secret-token"


def opens_window(event: Event) -> bool:
    """Whether an event opens or extends the time to answer through a business connection."""
    match event:
        case MessageReceived(message=message):
            # Telegram counts messages; a tap on a button is none.
            return is_business(message.via) and not isinstance(message.content, Choice)
        case _:
            return False


def needs_window(message: OutboundMessage) -> bool:
    """Whether a message goes through a business connection; no other knows a window."""
    return is_business(message.via)


class TelegramChannel(Channel[TelegramSettings]):
    """One bot.

    An update names neither the bot nor its owner: the secret token alone tells whose it is.
    """

    type: ClassVar[str] = "telegram"
    title: ClassVar[str] = "Telegram"
    settings_type = TelegramSettings
    receives = frozenset(
        (
            *("audio", "choice", "contacts", "dice", "document", "form", "image", "location"),
            *("other", "payment", "poll", "poll_vote", "reaction", "sticker", "story", "text"),
            *("video",),
            *("account.updated", "contact.blocked", "contact.unblocked", "contact.updated"),
            *("message.deleted", "message.echoed", "message.edited"),
        )
    )
    names_account = False
    known_errors = errors.known()
    window = WindowRule(
        length=timedelta(hours=24),
        opens=opens_window,
        concerns=needs_window,
        described=(
            "Any message of a customer through a business connection",
            "Without a business connection a bot may always answer: no window is kept",
        ),
        source='Telegram Bot API, "BusinessBotRights", can_reply',
    )

    capabilities = CAPABILITIES
    limits = LIMITS

    def __init__(self, settings: TelegramSettings) -> None:
        super().__init__(settings)
        self._delivery = Delivery(settings)
        self._taps = Taps(self._delivery, text=settings.tap_text)

    @classmethod
    def example(cls) -> TelegramSettings:
        """Return settings that make a channel able to ``parse`` with no account at hand."""
        return TelegramSettings(
            id="telegram",
            channel=cls.type,
            bot_token=Secret("110201543:example"),
            secret_token=Secrets("example"),
        )

    def identities(self) -> Sequence[str]:
        """Return the bot's user id."""
        return (self.settings.bot_id,)

    def secrets(self) -> Sequence[str]:
        """Return the secret tokens of the webhook."""
        return self.settings.secrets

    def verify(self, request: WebhookRequest) -> None:
        """Check the secret token; see ``Channel.verify``.

        Source: Telegram Bot API, "setWebhook", secret_token.
        """
        told = request.headers.get(HEADER) or ""
        # Text outside ASCII is no secret token, and compare_digest would raise on it.
        if not told.isascii():
            raise SignatureInvalid("the webhook does not carry a secret token")
        if not any(hmac.compare_digest(each, told) for each in self.secrets()):
            raise SignatureInvalid("the webhook does not carry an active secret token")

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn an update into events; see ``Channel.parse``."""
        return inbound.events(request, self.account, self.settings.bot_id)

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        """Ask the Bot API where a file is; the address it gives lives an hour."""
        return await files.locate(media, fetcher, self.settings)

    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        """Tell what keeps a message from being sent; see ``Channel.check``."""
        found = super().check(message)
        if kind_of(message.content) not in self.capabilities:
            return found
        return (*found, *rules.problems(message, self.settings))

    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        """Turn a message into calls of the Bot API; see ``Channel.render``.

        The reference stays here: Telegram tells no statuses that could bring it back.
        """
        del reference
        return outbound.render(message, self.settings)

    def read_answer(self, answer: Answer) -> Receipt:
        """Read what the Bot API answered; see ``Channel.read_answer``."""
        return answers.read(answer)

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make a call of the Bot API; see ``Channel.deliver``."""
        return await self._delivery.deliver(call, host)

    async def noticed(self, event: Event, host: Host) -> None:
        """Answer a tap; see ``Channel.noticed``."""
        if self.settings.answer_taps:
            self._taps.answer(event, host)

    async def run(self, host: Host) -> None:
        """Have updates come, and tell how the bot is; see ``Channel.run``."""
        standing = Standing(self.settings)
        try:
            me = answers.result(await self._delivery.ask("getMe", {}, host))
            standing = Standing(self.settings, msgspec.convert(me, wire.User))
            if self.settings.updates == "polling":
                await Poller(self.parse, self._delivery, self.settings, standing).run(host)
            else:
                await Callback(self._delivery, self.settings, standing).run(host)
        except PlatformFailure as error:
            await standing.failed(host, error)
            raise

    async def close(self) -> None:
        """Leave the answers to taps that are under way."""
        await self._taps.close()
