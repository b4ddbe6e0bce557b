"""What is refused before anything is sent, and how it is told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.api import (
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
    Link,
    ListMenu,
    Location,
    Media,
    MediaHeader,
    OutboundContent,
    Phone,
    Raw,
    Reaction,
    Read,
    Section,
    Template,
    Text,
    Video,
)
from gateway_telegram.channel import TelegramChannel
from tests.plugins.telegram.rendering import message, problems

PHOTO = Media(url="https://files.example/photo.jpg")
YES = Button(id="yes", title="Sí")

REFUSED: list[tuple[OutboundContent, dict[str, Any], str]] = [
    (Template(name="hello", language="es"), {}, "$.content.kind"),
    (Text(text="a"), {"to": None}, "$.to"),
    (Text(text="a"), {"to_group": "-1"}, "$.to"),
    (Text(text="a"), {"to": "ana"}, "$.to"),
    (Text(text="a"), {"to": "-1001"}, "$.to"),
    (Text(text="a"), {"to": None, "to_group": "5"}, "$.to_group"),
    (Text(text="a"), {"thread": "seven"}, "$.thread"),
    (Image(media=PHOTO), {"via": "guest:1"}, "$.via"),
    (ContactRequest(text="a"), {"via": "C1"}, "$.via"),
    (ContactRequest(text="a"), {"to": None, "to_group": "-1"}, "$.content.kind"),
    (Image(media=Media()), {}, "$.content.media"),
    (Image(media=Media(url="ftp://x")), {}, "$.content.media.url"),
    (Image(media=Media(platform_id="a b")), {}, "$.content.media.platform_id"),
    (Image(media=Media(stored_id="1", size_bytes=11 << 20)), {}, "$.content.media.size_bytes"),
    (Image(media=Media(url=PHOTO.url, size_bytes=6 << 20)), {}, "$.content.media.size_bytes"),
    (Audio(media=Media(stored_id="1", size_bytes=51 << 20)), {}, "$.content.media.size_bytes"),
    (Image(media=Media(stored_id="1", width=9000, height=1001)), {}, "$.content.media.width"),
    (Image(media=Media(stored_id="1", width=21, height=1)), {}, "$.content.media.width"),
    (Image(media=Media(stored_id="1", width=1, height=21)), {}, "$.content.media.width"),
    (
        Video(media=Media(stored_id="1", duration_seconds=61), round=True),
        {},
        "$.content.media.duration_seconds",
    ),
    (
        Document(media=Media(url=PHOTO.url, mime_type="text/csv")),
        {},
        "$.content.media.mime_type",
    ),
    (Location(latitude=91, longitude=0), {}, "$.content.latitude"),
    (Location(latitude=1, longitude=0, live_seconds=5), {}, "$.content.live_seconds"),
    (
        Contacts(contacts=(ContactCard(phones=(Phone(number="1"),)),)),
        {},
        "$.content.contacts[0].name",
    ),
    (Contacts(contacts=(ContactCard(name="Ana"),)), {}, "$.content.contacts[0].phones"),
    (Dice(emoji="🐍"), {}, "$.content.emoji"),
    (Reaction(to="5:1", emoji="🐍"), {}, "$.content.emoji"),
    (Reaction(to="callback:1", emoji="👍"), {}, "$.content.to"),
    (Reaction(to="C1:5:1", emoji="👍"), {}, "$.content.to"),
    (Edit(to="wamid.1", text="a"), {}, "$.content.to"),
    (Edit(to="5:1", text="x" * 1025, caption=True), {}, "$.content.text"),
    (Edit(to="5:1", text="a", buttons=(Button(id="", title="b"),)), {}, "$.content.buttons[0].id"),
    (ContactRequest(text="👍" * 2049), {}, "$.content.text"),
    (Carousel(text="👍" * 2049, cards=(Card(text="a"),)), {}, "$.content.text"),
    (Carousel(cards=(Card(text="a", link="x"),)), {}, "$.content.cards[0].link"),
    (Delete(to="5:0"), {}, "$.content.to"),
    (Read(to="5:1"), {}, "$.via"),
    (
        Buttons(text="a", buttons=(Button(id="ñ" * 33, title="Sí"),)),
        {},
        "$.content.buttons[0].id",
    ),
    (
        Buttons(text="x" * 1025, buttons=(YES,), header=MediaHeader(format="image", media=PHOTO)),
        {},
        "$.content.text",
    ),
    (Buttons(text="👍" * 2049, buttons=(YES,)), {}, "$.content.text"),
    (Link(text="a", title="b", url="javascript:alert(1)"), {}, "$.content.url"),
    (
        ListMenu(text="a", button="b", sections=(Section(rows=()),)),
        {},
        "$.content.sections",
    ),
    (Carousel(cards=(Card(product_id="1"),)), {}, "$.content.cards[0].product_id"),
    (Carousel(cards=(Card(),)), {}, "$.content.cards[0]"),
    (Raw(body={"text": "a"}), {}, "$.content.body.method"),
    (Raw(body={"method": "../getMe"}), {}, "$.content.body.method"),
    (Raw(body={"method": "deleteWebhook"}), {}, "$.content.body.method"),
]


@pytest.mark.parametrize(("content", "other", "path"), REFUSED)
def test_it_is_refused_with_the_field_that_is_wrong(
    content: OutboundContent, other: dict[str, Any], path: str
) -> None:
    assert list(problems(content, **other)) == [path]


@pytest.mark.parametrize(
    "content",
    [
        Image(media=Media(stored_id="1", width=9000, height=1000)),
        Image(media=Media(stored_id="1", width=20, height=1)),
        Image(media=Media(stored_id="1", width=9000)),
        Document(media=Media(stored_id="1", width=30_000, height=1)),
        Video(media=Media(stored_id="1", duration_seconds=60), round=True),
        Video(media=Media(stored_id="1", duration_seconds=3600)),
    ],
)
def test_a_file_of_the_greatest_size_goes(content: OutboundContent) -> None:
    assert not problems(content)


def test_a_button_says_how_many_bytes_its_id_may_have() -> None:
    content = Buttons(text="a", buttons=(Button(id="ñ" * 33, title="Sí"),))
    (problem,) = problems(content).values()
    assert (problem.explanation, problem.limit) == ("has 66 bytes, 64 at most", 64)


def test_a_server_of_ones_own_has_other_sizes() -> None:
    own = msgspec.structs.replace(TelegramChannel.example(), api_url="http://127.0.0.1:8081")
    large = Document(media=Media(stored_id="1", size_bytes=500 << 20))
    assert TelegramChannel(own).check(message(large)) == ()


@pytest.mark.parametrize("emoji", ["❤️", "❤", "👨\u200d💻", "custom_emoji:5368324170671202286"])
def test_a_reaction_may_be_written_as_phones_write_it(emoji: str) -> None:
    assert problems(Reaction(to="5:1", emoji=emoji)) == {}
