"""Which sites may show the chat, which addresses are believed, and how much anybody may do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from gateway_webchat.gate import Gate
from gateway_webchat.pace import Pace
from tests.plugins.webchat.site import SITE, OpenSite, Site, text

FOREIGN = "https://evil.example"


async def test_a_page_of_another_site_gets_nothing(site: Site) -> None:
    ana = await site.begin()
    headers = {"Origin": FOREIGN, "Authorization": f"Bearer {ana.token}"}
    status, _ = await site.ask("session", {}, origin=FOREIGN)
    assert status == 403
    for method, path in (("GET", "messages"), ("OPTIONS", "session"), ("GET", "files/x")):
        async with site.http.request(method, f"{site.url}/{path}", headers=headers) as response:
            assert response.status == 403
            assert (await response.read() == b"") is (method == "OPTIONS")
        async with site.http.options(f"{site.url}/session", headers=headers) as response:
            assert "Access-Control-Allow-Origin" not in response.headers
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await site.http.ws_connect(f"{site.url}/socket", headers={"Origin": FOREIGN})
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await site.http.ws_connect(f"{site.url}/socket")


async def test_a_page_that_may_is_told_so_by_name(site: Site) -> None:
    headers = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
    async with site.http.options(f"{site.url}/session", headers=headers) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == SITE
        assert response.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        (("https://shop.example",), "https://shop.example", True),
        (("https://shop.example",), "https://SHOP.example", True),
        (("https://shop.example",), "http://shop.example", False),
        (("https://shop.example",), "https://shop.example.evil.example", False),
        (("https://*.shop.example",), "https://www.shop.example", True),
        (("https://*.shop.example",), "https://a.b.shop.example", True),
        (("https://*.shop.example",), "https://shop.example", False),
        (("https://*.shop.example",), "https://evilshop.example", False),
        (("*",), "https://anybody.example", True),
        ((), "https://anybody.example", False),
        ((), "null", False),
        ((), "https://chat.example", True),
    ],
)
def test_an_origin_is_allowed_by_name_or_pattern_or_for_being_ours(
    origins: tuple[str, ...], origin: str, *, allowed: bool
) -> None:
    request = make_mocked_request("GET", "/", headers={"Origin": origin, "Host": "chat.example"})
    assert Gate(origins=origins, trusted_proxies=()).allows(request) is allowed


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ((), "203.0.113.9", "192.0.2.1"),
        (("192.0.2.0/24",), "203.0.113.9", "203.0.113.9"),
        (("192.0.2.0/24",), "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (("192.0.2.0/24", "10.0.0.0/8"), "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        (("192.0.2.0/24",), "", "192.0.2.1"),
    ],
)
def test_a_forwarded_address_is_believed_from_our_proxies_only(
    proxies: tuple[str, ...], forwarded: str, address: str
) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded})
    request = request.clone(remote="192.0.2.1")
    assert Gate(origins=(), trusted_proxies=proxies).address(request) == address


async def test_too_many_messages_are_told_to_wait_and_go_later(open_site: OpenSite) -> None:
    async with open_site(messages_per_minute=100) as site:
        ana = await site.begin()
        async with ana.socket() as socket:
            error = None
            for number in range(1300):
                await socket.send({"type": "typing", "id": f"typing-{number:04}", "on": True})
            error = await socket.next("error")
            assert (error["code"], error["retry_after"] > 0) == ("slow_down", True)


async def test_a_socket_that_goes_on_all_the_same_is_closed(open_site: OpenSite) -> None:
    async with open_site(messages_per_minute=1) as site:
        ana = await site.begin()
        async with ana.socket() as socket:
            for number in range(60):
                await socket.send(text("x", f"client-id-{number}"))
            while (await socket.wire.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
                pass
            assert socket.wire.close_code == 4429


async def test_one_address_cannot_begin_any_number_of_sessions(open_site: OpenSite) -> None:
    async with open_site(sessions_per_minute=2, trusted_proxies=("127.0.0.1",)) as site:

        async def begin(address: str) -> int:
            headers: Mapping[str, str] = {"Origin": SITE, "X-Forwarded-For": address}
            async with site.http.post(f"{site.url}/session", json={}, headers=headers) as response:
                if response.status == 429:
                    assert int(response.headers["Retry-After"]) >= 1
                return response.status

        assert [await begin("203.0.113.9") for _ in range(6)] == [200] * 4 + [429] * 2
        assert await begin("203.0.113.10") == 200


async def test_one_address_cannot_hold_any_number_of_sockets(open_site: OpenSite) -> None:
    async with open_site(connections_per_address=2) as site:
        ana = await site.begin()
        async with ana.socket(), ana.socket():
            with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
                await site.http.ws_connect(f"{site.url}/socket", headers={"Origin": SITE})
        async with asyncio.timeout(10), ana.socket():
            pass


def test_a_pace_gives_a_burst_and_then_its_rate() -> None:
    now = 0.0
    pace = Pace(60, lambda: now)
    assert [pace.take("ana") for _ in range(120)] == [0.0] * 120
    assert pace.take("ana") == pytest.approx(1.0)
    assert pace.take("bruno") == 0
    now = 1.0
    assert pace.take("ana") == 0
    assert pace.take("ana") > 0
    now = 1000.0
    assert [pace.take("ana") for _ in range(120)] == [0.0] * 120
