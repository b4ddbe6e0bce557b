"""Asks platforms over connections that are kept."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, partial
from socket import SOCK_STREAM
from typing import Any, Final

import aiohappyeyeballs

from gateway.channel.host import Method
from gateway.channel.outbound import Answer
from gateway.edge.calls.exchange import Exchange
from gateway.edge.calls.failure import Ended, Unreachable, plainly
from gateway.edge.calls.request import Origin, target, written

CONNECT_SECONDS: Final = 10.0
CONNECTIONS: Final = 512
"""At 30 ms an answer this is 17 000 calls a second."""
KEEP_SECONDS: Final = 15.0
"""How long a connection is kept without a call: shorter than platforms and what is between keep it,
because a call on a connection that ends at that moment is in doubt."""
KNOWN_SECONDS: Final = 10.0
"""How long a resolved name is believed."""
WATCH_SECONDS: Final = 0.1
"""So much later than it is allowed a call may end."""
NEXT_ADDRESS_SECONDS: Final = 0.25


class Calls:
    """The connections of one process to all platforms; see docs/decisions/0020.

    Args:
        most: Calls under way at the same time.
        connect_seconds: How long a connection may take to come about.
        keep_seconds: How long one is kept without a call.
    """

    def __init__(
        self,
        *,
        most: int = CONNECTIONS,
        connect_seconds: float = CONNECT_SECONDS,
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        self._connect_seconds = connect_seconds
        self._keep_seconds = keep_seconds
        self._loop = asyncio.get_running_loop()
        self._places = asyncio.Semaphore(most)
        self._idle: defaultdict[Origin, list[Exchange]] = defaultdict(list)
        self._busy: set[Exchange] = set()
        self._found: dict[Origin, asyncio.Task[Any]] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None

    async def ask(
        self,
        method: Method,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        seconds: float,
    ) -> Answer:
        """Make a call and return its answer, whatever its status; redirects are answers too.

        Args:
            method: A GET is asked once more when a kept connection ends under it.
            url: Absolute.
            headers: Beside those of the connection.
            body: All of it; None for none.
            seconds: How long the answer may take, once the request is sent.

        Raises:
            ValueError: The address or a header cannot be used; nothing was sent.
            Unreachable: There is no connection; nothing was sent.
            Unanswered: Nobody knows what became of it.
        """
        where = target(url)
        request = written(method, where, headers, body)
        async with self._places:
            exchange, again = self._kept(where.origin), method == "GET"
            if exchange is None:
                exchange, again = await self._connect(where.origin), False
            if self._watch is None:
                self._watch = self._loop.call_later(WATCH_SECONDS, self._watched)
            while True:
                self._busy.add(exchange)
                try:
                    return await exchange.ask(request, seconds)
                except Ended:
                    if not again:
                        raise
                finally:
                    self._put_aside(exchange, where.origin)
                exchange, again = await self._connect(where.origin), False

    async def close(self) -> None:
        """End every connection; calls under way have no answer."""
        for timer in (self._sweep, self._watch):
            if timer is not None:
                timer.cancel()
        for exchange in (*self._busy, *(each for kept in self._idle.values() for each in kept)):
            exchange.close()
        for lookup in self._found.values():
            lookup.cancel()
        self._idle.clear()
        await asyncio.sleep(0)  # transports end in the loop's next round

    def _kept(self, origin: Origin) -> Exchange | None:
        """Return the connection that was used last: it is the least likely to end now."""
        kept = self._idle[origin]
        oldest = self._loop.time() - self._keep_seconds
        while kept:
            exchange = kept.pop()
            if exchange.usable and exchange.idle_since > oldest:
                return exchange
            exchange.close()
        return None

    def _put_aside(self, exchange: Exchange, origin: Origin) -> None:
        self._busy.discard(exchange)
        if not exchange.usable:
            # Also when whoever asked has stopped waiting: the answer would be the next one's.
            exchange.close()
            return
        exchange.idle_since = self._loop.time()
        self._idle[origin].append(exchange)
        if self._sweep is None:
            self._sweep = self._loop.call_later(self._keep_seconds, self._swept)

    def _watched(self) -> None:
        """End calls whose time is over: one timer for all, not one for each."""
        now = self._loop.time()
        for exchange in tuple(self._busy):
            exchange.end_if_late(now)
        self._watch = self._loop.call_later(WATCH_SECONDS, self._watched) if self._busy else None

    def _swept(self) -> None:
        """End what nobody used for long."""
        oldest = self._loop.time() - self._keep_seconds
        for origin, kept in tuple(self._idle.items()):
            fresh = [each for each in kept if each.usable and each.idle_since > oldest]
            for exchange in kept:
                if exchange.idle_since <= oldest:
                    exchange.close()
            if fresh:
                self._idle[origin] = fresh
            else:
                del self._idle[origin]
        self._sweep = self._loop.call_later(self._keep_seconds, self._swept) if self._idle else None

    async def _connect(self, origin: Origin) -> Exchange:
        try:
            async with asyncio.timeout(self._connect_seconds):
                return await self._connected(origin)
        except TimeoutError:
            raise Unreachable(f"no connection within {self._connect_seconds:g} seconds") from None
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"its certificate is not trusted: {error.verify_message}") from None
        except OSError as error:
            raise Unreachable(plainly(error)) from None

    async def _connected(self, origin: Origin) -> Exchange:
        socket = await aiohappyeyeballs.start_connection(
            await self._addresses(origin),
            happy_eyeballs_delay=NEXT_ADDRESS_SECONDS,
            interleave=1,
        )
        try:
            _, exchange = await self._loop.create_connection(
                Exchange,
                sock=socket,
                ssl=self._tls if origin.tls else None,
                server_hostname=origin.host if origin.tls else None,
            )
        except BaseException:
            socket.close()
            raise
        return exchange

    async def _addresses(self, origin: Origin) -> Any:
        """Resolve a name; everybody who asks at the same time waits for the same answer."""
        if (lookup := self._found.get(origin)) is None:
            lookup = self._loop.create_task(
                self._loop.getaddrinfo(origin.host, origin.port, type=SOCK_STREAM)
            )
            self._found[origin] = lookup
            lookup.add_done_callback(partial(self._resolved, origin))
        return await asyncio.shield(lookup)

    def _resolved(self, origin: Origin, lookup: asyncio.Task[Any]) -> None:
        if lookup.cancelled() or lookup.exception():
            self._found.pop(origin, None)
        else:
            self._loop.call_later(KNOWN_SECONDS, self._found.pop, origin, None)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context
