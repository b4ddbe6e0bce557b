"""HTTP to the platforms, for all accounts of a process: calls one way, files another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Final

import aiohttp
from yarl import URL

from gateway.channel.host import Method
from gateway.channel.outbound import Answer
from gateway.edge.calls.calls import CONNECT_SECONDS, Calls
from gateway.edge.calls.failure import Unanswered, Unreachable
from gateway.errors import InDoubt, Rejected, Temporary
from gateway.model.status import PlatformError

USER_AGENT: Final = "relevo"


class PlatformHttp:
    """What asks the platforms.

    No error has an address in its text, nor is it raised from one that has: an address may have a
    token in it.

    Args:
        calls: For small requests.
        uploads: For files, which are sent piece by piece.
    """

    def __init__(self, calls: Calls, uploads: aiohttp.ClientSession) -> None:
        self._calls = calls
        self._uploads = uploads

    async def call(
        self,
        method: Method,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> Answer:
        """Ask; redirects are not followed.

        Args:
            method: Of HTTP.
            url: Absolute.
            headers: Of the call.
            body: All of it.
            seconds: How long the answer may take.

        Raises:
            Rejected: The address or a header cannot be used.
            Temporary: The platform was not reached; nothing was sent.
            InDoubt: No answer; it may have been taken.
        """
        try:
            return await self._calls.ask(method, url, headers=headers, body=body, seconds=seconds)
        except Unreachable as error:
            raise Temporary(_unreachable(str(error))) from None
        except Unanswered as error:
            raise InDoubt(_unanswered(str(error))) from None
        except ValueError as error:
            raise Rejected(_unusable(error)) from None

    async def upload(
        self,
        method: Method,
        url: str,
        *,
        headers: Mapping[str, str],
        body: aiohttp.FormData | bytes,
        seconds: float,
    ) -> Answer:
        """Ask with files; as ``call`` otherwise.

        Args:
            method: Of HTTP.
            url: Absolute.
            headers: Of the call.
            body: A form, whose files are read as they are sent, or one large body.
            seconds: How long nothing may come.

        Raises:
            Rejected: The address or a header cannot be used.
            Temporary: The platform was not reached; nothing was sent.
            InDoubt: No answer; it may have been taken.
        """
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=seconds)
        # aiohttp wants large bodies in a form that it can send piece by piece.
        data = BytesIO(body) if isinstance(body, bytes) else body
        try:
            async with self._uploads.request(
                method,
                URL(url),
                data=data,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                answered = await response.read()
                # Looked up without regard to case, so they need not be written anew.
                return Answer(status=response.status, body=answered, headers=response.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Temporary(_unreachable(type(error).__name__)) from None
        except (aiohttp.InvalidURL, ValueError) as error:
            raise Rejected(_unusable(error)) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise InDoubt(_unanswered(type(error).__name__)) from None


@asynccontextmanager
async def platform_http() -> AsyncIterator[PlatformHttp]:
    """Open what asks the platforms, and end its connections."""
    calls = Calls()
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": USER_AGENT}
    ) as uploads:
        try:
            yield PlatformHttp(calls, uploads)
        finally:
            await calls.close()


def _unreachable(why: str) -> PlatformError:
    told = f"The platform cannot be reached ({why}); nothing was sent."
    return PlatformError(code="unreachable", explanation=told)


def _unanswered(why: str) -> PlatformError:
    told = f"The platform gave no answer ({why}); it may have taken the call."
    return PlatformError(code="unanswered", explanation=told)


def _unusable(error: Exception) -> PlatformError:
    told = f"The account's settings make an address that cannot be used ({type(error).__name__})."
    return PlatformError(code="address", explanation=told)
