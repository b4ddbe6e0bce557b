"""The simulated platform: contacts who write, webhooks signed and posted, media served."""

from __future__ import annotations

import time
from datetime import timedelta
from random import Random
from types import TracebackType
from typing import Final, Self

import aiohttp
import msgspec
from aiohttp import web

from gateway.testing.delivery import (
    Attempt,
    Clock,
    Delivery,
    Ledger,
    RetrySchedule,
    Webhook,
    WebhookSender,
)
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.body import Number, Update, body, encode, signature
from gateway.testing.whatsapp.contact import Contact
from gateway.testing.whatsapp.media import MediaShelf

API_VERSION: Final = "v26.0"


class CallbackRefused(Exception):
    """The gateway did not answer the handshake as the platform demands."""


class App(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform and the gateway know of each other: an application's settings.

    Attributes:
        app_secret: Signs the webhooks.
        verify_token: Is shown to the callback when it is saved.
        access_token: Must be borne by calls to the platform.
        number: The business number contacts write to unless they are given another.
    """

    app_secret: str = "simulated-app-secret"  # noqa: S105 - the simulator's own, of no value
    verify_token: str = "simulated-verify-token"  # noqa: S105 - the same
    access_token: str = "simulated-access-token"  # noqa: S105 - the same
    number: Number = Number(
        phone_number_id="106540352242922",
        display_phone_number="15550783881",
        business_account_id="102290129340398",
    )


class WhatsAppPlatform:
    """WhatsApp Cloud API as a gateway sees it, on this machine's loopback.

    ::

        async with WhatsAppPlatform(callback_url=url) as platform:
            ana = platform.contact("351911111111", name="Ana")
            await platform.post(ana.writes("Olá"))

    Args:
        callback_url: Where webhooks go; ``save_callback`` sets it as well.
        app: Secrets, token and number.
        schedule: When an unanswered webhook is posted again.
        clock: Timestamps and the life of media addresses.
        random: Every id is drawn from it: the same seed gives the same bodies.
        port: Of the Graph API and the media host; 0 for any free one.
        api_version: Of the Graph API.
        connections: How many webhooks are posted at the same time.
        timeout: After which a webhook counts as unanswered.

    Attributes:
        media: The files contacts sent.
        app: As given.
    """

    def __init__(
        self,
        *,
        callback_url: str = "",
        app: App = App(),  # noqa: B008 - frozen
        schedule: RetrySchedule = RetrySchedule(),  # noqa: B008 - frozen
        clock: Clock = time.time,
        random: Random | None = None,
        port: int = 0,
        api_version: str = API_VERSION,
        connections: int = 100,
        timeout: timedelta = timedelta(seconds=20),
    ) -> None:
        self.callback_url = callback_url
        self.app = app
        self._schedule = schedule
        self._clock = clock
        self._random = random or Random(0)  # noqa: S311 - ids for tests
        self._port = port
        self._api_version = api_version
        self._connections = connections
        self._timeout = timeout
        self.media = MediaShelf(
            random=self._random,
            clock=clock,
            access_token=app.access_token,
            host=lambda: self.url,
        )

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.add_routes(self.media.routes(self._api_version))
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            headers={"User-Agent": "facebookexternalua"},
        )
        self._sender = WebhookSender(
            self._http, schedule=self._schedule, clock=self._clock, timeout=self._timeout
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._sender.stop()
        await self._http.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Root of the platform's own server."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What an account's ``api_url`` setting must be."""
        return f"{self.url}/{self._api_version}"

    @property
    def ledger(self) -> Ledger:
        """What was posted and what was answered."""
        return self._sender.ledger

    def contact(
        self,
        phone: str | None = None,
        *,
        name: str,
        username: str | None = None,
        user_id: str | None = None,
        country: str = "PT",
        number: Number | None = None,
    ) -> Contact:
        """Return a person who writes to a business number.

        Args:
            phone: Digits with country code; None for a user who hides it.
            name: As they call themselves.
            username: With the leading ``@``.
            user_id: Business-scoped user id; drawn when not given.
            country: The user id begins with it.
            number: The number they write to; the application's own when not given.
        """
        return Contact(
            number=number or self.app.number,
            phone=phone,
            name=name,
            username=username,
            user_id=user_id or ids.user_id(self._random, country),
            random=self._random,
            clock=self._clock,
            media=self.media,
        )

    def webhook(self, *updates: Update) -> Webhook:
        """Return one signed webhook that carries all the updates, in order, unposted."""
        return self.signed(
            encode(body(updates)), carries=tuple(each.platform_id for each in updates)
        )

    def signed(self, raw: bytes, *, carries: tuple[str, ...] = ()) -> Webhook:
        """Return a signed webhook of any bytes: a recorded body, or none of the platform's.

        Args:
            raw: The body.
            carries: The ids in it, for the ledger.
        """
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(raw, self.app.app_secret),
        }
        return Webhook(body=raw, headers=headers, ids=carries)

    async def post(self, *updates: Update, copies: int = 1) -> Delivery:
        """Post updates in one webhook until it is answered 200 or given up.

        Args:
            updates: What the webhook carries.
            copies: Parallel deliveries of the same bytes, each until its own 200.
        """
        return await self.deliver(self.webhook(*updates), copies=copies)

    async def deliver(self, webhook: Webhook, *, copies: int = 1) -> Delivery:
        """Post a webhook until it is answered 200 or given up; also a second time."""
        return await self._sender.deliver(webhook, self.callback_url, copies=copies)

    async def attempt(self, webhook: Webhook) -> Attempt:
        """Post a webhook once, whatever the answer; the ledger does not know of it."""
        return await self._sender.attempt(webhook, self.callback_url)

    def start(self, webhook: Webhook, *, copies: int = 1) -> Delivery:
        """Begin to post a webhook and go on in the background; see ``settled``."""
        return self._sender.start(webhook, self.callback_url, copies=copies)

    async def settled(self) -> None:
        """Wait until everything started is answered 200 or given up."""
        await self._sender.settled()

    async def save_callback(self, url: str) -> None:
        """Set the callback address as the platform's dashboard does: after a handshake.

        Raises:
            CallbackRefused: The answer was not 200 with the bare challenge as its body.
        """
        challenge = ids.digits(self._random, 10)
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": self.app.verify_token,
        }
        async with self._http.get(url, params=query, allow_redirects=False) as answer:
            said = await answer.text()
            if answer.status != 200 or said != challenge:
                raise CallbackRefused(
                    f"{url} answered {answer.status} {said[:60]!r}; "
                    f"expected 200 with the challenge {challenge!r} alone"
                )
        self.callback_url = url
