"""Messenger and Instagram through a whole service: webhooks in, messages out, statuses back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway import loader
from gateway.api import (
    ChannelSettings,
    ContactUpdated,
    Event,
    Image,
    Media,
    MediaStored,
    MessageAccepted,
    MessageEchoed,
    MessageReceived,
    MessageStatus,
    OutboundContent,
    OutboundMessage,
    Text,
    WindowOpened,
)
from gateway.bus import keys
from gateway.codec.stream import decode
from gateway.http.service import Service
from gateway.model.outbox import Accepted, OutboundRecord
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, RedisSettings, Settings
from gateway.testing.meta import Fault, Happening, MetaPlatform, Timing
from gateway.testing.valkey import ValkeyServer
from tests.plugins.meta.simulated import account_of

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 a picture"


class World:
    """A running service, and Messenger and Instagram beside it."""

    def __init__(self, valkey: Any, service: Service, *platforms: MetaPlatform) -> None:
        self.messenger, self.instagram = platforms
        self.service = service
        self._valkey = valkey

    async def events(self, account: str) -> list[Event]:
        """Return every event of an account, in the stream's order."""
        partitions = self.service.daemon.settings.streams.partitions
        stream = keys.events(keys.partition_of(account, partitions))
        entries = await self._valkey.xrange(stream)
        found = [decode(fields[b"data"]) for _, fields in entries]
        return [each for each in found if each.account == account]

    async def submit(self, channel: str, content: OutboundContent, to: str, **more: Any) -> str:
        """Have a message sent, and return its id."""
        asked = OutboundMessage(account=f"{channel}-main", to=to, content=content, **more)
        (answer,) = await self.service.daemon.outbox.submit([asked])
        assert isinstance(answer, Accepted), answer
        return answer.id

    async def becomes(self, message_id: str, *states: str) -> OutboundRecord:
        """Return what is known of a message once it is in one of some states."""
        async with asyncio.timeout(20):
            while True:
                record = await self.service.daemon.outbox.record(message_id)
                if record is not None and record.state in states:
                    return record
                await asyncio.sleep(0.02)

    async def until(self, account: str, enough: Callable[[Sequence[Event]], bool]) -> list[Event]:
        """Return the events of an account once they are enough."""
        async with asyncio.timeout(20):
            while not enough(found := await self.events(account)):  # noqa: ASYNC110 - it is Redis
                await asyncio.sleep(0.02)
        return found


class Clock:
    """The platforms' clock: a day may have passed since their contacts wrote."""

    def __init__(self) -> None:
        self.behind_seconds = 0.0

    def __call__(self) -> float:
        return time.time() - self.behind_seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def world(
    valkey: Any, valkey_server: ValkeyServer, tmp_path: Path, clock: Clock
) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        platforms = [
            await stack.enter_async_context(MetaPlatform("messenger", clock=clock)),
            await stack.enter_async_context(
                MetaPlatform("instagram", login="instagram", clock=clock)
            ),
        ]
        settings = Settings(
            data_dir=str(tmp_path),
            http=HttpSettings(public="127.0.0.1:0", private="127.0.0.1:0"),
            redis=RedisSettings(url=f"unix://{valkey_server.socket}"),
        )
        accounts: tuple[ChannelSettings, ...] = tuple(account_of(each) for each in platforms)
        configuration = Configuration(settings=settings, accounts=accounts)
        service = await stack.enter_async_context(Service(configuration, loader.load()))
        for each in platforms:
            name = each.business.channel
            await each.save_callback(f"{service.public_url}/webhooks/{name}/{name}-main")
        yield World(valkey, service, *platforms)


