"""Gives messages to the gateway over Redis, for volumes at which HTTP costs too much."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, Self

import msgspec

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.bus.tasks import heeded
from gateway.client.partitions import partitions
from gateway.errors import RedisUnavailable
from gateway.model.outbound import OutboundMessage

_encode: Final = msgspec.msgpack.Encoder().encode


class Sender:
    """Puts messages on the streams ``relevo:{NN}:send``; an async context manager.

    ::

        async with Sender("redis://localhost:6379") as sender:
            await sender.send(OutboundMessage(account="wa-main", to=…, content=…))

    Whoever owns the account takes them, each once, and checks them as the API does. What is refused
    is told as ``message.failed``, with the wrong fields in ``failure.data["problems"]``; the
    ``metadata`` of a message comes back with every event about it.

    Args:
        url: As ``redis.url``; of an embedded Valkey ``unix://DATA_DIR/valkey.sock``.
    """

    def __init__(self, url: str) -> None:
        self._connection = Connection(url)
        self._partitions = 0

    async def __aenter__(self) -> Self:
        try:
            self._partitions = await partitions(self._connection)
        finally:
            if not self._partitions:
                await self._connection.close()
        if not self._partitions:
            raise RedisUnavailable(f"{self._connection.url}: no gateway has used it yet")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connection.close()

    async def send(self, *messages: OutboundMessage) -> list[str]:
        """Give messages; they are safe when this returns.

        Returns:
            The id of each one's entry.

        Raises:
            RedisUnavailable: Some may be safe and some not; given again they are sent again.
        """
        client: Any = self._connection.client
        with reported(self._connection.url):
            async with client.pipeline(transaction=False) as pipe:
                for each in messages:
                    stream = keys.send(keys.partition_of(each.account, self._partitions))
                    pipe.xadd(stream, {b"message": _encode(each)})
                with heeded():
                    return [entry.decode() for entry in await pipe.execute()]
