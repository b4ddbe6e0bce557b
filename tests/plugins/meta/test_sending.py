"""Sending for real: files uploaded and calls made, against the simulated Send API."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateway.api import (
    AccountBroken,
    Audio,
    Button,
    Buttons,
    Card,
    Carousel,
    Image,
    InDoubt,
    Link,
    ListMenu,
    Media,
    MediaHeader,
    OutboundMessage,
    PlatformFailure,
    PlatformNotice,
    Raw,
    Reaction,
    Read,
    Rejected,
    Row,
    Secrets,
    Section,
    Template,
    Temporary,
    Text,
    Throttled,
    Typing,
    Unreachable,
    WindowClosed,
)
from gateway.testing.host import Stage
from gateway.testing.meta import App, Contact, Fault, MetaPlatform
from tests.plugins.meta.simulated import Channel, Sender, channel_of, parsed

JPEG = b"\xff\xd8\xff\xe0 a picture"
MESSENGER = pytest.mark.parametrize("platform", ["messenger"], indirect=True)
INSTAGRAM = pytest.mark.parametrize("platform", ["instagram on its own"], indirect=True)


async def test_a_text_reaches_the_contact(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    (receipt,) = await send(Text(text="Bom dia!"), to=ana.id)
    await platform.settled()
    assert [each.said for each in ana.inbox] == ["Bom dia!"]
    assert ana.inbox[0].id == receipt.platform_id
    assert [each.value for each in receipt.addresses] == [ana.id]


async def test_every_content_is_taken_by_the_platforms_own_rules(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    photo = Media(url="https://files.example/a.jpg")
    yes = Button(id="yes", title="Yes")
    rows = tuple(Row(id=str(each), title=f"Row {each}", description="x") for each in range(10))
    for content in (
        Text(text="word " * 900),
        Image(media=photo, caption="One"),
        Buttons(text="Sure?", buttons=(yes,)),
        Buttons(text="Sure?", buttons=(yes,) * 13),
        ListMenu(text="Where?", button="Choose", sections=(Section(rows=rows),)),
        Link(text="Look", title="Open", url="https://shop.example"),
        Carousel(cards=(Card(title="One", media=photo, buttons=(yes,)),)),
    ):
        await send(content, to=ana.id)
    await platform.settled()
    assert len(ana.inbox) == len(platform.sent)


async def test_a_file_of_ours_is_uploaded_once_and_sent_by_its_id(
    platform: MetaPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    first = await here.keep(JPEG, "image/jpeg")
    same_bytes = await here.keep(JPEG, "image/jpeg")
    await asyncio.gather(
        *(
            send(Image(media=Media(stored_id=each)), to=ana.id)
            for each in (first, same_bytes, first)
        )
    )
    header = MediaHeader(format="image", media=Media(stored_id=first))
    await send(Buttons(text="?", buttons=(Button(id="a", title="A"),), header=header), to=ana.id)
    (uploaded,) = platform.files.uploaded
    assert (uploaded.data, uploaded.mime_type, uploaded.kind) == (JPEG, "image/jpeg", "image")
    sent = [each.message["attachment"] for each in platform.sent]
    assert {"type": "image", "payload": {"attachment_id": uploaded.id}} in sent
    assert platform.graph.calls["POST", "message_attachments"] == 1


@pytest.mark.parametrize("platform", ["messenger"], indirect=True)
async def test_a_film_of_ours_with_buttons_is_uploaded_and_sent_as_a_media_template(
    platform: MetaPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    film = Media(stored_id=await here.keep(JPEG, "image/jpeg"))
    card = Card(media=film, buttons=(Button(id="a", title="A"),))
    await send(Carousel(cards=(card,)), to=ana.id)
    (uploaded,) = platform.files.uploaded
    (payload,) = (each.message["attachment"]["payload"] for each in platform.sent)
    assert payload["elements"][0]["attachment_id"] == uploaded.id


async def test_a_file_that_is_not_uploaded_first_can_go_along(
    platform: MetaPlatform, ana: Contact, channel: Channel, here: Stage
) -> None:
    content = Image(media=Media(stored_id=await here.keep(JPEG, "image/jpeg")))
    message = OutboundMessage(account=channel.account, to=ana.id, content=content)
    (call,) = channel.render(message).calls
    answer = await channel.deliver(call, here.host)
    assert channel.read_answer(answer).platform_id == platform.sent[0].id


async def test_a_file_that_is_not_there_is_refused_before_anything_goes(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    with pytest.raises(Rejected, match="no such file"):
        await send(Image(media=Media(stored_id="0" * 32 + "-0")), to=ana.id)
    assert not platform.sent


@INSTAGRAM
async def test_a_stored_file_of_a_wrong_type_is_refused_before_it_is_uploaded(
    platform: MetaPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    stored_id = await here.keep(b"RIFF", "image/webp")
    with pytest.raises(Rejected, match="image/webp"):
        await send(Image(media=Media(stored_id=stored_id)), to=ana.id)
    assert not platform.files.uploaded


async def test_an_upload_without_an_answer_may_be_tried_again(
    platform: MetaPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    content = Image(media=Media(stored_id=await here.keep(JPEG, "image/jpeg")))
    platform.drop_next(edge="message_attachments")
    with pytest.raises(Temporary):
        await send(content, to=ana.id)
    await send(content, to=ana.id)
    assert len(platform.sent) == 1


@pytest.mark.parametrize("subcode", [2018007, 2018008, 2018047])
async def test_a_file_that_the_platform_lost_is_uploaded_anew_for_the_next_try(
    platform: MetaPlatform, ana: Contact, send: Sender, here: Stage, subcode: int
) -> None:
    content = Image(media=Media(stored_id=await here.keep(JPEG, "image/jpeg")))
    await send(content, to=ana.id)
    platform.fail_next(100, subcode)
    with pytest.raises(Temporary):
        await send(content, to=ana.id)
    await send(content, to=ana.id)
    assert [each.data for each in platform.files.uploaded] == [JPEG, JPEG]


async def test_a_refusal_that_is_about_something_else_leaves_the_file_where_it_is(
    platform: MetaPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    content = Image(media=Media(stored_id=await here.keep(JPEG, "image/jpeg")))
    await send(content, to=ana.id)
    platform.fail_next(100)
    with pytest.raises(Rejected):
        await send(content, to=ana.id)
    await send(content, to=ana.id)
    assert len(platform.files.uploaded) == 1


async def test_signs_reach_the_contact(platform: MetaPlatform, ana: Contact, send: Sender) -> None:
    (mid,) = ana.written
    await send(Typing(), to=ana.id)
    await send(Read(to=mid), to=ana.id)
    await send(Reaction(to=mid, emoji="👍"), to=ana.id)
    assert (ana.typing_shown, ana.seen, ana.reactions) == (1, 1, {mid: "👍"})
    await send(Reaction(to=mid), to=ana.id)
    assert ana.reactions == {}
    assert not platform.sent


@pytest.mark.parametrize("platform", ["messenger", "instagram by its page"], indirect=True)
@pytest.mark.parametrize(
    ("edge", "more"),
    [
        ("take_thread_control", {"metadata": "an agent answers"}),
        ("request_thread_control", {}),
        ("release_thread_control", {}),
        ("pass_thread_control", {"target_app_id": "263902037430900"}),
        ("extend_thread_control", {"duration": 3600}),
    ],
)
async def test_a_conversation_is_taken_passed_and_asked_for(
    ana: Contact, send: Sender, edge: str, more: dict[str, Any]
) -> None:
    asked = {"edge": edge, "recipient": {"id": ana.id}, **more}
    (receipt,) = await send(Raw(body=asked), to=ana.id)
    assert receipt.platform_id is None
    assert ana.controls == [(edge, more)]


@pytest.mark.parametrize("edge", ["subscribed_apps", "messages/", "", 3])
def test_nothing_else_of_the_page_is_reached_by_a_raw_content(
    channel: Channel, edge: str | int
) -> None:
    raw = Raw(body={"edge": edge, "recipient": {"id": "24"}})
    found = channel.check(OutboundMessage(account=channel.account, to="24", content=raw))
    assert {each.path for each in found} == {"$.content.body.edge"}


@INSTAGRAM
def test_a_conversation_is_not_handed_over_without_a_page(channel: Channel) -> None:
    raw = Raw(body={"edge": "take_thread_control", "recipient": {"id": "24"}})
    (found,) = channel.check(OutboundMessage(account=channel.account, to="24", content=raw))
    assert "login facebook" in found.explanation


async def test_a_closed_window_is_told(platform: MetaPlatform, ana: Contact, send: Sender) -> None:
    assert ana.opened_at is not None
    ana.opened_at -= timedelta(hours=24, seconds=1).total_seconds()
    with pytest.raises(WindowClosed):
        await send(Text(text="Late"), to=ana.id)
    await send(Text(text="A person's answer"), to=ana.id, human=True, tag="HUMAN_AGENT")
    assert platform.sent[0].tag == "HUMAN_AGENT"
    ana.opened_at -= timedelta(days=6).total_seconds()
    with pytest.raises(WindowClosed):
        await send(Text(text="Too late"), to=ana.id, human=True, tag="HUMAN_AGENT")


async def test_an_app_without_the_feature_for_late_answers_may_send_all_others(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    platform.business.human_agent = False
    with pytest.raises(Rejected, match="Human Agent"):
        await send(Text(text="Late"), to=ana.id, human=True, tag="HUMAN_AGENT")
    platform.fail_next(10)
    with pytest.raises(AccountBroken):
        await send(Text(text="Hi"), to=ana.id)


@MESSENGER
async def test_a_utility_template_goes_at_any_time(platform: MetaPlatform, send: Sender) -> None:
    rui = platform.contact(name="Rui")
    platform.template("order_update")
    await send(Template(name="order_update", language="en"), to=rui.id, reference="gw:7")
    assert platform.sent[0].why == "UTILITY"
    assert platform.sent.times("gw:7") == 1
    with pytest.raises(Rejected):
        await send(Template(name="nobody_approved_it", language="en"), to=rui.id)


async def test_a_comment_is_answered_privately_and_once(
    platform: MetaPlatform, send: Sender
) -> None:
    rui = platform.contact(name="Rui", username="rui")
    comment = rui.comments_on_post("How much?").known_as
    await send(Text(text="9 €"), to=f"comment:{comment}")
    await platform.settled()
    assert [each.said for each in rui.inbox] == ["9 €"]
    with pytest.raises(Rejected):
        await send(Text(text="again"), to=f"comment:{comment}")


@INSTAGRAM
async def test_a_comment_of_a_broadcast_is_answered_privately(
    platform: MetaPlatform, channel: Channel, send: Sender
) -> None:
    rui = platform.contact(name="Rui", username="rui")
    comment = rui.comments_on_broadcast("Which size?")
    (told,) = parsed(channel, platform, comment)
    assert isinstance(told, PlatformNotice)
    assert (told.notice.subject, told.contact and told.contact.id) == ("live_comments", rui.id)
    await send(Text(text="M"), to=f"live_comment:{told.notice.facts['id']}")
    await platform.settled()
    assert [each.said for each in rui.inbox] == ["M"]


@MESSENGER
async def test_a_checkbox_and_a_subscription_can_be_written_to(
    platform: MetaPlatform, send: Sender
) -> None:
    rui = platform.contact(name="Rui")
    rui.ticks_checkbox("box-7")
    rui.subscribes()
    (receipt,) = await send(Text(text="Welcome"), to="opt_in:box-7")
    assert receipt.addresses == ()
    (token,) = rui.tokens
    await send(Text(text="News"), to=f"token:{token}")
    assert len(platform.sent) == 2


async def test_who_blocked_us_cannot_be_reached(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    ana.reachable = False
    with pytest.raises(Unreachable):
        await send(Text(text="Hello?"), to=ana.id)
    with pytest.raises(Unreachable):
        await send(Text(text="Who?"), to="1234")
    assert not platform.sent


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (613, None, Throttled),
        (4, None, Throttled),
        (32, None, Throttled),
        (190, 460, AccountBroken),
        (368, None, AccountBroken),
        (10, None, AccountBroken),
        (1200, None, Temporary),
        (100, None, Rejected),
    ],
)
async def test_what_the_platform_refuses_says_who_must_act(
    platform: MetaPlatform,
    ana: Contact,
    send: Sender,
    code: int,
    subcode: int | None,
    kind: type[PlatformFailure],
) -> None:
    platform.fail_next(code, subcode)
    with pytest.raises(kind) as caught:
        await send(Text(text="Hi"), to=ana.id)
    assert caught.value.error.code == str(code)
    await send(Text(text="Hi"), to=ana.id)
    assert len(platform.sent) == 1


async def test_a_broken_connection_leaves_a_message_in_doubt(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    platform.drop_next(accepted=True)
    with pytest.raises(InDoubt):
        await send(Text(text="Hi"), to=ana.id)
    platform.faults.add(Fault(http_status=502))
    with pytest.raises(InDoubt):
        await send(Text(text="Hi"), to=ana.id)
    assert len(platform.sent) == 1


@MESSENGER
async def test_sound_goes_ten_times_a_second(here: Stage) -> None:
    sound = Audio(media=Media(url="https://files.example/a.mp4"))
    async with MetaPlatform("messenger", clock=lambda: 1_795_000_000.0) as platform:
        ana = platform.contact(name="Ana")
        ana.writes("Olá")
        send = Sender(channel_of(platform), here)
        for _ in range(10):
            await send(sound, to=ana.id)
        with pytest.raises(Throttled) as caught:
            await send(sound, to=ana.id)
        assert caught.value.scope == "account"
        await send(Text(text="still"), to=ana.id)


@MESSENGER
async def test_calls_prove_that_the_token_is_used_by_its_app(here: Stage) -> None:
    async with MetaPlatform("messenger", app=App(needs_proof=True)) as strict:
        ana = strict.contact(name="Ana")
        ana.writes("Olá")
        await Sender(channel_of(strict), here)(Text(text="Hi"), to=ana.id)
        careless = channel_of(strict, appsecret_proof=False)
        outdated = channel_of(strict, app_secret=Secrets("last-year's", strict.app.app_secret))
        for each in (careless, outdated):
            with pytest.raises(AccountBroken, match="appsecret_proof"):
                await Sender(each, here)(Text(text="Hi"), to=ana.id)
    assert len(strict.sent) == 1