def kinds(events: Sequence[Event]) -> set[str]:
    return {type(each).__name__ for each in events}


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
async def test_a_picture_is_told_then_stored_and_its_sender_gets_a_name(
    world: World, channel: str
) -> None:
    platform: MetaPlatform = getattr(world, channel)
    ana = platform.contact(name="Ana Silva", username="ana.s")
    delivery = await platform.post(ana.sends_file("image", JPEG, "image/jpeg", text="look"))
    assert delivery.statuses == [200]
    wanted = {"MessageReceived", "WindowOpened", "MediaStored", "ContactUpdated"}
    found = await world.until(f"{channel}-main", lambda events: wanted <= kinds(events))
    messages = [each for each in found if isinstance(each, MessageReceived)]
    assert [each.message.album for each in messages] == [messages[0].message.platform_id] * 2
    (stored,) = [each for each in found if isinstance(each, MediaStored)]
    assert stored.media.mime_type == "image/jpeg"
    (named,) = [each for each in found if isinstance(each, ContactUpdated)]
    assert (named.contact.id, named.contact.name) == (ana.id, "Ana Silva")
    (opened,) = [each for each in found if isinstance(each, WindowOpened)]
    assert opened.contact == messages[0].contact


async def test_the_same_bytes_twice_are_one_message(world: World) -> None:
    ana = world.messenger.contact(name="Ana Silva")
    await world.messenger.post(ana.writes("once"), copies=3)
    found = await world.until("messenger-main", lambda events: "ContactUpdated" in kinds(events))
    assert len([each for each in found if isinstance(each, MessageReceived)]) == 1


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
async def test_a_message_is_sent_and_its_statuses_come_back(world: World, channel: str) -> None:
    platform: MetaPlatform = getattr(world, channel)
    ana = platform.contact(name="Ana Silva", username="ana.s")
    await platform.post(ana.writes("Olá"))
    photo = Image(media=Media(url="https://files.example/a.jpg"), caption="Bom dia!")
    own = await world.submit(channel, photo, ana.id, metadata={"order": 7})
    record = await world.becomes(own, "read")
    assert record.downgraded == "the caption follows as a text"
    assert [each.platform_id for each in record.parts] == [each.id for each in platform.sent]
    assert [each.said for each in ana.inbox] == ["", "Bom dia!"]
    found = await world.until(f"{channel}-main", lambda events: "MessageAccepted" in kinds(events))
    (accepted,) = [each for each in found if isinstance(each, MessageAccepted)]
    assert accepted.message.metadata == {"order": 7}
    await platform.settled()
    told = [
        each for each in await world.events(f"{channel}-main") if isinstance(each, MessageStatus)
    ]
    assert "read" in {each.status.status for each in told}


async def test_the_echo_of_our_own_message_says_which_it_was(world: World) -> None:
    ana = world.messenger.contact(name="Ana Silva")
    await world.messenger.post(ana.writes("Olá"))
    own = await world.submit("messenger", Text(text="Bom dia!"), ana.id)
    found = await world.until("messenger-main", lambda events: "MessageEchoed" in kinds(events))
    (echo,) = [each for each in found if isinstance(each, MessageEchoed)]
    assert (echo.message.metadata, echo.own) == (own, True)
    assert echo.message.origin == "api"


async def test_what_we_sent_on_instagram_is_known_as_ours_and_what_a_person_wrote_is_not(
    world: World,
) -> None:
    ana = world.instagram.contact(name="Ana Silva", username="ana.s")
    await world.instagram.post(ana.writes("Olá"))
    own = await world.submit("instagram", Text(text="Bom dia!"), ana.id)
    record = await world.becomes(own, "sent", "read")
    await world.instagram.settled()
    mid = str(record.parts[0].platform_id)
    # It comes once more, a minute younger, when its answer is kept for sure.
    echoes = [_echo(world.instagram, ana.id, each) for each in (mid, "by hand")]
    await world.instagram.post(*echoes)
    found = await world.until("instagram-main", lambda events: "by hand" in map(_mid, events))
    told = {_mid(each): each.own for each in found if isinstance(each, MessageEchoed)}
    assert told == {mid: True, "by hand": False}


def _mid(event: Event) -> str | None:
    return event.message.platform_id if isinstance(event, MessageEchoed) else None


