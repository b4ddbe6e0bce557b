"""Sending for real, against the simulated Bot API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.api import (
    AccountBroken,
    Address,
    Answer,
    Button,
    Buttons,
    Call,
    Delete,
    Edit,
    Image,
    InDoubt,
    Media,
    MediaHeader,
    OutboundContent,
    PlatformFailure,
    Poll,
    PollOption,
    Raw,
    Reaction,
    Read,
    Rejected,
    Secret,
    Span,
    Temporary,
    Text,
    Throttled,
    Typing,
    Unreachable,
    WindowClosed,
)
from gateway.testing.contents import PLAIN
from gateway.testing.host import Stage
from gateway.testing.telegram import Fault, Person, TelegramPlatform
from gateway_telegram.channel import TelegramChannel
from tests.plugins.telegram.simulated import Sender, bot_of

JPEG = b"\xff\xd8\xff\xe0 a picture"
HELLO = Text(text="Olá")
OF_A_MESSAGE = {"reaction", "read", "edit", "delete", "raw"}
CONTENTS = [
    pytest.param(each, id=f"{kind}-{number}")
    for kind in sorted(TelegramChannel.capabilities.keys() - OF_A_MESSAGE)
    for number, each in enumerate(PLAIN[kind])
    if not (isinstance(each, Image) and each.media.platform_id)  # the platform never saw it
]


@pytest.fixture
def ana(platform: TelegramPlatform) -> Person:
    return platform.person("Ana", known=True)


@pytest.mark.parametrize("content", CONTENTS)
async def test_every_kind_is_taken_by_the_platform(
    content: OutboundContent, platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    receipts = await send.all(content, to=str(ana.id))
    if content.__struct_config__.tag == "typing":
        assert ana.chat.actions == ["typing"]
        assert receipts[0].platform_id is None
        return
    assert [each.platform_id for each in receipts] == [f"{ana.id}:{each.id}" for each in ana.inbox]
    assert receipts[0].addresses == (Address(kind="chat", value=str(ana.id)),)
    assert platform.sent == ana.inbox


async def test_formatting_reaches_the_contact(ana: Person, send: Sender) -> None:
    text = Text(text="👍 já está", spans=(Span(type="bold", offset=2, length=2),))
    await send(text, to=str(ana.id))
    assert ana.inbox[0].message["entities"] == [{"type": "bold", "offset": 3, "length": 2}]


async def test_a_file_of_ours_is_uploaded_with_the_message(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    stored_id = await send.here.keep(JPEG, "image/jpeg", filename="foto.jpg")
    await send(Image(media=Media(stored_id=stored_id), caption="Tu foto"), to=str(ana.id))
    (sent,) = ana.inbox
    assert sent.said == "Tu foto"
    assert platform.files[sent.message["photo"][-1]["file_id"]].data == JPEG


async def test_buttons_below_an_uploaded_file_arrive_with_it(ana: Person, send: Sender) -> None:
    stored_id = await send.here.keep(b"%PDF-1.7", "application/pdf", filename="factura.pdf")
    header = MediaHeader(format="document", media=Media(stored_id=stored_id))
    pay = Buttons(text="😀 Tu factura", buttons=(Button(id="pay", title="Pagar"),), header=header)
    await send(pay, to=str(ana.id))
    (sent,) = ana.inbox
    assert (sent.said, sent.buttons) == ("😀 Tu factura", {"Pagar": "pay"})
    assert sent.message["document"]["file_name"] == "factura.pdf"


async def test_a_file_that_contacts_sent_goes_on_by_its_id(ana: Person, send: Sender) -> None:
    picture = ana.sends_photo(JPEG).body["photo"][-1]["file_id"]
    await send(Image(media=Media(platform_id=picture)), to=str(ana.id))
    assert ana.inbox[0].message["photo"][-1]["file_id"] == picture
    with pytest.raises(Rejected, match="does not know this file"):
        await send(Image(media=Media(platform_id="another-bots")), to=str(ana.id))


async def test_a_message_is_answered_changed_marked_and_taken_back(
    ana: Person, send: Sender
) -> None:
    asked = ana.writes("Tem pão?")
    number = asked.body["message_id"]
    yes = Buttons(text="Sim", buttons=(Button(id="buy", title="Quero"),))
    receipt = await send(yes, to=str(ana.id), reply_to=f"{ana.id}:{number}")
    (sent,) = ana.inbox
    assert sent.message["reply_to_message"]["text"] == "Tem pão?"
    assert sent.buttons == {"Quero": "buy"}
    ours = receipt.platform_id
    assert ours is not None
    edited = await send(Edit(to=ours, text="Esgotado"), to=str(ana.id))
    assert (edited.platform_id, sent.said, sent.buttons) == (ours, "Esgotado", {})
    again = await send(Edit(to=ours, text="Esgotado"), to=str(ana.id))
    assert again.platform_id is None  # it says so already
    await send(Reaction(to=f"{ana.id}:{number}", emoji="👍"), to=str(ana.id))
    assert ana.chat.reactions[number] == [{"type": "emoji", "emoji": "👍"}]
    for _ in range(2):  # what is gone already is no error
        await send(Delete(to=ours), to=str(ana.id))
    assert sent.deleted


async def test_what_answers_a_message_that_is_gone_is_sent_all_the_same(
    ana: Person, send: Sender
) -> None:
    await send(HELLO, to=str(ana.id), reply_to=f"{ana.id}:1")
    assert ana.heard == ["Olá"]


async def test_a_quote_of_another_chat_that_is_gone_is_left_out(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    group = platform.group("Padaria")
    await send(HELLO, to=str(ana.id), reply_to=f"{group.id}:1")
    assert ana.heard == ["Olá"]
    assert len(platform.called("sendMessage")) == 2


async def test_formatting_that_telegram_refuses_is_left_out(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    platform.fail_next(400, "Bad Request: can't parse entities: nobody knows why")
    await send(Text(text="Olá", spans=(Span(type="bold", offset=0, length=3),)), to=str(ana.id))
    assert "entities" not in ana.inbox[0].message


@pytest.mark.parametrize("why", ["PHOTO_INVALID_DIMENSIONS", "IMAGE_PROCESS_FAILED"])
async def test_a_picture_that_is_no_photo_to_telegram_is_sent_as_a_file(
    why: str, platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    stored_id = await send.here.keep(JPEG, "image/jpeg", filename="plan.jpg")
    plan = Image(media=Media(stored_id=stored_id), caption="O plano")
    platform.fail_next(400, f"Bad Request: {why}")
    await send(plan, to=str(ana.id))
    (sent,) = ana.inbox
    assert (sent.message["document"]["file_name"], sent.said) == ("plan.jpg", "O plano")


async def test_a_photo_that_telegram_itself_has_cannot_become_a_file(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    picture = ana.sends_photo(JPEG).body["photo"][-1]["file_id"]
    platform.fail_next(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    with pytest.raises(Rejected, match="as a document"):
        await send(Image(media=Media(platform_id=picture)), to=str(ana.id))


async def test_a_group_that_moved_is_followed_and_remembered(
    platform: TelegramPlatform, send: Sender
) -> None:
    old = platform.group("Padaria", basic=True)
    new = platform.upgrade(old)
    for words in ("um", "dois"):
        receipt = await send(Text(text=words), to_group=str(old.id))
        assert (receipt.platform_id or "").startswith(f"{new.id}:")
    assert [each.said for each in new.inbox] == ["um", "dois"]
    assert len(platform.called("sendMessage")) == 3  # only the first one had to learn it


async def test_a_topic_is_answered_in(platform: TelegramPlatform, send: Sender) -> None:
    forum = platform.group("Padaria", topics=(7,))
    await send(HELLO, to_group=str(forum.id), thread="7")
    assert forum.inbox[0].message["message_thread_id"] == 7
    with pytest.raises(Rejected, match="topic does not exist"):
        await send(HELLO, to_group=str(forum.id), thread="8")


async def test_a_customer_of_a_connected_account_is_answered_for_a_day(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    connection = platform.connect(ana)
    rui = connection.customer(5200000002, name="Rui")
    to = {"to": str(rui.id), "via": connection.id}
    with pytest.raises(WindowClosed):
        await send(HELLO, **to)
    wrote = rui.writes("Bom dia")
    receipt = await send(HELLO, **to)
    assert receipt.platform_id == f"{connection.id}:{rui.id}:{rui.inbox[0].id}"
    number = wrote.body["message_id"]
    await send(Read(to=f"{connection.id}:{rui.id}:{number}"), to=str(rui.id))
    assert rui.read == [number]
    await send(Delete(to=receipt.platform_id), to=str(rui.id))
    assert rui.inbox[0].deleted


async def test_who_cannot_be_reached_is_told_so(platform: TelegramPlatform, send: Sender) -> None:
    stranger = platform.person("Noa")
    with pytest.raises(Unreachable, match="not started the bot"):
        await send(HELLO, to=str(stranger.id))
    stranger.starts()
    stranger.blocks()
    with pytest.raises(Unreachable, match="blocked the bot"):
        await send(HELLO, to=str(stranger.id))
    with pytest.raises(Unreachable, match="No such chat"):
        await send(HELLO, to="1")


async def test_a_poll_shows_who_votes(ana: Person, send: Sender) -> None:
    await send(Poll(question="Quando?", options=(PollOption(text="Já"),)), to=str(ana.id))
    assert ana.inbox[0].message["poll"]["is_anonymous"] is False


REFUSALS: list[tuple[int, str, type[PlatformFailure]]] = [
    (400, "Bad Request: something new", Rejected),
    (401, "Unauthorized", AccountBroken),
    (403, "Forbidden: bot was kicked from the group chat", Unreachable),
    (404, "Not Found", AccountBroken),
    (409, "Conflict: terminated by other getUpdates request", AccountBroken),
    (413, "Request Entity Too Large", Rejected),
    (429, "Too Many Requests: retry after 7", Throttled),
    (500, "Internal Server Error", InDoubt),
    (418, "I'm a teapot", Rejected),
]


@pytest.mark.parametrize(("code", "description", "failure"), REFUSALS)
async def test_a_refusal_says_who_must_act(
    code: int,
    description: str,
    failure: type[PlatformFailure],
    platform: TelegramPlatform,
    ana: Person,
    send: Sender,
) -> None:
    platform.fail_next(code, description)
    with pytest.raises(failure) as caught:
        await send(HELLO, to=str(ana.id))
    assert caught.value.error.code == str(code)
    assert caught.value.error.title == description


async def test_an_address_that_did_not_answer_telegram_is_tried_once_more(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    platform.fail_next(400, "Bad Request: failed to get HTTP URL content")
    with pytest.raises(Temporary, match="store it and send it from there") as caught:
        await send(Image(media=Media(url="https://files.example/a.jpg")), to=str(ana.id))
    assert caught.value.tries == 1


async def test_flood_control_says_how_long(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    platform.fail_next(429, "Too Many Requests: retry after 7", retry_after=7)
    with pytest.raises(Throttled) as caught:
        await send(HELLO, to=str(ana.id))
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_one_chat_waits_alone_and_two_at_once_are_the_whole_bot(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    rui = platform.person("Rui", known=True)
    platform.fail_next(429, "Too Many Requests: retry after 7", times=3, retry_after=7)
    scopes = []
    for each in (ana, ana, rui):
        with pytest.raises(Throttled) as caught:
            await send(HELLO, to=str(each.id))
        scopes.append(caught.value.scope)
    assert scopes == ["contact", "contact", "account"]


async def test_the_platforms_own_flood_control_is_understood(ana: Person, send: Sender) -> None:
    async def much() -> None:
        for _ in range(20):
            await send(Typing(), to=str(ana.id))

    with pytest.raises(Throttled) as caught:
        await much()
    assert caught.value.scope == "contact"
    assert caught.value.retry_after is not None


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_answer_that_never_came_leaves_doubt(
    when: Any, platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    platform.drop_next(when)
    with pytest.raises(InDoubt):
        await send(HELLO, to=str(ana.id))
    assert len(ana.inbox) == (when == "after")


async def test_a_proxys_page_leaves_doubt(
    platform: TelegramPlatform, ana: Person, send: Sender
) -> None:
    platform.faults.add(Fault(page=502))
    with pytest.raises(InDoubt):
        await send(HELLO, to=str(ana.id))


async def test_what_was_never_sent_may_be_sent_again(
    platform: TelegramPlatform, ana: Person, here: Stage
) -> None:
    own = msgspec.structs.replace(bot_of(platform), api_url="http://127.0.0.1:9")
    with pytest.raises(Temporary) as caught:
        await Sender(TelegramChannel(own), here)(HELLO, to=str(ana.id))
    assert platform.token not in repr(caught.getrepr())


async def test_a_wrong_token_is_told_and_never_shown(
    platform: TelegramPlatform,
    ana: Person,
    here: Stage,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    stolen = "110201543:a-wrong-one"
    own = msgspec.structs.replace(bot_of(platform), bot_token=Secret(stolen))
    with pytest.raises(AccountBroken, match="token is not valid") as caught:
        await Sender(TelegramChannel(own), here)(HELLO, to=str(ana.id))
    printed = capsys.readouterr()
    shown = (str(caught.value), repr(caught.value.error), printed.out, printed.err, caplog.text)
    assert not [each for each in shown if stolen in each]


async def test_a_method_of_the_callers_own_goes_as_it_is_and_a_mistyped_one_harms_nobody(
    ana: Person, send: Sender
) -> None:
    receipt = await send(Raw(body={"method": "sendDice", "chat_id": ana.id, "emoji": "🎯"}), to="1")
    assert receipt.platform_id == f"{ana.id}:{ana.inbox[0].id}"
    with pytest.raises(Rejected, match="no such method"):
        await send(Raw(body={"method": "sendDise", "chat_id": ana.id}), to="1")


def test_an_answer_that_is_no_message_is_a_receipt_without_an_id(bot: TelegramChannel) -> None:
    assert (
        bot.read_answer(Answer(status=200, body=b'{"ok":true,"result":true}')).platform_id is None
    )


async def test_a_call_holds_no_token(bot: TelegramChannel, here: Stage, ana: Person) -> None:
    call = Call(method="POST", path="/sendMessage", body={"chat_id": ana.id, "text": "Olá"})
    assert (await bot.deliver(call, here.host)).status == 200
