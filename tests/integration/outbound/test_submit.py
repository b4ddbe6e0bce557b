"""Messages are judged, kept and queued; nothing is sent here."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway import loader
from gateway.api import Media, OutboundMessage, Read, Rendered, Text
from gateway.bus import keys
from gateway.edge import turns
from gateway.edge.outbound.ids import made_at, partition_in
from gateway.edge.outbound.terms import Terms
from gateway.errors import IdempotencyConflict, SettingsError
from gateway.model.content import Image
from gateway.model.outbound import Fallback
from gateway.model.outbox import Accepted, Refused
from gateway.model.template_content import Template, TextParameter
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, account, running, settings, text

REMINDER = Template(name="reminder", language="pt_PT", category="utility")


def template(**more: Any) -> OutboundMessage:
    return text(content=REMINDER, **more)


async def test_a_message_is_kept_and_waits_in_its_lane(scene: Scene) -> None:
    before = time.time_ns() // 1_000_000
    (answer,) = await scene.outbox.submit([template(lane="bulk", metadata={"order": 7})])
    assert isinstance(answer, Accepted)
    assert answer.state == "queued"
    record = await scene.outbox.record(answer.id)
    assert record is not None
    assert (record.state, record.lane, record.to, record.kind) == (
        *("queued", "bulk", ANA, "template"),
    )
    assert record.metadata == {"order": 7}
    assert record.channel == "whatsapp"
    assert before <= record.created_at == made_at(answer.id) == record.updated_at
    partition = keys.partition_of(ACCOUNT, scene.partitions)
    assert partition_in(answer.id) == partition
    assert await scene.client.xlen(keys.out(partition, ACCOUNT, "bulk")) == 1
    assert await scene.client.xlen(keys.out(partition, ACCOUNT, "live")) == 0


async def test_ids_sort_by_the_order_in_which_messages_were_given(scene: Scene) -> None:
    answers = await scene.outbox.submit([template() for _ in range(300)])
    ids = [each.id for each in answers if isinstance(each, Accepted)]
    assert len(set(ids)) == 300
    assert ids == sorted(ids)


async def test_a_message_for_later_is_not_in_a_lane(scene: Scene) -> None:
    later = time.time_ns() // 1_000_000 + 60_000
    (answer,) = await scene.outbox.submit([text(send_at=later)])
    assert isinstance(answer, Accepted)
    assert answer.state == "scheduled"
    partition = keys.partition_of(ACCOUNT, scene.partitions)
    waiting = await scene.client.zrange(
        keys.out(partition, ACCOUNT, "scheduled"), 0, -1, withscores=True
    )
    assert waiting == [(answer.id.encode(), later)]
    assert await scene.client.xlen(keys.out(partition, ACCOUNT, "live")) == 0


async def test_bad_messages_are_refused_by_field_and_good_ones_go(scene: Scene) -> None:
    now = time.time_ns() // 1_000_000
    answers = await scene.outbox.submit(
        [
            template(),
            text("x" * 5000),
            text(account="nobody"),
            text(expires_at=now - 1),
            text(to=None),
            text(to_group="group"),
            text(on_closed_window="hold"),
        ]
    )
    good, *bad = answers
    assert isinstance(good, Accepted)
    refused = [each for each in bad if isinstance(each, Refused)]
    assert [each.reason for each in refused] == [
        *("invalid", "unknown_account", "invalid", "invalid", "invalid", "no_fallback"),
    ]
    assert [each.problems[0].path for each in refused] == [
        *("$.content.text", "$.account", "$.expires_at", "$.to", "$.to_group", "$.fallback"),
    ]
    assert refused[0].problems[0].limit == 4096


async def test_marks_need_no_recipient(scene: Scene) -> None:
    (answer,) = await scene.outbox.submit([text(to=None, content=Read(to="wamid.1"))])
    assert isinstance(answer, Accepted)


async def test_free_form_is_refused_while_the_window_is_closed(scene: Scene) -> None:
    (answer,) = await scene.outbox.submit([text()])
    assert isinstance(answer, Refused)
    assert answer.reason == "window_closed"
    await scene.opens_window()
    (answer,) = await scene.outbox.submit([text()])
    assert isinstance(answer, Accepted)


async def test_the_window_is_found_by_every_form_of_a_number(scene: Scene) -> None:
    await scene.opens_window("5491112345678")
    (answer,) = await scene.outbox.submit([text(to="+54 11 1234 5678".replace(" ", ""))])
    assert isinstance(answer, Accepted)
    told = await scene.outbox.window(ACCOUNT, "541112345678")
    assert told.open
    assert told.opened_at is not None
    assert told.expires_at == told.opened_at + 24 * 3600 * 1000


async def test_a_contact_who_never_wrote_has_a_closed_window(scene: Scene) -> None:
    told = await scene.outbox.window(ACCOUNT, ANA)
    assert told.open is False
    assert told.opened_at is None
    assert told.rule is not None


async def test_a_mistake_in_a_fallback_is_told_with_its_place(scene: Scene) -> None:
    wrong = Template(
        name="reminder", language="pt_PT", body=(TextParameter(text="Olá {{ contact.name "),)
    )
    asked = text(on_closed_window="template", fallback=Fallback(template=wrong))
    (answer,) = await scene.outbox.submit([asked])
    assert isinstance(answer, Refused)
    assert answer.problems[0].path == "$.fallback.template.body[0].text"


async def test_the_same_key_gives_the_first_answers(scene: Scene) -> None:
    asked = [template(), text("x" * 5000), template(to="351922222222")]
    first = await scene.outbox.submit(asked, idempotency_key="order-7")
    again = await scene.outbox.submit(asked, idempotency_key="order-7")
    assert [each.id for each in first if isinstance(each, Accepted)] == [
        each.id for each in again if isinstance(each, Accepted)
    ]
    assert [getattr(each, "repeated", None) for each in again] == [True, None, True]
    partition = keys.partition_of(ACCOUNT, scene.partitions)
    assert await scene.client.xlen(keys.out(partition, ACCOUNT, "live")) == 2


async def test_the_same_key_at_the_same_time_queues_once(scene: Scene) -> None:
    several = [scene.outbox.submit([template()], idempotency_key="twice") for _ in range(10)]
    answers = [answer for (answer,) in await asyncio.gather(*several)]
    assert len({each.id for each in answers if isinstance(each, Accepted)}) == 1
    partition = keys.partition_of(ACCOUNT, scene.partitions)
    assert await scene.client.xlen(keys.out(partition, ACCOUNT, "live")) == 1


async def test_the_same_key_for_something_else_is_refused(scene: Scene) -> None:
    await scene.outbox.submit([template()], idempotency_key="order-7")
    with pytest.raises(IdempotencyConflict):
        await scene.outbox.submit([template(to="351922222222")], idempotency_key="order-7")


async def test_the_same_key_for_another_account_is_refused_and_nothing_is_taken(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: WhatsAppPlatform
) -> None:
    own = settings(valkey_server, tmp_path, roles=("ingress",))
    two = account(platform), account(platform, id="wa-other")
    async with running(own, *two, client=valkey, platform=platform) as scene:
        await scene.outbox.submit([template()], idempotency_key="order-7")
        elsewhere = template(account="wa-other")
        for several in ([elsewhere], [elsewhere, template(to="351922222222")]):
            with pytest.raises(IdempotencyConflict):
                await scene.outbox.submit(several, idempotency_key="order-7")
        assert [each.live for each in await scene.outbox.accounts()] == [1, 0]


async def test_what_was_refused_stays_refused_under_its_key(scene: Scene) -> None:
    await scene.outbox.submit([text()], idempotency_key="closed")
    await scene.opens_window()
    (answer,) = await scene.outbox.submit([text()], idempotency_key="closed")
    assert isinstance(answer, Refused)


async def test_a_preview_sends_nothing_and_shows_the_calls(scene: Scene) -> None:
    shown, refused = await scene.outbox.preview([text("Olá"), text("x" * 5000)])
    assert not isinstance(shown, Refused)
    assert shown.calls[0].body is not None
    assert shown.calls[0].body["text"] == {"body": "Olá"}
    assert isinstance(refused, Refused)
    assert [each.live for each in await scene.outbox.accounts()] == [0]


async def test_how_it_will_be_shown_is_told_and_kept(scene: Scene) -> None:
    await scene.opens_window()
    shown = Text(text="Olá", spans=())
    (answer,) = await scene.outbox.submit([text(content=shown)])
    assert isinstance(answer, Accepted)
    assert answer.downgraded is None
    video = Image(media=Media(url="https://shop.example/a.jpg"))
    (answer,) = await scene.outbox.submit([text(content=video)])
    assert isinstance(answer, Accepted)


async def test_nothing_is_known_of_an_id_that_is_none(scene: Scene) -> None:
    assert await scene.outbox.record("nonsense") is None
    assert await scene.outbox.record("0" * 32) is None
    assert await scene.outbox.record("f" * 32) is None
    assert await scene.outbox.find(ACCOUNT, "wamid.none") is None


def test_a_mistake_in_an_account_s_fallback_stops_the_start(platform: WhatsAppPlatform) -> None:
    wrong = Template(
        name="reminder", language="pt_PT", body=(TextParameter(text="{{ contct.name }}"),)
    )
    own = account(platform, fallback=Fallback(template=wrong))
    with pytest.raises(SettingsError, match=r"wa-main: fallback.template.body\[0\].text"):
        Terms(loader.load().channels["whatsapp"](own))


async def test_everything_else_has_its_turn_while_a_batch_is_taken(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PIECE", 1)
    monkeypatch.setattr(turns, "TURN_SECONDS", -1.0)  # each message takes too long
    channel = scene.outbox.terms[ACCOUNT].channel
    render, had, seen = channel.render, 0, []

    async def everything_else() -> None:
        nonlocal had
        while True:
            await asyncio.sleep(0)
            had += 1

    def rendered(message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        seen.append(had)
        return render(message, reference=reference)

    monkeypatch.setattr(channel, "render", rendered)
    beside = asyncio.create_task(everything_else())
    await scene.outbox.submit([template() for _ in range(100)])
    beside.cancel()
    assert len(set(seen)) == 100


async def test_batches_of_one_key_that_are_taken_at_the_same_time_are_taken_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PIECE", 1)
    monkeypatch.setattr(turns, "TURN_SECONDS", -1.0)
    batch = [template(to=f"3519{number:08d}") for number in range(50)]
    several = await asyncio.gather(
        *(scene.outbox.submit(batch, idempotency_key="order-7") for _ in range(3))
    )
    ids = [[each.id for each in one if isinstance(each, Accepted)] for one in several]
    assert ids[0] == ids[1] == ids[2]
    assert [each.live for each in await scene.outbox.accounts()] == [50]