def _echo(platform: MetaPlatform, to: str, mid: str) -> Happening:
    at = int((time.time() + 60) * 1000)
    item = {
        "sender": {"id": platform.business.id},
        "recipient": {"id": to},
        "timestamp": at,
        "message": {"mid": mid, "text": "Bom dia!", "is_echo": True},
    }
    return Happening(business=platform.business, item=item, at=at, known_as=f"{mid}:echo")


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
async def test_a_late_answer_of_a_person_goes_with_the_tag(
    world: World, clock: Clock, channel: str
) -> None:
    clock.behind_seconds = 25 * 3600
    platform: MetaPlatform = getattr(world, channel)
    ana = platform.contact(name="Ana Silva", username="ana.s")
    await platform.post(ana.writes("Olá"))
    by_hand = await world.submit(
        channel, Text(text="Sorry"), ana.id, human=True, on_closed_window="tag"
    )
    await world.becomes(by_hand, "sent", "delivered", "read")
    assert [each.tag for each in platform.sent] == ["HUMAN_AGENT"]


async def test_who_blocked_us_is_told_as_a_failure(world: World) -> None:
    ana = world.messenger.contact(name="Ana Silva")
    await world.messenger.post(ana.writes("Olá"))
    ana.reachable = False
    record = await world.becomes(
        await world.submit("messenger", Text(text="Hello?"), ana.id), "failed"
    )
    assert record.failure is not None
    assert record.failure.error is not None
    assert (record.failure.error.code, record.failure.error.subcode) == ("551", "1545041")


async def test_a_throttled_message_goes_a_little_later(world: World) -> None:
    rui = world.instagram.contact(name="Rui", username="rui")
    await world.instagram.post(rui.writes("Olá"))
    world.instagram.faults.add(Fault(code=613, headers={"Retry-After": "1"}))
    own = await world.submit("instagram", Text(text="Bom dia!"), rui.id)
    record = await world.becomes(own, "read")
    assert [each.error.code for each in record.attempts if each.error] == ["613"]
    assert len(world.instagram.sent) == 1


async def test_a_comment_is_answered_without_a_window(world: World) -> None:
    rui = world.instagram.contact(name="Rui", username="rui")
    comment = rui.comments_on_post("How much?")
    await world.instagram.post(comment)
    own = await world.submit("instagram", Text(text="9 €"), f"comment:{comment.known_as}")
    await world.becomes(own, "sent", "delivered", "read")
    assert [each.comment_id for each in world.instagram.sent] == [comment.known_as]


async def test_a_message_that_came_back_as_an_echo_is_not_sent_again(world: World) -> None:
    ana = world.messenger.contact(name="Ana Silva")
    await world.messenger.post(ana.writes("Olá"))
    photo = Image(media=Media(url="https://files.example/a.jpg"), caption="One")
    world.messenger.drop_next(accepted=True)  # taken, and the answer is lost
    own = await world.submit("messenger", photo, ana.id)
    record = await world.becomes(own, "read")
    assert [each.metadata for each in world.messenger.sent] == [own, f"{own}#2"]
    assert [each.platform_id for each in record.parts] == [each.id for each in world.messenger.sent]


async def test_watermarks_tell_of_everything_until_then_and_never_go_back(world: World) -> None:
    silent = Timing(echo=None, read=None, names=0.0)
    ana = world.messenger.contact(name="Ana Silva")
    ana.timing = silent
    await world.messenger.post(ana.writes("Olá"))
    first = await world.submit("messenger", Text(text="One"), ana.id)
    second = await world.submit("messenger", Text(text="Two"), ana.id)
    await world.becomes(first, "delivered")
    await world.becomes(second, "delivered")
    early, late = ana.reads(world.messenger.sent[0]), ana.reads(world.messenger.sent[1])
    early.item["read"]["watermark"] -= 3_600_000
    await world.messenger.post(late)
    await world.becomes(first, "read")
    await world.becomes(second, "read")
    await world.messenger.post(early)
    third = await world.submit("messenger", Text(text="Three"), ana.id)
    await world.becomes(third, "delivered", "read")  # so what came before was looked at
    record = await world.becomes(second, "delivered", "read")
    assert [each.status for each in record.steps] == ["delivered", "read"]
