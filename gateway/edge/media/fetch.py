"""HTTP for files: guarded hops, bounded bodies, failures in our two words.

``MediaRefused`` ends a job, ``MediaUnavailable`` has it tried again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from types import TracebackType
from typing import Final, Self

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from gateway.channel.media import MediaAddress
from gateway.edge.media.address import PublicResolver, check_url
from gateway.errors import MediaError, MediaRefused, MediaUnavailable

CHUNK_BYTES: Final = 256 * 1024
JSON_LIMIT_BYTES: Final = 1024 * 1024
REDIRECT_LIMIT: Final = 3
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# 401 and 403 are temporary: a token is renewed, a signed address is asked for anew.
TEMPORARY: Final = frozenset({401, 403, 408, 425, 429})
GONE: Final = frozenset({404, 410})
# Bytes as they are: what is stored must be what was sent, and its size known while it comes.
HEADERS: Final = {"User-Agent": "relevo", "Accept-Encoding": "identity"}


class HttpFetcher:
    """Fetches files and small JSON answers; an async context manager.

    Args:
        resolver: Resolves names of untrusted hosts; the system's by default. What it answers is
            checked.
        timeout_seconds: Longest time to connect, and longest silence.
    """

    def __init__(
        self, *, resolver: AbstractResolver | None = None, timeout_seconds: float = 20.0
    ) -> None:
        self._resolver = resolver
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=timeout_seconds, sock_read=timeout_seconds
        )
        self._public: aiohttp.ClientSession
        self._trusted: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        guard = PublicResolver(self._resolver or ThreadedResolver())
        # No DNS cache: each connection is made to what was checked for it.
        self._public = self._session(
            aiohttp.TCPConnector(resolver=guard, use_dns_cache=False, limit=0)
        )
        self._trusted = self._session(aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._public.close()
        await self._trusted.close()

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        # A jar that keeps nothing: one contact's file must not leave cookies for the next.
        return aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
        )

    def file(
        self, address: MediaAddress, *, limit_bytes: int, attempt: int = 1
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open a file and yield its bytes in pieces of at most ``CHUNK_BYTES``.

        Args:
            address: Where it is now.
            limit_bytes: A larger file is refused, at once if it says so, else when it shows.
            attempt: Number of the try; a file that is gone at the second is gone for good.

        Raises:
            MediaRefused: The address is forbidden, or the host says that it will never give it.
            MediaUnavailable: The host or the network fails; also while reading.
        """
        return self._file(address, limit_bytes, attempt)

    @asynccontextmanager
    async def _file(
        self, address: MediaAddress, limit_bytes: int, attempt: int
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._get(address) as response:
            if response.status != 200:
                raise error_of(response.status, attempt=attempt)
            if (response.content_length or 0) > limit_bytes:
                raise _too_large(limit_bytes)
            yield _bounded(_pieces(response), limit_bytes)

    async def get_json(
        self, url: str, *, headers: Mapping[str, str], trusted: bool = False
    ) -> tuple[int, object]:
        """Return the HTTP status and the decoded body.

        Raises:
            MediaRefused: The address is forbidden.
            MediaUnavailable: The platform cannot be reached or does not answer with JSON.
        """
        async with self._get(MediaAddress(url=url, headers=headers, trusted=trusted)) as response:
            body = bytearray()
            async for piece in _pieces(response):
                body += piece
                if len(body) > JSON_LIMIT_BYTES:
                    raise MediaUnavailable("the platform's answer is too long to be one")
            try:
                return response.status, msgspec.json.decode(bytes(body))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise MediaUnavailable(
                    f"the platform answered {response.status} without JSON"
                ) from error

    @asynccontextmanager
    async def _get(self, address: MediaAddress) -> AsyncIterator[aiohttp.ClientResponse]:
        with _translated():
            response = await self._follow(address)
        try:
            yield response
        finally:
            response.close()  # not release: the rest of a refused file is not wanted

    async def _follow(self, address: MediaAddress) -> aiohttp.ClientResponse:
        url = first = URL(address.url)
        for _ in range(REDIRECT_LIMIT + 1):
            same = url.origin() == first.origin()
            response = await self._hop(
                url,
                # A platform's token goes to the platform only.
                headers=address.headers if same else {},
                trusted=address.trusted and same,
            )
            if response.status not in REDIRECTS:
                return response
            target = response.headers.get("Location", "")
            response.close()
            url = _joined(url, target)
        raise MediaRefused(f"more than {REDIRECT_LIMIT} redirects")

    async def _hop(
        self, url: URL, *, headers: Mapping[str, str], trusted: bool
    ) -> aiohttp.ClientResponse:
        if not trusted:
            check_url(url)
        session = self._trusted if trusted else self._public
        return await session.get(url, headers={**HEADERS, **headers}, allow_redirects=False)


@contextmanager
def _translated() -> Iterator[None]:
    # aiohttp's own texts have the address in them, and an address may have a token in it.
    try:
        yield
    except TimeoutError as error:
        raise MediaUnavailable("the host does not answer in time") from error
    except (aiohttp.InvalidURL, ValueError) as error:
        raise MediaRefused(f"the address cannot be used: {type(error).__name__}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise MediaUnavailable(f"the host cannot be reached: {type(error).__name__}") from error


def _joined(url: URL, target: str) -> URL:
    if not target:
        raise MediaUnavailable("a redirect without an address")
    joined = url.join(URL(target))
    if not joined.absolute:
        raise MediaRefused("a redirect to something that is no address")
    return joined


async def _pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    with _translated():
        async for piece in response.content.iter_chunked(CHUNK_BYTES):
            yield piece


async def _bounded(pieces: AsyncIterator[bytes], limit_bytes: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > limit_bytes:
            raise _too_large(limit_bytes)
        yield piece


def _too_large(limit_bytes: int) -> MediaRefused:
    return MediaRefused(f"larger than {limit_bytes} bytes")


def error_of(status: int, *, attempt: int) -> MediaError:
    """Return what an HTTP status other than 200 means for a file."""
    text = f"the host answered {status}"
    if status in GONE:
        # The address may just have run out; the second one is fresh.
        return MediaUnavailable(text) if attempt < 2 else MediaRefused(text)
    if status in TEMPORARY or status >= 500:
        return MediaUnavailable(text)
    return MediaRefused(text)
