"""Reading a request's body under a size and a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from aiohttp import web

from gateway.http.connection import Connection
from gateway.http.problem import Problem


async def read_body(request: web.BaseRequest, *, limit: int, timeout_seconds: float) -> bytes:
    """Return the whole body as sent.

    A body that came together with its head is returned as it is, without a timer.

    Args:
        request: Whose body; it can be read once.
        limit: Most bytes, counted while they arrive.
        timeout_seconds: For the whole body.

    Raises:
        Problem: 413 too large, 408 too slow, 400 not framed as HTTP says.
        ConnectionError: The client went away.
    """
    content = request.content
    if content.is_eof():
        body = content.read_nowait()
    else:
        body = await _receive(request, limit, timeout_seconds)
    if len(body) > limit:
        raise Problem(413, f"The body may have {limit} bytes.")
    return body


async def _receive(request: web.BaseRequest, limit: int, timeout_seconds: float) -> bytes:
    if (request.content_length or 0) > limit:
        raise Problem(413, f"The body may have {limit} bytes.")
    body = bytearray()
    try:
        with _noted(request.protocol):
            async with asyncio.timeout(timeout_seconds):
                while len(body) <= limit and (chunk := await request.content.readany()):
                    body += chunk
    except TimeoutError:
        raise Problem(408, f"The body must arrive within {timeout_seconds:g} s.") from None
    except web.RequestPayloadError as error:
        raise Problem(400, "The body is not framed correctly.") from error
    return bytes(body)


@contextlib.contextmanager
def _noted(connection: web.RequestHandler) -> Iterator[None]:
    """Let the listener know that a body is on its way."""
    arrived = asyncio.get_running_loop().create_future()
    if isinstance(connection, Connection):
        connection.reading = arrived
    try:
        yield
    finally:
        arrived.set_result(None)
        if isinstance(connection, Connection):
            connection.reading = None
