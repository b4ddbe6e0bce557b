"""Where a listener listens, as settings say it."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from gateway.errors import SettingsError


class TcpAddress(msgspec.Struct, frozen=True):
    """A host and a port; no host means every interface, port 0 a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class UnixAddress(msgspec.Struct, frozen=True):
    """The path of a unix socket."""

    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"


Address: TypeAlias = TcpAddress | UnixAddress


def parse(text: str) -> Address:
    """Read ``host:port``, ``[v6]:port``, ``:port`` or ``unix:/path``.

    Raises:
        SettingsError: It is none of these; the text says what would be right.
    """
    if text.startswith("unix:") and text != "unix:":
        return UnixAddress(text.removeprefix("unix:"))
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    bracketed = host == f"[{bare}]"
    is_port = port.isascii() and port.isdigit() and int(port) <= 65535
    if not colon or not is_port or (":" in bare) != bracketed:
        raise SettingsError(f"{text!r} is no address: use host:port, [v6]:port or unix:/path")
    return TcpAddress(bare, int(port))
