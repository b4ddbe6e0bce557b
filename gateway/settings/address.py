"""Where a listener listens: ``host:port``."""

from __future__ import annotations

import msgspec


class ListenAddress(msgspec.Struct, frozen=True):
    """A parsed listen address.

    Attributes:
        host: Name or address, IPv6 without its brackets; empty for every interface.
        port: 0 for any free one.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> ListenAddress:
        """Read ``host:port``, ``:port`` or ``[ipv6]:port``.

        Raises:
            ValueError: It is none of these; the text says what would be right.
        """
        host, colon, port = text.strip().rpartition(":")
        if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise ValueError(f"{text!r} must be host:port with a port from 0 to 65535")
        if host.startswith("[") and host.endswith("]"):
            return cls(host[1:-1], int(port))
        if ":" in host:
            raise ValueError(f"{text!r}: put the IPv6 address in brackets, [{host}]:{port}")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
