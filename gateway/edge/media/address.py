"""Where a fetch may go: public hosts over https, checked at the address that is connected to.

A contact can make a platform hand us an address, so every hop is checked, and the very addresses
that were checked are the ones the connector dials: a name that resolves differently a moment
later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.errors import MediaRefused

IPAddress: TypeAlias = IPv4Address | IPv6Address

# Written out because ``ipaddress.is_global`` differs between patch releases of Python.
# Source: IANA special-purpose address registries for IPv4 and IPv6, RFC 6890.
FORBIDDEN_V4: Final = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a provider (metadata of some clouds)"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "platform address of a cloud"),
        ("169.254.0.0/16", "link-local (metadata of clouds)"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
PUBLIC_V6: Final = ip_network("2000::/3")
FORBIDDEN_V6: Final = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("2001::/23", "reserved (Teredo and others)"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)
NAT64: Final = ip_network("64:ff9b::/96")
SIX_TO_FOUR: Final = ip_network("2002::/16")
NAT64_BITS: Final = 0xFFFF_FFFF
SIX_TO_FOUR_SHIFT: Final = 80


def why_forbidden(address: IPAddress) -> str | None:
    """Return why an address may not be connected to, or None when it is a public one.

    An IPv6 address that stands for an IPv4 one (mapped, NAT64, 6to4) is judged by that one.
    """
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in FORBIDDEN_V4 if address in network), None)
    if (inner := _embedded(address)) is not None:
        return why_forbidden(inner)
    if address not in PUBLIC_V6:
        return "not a public IPv6 address"
    return next((reason for network, reason in FORBIDDEN_V6 if address in network), None)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & NAT64_BITS)
    if address in SIX_TO_FOUR:
        return IPv4Address(int(address) >> SIX_TO_FOUR_SHIFT & NAT64_BITS)
    return None


def check_url(url: URL) -> None:
    """Check all of an untrusted address that can be seen without resolving its host.

    Raises:
        MediaRefused: It is not https on port 443 of a host, it carries a user name, or its host
            is an address that is not public.
    """
    if url.scheme != "https":
        raise MediaRefused(f"scheme {url.scheme!r} is not https")
    if url.user is not None or url.password is not None:
        raise MediaRefused("the address carries a user name or password")
    if url.port != 443:
        raise MediaRefused(f"port {url.port} is not 443")
    if not url.host:
        raise MediaRefused("the address names no host")
    _check_literal(url.host)


def _check_literal(host: str) -> None:
    try:
        address = ip_address(host.partition("%")[0].rstrip("."))
    except ValueError:
        return  # a name: judged by what it resolves to
    if reason := why_forbidden(address):
        raise MediaRefused(f"address {address} is {reason}")


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only.

    aiohttp dials what a resolver returns and does not ask again, so there is no time between the
    check and the use. One forbidden address among several refuses the name: no honest host has
    one.
    """

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the public addresses of a host.

        Raises:
            MediaRefused: One of them is not public.
            OSError: The name cannot be resolved.
        """
        found = await self._inner.resolve(host, port, family=family)
        for each in found:
            self._check(host, each["host"])
        return found

    @staticmethod
    def _check(host: str, resolved: str) -> None:
        address = ip_address(resolved.partition("%")[0])
        if reason := why_forbidden(address):
            raise MediaRefused(f"host {host} resolves to {address}, which is {reason}")

    async def close(self) -> None:
        await self._inner.close()
