"""A conversation both ways, with a socket and without, on a running daemon."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import struct
from pathlib import Path

import aiohttp
import pytest

from gateway.api import (
    Button,
    Buttons,
    ContactTyping,
    Edit,
    MessageReceived,
    MessageStatus,
    Read,
    Text,
    Typing,
    Unreachable,
)
from gateway.testing.valkey import ValkeyServer
from tests.plugins.webchat.site import (
    ACCOUNT,
    SITE,
    OpenSite,
    Person,
    Site,
    account,
    envelope,
    serving,
    text,
)


async def test_what_a_visitor_writes_is_an_event_before_it_is_acknowledged(site: Site) -> None:
    ana = await site.begin(language="es")
    async with ana.socket() as socket:
        await socket.send(text("¿Dónde está mi pedido?", at=1_700_000_000_000))
        shown = await socket.next()
        ack = await socket.next()
    (event,) = await site.events()
    assert isinstance(event, MessageReceived)
    assert (event.contact.id, event.contact.language) == (ana.id, "es")
    assert event.contact.address("visitor") == ana.id
    assert event.message.content == Text(text="¿Dónde está mi pedido?")
    assert event.message.timestamp == 1_700_000_000_000
    assert ack == {
        "type": "ack",
        "id": "client-id-1",
        "message_id": event.message.platform_id,
        "cursor": shown["cursor"],
    }
    assert (shown["from"], shown["id"]) == ("visitor", event.message.platform_id)


async def test_a_message_that_is_sent_again_is_one_event_and_is_shown_once(site: Site) -> None:
    ana = await site.begin()
    async with ana.socket() as socket:
        await socket.send(text("hello"))
        first = await socket.next("ack")
    # The acknowledgement was lost: the widget sends it again, and once more without a socket.
    async with ana.socket() as socket:
        await socket.send(text("hello"))
        assert await socket.next("ack") == first
    assert await ana.post(text("hello")) == [first]
    assert len(await site.events()) == 1
    assert [each["content"]["text"] for each in await ana.poll()] == ["hello"]


async def test_what_we_write_comes_to_every_window_of_the_visitor_and_to_nobody_else(
    site: Site,
) -> None:
    ana, bruno = await site.begin(), await site.begin()
    async with ana.socket() as one, ana.socket() as two, bruno.socket() as other:
        receipt = await site.say(ana.id, Text(text="For Ana"), metadata={"agent_name": "Lucía"})
        await site.say(bruno.id, Text(text="For Bruno"))
        for socket in (one, two):
            frame = await socket.next()
            assert (frame["id"], frame["name"]) == (receipt.platform_id, "Lucía")
            assert frame["content"] == {"kind": "text", "text": "For Ana"}
        assert (await other.next())["content"]["text"] == "For Bruno"


async def test_after_a_lost_connection_nothing_is_lost_and_nothing_is_doubled(site: Site) -> None:
    ana = await site.begin()
    for number in range(3):
        await site.say(ana.id, Text(text=str(number)))
    async with ana.socket() as socket:
        seen = [await socket.next() for _ in range(3)]
    for number in range(3, 450):
        await site.say(ana.id, Text(text=str(number)))
    async with ana.socket(after=seen[1]["cursor"]) as socket:
        later = [await socket.next() for _ in range(448)]
        await site.say(ana.id, Text(text="live"))
        later.append(await socket.next())
    assert [each["content"]["text"] for each in later] == [*map(str, range(2, 450)), "live"]


async def test_what_is_written_while_a_window_catches_up_comes_in_its_place(site: Site) -> None:
    ana = await site.begin()
    for number in range(250):
        await site.say(ana.id, Text(text=str(number)))

    async def write() -> None:
        for number in range(250, 300):
            await site.say(ana.id, Text(text=str(number)))

    writing = asyncio.create_task(write())
    async with ana.socket() as socket:
        found = [(await socket.next())["content"]["text"] for _ in range(300)]
    await writing
    assert found == [str(each) for each in range(300)]


async def test_a_message_goes_into_the_log_once_however_often_it_is_delivered(site: Site) -> None:
    ana = await site.begin()
    first = await site.say(ana.id, Text(text="once"), reference="message-7")
    again = await site.say(ana.id, Text(text="once"), reference="message-7")
    assert first == again
    assert first.platform_id == f"{ana.log}.message-7"
    assert len(await ana.poll()) == 1


async def test_a_socket_hears_what_another_process_delivers(
    valkey_server: ValkeyServer, site: Site, tmp_path: Path
) -> None:
    url = f"unix://{valkey_server.socket}"
    async with serving(url, tmp_path / "other", account()) as other:
        ana = await site.begin()
        same = Person(other, ana.told)
        async with ana.socket() as here, same.socket() as there:
            await other.say(ana.id, Text(text="from there"))
            await here.send(text("from here"))
            for socket in (here, there):
                heard = [(await socket.next("message"))["content"]["text"] for _ in range(2)]
                assert sorted(heard) == ["from here", "from there"]


async def test_without_sockets_a_poll_waits_for_what_is_new(site: Site) -> None:
    ana = await site.begin()
    await site.say(ana.id, Text(text="first"))
    (first,) = await ana.poll()
    waiting = asyncio.create_task(ana.poll(first["cursor"], wait=20))
    await site.begin()  # something else is answered meanwhile
    assert not waiting.done()
    await site.say(ana.id, Text(text="second"))
    assert [each["content"]["text"] for each in await waiting] == ["second"]
    assert site.channel._door.hub.windows() == []


async def test_typing_goes_both_ways_and_is_kept_nowhere(site: Site) -> None:
    ana = await site.begin()
    async with ana.socket() as socket:
        await site.say(ana.id, Typing(), metadata={"agent_name": "Lucía"})
        assert await socket.next() == {"type": "typing", "on": True, "name": "Lucía"}
        await socket.send({"type": "typing", "id": "typing-01", "on": True})
        await socket.send({"type": "ping"})
        await socket.next("pong")
    (event,) = await site.events()
    assert isinstance(event, ContactTyping)
    assert event.typing
    assert await ana.poll() == []


async def test_delivered_and_read_come_back_as_statuses_once(site: Site) -> None:
    ana = await site.begin()
    receipt = await site.say(ana.id, Text(text="hello"))
    assert receipt.platform_id is not None
    async with ana.socket() as one, ana.socket() as two:
        cursor = (await one.next())["cursor"]
        for status in ("delivered", "read", "read"):
            frame = {"type": "status", "status": status, "ids": [receipt.platform_id]}
            await one.send({**frame, "cursor": cursor})
        assert await two.next("seen") == {"type": "seen", "up_to": cursor}
    steps = [each.status.status for each in await site.events() if isinstance(each, MessageStatus)]
    assert steps == ["delivered", "read"]
    async with ana.socket(cursor) as socket:
        assert socket.hello["seen"] == cursor


async def test_a_status_of_somebody_elses_message_is_refused(site: Site) -> None:
    ana, bruno = await site.begin(), await site.begin()
    receipt = await site.say(bruno.id, Text(text="for Bruno"))
    (error,) = await ana.post({"type": "status", "status": "read", "ids": [receipt.platform_id]})
    assert error["code"] == "malformed"
    assert await site.events() == []


async def test_a_read_mark_and_an_edit_stand_in_the_log(site: Site) -> None:
    ana = await site.begin()
    (ack,) = await ana.post(text("hello"))
    receipt = await site.say(ana.id, Buttons(text="And?", buttons=(Button(id="yes", title="Yes"),)))
    await site.say(ana.id, Read(to=ack["message_id"]))
    assert receipt.platform_id is not None
    await site.say(ana.id, Edit(to=receipt.platform_id, text="And now?"))
    _, _, read, edit = await ana.poll()
    assert (read["type"], read["up_to"]) == ("read", ack["message_id"])
    assert (edit["type"], edit["to"]) == ("edit", receipt.platform_id)
    assert edit["content"]["text"] == "And now?"


async def test_a_reaction_is_shown_on_its_message_and_not_as_one(site: Site) -> None:
    ana = await site.begin()
    receipt = await site.say(ana.id, Text(text="hello"))
    content = {"kind": "reaction", "to": receipt.platform_id, "emoji": "👍"}
    (ack,) = await ana.post({"type": "message", "id": "client-id-1", "content": content})
    assert ack["type"] == "ack"
    _, shown = await ana.poll()
    assert (shown["type"], shown["from"], shown["emoji"]) == ("reaction", "visitor", "👍")


async def test_a_visitor_who_is_not_known_cannot_be_reached(site: Site) -> None:
    with pytest.raises(Unreachable, match="unknown_visitor"):
        await site.say("v-" + "0" * 32, Text(text="anybody?"))


async def test_somebody_the_site_knows_can_be_written_to_before_they_come(site: Site) -> None:
    receipt = await site.say("customer-4711", Text(text="Your parcel is here"))
    assert receipt.platform_id


@pytest.mark.parametrize(
    "frame",
    [
        "no JSON",
        '{"type":"unheard-of"}',
        '{"type":"message","id":"short","content":{"kind":"text","text":"x"}}',
        '{"type":"message","id":"client-id-1","content":{"kind":"text","text":"  "}}',
        '{"type":"message","id":"client-id-1","content":{"kind":"template"}}',
        '{"type":"message","id":"client-id-1","content":{"kind":"file","file":"not-mine"}}',
        '{"type":"identified","id":"client-id-1","previous":"v-0"}',
        '{"type":"profile","id":"client-id-1"}',
    ],
)
async def test_what_is_not_of_the_protocol_is_told_and_makes_no_event(
    site: Site, frame: str
) -> None:
    ana = await site.begin()
    async with ana.socket() as socket:
        await socket.wire.send_str(frame)
        error = await socket.next()
        assert (error["type"], error["code"]) == ("error", "malformed")
        await socket.send({"type": "ping"})
        assert await socket.next() == {"type": "pong"}
    assert await site.events() == []


async def test_a_socket_without_a_good_greeting_is_closed(site: Site) -> None:
    ana = await site.begin()
    greetings = {
        '{"token":"forged.token"}': 4401,
        "hello": 4400,
        f'{{"token":"{ana.token}","after":"no cursor"}}': 4400,
    }
    for greeting, code in greetings.items():
        async with site.http.ws_connect(f"{site.url}/socket", headers={"Origin": SITE}) as wire:
            await wire.send_str(greeting)
            while (await wire.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
                pass
            assert wire.close_code == code, greeting


async def test_a_daemon_that_stops_sends_its_visitors_on_at_once(open_site: OpenSite) -> None:
    async with open_site() as site:
        ana = await site.begin()
        wire = await site.http.ws_connect(f"{site.url}/socket", headers={"Origin": SITE})
        await wire.send_json({"token": ana.token})
        await wire.receive_json(timeout=10)
        listening = asyncio.create_task(wire.receive(timeout=10))
        loop = asyncio.get_running_loop()
        began = loop.time()
    assert (await listening).type is aiohttp.WSMsgType.CLOSE
    assert wire.close_code == 1001
    # Not the twenty seconds that work under way may take: nothing waits for a socket.
    assert loop.time() - began < 10


async def test_a_socket_goes_on_after_redis_was_away(tmp_path: Path) -> None:
    with ValkeyServer() as redis:
        async with serving(f"unix://{redis.socket}", tmp_path, account()) as site:
            ana = await site.begin()
            async with ana.socket() as socket:
                redis.kill()
                await socket.send(text("lost?"))
                error = await socket.next("error")
                assert (error["code"], error["retry_after"] > 0) == ("unavailable", True)
                redis.start()
                await socket.send(text("lost?"))
                await socket.next("ack")
                await site.say(ana.id, Text(text="no"), reference="message-1")
                while (await socket.next("message"))["content"]["text"] != "no":
                    pass


async def test_whoever_does_not_read_is_cut_and_holds_up_nobody(site: Site) -> None:
    ana, bruno = await site.begin(), await site.begin()
    address = site.service.public_url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(address[0], int(address[2]), limit=1024)
    path = f"/webchat/{ACCOUNT}/socket"
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nOrigin: {SITE}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.write(masked(f'{{"token":"{ana.token}"}}'.encode()))
    async with bruno.socket() as socket:
        await site.say(ana.id, Text(text="first"))
        hub = site.channel._door.hub
        (lazy,) = [each for each in hub.windows() if each.log == ana.log]
        frame = b'{"type":"notice","text":"' + b"x" * 60_000 + b'"}'
        for _ in range(2000):
            hub.broadcast(frame)
            await socket.next("notice")
            if lazy not in hub.windows():
                break
        assert lazy not in hub.windows()
    writer.close()


def masked(payload: bytes) -> bytes:
    """Return a text frame as clients send them; the mask is all zeros. Source: RFC 6455."""
    return struct.pack("!BBHI", 0x81, 0xFE, len(payload), 0) + payload


async def test_the_log_is_trimmed_by_length(open_site: OpenSite) -> None:
    async with open_site(history_messages=3) as site:
        ana = await site.begin()
        for number in range(6):
            await site.say(ana.id, Text(text=str(number)))
        assert [each["content"]["text"] for each in await ana.poll()] == ["3", "4", "5"]


async def test_an_envelope_signed_with_the_secret_is_taken_as_a_webhook(site: Site) -> None:
    body = envelope(text("from the site's own app"))
    right = hmac.new(b"a new secret of sixteen", body, hashlib.sha256).hexdigest()
    url = f"{site.service.public_url}/webhooks/webchat/{ACCOUNT}"
    for signature, status in {right: 200, "0" * 64: 403}.items():
        headers = {"X-Relevo-Signature": signature}
        async with site.http.post(url, data=body, headers=headers) as response:
            assert response.status == status
    assert len(await site.events()) == 1
