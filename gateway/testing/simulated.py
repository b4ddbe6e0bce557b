"""What simulated platforms are made of: a server on the loopback, and webhooks that are posted."""

from __future__ import annotations

import abc
import hmac
from datetime import timedelta
from hashlib import sha256
from random import Random
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

import aiohttp
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
from gateway.testing.errands import Errands
from gateway.testing.graph import API_VERSION, GraphApp, GraphFaults

H = TypeVar("H")


class SimulatedPlatform(abc.ABC):
    """A platform on this machine's loopback; an async context manager.

    Args:
        schedule: When an unanswered webhook is posted again.
        clock: For every time.
        random: Every id is drawn from it: the same seed gives the same bodies.
        port: Of the server; 0 for any free one.
        timeout: After which a webhook counts as unanswered.
        connections: How many webhooks are posted at the same time.
    """

    agent: ClassVar[str] = ""
    """What it calls itself when it posts."""

    def __init__(
        self,
        *,
        schedule: RetrySchedule,
        clock: Clock,
        random: Random | None,
        port: int,
        timeout: timedelta,
        connections: int = 100,
    ) -> None:
        self._schedule = schedule
        self._clock = clock
        self._random = random or Random(0)  # noqa: S311 - ids for tests
        self._port = port
        self._timeout = timeout
        self._in_parallel = connections

    @abc.abstractmethod
    def _application(self) -> web.Application:
        """Return what answers calls."""

    @abc.abstractmethod
    async def _stop(self) -> None:
        """Leave what is under way, webhooks aside."""

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._in_parallel),
            headers={"User-Agent": self.agent} if self.agent else None,
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
        await self._stop()
        await self._sender.stop()
        await self._http.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Root of the platform's own server."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def ledger(self) -> Ledger:
        """What was posted and what was answered."""
        return self._sender.ledger


class CallbackRefused(Exception):
    """The gateway did not answer the handshake as the platform demands."""


class GraphPlatform(SimulatedPlatform, Generic[H]):
    """One of Meta's: webhooks signed with the application's secret, a handshake before the first.

    Attributes:
        api_version: Of the Graph API.
        app: Secrets of the application.
        callback_url: Where webhooks go; ``save_callback`` sets it as well.
        faults: What goes wrong with calls.
    """

    agent = "facebookexternalua"
    api_version = API_VERSION
    app: GraphApp
    callback_url: str
    faults: GraphFaults[Any]
    _courier: Errands

    @property
    def api_url(self) -> str:
        """What an account's ``api_url`` setting must be."""
        return f"{self.url}/{self.api_version}"

    @property
    def webhook_secret(self) -> str:
        """What signs webhooks."""
        return self.app.app_secret

    @abc.abstractmethod
    def webhook(self, *happenings: H) -> Webhook:
        """Return one signed webhook that carries all of them, in order, unposted."""

    async def _stop(self) -> None:
        await self._courier.stop()

    def signed(self, raw: bytes, *, carries: tuple[str, ...] = ()) -> Webhook:
        """Return a signed webhook of any bytes: a recorded body, or none of the platform's.

        Args:
            raw: The body.
            carries: The ids in it, for the ledger.
        """
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(raw, self.webhook_secret),
        }
        return Webhook(body=raw, headers=headers, ids=carries)

    async def post(self, *happenings: H, copies: int = 1) -> Delivery:
        """Post in one webhook until it is answered 200 or given up.

        Args:
            happenings: What the webhook carries.
            copies: Parallel deliveries of the same bytes, each until its own 200.
        """
        return await self.deliver(self.webhook(*happenings), copies=copies)

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
        """Wait until messages arrived or failed, and webhooks are answered 200 or given up."""
        await self._sender.settled()
        while self._courier.busy:
            await self._courier.settled()
            await self._sender.settled()

    def drop_next(
        self, *, accepted: bool = True, times: int | None = 1, edge: str | None = "messages"
    ) -> None:
        """Break the connection of the next calls: after they took effect, or before."""
        self.faults.drop(accepted=accepted, times=times, edge=edge)

    async def save_callback(self, url: str) -> None:
        """Set the callback address as the platform's dashboard does: after a handshake.

        Raises:
            CallbackRefused: The answer was not 200 with the bare challenge as its body.
        """
        challenge = str(self._random.randrange(10**9, 10**10))
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


def signature(raw: bytes, app_secret: str) -> str:
    """Return the value of ``X-Hub-Signature-256``: over the bytes as they go, not over the JSON."""
    return "sha256=" + hmac.new(app_secret.encode(), raw, sha256).hexdigest()
