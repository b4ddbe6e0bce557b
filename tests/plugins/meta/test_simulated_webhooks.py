"""What simulated contacts do, as the channels read it; and what becomes of messages."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.api import (
    Choice,
    ContactOptedIn,
    ContactOptedOut,
    ContactReferred,
    ContactUpdated,
    Document,
    Event,
    Image,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    Reaction,
    Share,
    SignatureInvalid,
    Sticker,
    Story,
    Text,
    Unsupported,
    WebhookRequest,
)
from gateway.testing.host import Stage
from gateway.testing.meta import CallbackRefused, Contact, Fault, Happening, MetaPlatform, Timing
from tests.plugins.meta.simulated import Channel, Sender, channel_of, parsed

MESSENGER = pytest.mark.parametrize("platform", ["messenger"], indirect=True)
INSTAGRAM = pytest.mark.parametrize(
    "platform", ["instagram by its page", "instagram on its own"], indirect=True
)


def content(events: list[Event]) -> object:
    (event,) = events
    assert isinstance(event, MessageReceived)
    return event.message.content


async def test_what_contacts_send_is_read(
    platform: MetaPlatform, channel: Channel, ana: Contact
) -> None:
    def read(happened: Happening) -> object:
        return content(parsed(channel, platform, happened))

    assert read(ana.writes("¡Hola!")) == Text(text="¡Hola!")
    assert isinstance(read(ana.sends_file("image", b"jpeg", "image/jpeg")), Image)
    assert isinstance(read(ana.sends_file("file", b"pdf", "application/pdf")), Document)
    assert isinstance(read(ana.sends_sticker()), Sticker)
    assert read(ana.taps_quick_reply("GREEN", "Green")) == Choice(
        source="quick_reply", id="GREEN", title="Green"
    )
    assert read(ana.taps("START", "Get Started")) == Choice(
        source="postback", id="START", title="Get Started"
    )
    assert read(ana.reacts("m_1", "👍")) == Reaction(to="m_1", emoji="👍")
    assert read(ana.reacts("m_1", None)) == Reaction(to="m_1")
    assert isinstance(read(ana.sends_unsupported()), Unsupported)
    assert isinstance(read(ana.shares("ig_post", "https://www.instagram.com/p/1")), Share)


@INSTAGRAM
async def test_what_contacts_do_on_instagram_is_read(
    platform: MetaPlatform, channel: Channel, ana: Contact
) -> None:
    (mid,) = ana.written
    answered = content(parsed(channel, platform, ana.answers_story("nice")))
    assert isinstance(answered, Story)
    assert (answered.relation, answered.text) == ("reply", "nice")
    mentioned = content(parsed(channel, platform, ana.mentions_in_story()))
    assert isinstance(mentioned, Story)
    assert mentioned.relation == "mention"
    (deleted,) = parsed(channel, platform, ana.unsends(mid))
    assert isinstance(deleted, MessageDeleted)
    assert deleted.deletion.platform_id == mid


@MESSENGER
async def test_consent_is_read_on_messenger(
    platform: MetaPlatform, channel: Channel, ana: Contact
) -> None:
    (ticked,) = parsed(channel, platform, ana.ticks_checkbox("box-7"))
    assert isinstance(ticked, ContactOptedIn)
    assert ticked.contact.address("opt_in") == "box-7"
    (subscribed,) = parsed(channel, platform, ana.subscribes())
    assert isinstance(subscribed, ContactOptedIn)
    assert subscribed.consent.token in ana.tokens
    (left,) = parsed(channel, platform, ana.unsubscribes())
    assert isinstance(left, ContactOptedOut)


@MESSENGER
async def test_a_linked_account_is_read_on_messenger(
    platform: MetaPlatform, channel: Channel, ana: Contact
) -> None:
    (linked,) = parsed(channel, platform, ana.links_account("code-7"))
    assert isinstance(linked, ContactUpdated)
    assert linked.change.aspect == "link"


async def test_links_edits_and_comments_are_read(
    platform: MetaPlatform, channel: Channel, ana: Contact
) -> None:
    (mid,) = ana.written
    (came,) = parsed(channel, platform, ana.clicks_link("promo"))
    assert isinstance(came, ContactReferred)
    (edited,) = parsed(channel, platform, ana.edits(mid, "Olá!"))
    assert isinstance(edited, MessageEdited)
    (comment,) = parsed(channel, platform, ana.comments_on_post("How much?"))
    assert isinstance(comment, PlatformNotice)
    assert comment.contact is not None
    assert comment.contact.id == ana.id


async def test_the_same_message_is_read_in_every_place_it_may_stand(
    platform: MetaPlatform, channel: Channel, ana: Contact
) -> None:
    wrote = ana.writes("hi")
    (plain,) = parsed(channel, platform, wrote)
    (mirrored,) = parsed(channel, platform, wrote.on_standby())
    (changed,) = parsed(channel, platform, wrote.as_change())
    assert content([plain]) == content([mirrored]) == content([changed])
    assert isinstance(mirrored, MessageReceived)
    assert mirrored.message.standby
    # A second delivery is known by its digest; the time before it is a second's.
    assert changed.id[12:] == plain.id[12:]


async def test_a_webhook_of_another_app_is_refused(
    platform: MetaPlatform, channel: Channel, ana: Contact
) -> None:
    webhook = platform.webhook(ana.writes("hi"))
    headers = {"x-hub-signature-256": "sha256=" + "0" * 64}
    with pytest.raises(SignatureInvalid):
        channel.verify(WebhookRequest(body=webhook.body, headers=headers, received_at=1))


class Gateway:
    """A gateway that reads webhooks and keeps the events."""

    def __init__(self) -> None:
        self.channel: Channel | None = None
        self.events: list[Event] = []

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        came = WebhookRequest(body=await request.read(), headers=headers, received_at=1)
        assert self.channel is not None
        self.channel.verify(came)
        self.events += self.channel.parse(came)
        return web.Response()

    async def shake(self, request: web.Request) -> web.Response:
        assert self.channel is not None
        asked = WebhookRequest(body=b"", method="GET", query=request.query, received_at=1)
        return web.Response(text=self.channel.challenge(asked) or "no")

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/", self.answer)
        app.router.add_get("/", self.shake)
        return app


def statuses(events: list[Event]) -> list[str]:
    return [each.status.status for each in events if isinstance(each, MessageStatus)]


@pytest.mark.parametrize("platform", ["messenger", "instagram on its own"], indirect=True)
async def test_echo_delivery_and_read_come_back(
    platform: MetaPlatform, channel: Channel, ana: Contact, here: Stage
) -> None:
    gateway = Gateway()
    gateway.channel = channel
    async with TestServer(gateway.app()) as server:
        await platform.save_callback(str(server.make_url("/")))
        ana.script = lambda sent: ana.writes(f"re: {sent.said}")
        (receipt,) = await Sender(channel, here)(Text(text="Hi"), to=ana.id, reference="gw:1")
        await platform.settled()
    (echo,) = [each for each in gateway.events if isinstance(each, MessageEchoed)]
    assert echo.message.platform_id == receipt.platform_id
    is_messenger = platform.business.channel == "messenger"
    assert echo.message.metadata == ("gw:1" if is_messenger else None)
    assert statuses(gateway.events) == (["delivered", "read"] if is_messenger else ["read"])
    said = [each.message.content for each in gateway.events if isinstance(each, MessageReceived)]
    assert said == [Text(text="re: Hi")]
    assert platform.ledger.confirmed_ids() == platform.ledger.posted_ids()


@MESSENGER
async def test_disorder_and_doubles_can_be_asked_for(here: Stage) -> None:
    timing = Timing(disorder=1.0, duplicates=1.0, names=0.0)
    gateway = Gateway()
    async with (
        TestServer(gateway.app()) as server,
        MetaPlatform("messenger", timing=timing, random=Random(4)) as platform,  # noqa: S311
    ):
        gateway.channel = channel = channel_of(platform)
        await platform.save_callback(str(server.make_url("/")))
        ana = platform.contact(name="Ana")
        ana.writes("Olá")
        for number in range(5):
            await Sender(channel, here)(Text(text=f"{number}"), to=ana.id)
        await platform.settled()
    assert sorted(statuses(gateway.events)) == ["delivered"] * 10 + ["read"] * 10
    watermarks = [e.status.watermark for e in gateway.events if isinstance(e, MessageStatus)]
    assert all(watermarks)
    assert len({each.id for each in gateway.events}) < len(gateway.events)


async def test_a_page_that_is_not_subscribed_gets_nothing(
    platform: MetaPlatform, channel: Channel, ana: Contact, here: Stage
) -> None:
    gateway = Gateway()
    gateway.channel = channel
    async with TestServer(gateway.app()) as server:
        await platform.save_callback(str(server.make_url("/")))
        platform.business.subscribed = ()
        await Sender(channel, here)(Text(text="Hi"), to=ana.id)
        await platform.settled()
    assert gateway.events == []


async def test_a_callback_that_does_not_answer_the_handshake_is_refused(
    platform: MetaPlatform, channel: Channel
) -> None:
    gateway = Gateway()
    gateway.channel = type(channel)(channel.example())  # type: ignore[arg-type]
    async with TestServer(gateway.app()) as server:
        with pytest.raises(CallbackRefused, match="answered 200 'no'"):
            await platform.save_callback(str(server.make_url("/")))


async def test_slowness_can_be_asked_for(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    platform.faults.add(Fault(delay=timedelta(milliseconds=50)))
    slow = asyncio.create_task(send(Text(text="slow"), to=ana.id))
    async with asyncio.timeout(10):
        while platform.graph.calls["POST", "messages"] < 1:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
    await send(Text(text="quick"), to=ana.id)
    await slow
    assert [each.said for each in platform.sent] == ["quick", "slow"]
