"""What each kind of content becomes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.api import (
    AddressRequest,
    Audio,
    Button,
    Buttons,
    Card,
    Carousel,
    ContactCard,
    ContactRequest,
    Contacts,
    Delete,
    Dice,
    Document,
    Edit,
    Image,
    Labelled,
    Link,
    ListMenu,
    Location,
    LocationRequest,
    Media,
    MediaHeader,
    OutboundContent,
    Phone,
    Poll,
    PollOption,
    Raw,
    Reaction,
    Read,
    Row,
    Section,
    Span,
    Sticker,
    Text,
    TextHeader,
    Typing,
    Video,
)
from tests.plugins.telegram.rendering import call, calls, rendered, told

PHOTO = Media(url="https://files.example/photo.jpg")
KEPT = Media(stored_id="01-0")
YES = Button(id="yes", title="Sí")
WORDS = "https://shop.example"


@pytest.mark.parametrize(
    ("content", "method", "field"),
    [
        (Image(media=PHOTO), "/sendPhoto", "photo"),
        (Video(media=PHOTO), "/sendVideo", "video"),
        (Video(media=PHOTO, animation=True), "/sendAnimation", "animation"),
        (Audio(media=PHOTO), "/sendAudio", "audio"),
        (Audio(media=PHOTO, voice=True), "/sendVoice", "voice"),
        (Document(media=PHOTO), "/sendDocument", "document"),
        (Sticker(media=PHOTO), "/sendSticker", "sticker"),
    ],
)
def test_a_file_is_sent_by_address_by_id_or_with_its_bytes(
    content: Image | Video | Audio | Document | Sticker, method: str, field: str
) -> None:
    assert call(content) == (method, {field: PHOTO.url})
    known = msgspec.structs.replace(content, media=Media(platform_id="AgAD", url="http://x/"))
    assert call(known) == (method, {field: "AgAD"})
    (uploaded,) = rendered(msgspec.structs.replace(content, media=KEPT)).calls
    assert (uploaded.path, uploaded.files) == (method, {field: "01-0"})
    assert field not in (uploaded.body or {})


def test_a_round_video_cannot_be_fetched_by_telegram() -> None:
    assert call(Video(media=KEPT, round=True))[0] == "/sendVideoNote"
    by_address = Video(media=PHOTO, round=True)
    assert call(by_address)[0] == "/sendVideo"
    assert told(by_address) == "a round video is sent as a plain one"


def test_what_has_no_caption_is_followed_by_it() -> None:
    film = Video(media=KEPT, round=True, caption="Olá")
    assert [method for method, _ in calls(film)] == ["/sendVideoNote", "/sendMessage"]
    assert told(film) == "the caption follows as a text"


def test_a_long_caption_goes_on_in_texts() -> None:
    photo = Image(media=PHOTO, caption="x" * 1024 + "y" * 3000)
    (first, below), (second, after) = calls(photo)
    assert (first, len(below["caption"])) == ("/sendPhoto", 1024)
    assert (second, after["text"]) == ("/sendMessage", "y" * 3000)
    assert told(photo) == "the caption goes on in a text"


@pytest.mark.parametrize("kind", [Image, Video, Audio, Document])
def test_marks_of_a_caption_become_entities_below_and_after(kind: Any) -> None:
    marks = (
        Span(type="bold", offset=1020, length=8),
        Span(type="link", offset=0, length=1, value="https://a.example"),
        Span(type="sparkle", offset=0, length=1),
    )
    photo = kind(media=PHOTO, caption="x" * 1100, spans=marks)
    (_, below), (_, after) = calls(photo)
    assert below["caption_entities"] == [
        {"type": "bold", "offset": 1020, "length": 4},
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://a.example"},
    ]
    assert after["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert told(photo) == "the caption goes on in a text; shown plain: sparkle"


def test_a_long_text_is_sent_in_several_and_only_the_first_answers() -> None:
    several = calls(Text(text="x" * 9000), reply_to="5100000001:51")
    assert [len(body["text"]) for _, body in several] == [4096, 4096, 808]
    assert [("reply_parameters" in body) for _, body in several] == [True, False, False]


@pytest.mark.parametrize(
    "content",
    [
        Text(text=WORDS),
        Buttons(text=WORDS, buttons=(Button(id="y", title="Y"),)),
        ListMenu(text=WORDS, button="b", sections=(Section(rows=(Row(id="r", title="R"),)),)),
        Link(text=WORDS, title="Open", url="https://shop.example"),
        Carousel(text=WORDS, cards=(Card(text=WORDS),)),
        LocationRequest(text=WORDS),
        ContactRequest(text=WORDS),
        AddressRequest(text=WORDS, country="PE"),
        Edit(to="5100000001:1", text=WORDS),
    ],
)
def test_the_first_link_is_previewed_only_when_asked(content: OutboundContent) -> None:
    for _, body in calls(content):
        assert body["link_preview_options"] == {"is_disabled": True}
    assert "link_preview_options" not in call(Text(text="a", preview=True))[1]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Dice(emoji="🎯"), ("/sendDice", {"emoji": "🎯"})),
        (Dice(emoji="⚽️"), ("/sendDice", {"emoji": "⚽"})),
        (Location(latitude=1, longitude=2), ("/sendLocation", {"latitude": 1, "longitude": 2})),
        (
            Location(latitude=1, longitude=2, live_seconds=60, accuracy_meters=5),
            (
                "/sendLocation",
                {"latitude": 1, "longitude": 2, "live_period": 60, "horizontal_accuracy": 5},
            ),
        ),
        (
            Location(latitude=1, longitude=2, name="Casa"),
            ("/sendVenue", {"latitude": 1, "longitude": 2, "title": "Casa", "address": "Casa"}),
        ),
        (
            Poll(question="When?", options=(PollOption(text="Now"),), multiple=True),
            (
                "/sendPoll",
                {
                    "question": "When?",
                    "options": [{"text": "Now"}],
                    "is_anonymous": False,
                    "allows_multiple_answers": True,
                },
            ),
        ),
        (Typing(), ("/sendChatAction", {"action": "typing"})),
        (
            Reaction(to="-1001:7", emoji="❤️"),
            (
                "/setMessageReaction",
                {"chat_id": -1001, "message_id": 7, "reaction": [{"type": "emoji", "emoji": "❤"}]},
            ),
        ),
        (
            Reaction(to="-1001:7", emoji=""),
            (
                "/setMessageReaction",
                {"chat_id": -1001, "message_id": 7, "reaction": []},
            ),
        ),
        (
            Reaction(to="-1001:7"),
            ("/setMessageReaction", {"chat_id": -1001, "message_id": 7, "reaction": []}),
        ),
        (
            Edit(to="-1001:7", text="Vendido", buttons=(YES,)),
            (
                "/editMessageText",
                {
                    "chat_id": -1001,
                    "message_id": 7,
                    "text": "Vendido",
                    "link_preview_options": {"is_disabled": True},
                    "reply_markup": {"inline_keyboard": [[{"text": "Sí", "callback_data": "yes"}]]},
                },
            ),
        ),
        (
            Edit(to="-1001:7", text="Vendido", caption=True),
            (
                "/editMessageCaption",
                {"chat_id": -1001, "message_id": 7, "caption": "Vendido"},
            ),
        ),
        (Delete(to="-1001:7"), ("/deleteMessage", {"chat_id": -1001, "message_id": 7})),
        (
            Delete(to="C1:5:7"),
            ("/deleteBusinessMessages", {"business_connection_id": "C1", "message_ids": [7]}),
        ),
        (
            Read(to="C1:5:7"),
            (
                "/readBusinessMessage",
                {"business_connection_id": "C1", "chat_id": 5, "message_id": 7},
            ),
        ),
        (Raw(body={"method": "getChat", "chat_id": 9}), ("/getChat", {"chat_id": 9})),
    ],
)
def test_a_content_becomes_one_call(
    content: OutboundContent, expected: tuple[str, dict[str, Any]]
) -> None:
    assert call(content) == expected


def test_a_card_is_a_name_and_a_number_and_the_rest_a_vcard() -> None:
    plain = ContactCard(name="Ana", phones=(Phone(number="+3460"),))
    full = ContactCard(
        first_name="Rui",
        last_name="Sá; Lda",
        phones=(Phone(number="+351"), Phone(number="+352")),
        emails=(Labelled(value="rui@sa.example"),),
    )
    (_, first), (_, second) = calls(Contacts(contacts=(plain, full)))
    assert first == {"phone_number": "+3460", "first_name": "Ana"}
    lines = second.pop("vcard").split("\r\n")
    assert second == {"phone_number": "+351", "first_name": "Rui", "last_name": "Sá; Lda"}
    assert lines[0] == "BEGIN:VCARD"
    assert {"N:Sá\\; Lda;Rui;;;", "TEL:+352", "EMAIL:rui@sa.example"} <= set(lines)


def test_a_card_that_is_too_large_goes_without_its_vcard() -> None:
    card = ContactCard(name="Ana", phones=(Phone(number="1"),), vcard="x" * 2049)
    assert "vcard" not in call(Contacts(contacts=(card,)))[1]
    assert told(Contacts(contacts=(card,))) is not None


def keys(body: dict[str, Any]) -> list[list[str]]:
    rows = body["reply_markup"]["inline_keyboard"]
    return [[each["text"] for each in row] for row in rows]


def test_short_buttons_stand_side_by_side_and_long_ones_below_each_other() -> None:
    short = (YES, Button(id="no", title="No"))
    long = (YES, Button(id="no", title="No, y no me preguntes más"))
    assert keys(call(Buttons(text="¿Sí?", buttons=short))[1]) == [["Sí", "No"]]
    assert [len(row) for row in keys(call(Buttons(text="¿Sí?", buttons=long))[1])] == [1, 1]
    assert [len(row) for row in keys(call(Buttons(text="?", buttons=(YES,) * 4))[1])] == [1] * 4


def test_header_and_footer_are_lines_of_the_text_and_it_is_told() -> None:
    content = Buttons(text="¿Sí?", buttons=(YES,), header=TextHeader(text="Pedido"), footer="R")
    _, body = call(content)
    assert body["text"] == "Pedido\n\n¿Sí?\n\nR"
    assert body["entities"] == [
        {"type": "bold", "offset": 0, "length": 6},
        {"type": "italic", "offset": 14, "length": 1},
    ]
    assert told(content) == "header and footer became lines of the text"


def test_a_file_above_buttons_has_them_below_its_caption() -> None:
    header = MediaHeader(format="image", media=PHOTO)
    method, body = call(Buttons(text="¿Sí?", buttons=(YES,), header=header))
    assert (method, body["photo"], body["caption"]) == ("/sendPhoto", PHOTO.url, "¿Sí?")
    assert keys(body) == [["Sí"]]


def test_a_list_is_a_text_with_a_button_for_each_row() -> None:
    rows = (Row(id="lis", title="Lisboa", description="2 h"), Row(id="opo", title="Porto"))
    content = ListMenu(
        text="¿Dónde?", button="Elegir", sections=(Section(title="Portugal", rows=rows),)
    )
    _, body = call(content)
    assert body["text"] == "¿Dónde?\n\nPortugal\nLisboa: 2 h"
    assert keys(body) == [["Lisboa"], ["Porto"]]
    assert told(content) == "a list became a text with buttons"


def test_a_link_is_a_button_that_opens_it() -> None:
    _, body = call(Link(text="Mira", title="Abrir", url="https://shop.example"))
    assert body["reply_markup"] == {
        "inline_keyboard": [[{"text": "Abrir", "url": "https://shop.example"}]]
    }


def test_a_carousel_is_a_message_for_each_card() -> None:
    card = Card(title="Una", text="Bien", media=PHOTO, link="https://shop.example", buttons=(YES,))
    content = Carousel(text="Nuevo", cards=(card, Card(title="Dos")))
    (_, intro), (method, first), (_, second) = calls(content)
    assert (intro["text"], second["text"]) == ("Nuevo", "Dos")
    assert (method, first["caption"]) == ("/sendPhoto", "Una\nBien")
    assert keys(first) == [["Sí"], ["https://shop.example"]]
    assert told(content) == "a carousel became a message for each card"


def test_places_and_numbers_are_asked_for_with_a_key() -> None:
    _, where = call(LocationRequest(text="¿Dónde estás?"))
    _, number = call(ContactRequest(text="¿Tu número?"))
    assert where["reply_markup"]["keyboard"] == [
        [{"text": "Compartir mi ubicación", "request_location": True}]
    ]
    assert number["reply_markup"]["keyboard"][0][0]["request_contact"] is True


def test_an_answer_quotes_a_message_of_the_chat_or_of_another() -> None:
    answered = {"message_id": 51, "allow_sending_without_reply": True}
    _, here = call(Text(text="a"), reply_to="5100000001:51")
    assert here["reply_parameters"] == answered
    _, elsewhere = call(Text(text="a"), reply_to="-1001:51")
    assert elsewhere["reply_parameters"] == {**answered, "chat_id": -1001}


@pytest.mark.parametrize("tap", ["callback:4382", "reaction:7:1", "story:5:6", "5:ephemeral-3"])
def test_what_answers_a_tap_is_sent_without_quoting_and_it_is_told(tap: str) -> None:
    assert "reply_parameters" not in call(Text(text="a"), reply_to=tap)[1]
    assert "without quoting" in (told(Text(text="a"), reply_to=tap) or "")


def test_a_message_goes_to_its_topic_and_through_its_connection() -> None:
    _, body = call(Text(text="a"), to=None, to_group="-1001", thread="7")
    assert (body["chat_id"], body["message_thread_id"]) == (-1001, 7)
    _, body = call(Text(text="a"), to=None, to_group="@news_channel", thread="direct:9")
    assert (body["chat_id"], body["direct_messages_topic_id"]) == ("@news_channel", 9)
    _, body = call(Text(text="a"), via="C1")
    assert body["business_connection_id"] == "C1"


def test_a_guest_query_gets_its_one_answer() -> None:
    method, body = call(Text(text="Olá"), via="guest:q7")
    assert (method, body["guest_query_id"]) == ("/answerGuestQuery", "q7")
    assert body["result"]["input_message_content"] == {
        "message_text": "Olá",
        "link_preview_options": {"is_disabled": True},
    }
