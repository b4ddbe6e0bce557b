"""Which addresses a fetch may go to."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.channel.media import MediaAddress
from gateway.edge.media.address import check_url, why_forbidden
from gateway.edge.media.fetch import HttpFetcher, error_of
from gateway.errors import MediaRefused, MediaUnavailable

PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "157.240.1.60",
    "172.15.255.255",
    "172.32.0.0",
    "2606:4700::1111",
    "2a03:2880:f10c::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
)
FORBIDDEN = (
    "0.0.0.0",  # noqa: S104 - nothing is bound
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "4000::1",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert why_forbidden(ip_address(address)) is None


@pytest.mark.parametrize("address", FORBIDDEN)
def test_any_other_address_is_forbidden(address: str) -> None:
    assert why_forbidden(ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["https://lookaside.fbsbx.com/a?b=c", "https://1.1.1.1/a", "https://[2606:4700::1111]:443/"],
)
def test_https_to_a_public_host_is_allowed(url: str) -> None:
    check_url(URL(url))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://lookaside.fbsbx.com/", "not https"),
        ("ftp://lookaside.fbsbx.com/", "not https"),
        ("file:///etc/passwd", "not https"),
        ("https://user@lookaside.fbsbx.com/", "user name"),
        ("https://:word@lookaside.fbsbx.com/", "user name"),
        ("https://lookaside.fbsbx.com:8443/", "port 8443"),
        ("https://127.0.0.1/", "loopback"),
        ("https://127.0.0.1./", "loopback"),
        ("https://[::1]/", "not a public"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("https://[fe80::1%25eth0]/", "not a public"),
        ("https://169.254.169.254/latest/meta-data/", "metadata"),
    ],
)
def test_an_address_that_shows_what_it_is_is_refused(url: str, reason: str) -> None:
    with pytest.raises(MediaRefused, match=reason):
        check_url(URL(url))


class Names(AbstractResolver):
    """Answers each question with the next list of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        self.asked += 1
        found = self.answers.pop(0)
        return [
            ResolveResult(
                hostname=host, host=each, port=port, family=_family(each), proto=0, flags=0
            )
            for each in found
        ]

    async def close(self) -> None:
        return


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@pytest.mark.parametrize(
    "resolved",
    [
        ["127.0.0.1"],
        ["1.1.1.1", "10.0.0.1"],
        ["2606:4700::1111", "::1"],
        ["fe80::1%eth0"],
        ["169.254.169.254"],
    ],
)
async def test_a_name_that_leads_inside_is_refused(resolved: list[str]) -> None:
    names = Names(resolved)
    async with HttpFetcher(resolver=names) as fetcher:
        with pytest.raises(MediaRefused, match=r"host evil\.example resolves to"):
            await _read(fetcher, "https://evil.example/a")
    assert names.asked == 1


async def test_what_was_checked_is_what_is_dialled() -> None:
    # The second answer would lead inside; it must never be asked for.
    # The first is public and, without NAT64 in the network, leads nowhere at once.
    names = Names(["64:ff9b::101:101"], ["127.0.0.1"])
    async with HttpFetcher(resolver=names, timeout_seconds=0.2) as fetcher:
        with pytest.raises(MediaUnavailable):
            await _read(fetcher, "https://rebind.example/a")
    assert names.asked == 1


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1"])
async def test_the_old_ways_to_write_an_address_lead_nowhere(host: str) -> None:
    async with HttpFetcher(timeout_seconds=2) as fetcher:
        with pytest.raises(MediaRefused):
            await _read(fetcher, f"https://{host}/a")


@pytest.mark.parametrize("url", ["", "nonsense", "https://", "//host/a", "https://[::1/"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    async with HttpFetcher() as fetcher:
        with pytest.raises(MediaRefused):
            await _read(fetcher, url)


async def test_the_reason_never_has_the_address_in_it() -> None:
    async with HttpFetcher(resolver=Names(["127.0.0.1"])) as fetcher:
        for url in ("https://h.example/bot1:hush/f", "http://h.example/hush", "hush://[/"):
            with pytest.raises(MediaRefused) as caught:
                await _read(fetcher, url)
            assert "hush/" not in str(caught.value)
            assert "bot1" not in str(caught.value)


async def _read(fetcher: HttpFetcher, url: str) -> bytes:
    async with fetcher.file(MediaAddress(url=url), limit_bytes=1000) as pieces:
        return b"".join([piece async for piece in pieces])


@pytest.mark.parametrize(
    ("status", "attempt", "meaning"),
    [
        (400, 1, MediaRefused),
        (401, 5, MediaUnavailable),
        (403, 5, MediaUnavailable),
        (404, 1, MediaUnavailable),
        (404, 2, MediaRefused),
        (410, 2, MediaRefused),
        (413, 1, MediaRefused),
        (429, 5, MediaUnavailable),
        (204, 1, MediaRefused),
        (500, 5, MediaUnavailable),
        (599, 5, MediaUnavailable),
    ],
)
def test_a_status_says_whether_another_try_is_worth_it(
    status: int, attempt: int, meaning: type[Exception]
) -> None:
    assert type(error_of(status, attempt=attempt)) is meaning
