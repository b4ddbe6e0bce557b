"""What is refused before anything goes out: each problem names its field and what would be right."""

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
    Contacts,
    Document,
    Flow,
    Image,
    Link,
    ListMenu,
    Location,
    LocationParameter,
    LocationRequest,
    Media,
    MediaHeader,
    OutboundContent,
    Poll,
    PollOption,
    ProductParameter,
    Raw,
    Reaction,
    Read,
    Row,
    Section,
    Span,
    Sticker,
    Template,
    TemplateButton,
    Text,
    Typing,
    Video,
)
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.rendering import PHOTO, buttons, message

HI = Text(text="Hi")
FILE = Media(platform_id="1")


def problems(content: OutboundContent, **other: Any) -> list[tuple[str, str]]:
    channel = WhatsAppChannel(WhatsAppChannel.example())
    return [(each.path, each.explanation) for each in channel.check(message(content, **other))]


def paths(content: OutboundContent, **other: Any) -> list[str]:
    return [path for path, _ in problems(content, **other)]


def sized(size_bytes: int) -> Media:
    return Media(platform_id="1", size_bytes=size_bytes)


def rows(number: int, first: int = 0) -> tuple[Row, ...]:
    return tuple(Row(id=f"r{each}", title=f"Row {each}") for each in range(first, first + number))


def menu(*sections: tuple[Row, ...], titled: bool = True) -> ListMenu:
    made = tuple(Section(rows=each, title="Some" if titled else None) for each in sections)
    return ListMenu(text="Where?", button="Choose", sections=made)


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ({"to": None}, "$.to"),
        ({"to": ""}, "$.to"),
        ({"to": "Ana"}, "$.to"),
        ({"to": "0034600000000"}, "$.to"),
        ({"to": "+34 600 00 00 00"}, "$.to"),
        ({"to": "34" * 8}, "$.to"),
        ({"to": "es.1349"}, "$.to"),
        ({"to_group": "Y2Fw"}, "$.to_group"),
        ({"to": None, "to_group": " "}, "$.to_group"),
    ],
)
def test_a_recipient_that_is_none_is_named(other: dict[str, Any], path: str) -> None:
    assert paths(HI, **other) == [path]


@pytest.mark.parametrize("content", [Read(to="wamid.1"), Typing(to="wamid.1"), Raw(body={"a": 1})])
def test_what_names_a_message_or_is_raw_needs_no_recipient(content: OutboundContent) -> None:
    assert paths(content, to=None) == []


@pytest.mark.parametrize(
    "content",
    [
        HI,
        Image(media=PHOTO),
        Audio(media=PHOTO),
        Video(media=PHOTO),
        Document(media=PHOTO),
        Sticker(media=FILE),
        Template(name="hello", language="es"),
        Read(to="wamid.1"),
    ],
)
def test_groups_take_text_files_and_templates(content: OutboundContent) -> None:
    assert paths(content, to=None, to_group="Y2Fw") == []


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (buttons(1), "$.content.kind"),
        (LocationRequest(text="Where?"), "$.content.kind"),
        (Reaction(to="wamid.1", emoji="👍"), "$.content.kind"),
        (Typing(to="wamid.1"), "$.content.kind"),
        (
            Template(
                name="hello",
                language="es",
                buttons=(TemplateButton(index=0, type="url", text="a"),),
            ),
            "$.content.buttons",
        ),
        (
            Template(name="a", language="es", header=LocationParameter(latitude=1, longitude=1)),
            "$.content.header",
        ),
        (
            Template(
                name="a",
                language="es",
                header=ProductParameter(catalog_id="7", product_id="sku"),
            ),
            "$.content.header",
        ),
        (
            Template(name="a", language="es", offer_expires_at=1_795_000_000_000),
            "$.content.offer_expires_at",
        ),
    ],
)
def test_groups_take_nothing_else(content: OutboundContent, path: str) -> None:
    assert paths(content, to=None, to_group="Y2Fw") == [path]


