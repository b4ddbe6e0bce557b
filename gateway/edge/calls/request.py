"""What a call looks like on the wire, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from yarl import URL

JSON: Final = "application/json"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Whom a connection is to.

    Attributes:
        host: A name or an address, as a resolver takes it.
        port: Of TCP.
        tls: Whether it is encrypted.
    """

    host: str
    port: int
    tls: bool


class Target(NamedTuple):
    """Where a call goes.

    Attributes:
        origin: Whom it is asked of.
        path: With the query, escaped.
        host: What the header ``Host`` says.
    """

    origin: Origin
    path: str
    host: str


@lru_cache(maxsize=256)
def target(url: str) -> Target:
    """Read an address, once: an account calls few of them, and each again and again.

    Raises:
        ValueError: It is none that can be called.
    """
    read = URL(url)
    if read.scheme not in _DEFAULT_PORTS or not read.raw_host:
        raise ValueError("it needs http:// or https:// and a host")
    port = read.port or _DEFAULT_PORTS[read.scheme]
    bare = read.raw_host
    named = f"[{bare}]" if ":" in bare else bare
    return Target(
        Origin(bare, port, read.scheme == "https"),
        read.raw_path_qs,
        named if port == _DEFAULT_PORTS[read.scheme] else f"{named}:{port}",
    )


def written(method: str, where: Target, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """Return a request's bytes.

    Args:
        method: Of HTTP.
        where: Whom it is for.
        headers: Of the caller; the connection's own are added.
        body: None for a request without one.

    Raises:
        ValueError: A header would end before its end.
    """
    head = _head(method, where, tuple(headers.items()))
    if body is None:
        return head + b"\r\n"
    return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


@lru_cache(maxsize=1024)
def _head(method: str, where: Target, headers: tuple[tuple[str, str], ...]) -> bytes:
    """Return all of the head that is alike for every call to one place."""
    given = {name.lower() for name, _ in headers}
    lines = [f"{method} {where.path} HTTP/1.1", f"Host: {where.host}"]
    if "user-agent" not in given:
        lines.append("User-Agent: relevo")
    # Answers are small; without this, any compression would be welcome (RFC 9110, 12.5.3).
    lines.append("Accept-Encoding: identity")
    lines += [f"{name}: {value}" for name, value in headers]
    if any(c in line for line in lines for c in "\r\n\0"):
        raise ValueError("a header or the path has a line break in it")
    return "".join(f"{line}\r\n" for line in lines).encode()
