"""What becomes of messages the simulator took: windows, limits, statuses, faults."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any

import aiohttp
import pytest

from gateway.testing.whatsapp import Contact, Fault, Rules, Timing, WhatsAppPlatform
from tests.integration.simulator.sending.caller import Caller, Clock


async def test_a_day_after_the_contact_wrote_the_window_is_closed(
    platform: WhatsAppPlatform, caller: Caller, clock: Clock, ana: Contact
) -> None:
    clock.now += timedelta(hours=24).total_seconds()
    status, _ = await caller.send("text", {"body": "hi"})
    assert status == 200  # accepted is not delivered
    await platform.settled()
    assert platform.sent[0].status == "failed"
    assert ana.inbox == []
    ana.writes("Olá de novo")
    await caller.send("text", {"body": "hi"})
    await platform.settled()
    assert len(ana.inbox) == 1


async def test_a_closed_window_can_be_told_in_the_answer(http: aiohttp.ClientSession) -> None:
    async with WhatsAppPlatform(rules=Rules(closed_window="answer")) as platform:
        assert await Caller(platform, http).code("text", {"body": "hi"}) == 131047


async def test_more_than_eighty_messages_in_a_second_are_throttled(
    caller: Caller, clock: Clock
) -> None:
    codes = [
        await caller.code("text", {"body": "hi"}, to=f"+3519110000{number:02d}")
        for number in range(81)
    ]
    assert codes == [0] * 80 + [130429]
    clock.now += 1
    assert await caller.code("text", {"body": "hi"}) == 0


async def test_a_burst_to_one_contact_is_borrowed_from_what_comes_after(
    caller: Caller, clock: Clock
) -> None:
    codes = [await caller.code("text", {"body": "hi"}) for _ in range(46)]
    assert codes == [0] * 45 + [131056]
    clock.now += 45 * 6 - 1
    assert await caller.code("text", {"body": "hi"}) == 131056
    clock.now += 1
    assert await caller.code("text", {"body": "hi"}) == 0


async def test_who_cannot_be_reached_fails_with_the_reason(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    codes = []
    for attribute in ("on_whatsapp", "blocks_business"):
        setattr(ana, attribute, attribute != "on_whatsapp")
        await caller.send("text", {"body": "hi"})
        await platform.settled()
        status = json.loads(receiver.requests[-1][1])["entry"][0]["changes"][0]["value"]
        assert "contacts" not in status
        codes.append(status["statuses"][0]["errors"][0]["code"])
        ana.on_whatsapp = True
    assert codes == [131026, 130403]


async def test_statuses_echo_the_callers_data_and_say_what_is_charged(
    platform: WhatsAppPlatform, caller: Caller, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    await caller.send("text", {"body": "hi"}, biz_opaque_callback_data="gw:1")
    await platform.settled()
    statuses = [
        json.loads(raw)["entry"][0]["changes"][0]["value"]["statuses"][0]
        for _, raw in receiver.requests
    ]
    assert {each["biz_opaque_callback_data"] for each in statuses} == {"gw:1"}
    priced = {each["status"]: each.get("pricing", {}).get("type") for each in statuses}
    free = "free_customer_service"
    assert priced == {"sent": free, "delivered": free, "read": None}


async def test_statuses_can_come_in_disorder_and_twice(
    http: aiohttp.ClientSession, receive: Any
) -> None:
    receiver = await receive()
    wild = Timing(
        sent=timedelta(), delivered=timedelta(), read=timedelta(), disorder=1, duplicates=1
    )
    seeded = Random(1)  # noqa: S311 - a seed, not a key
    async with WhatsAppPlatform(callback_url=receiver.url, timing=wild, random=seeded) as platform:
        ana = platform.contact("351911111111", name="Ana")
        ana.writes("Olá")
        for _ in range(5):
            await Caller(platform, http).send("text", {"body": "hi"})
        await platform.settled()
        orders = [each.webhook.ids[0].rpartition(":")[2] for each in platform.ledger.deliveries]
        assert len(receiver.requests) == 30
    assert sorted(orders) == sorted(["sent", "delivered", "read"] * 5)
    assert orders != ["sent", "delivered", "read"] * 5


async def test_a_dropped_connection_leaves_in_doubt_what_the_ledger_knows(
    platform: WhatsAppPlatform, caller: Caller
) -> None:
    platform.drop_next(accepted=True)
    platform.drop_next(accepted=False)
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await caller.send("text", {"body": "hi"}, biz_opaque_callback_data="gw:1")
    await caller.send("text", {"body": "hi"}, biz_opaque_callback_data="gw:1")
    await platform.settled()
    assert platform.sent.times("gw:1") == 2
    assert platform.sent.arrivals() == {"gw:1": 2}


async def test_any_error_can_be_had_now_or_later(
    platform: WhatsAppPlatform, caller: Caller
) -> None:
    platform.fail_next(131016, times=2, http_status=503)
    assert [(await caller.send("text", {"body": "hi"}))[0] for _ in range(3)] == [503, 503, 200]
    platform.fail_next(131049, later=True)
    await caller.send("text", {"body": "hi"})
    await platform.settled()
    assert [each.status for each in platform.sent] == ["read", "failed"]


async def test_a_fault_of_a_proxy_is_no_json(
    platform: WhatsAppPlatform, caller: Caller, http: aiohttp.ClientSession
) -> None:
    platform.faults.add(Fault(http_status=502, headers={"Retry-After": "7"}))
    url = f"{platform.api_url}/{caller.number}/messages"
    async with http.post(url, json={}) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert answer.headers["Retry-After"] == "7"


async def test_a_contact_answers_by_script(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    ana.script = lambda sent: ana.writes(f"eco: {sent.said}")
    await caller.send("text", {"body": "Bom dia"})
    await platform.settled()
    last = json.loads(receiver.requests[-1][1])["entry"][0]["changes"][0]["value"]
    assert last["messages"][0]["text"]["body"] == "eco: Bom dia"


async def test_a_message_to_a_group_reaches_every_member(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    rui = platform.contact("351911222333", name="Rui")
    group = platform.group("Padaria", ana, rui)
    await caller.send("text", {"body": "Olá"}, to=group.id, recipient_type="group")
    await platform.settled()
    assert [len(each.inbox) for each in (ana, rui)] == [1, 1]
    first = json.loads(receiver.requests[0][1])["entry"][0]["changes"][0]["value"]["statuses"]
    assert {each["recipient_id"] for each in first} == {group.id}
    assert {each["recipient_participant_id"] for each in first} == {ana.phone, rui.phone}


async def test_only_messages_to_the_number_are_marked_as_read(caller: Caller, ana: Contact) -> None:
    mark = {"messaging_product": "whatsapp", "status": "read"}
    question = ana.writes("Têm pão?").item["id"]
    assert await caller.post({**mark, "message_id": question}) == (200, {"success": True})
    status, said = await caller.post({**mark, "message_id": "wamid.X"})
    assert (status, said["error"]["code"]) == (400, 131009)
    assert ana.marked_read == [question]