def test_a_limit_is_told_with_what_would_be_right() -> None:
    content = Buttons(text="Sure?", buttons=(Button(id="1", title="x" * 21),))
    channel = WhatsAppChannel(WhatsAppChannel.example())
    (problem,) = channel.check(message(content))
    assert problem.path == "$.content.buttons[0].title"
    assert problem.explanation == "has 21 characters, 20 at most"
    assert problem.limit == 20


def test_everything_that_is_wrong_is_told_at_once() -> None:
    content = Buttons(
        text=" ", footer="x" * 61, buttons=(Button(id="", title="A"), Button(id="2", title="A"))
    )
    assert sorted(paths(content, to="Ana")) == [
        "$.content.buttons[0].id",
        "$.content.buttons[1].title",
        "$.content.footer",
        "$.content.text",
        "$.to",
    ]


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (Image(media=Media()), "$.content.media"),
        (Image(media=Media(platform_id="not an id")), "$.content.media.platform_id"),
        (Image(media=Media(url="ftp://a.example/1")), "$.content.media.url"),
        (Image(media=Media(url="https://")), "$.content.media.url"),
        (Image(media=Media(url="https:// a")), "$.content.media.url"),
        (Image(media=Media(platform_id="1", mime_type="image/gif")), "$.content.media.mime_type"),
        (
            Audio(media=Media(platform_id="1", mime_type="audio/mpeg"), voice=True),
            "$.content.media.mime_type",
        ),
        (Video(media=Media(platform_id="1", size_bytes=16_777_217)), "$.content.media.size_bytes"),
        (
            buttons(1, header=MediaHeader(format="image", media=Media())),
            "$.content.header.media",
        ),
        (Audio(media=FILE, caption="x" * 4097), "$.content.caption"),
    ],
)
def test_a_file_that_cannot_be_sent_is_named(content: OutboundContent, path: str) -> None:
    assert paths(content) == [path]


@pytest.mark.parametrize(
    "media",
    [
        Media(platform_id="1", mime_type="audio/ogg; codecs=opus"),
        Media(platform_id="1", mime_type="AUDIO/OGG"),
        Media(platform_id="1", size_bytes=16_777_216),
        Media(url="http://a.example"),
    ],
)
def test_a_file_at_its_limit_is_fine(media: Media) -> None:
    assert paths(Audio(media=media, voice=True)) == []


@pytest.mark.parametrize(
    ("sticker", "told"),
    [
        (Sticker(media=sized(102_400)), []),
        (
            Sticker(media=sized(102_401)),
            ["is 102401 bytes, 102400 at most; 512000 with `animated`"],
        ),
        (Sticker(media=sized(512_000), animated=True), []),
        (Sticker(media=sized(512_001), animated=True), ["is 512001 bytes, 512000 at most"]),
    ],
)
def test_a_sticker_that_moves_may_be_larger(sticker: Sticker, told: list[str]) -> None:
    assert [each for _, each in problems(sticker)] == told


@pytest.mark.parametrize("emoji", ["ok", "👍 yes", " ", "👍" * 17])
def test_a_reaction_is_one_emoji(emoji: str) -> None:
    assert problems(Reaction(to="wamid.1", emoji=emoji)) == [
        ("$.content.emoji", "must be one emoji, or not given to take the reaction away")
    ]


