"""How the data in Redis is laid out, decided at the first start and checked ever after."""

from __future__ import annotations

from typing import Final

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.errors import LayoutMismatch

VERSION: Final = 1
"""Grows when the keys of an older release can no longer be read."""


class Layout:
    """Checks that Redis holds our data, cut into as many partitions as we think.

    Args:
        connection: Where the data is.
        partitions: As set.
    """

    def __init__(self, connection: Connection, *, partitions: int) -> None:
        self._connection = connection
        self._partitions = partitions
        self._checked = False

    async def check(self) -> None:
        """Claim an empty Redis, or make sure that it is laid out as expected; cheap when known.

        Raises:
            RedisUnavailable: It does not answer.
            LayoutMismatch: Other partitions or another version; the text says what to set.
        """
        if self._checked:
            return
        with reported(self._connection.url):
            client = self._connection.client
            await client.hsetnx(keys.layout(), "partitions", str(self._partitions))
            await client.hsetnx(keys.layout(), "version", str(VERSION))
            found = await client.hgetall(keys.layout())
        partitions, version = int(found[b"partitions"]), int(found[b"version"])
        if partitions != self._partitions:
            raise LayoutMismatch(
                f"streams.partitions is {self._partitions}, but the data in Redis was cut into "
                f"{partitions} at its first start; set streams.partitions = {partitions}"
            )
        if version != VERSION:
            raise LayoutMismatch(
                f"the data in Redis has layout {version}, this release reads layout {VERSION}"
            )
        self._checked = True
