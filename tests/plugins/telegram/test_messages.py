"""Messages: who wrote, where, what, and what it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    Address,
    Audio,
    Contacts,
    Dice,
    Form,
    Group,
    Image,
    InboundContent,
    Location,
    Media,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Other,
    Payment,
    PlatformNotice,
    Poll,
    PollOption,
    Referral,
    Span,
    Sticker,
    Story,
    Text,
    Video,
)
from tests.plugins.telegram.conftest import ANA, AT, GROUP, HEAD, PRIVATE, Parse, Say

FILE = {"file_id": "BQ1", "file_unique_id": "u", "file_size": 12, "mime_type": "a/b"}
FILE |= {"file_name": "x.bin"}
MEDIA = Media(platform_id="BQ1", size_bytes=12, mime_type="a/b", filename="x.bin")
SMALL = {"file_id": "s", "width": 90, "height": 60}
LARGE = {"file_id": "l", "width": 1280, "height": 853, "file_size": 140233}
PHOTO = Image(media=Media(platform_id="l", width=1280, height=853, size_bytes=140233))
PLACE = {"latitude": -2.5, "longitude": 3.25}
PAYMENT = {"currency": "EUR", "total_amount": 145, "invoice_payload": "order 7"}
PAID = Payment(status="paid", currency="EUR", amount_minor=145, reference="order 7")
BOT = {"id": 900, "is_bot": True, "first_name": "Bot"}

CONTENTS: dict[str, tuple[dict[str, Any], InboundContent]] = {
    "text": ({"text": "hola"}, Text(text="hola")),
    "an empty text": ({"text": ""}, Text(text="")),
    "the largest photo": ({"photo": [SMALL, LARGE, SMALL]}, PHOTO),
    "the still of a live photo": ({"live_photo": {**FILE, "photo": [SMALL, LARGE]}}, PHOTO),
    "video": ({"video": {**FILE, "duration": 9}}, Video(media=Media(platform_id="BQ1", size_bytes=12, mime_type="a/b", filename="x.bin", duration_seconds=9))),
    "a round video": ({"video_note": {"file_id": "n", "length": 384}}, Video(media=Media(platform_id="n", width=384, height=384), round=True)),
    "an animation, sent as a document too": ({"document": FILE, "animation": FILE}, Video(media=MEDIA, animation=True)),
    "music": ({"audio": FILE, "caption": "la"}, Audio(media=MEDIA, caption="la")),
    "marks of a caption": ({"photo": [LARGE], "caption": "👋 aquí", "caption_entities": [{"type": "text_link", "offset": 3, "length": 4, "url": "https://a.example"}]}, Image(media=PHOTO.media, caption="👋 aquí", spans=(Span(type="link", offset=2, length=4, value="https://a.example"),))),
    "a voice note": ({"voice": FILE}, Audio(media=MEDIA, voice=True)),
    "a sticker that moves": ({"sticker": {**FILE, "is_video": True, "emoji": "👍"}}, Sticker(media=MEDIA, animated=True, emoji="👍")),
    "a live location": ({"location": {**PLACE, "live_period": 900, "horizontal_accuracy": 5.5}}, Location(latitude=-2.5, longitude=3.25, live_seconds=900, accuracy_meters=5.5)),
    "a venue, sent as a location too": ({"location": PLACE, "venue": {"location": PLACE, "title": "Bar", "address": "Calle 1"}}, Location(latitude=-2.5, longitude=3.25, name="Bar", address="Calle 1")),
    "a poll": ({"poll": {"id": "9", "question": "?", "options": [{"text": "a", "voter_count": 2}], "is_anonymous": True, "is_closed": True, "allows_multiple_answers": True}}, Poll(question="?", options=(PollOption(text="a", votes=2),), platform_id="9", anonymous=True, closed=True, multiple=True)),
    "dice": ({"dice": {"emoji": "🎯", "value": 6}}, Dice(emoji="🎯", value=6)),
    "a story": ({"story": {"id": 3, "chat": GROUP}}, Story(relation="share", platform_id="-1001:3")),
    "a payment": ({"successful_payment": {**PAYMENT, "telegram_payment_charge_id": "c", "provider_payment_charge_id": "pi_7"}}, Payment(status="paid", currency="EUR", amount_minor=145, reference="order 7", platform_id="c", provider_id="pi_7")),
    "a refund": ({"refunded_payment": PAYMENT}, Payment(status="refunded", currency="EUR", amount_minor=145, reference="order 7")),
    "an invoice": ({"invoice": {"title": "Shoes", "currency": "EUR", "total_amount": 5}}, Payment(status="offered", currency="EUR", amount_minor=5)),
    "a web app's answers": ({"web_app_data": {"data": '{"age": 3}', "button_text": "Go"}}, Form(name="web_app", response={"age": 3}, text="Go")),
    "a web app's free text": ({"web_app_data": {"data": "{no json", "button_text": "Go"}}, Form(name="web_app", response={"data": "{no json"}, text="Go")),
    "a game": ({"game": {"title": "Chess"}}, Other(type="game", text="Chess", data={"title": "Chess"})),
    "a checklist": ({"checklist": {"title": "Buy", "tasks": [{"id": 1, "text": "Milk"}]}}, Other(type="checklist", text="Buy\nMilk", data={"title": "Buy", "tasks": [{"id": 1, "text": "Milk"}]})),
    "paid media": ({"paid_media": {"star_count": 3}}, Other(type="paid_media", data={"star_count": 3})),
    "shared users": ({"users_shared": {"request_id": 1}, "user_shared": {"user_id": 2}}, Other(type="users_shared", data={"request_id": 1})),
    "a kind of tomorrow": ({"hologram": {"depth": 10**30}}, Other(type="hologram", data={"depth": str(10**30)})),
    "a caption without its file": ({"caption": "hola", "caption_entities": []}, Text(text="hola")),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTENTS)
def test_a_message_carries_what_its_key_says(say: Say, name: str) -> None:
    keys, expected = CONTENTS[name]
    assert say(**keys).message.content == expected


def test_a_message_says_who_wrote_it_when_and_where(say: Say) -> None:
    event = say(text="hola")
    assert event.contact.id == "5100000001"
    assert event.contact.addresses == (Address(kind="chat", value="5100000001"),)
    assert (event.contact.name, event.contact.username) == ("Ana Sosa", "ana")
    assert event.contact.language == "pt"
    message = event.message
    assert (message.platform_id, message.timestamp) == ("5100000001:51", 1_795_000_000_000)
    assert (message.group, message.thread, message.via, message.album) == (None,) * 4
    assert message.id == event.id


def test_in_a_group_the_contact_is_who_wrote(say: Say) -> None:
    event = say(text="hola", chat=GROUP)
    assert event.contact.id == "5100000001"
    assert event.message.group == Group(id="-1001", title="Neighbours")
    assert event.message.platform_id == "-1001:51"


def test_a_hidden_administrator_is_the_group_itself(say: Say) -> None:
    event = say(**{"from": BOT, "text": "hola", "chat": GROUP, "sender_chat": GROUP})
    assert (event.contact.id, event.contact.name) == ("-1001", "Neighbours")


def test_one_number_in_two_chats_makes_two_messages(say: Say) -> None:
    assert say(text="a").id != say(text="a", chat=GROUP).id


def test_a_message_delivered_again_under_another_number_is_the_same(parse: Parse) -> None:
    first, second = (parse("message", {**HEAD, "text": "a"}, update_id=each) for each in (7, 8))
    assert first[0].id == second[0].id


@pytest.mark.parametrize(
    ("head", "number"),
    [
        ({"ephemeral_message_id": 4}, "5100000001:ephemeral-4"),
        ({}, "5100000001:update-7"),
    ],
)
def test_a_message_without_a_number_has_an_id_all_the_same(
    say: Say, head: dict[str, Any], number: str
) -> None:
    assert say(text="a", message_id=0, **head).message.platform_id == number


def test_a_message_without_a_date_is_from_when_it_came(say: Say) -> None:
    assert say(text="a", date=None).message.timestamp == AT


@pytest.mark.parametrize("date", ["yesterday", -1, 10**20, "9" * 5000])
def test_what_is_no_date_breaks_a_message(parse: Parse, date: object) -> None:
    (event,) = parse("message", {**HEAD, "date": date, "text": "a"})
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "broken"
    assert "$.message.date" in (event.notice.error or "")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("/start promo-7_x", "promo-7_x"),
        ("/start@the_bot promo", "promo"),
        ("/start", None),
        ("/starting promo", None),
        ("see /start promo", None),
    ],
)
def test_a_start_with_a_payload_tells_which_link_it_came_from(
    say: Say, text: str, reference: str | None
) -> None:
    expected = Referral(source="link", reference=reference) if reference else None
    event = say(text=text)
    assert event.message.referral == expected
    assert event.message.content == Text(text=text)


def test_an_answer_quotes_what_was_marked_of_a_message(say: Say) -> None:
    quoted = {"message_id": 40, "chat": PRIVATE, "from": BOT, "text": "all of it"}
    whole = say(text="a", reply_to_message=quoted).message.reply_to
    assert whole is not None
    assert (whole.platform_id, whole.author, whole.text) == ("5100000001:40", "900", "all of it")
    part = say(text="a", reply_to_message=quoted, quote={"text": "of it"}).message.reply_to
    assert part is not None
    assert part.text == "of it"


def test_an_answer_to_another_chat_or_a_story_says_so(say: Say) -> None:
    elsewhere = {"origin": {"type": "channel"}, "chat": GROUP, "message_id": 3}
    reply = say(text="a", external_reply=elsewhere).message.reply_to
    assert reply is not None
    assert reply.platform_id == "-1001:3"
    hidden = say(text="a", external_reply={"origin": {}}, quote={"text": "q"}).message.reply_to
    assert hidden is not None
    assert (hidden.platform_id, hidden.text) == ("", "q")
    story = say(text="a", reply_to_story={"id": 9, "chat": GROUP}).message.reply_to
    assert story is not None
    assert story.platform_id == "story:-1001:9"


def test_a_topic_is_kept_and_its_first_message_is_not_answered_by_everything(say: Say) -> None:
    first = {"message_id": 33, "chat": GROUP, "forum_topic_created": {"name": "T"}}
    event = say(
        text="a", chat=GROUP, message_thread_id=33, is_topic_message=True, reply_to_message=first
    )
    assert (event.message.thread, event.message.reply_to) == ("33", None)
    assert say(text="a", chat=GROUP, message_thread_id=33).message.thread is None
    assert say(text="a", direct_messages_topic={"topic_id": 5}).message.thread == "direct:5"


@pytest.mark.parametrize(
    "origin", [{"forward_origin": {"type": "hidden_user"}}, {"forward_date": 1}]
)
def test_a_forwarded_message_says_so(say: Say, origin: dict[str, Any]) -> None:
    assert say(text="a", **origin).message.forwarded == "once"


def test_an_album_is_known_by_its_number(say: Say) -> None:
    first = say(photo=[LARGE], media_group_id="1380").message
    second = say(photo=[LARGE], media_group_id=1380, message_id=52).message
    assert first.album == second.album == "1380"
    assert first.id != second.id


@pytest.mark.parametrize(("user_id", "origin"), [(5100000001, "request"), (7, None), (None, None)])
def test_only_telegram_can_say_that_a_number_is_the_senders_own(
    say: Say, user_id: int | None, origin: str | None
) -> None:
    card = {"phone_number": "+34600", "first_name": "Ana", "user_id": user_id, "vcard": "V"}
    content = say(contact=card).message.content
    assert isinstance(content, Contacts)
    (found,) = content.contacts
    assert found.origin == origin
    assert (found.name, found.phones[0].number, found.vcard) == ("Ana", "+34600", "V")


def test_a_message_of_a_connected_account_goes_through_it(say: Say) -> None:
    event = say("business_message", text="a", business_connection_id="C1")
    assert event.message.via == "C1"
    # A connected account numbers its messages by itself.
    assert event.message.platform_id == "C1:5100000001:51"


def test_an_away_message_of_a_connected_account_is_marked_as_written_by_nobody(
    parse: Parse,
) -> None:
    away = {**HEAD, "business_connection_id": "b1", "text": "Volto amanhã"}
    away["from"] = {"id": 77, "is_bot": False, "first_name": "Owner"}
    (event,) = parse("business_message", {**away, "is_from_offline": True})
    assert isinstance(event, MessageEchoed)
    assert event.message.automatic
    (event,) = parse("business_message", away)
    assert isinstance(event, MessageEchoed)
    assert not event.message.automatic


@pytest.mark.parametrize(
    ("extra", "origin", "app_id"),
    [({}, "phone_app", None), ({"sender_business_bot": BOT}, "api", "900")],
)
def test_what_the_owner_of_a_connected_account_wrote_is_an_echo(
    parse: Parse, extra: dict[str, Any], origin: str, app_id: str | None
) -> None:
    owner = {"id": 77, "is_bot": False, "first_name": "Owner"}
    head = {**HEAD, "from": owner, "business_connection_id": "C1", "text": "a", **extra}
    for kind in ("business_message", "edited_business_message"):
        (event,) = parse(kind, head)
        assert isinstance(event, MessageEchoed)
        assert (event.message.origin, event.message.app_id) == (origin, app_id)
        assert (event.contact.id, event.message.via) == ("5100000001", "C1")
        assert (event.message.edited is not None) == kind.startswith("edited")


def test_what_a_bot_wrote_to_a_person_is_an_echo(parse: Parse) -> None:
    (event,) = parse("message", {**HEAD, "from": BOT, "text": "a"})
    assert isinstance(event, MessageEchoed)
    assert (event.contact.id, event.message.app_id) == ("5100000001", "900")


def test_a_guest_query_is_answered_through_itself(say: Say) -> None:
    event = say("guest_message", text="a", guest_query_id="abc", chat=GROUP)
    assert event.message.via == "guest:abc"
    assert event.message.platform_id == "-1001:51"


def test_every_change_of_a_message_is_an_edit_of_it(parse: Parse) -> None:
    head = {**HEAD, "edit_date": 1_795_000_009, "location": PLACE}
    first, second = (parse("edited_message", head, update_id=each)[0] for each in (7, 8))
    again = parse("edited_message", head, update_id=7)[0]
    assert isinstance(first, MessageEdited)
    assert first.message.platform_id == "5100000001:51"
    assert first.message.timestamp == 1_795_000_009_000
    assert first.message.edited is not None
    assert first.message.edited.timestamp == 1_795_000_009_000
    assert first.id == again.id
    assert first.id != second.id


def test_what_a_payer_filled_in_comes_with_the_payment(parse: Parse) -> None:
    order = {"name": "Ana", "shipping_address": {"city": "Lima"}}
    payment = {**PAYMENT, "order_info": order}
    paid, told = parse("message", {**HEAD, "successful_payment": payment})
    assert isinstance(paid, MessageReceived)
    assert paid.message.content == PAID
    assert isinstance(told, PlatformNotice)
    assert told.notice.facts == {"name": "Ana", "shipping_address.city": "Lima"}
    assert told.contact is not None
    assert told.contact.id == str(ANA["id"])


def test_a_message_of_nothing_is_broken(parse: Parse) -> None:
    (event,) = parse("message", HEAD)
    assert isinstance(event, PlatformNotice)
    assert event.notice.error == "$.message: expected a content, got none"
