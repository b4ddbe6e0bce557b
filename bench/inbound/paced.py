"""Load at a steady rate: requests are due at random times, whatever the server does (open loop).

wrk waits for an answer before it sends again, so a slow server is asked less and looks better
than it is. Here a request has its time; the time to its answer counts from then, also when no
connection was free.
"""

from __future__ import annotations

import select
import socket
from collections import deque
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

from bench.inbound.bodies import read
from bench.inbound.load import CONNECTIONS, LoadFailed

GRACE_SECONDS: Final = 20.0
"""How long after the last request was due answers may come; a busy machine falls behind."""


class _Generator:
    def __init__(self, port: int, bodies: Path) -> None:
        self._requests = read(bodies)
        self._idle = [_connect(port) for _ in range(CONNECTIONS)]
        self._busy: dict[socket.socket, float] = {}
        self.waiting: deque[float] = deque()
        self.times: list[tuple[float, float]] = []

    @property
    def under_way(self) -> int:
        return len(self._busy) + len(self.waiting)

    def send(self) -> None:
        """Send what is due over connections that are free."""
        while self.waiting and self._idle:
            connection = self._idle.pop()
            self._busy[connection] = self.waiting.popleft()
            connection.sendall(next(self._requests))

    def receive(self, timeout_seconds: float) -> None:
        """Wait for answers, or until the next request is due."""
        ready, _, _ = select.select(self._busy, (), (), max(timeout_seconds, 0))
        now = perf_counter()
        for connection in ready:
            answer = connection.recv(65536)
            if not (answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n")):
                raise LoadFailed(f"not a 200: {answer[:200]!r}")
            due = self._busy.pop(connection)
            self.times.append((due, now - due))
            self._idle.append(connection)

    def close(self) -> None:
        for connection in (*self._idle, *self._busy):
            connection.close()


def pace(
    port: int, bodies: Path, *, per_second: float, warm_seconds: float, seconds: float
) -> list[float]:
    """Return the seconds from when each request was due to its answer.

    Args:
        port: Of the server on 127.0.0.1.
        bodies: A file that ``bodies.write`` made.
        per_second: Mean rate.
        warm_seconds: At the beginning; not counted.
        seconds: Measured.

    Raises:
        LoadFailed: An answer was not 200, or some did not come.
    """
    random = Random(7)  # noqa: S311 - the same arrivals for every server
    generator = _Generator(port, bodies)
    begin = perf_counter()
    end = begin + warm_seconds + seconds
    due = begin
    while due < end or generator.under_way:
        now = perf_counter()
        while due <= now and due < end:
            generator.waiting.append(due)
            due += random.expovariate(per_second)
        generator.send()
        generator.receive((due if due < end else now + 0.01) - perf_counter())
        if now > end + GRACE_SECONDS:
            raise LoadFailed(
                f"{generator.under_way} requests were still unanswered {GRACE_SECONDS:g} s after the last was due"
            )
    generator.close()
    return [took for when, took in generator.times if when >= begin + warm_seconds]


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