@pytest.mark.parametrize("emoji", [None, "", "👍", "👍🏽", "❤️", "🇵🇹", "1️⃣", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_any_emoji_is_a_reaction(emoji: str | None) -> None:
    assert problems(Reaction(to="wamid.1", emoji=emoji)) == []


@pytest.mark.parametrize("title", ["Reservar 👍", "☕ Pedir", "Sí ❤️", "1️⃣"])
def test_the_button_of_a_flow_takes_no_emoji(title: str) -> None:
    flow = Flow(text="a", title=title, flow="1")
    assert problems(flow) == [("$.content.title", "must be without emoji")]


@pytest.mark.parametrize("title", ["¡Reservar ya!", "Sí → aquí", "予約", "Nº 1 ™"])
def test_the_button_of_a_flow_takes_any_letters(title: str) -> None:
    assert problems(Flow(text="a", title=title, flow="1")) == []


def test_one_time_codes_go_to_numbers_only() -> None:
    code = Template(name="login", language="es", category="authentication")
    assert problems(code, to="+34600000000") == []
    told = "must be a phone number: the platform sends one-time codes to no user id"
    assert problems(code, to="ES.1349") == [("$.to", told)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (menu(rows(10)), []),
        (menu(rows(11)), ["$.content.sections[0].rows", "$.content.sections[0].rows"]),
        (menu(rows(5), rows(5, 5)), []),
        (menu(rows(5), rows(6, 5)), ["$.content.sections[0].rows"]),
        (menu(rows(1), titled=False), []),
        (
            menu(rows(1), rows(1, 1), titled=False),
            ["$.content.sections[0].title", "$.content.sections[1].title"],
        ),
        (menu(rows(1), rows(1)), ["$.content.sections[1].rows[0].id"]),
        (menu(()), ["$.content.sections[0].rows"]),
        (menu(), ["$.content.sections"]),
    ],
)
def test_rows_are_counted_over_all_sections(content: ListMenu, expected: list[str]) -> None:
    assert paths(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (buttons(10), []),
        (buttons(11), ["$.content.buttons"]),
        (buttons(0), ["$.content.buttons"]),
        (buttons(4, header=MediaHeader(format="image", media=FILE)), ["$.content.header"]),
        (
            msgspec.structs.replace(
                buttons(4), buttons=(*buttons(3).buttons, Button(id="x" * 201, title="Long"))
            ),
            ["$.content.buttons[3].id"],
        ),
        (Buttons(text="Sure?", buttons=(Button(id="x" * 256, title="Long"),)), []),
    ],
)
def test_many_buttons_must_fit_a_list(content: Buttons, expected: list[str]) -> None:
    assert paths(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Flow(text="a", title="b", flow="1", data={"a": 1}), ["$.content.screen"]),
        (
            Flow(text="a", title="b", flow="1", action="data_exchange", screen="A", data={"a": 1}),
            ["$.content.screen", "$.content.data"],
        ),
        (Link(text="a", title="b", url="a.example"), ["$.content.url"]),
        (AddressRequest(text="a", country="ES"), ["$.content.country"]),
        (Location(latitude=90.1, longitude=-180.1), ["$.content.latitude", "$.content.longitude"]),
        (Location(latitude=-90, longitude=180), []),
        (Location(latitude=float("nan"), longitude=0), ["$.content.latitude"]),
        (
            Contacts(contacts=(ContactCard(name="Ana"), ContactCard())),
            ["$.content.contacts[1].name"],
        ),
        (Contacts(contacts=()), ["$.content.contacts"]),
        (Typing(), ["$.content.to"]),
        (Poll(question="Q", options=(PollOption(text="x" * 4096),)), ["$.content.options"]),
        (Text(text="x" * 4096), []),
        (Text(text="x" * 4096, spans=(Span(type="bold", offset=0, length=1),)), ["$.content.text"]),
    ],
)
def test_what_does_not_go_together_is_named(content: OutboundContent, expected: list[str]) -> None:
    assert paths(content) == expected


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ((), ["$.content.cards"]),
        ((Card(title="a", link="a.example", link_title="b"),), ["$.content.cards[0].link"]),
        ((Card(media=Media(), title="a"),), ["$.content.cards[0].media"]),
        ((Card(catalog_id="7", product_id="1"),), ["$.content.cards[0]"]),
        (
            (
                Card(title="a", buttons=(Button(id="1", title="a"),)),
                Card(title="b", buttons=(Button(id="1", title="a"),)),
            ),
            ["$.content.cards[1].buttons[0].id"],
        ),
    ],
)
def test_cards_are_checked_one_by_one(cards: tuple[Card, ...], expected: list[str]) -> None:
    assert paths(Carousel(text="New", cards=cards)) == expected


def test_a_carousel_that_becomes_too_long_a_text_is_refused() -> None:
    card = Card(title="x" * 160, text="y" * 160, link="https://a.example/" + "z" * 200)
    assert paths(Carousel(text="New", cards=(card,) * 10)) == ["$.content.cards"]
