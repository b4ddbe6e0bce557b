"""What WhatsApp has no form for becomes the nearest it has, and says so."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.api import (
    Audio,
    Button,
    Card,
    Carousel,
    Document,
    Image,
    Location,
    OutboundContent,
    Poll,
    Span,
    Template,
    Text,
    TextHeader,
    Video,
)
from gateway.testing.contents import PLAIN
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.judge_requests import judge
from tests.plugins.whatsapp.rendering import PHOTO, buttons, message, rendered, sent


def test_more_than_three_buttons_become_a_list() -> None:
    found = rendered(buttons(4, header=TextHeader(text="Order"), footer="Relevo"))
    assert found.downgraded == "4 buttons became a list"
    assert found.calls[0].body is not None
    menu = found.calls[0].body["interactive"]
    assert menu["type"] == "list"
    assert menu["header"] == {"type": "text", "text": "Order"}
    assert menu["action"]["button"] == "Opciones"
    assert [row["id"] for row in menu["action"]["sections"][0]["rows"]] == ["b0", "b1", "b2", "b3"]


def test_three_buttons_stay_buttons() -> None:
    assert rendered(buttons(3)).downgraded is None


def test_a_caption_of_sound_follows_as_a_text() -> None:
    found = rendered(Audio(media=PHOTO, caption="Listen"), reply_to="wamid.1", reference="gw:1")
    first, second = (each.body or {} for each in found.calls)
    assert found.downgraded == "the caption follows as a text"
    assert (first["type"], second["text"]) == ("audio", {"body": "Listen"})
    assert ("context" in first, "context" in second) == (True, False)
    assert first["biz_opaque_callback_data"] == second["biz_opaque_callback_data"] == "gw:1"


def test_a_poll_becomes_a_numbered_text() -> None:
    (poll,) = PLAIN["poll"]
    assert isinstance(poll, Poll)
    assert sent(poll)["text"]["body"] == "When?\n\n1. Now\n2. No"
    assert rendered(poll).downgraded


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (Video(media=PHOTO, animation=True), "sent as a plain video"),
        (Video(media=PHOTO, round=True), "sent as a plain video"),
        (Location(latitude=0, longitude=0, live_seconds=60), "a live place is sent as a fixed one"),
    ],
)
def test_what_cannot_be_shown_is_told(content: OutboundContent, told: str) -> None:
    assert rendered(content).downgraded == told


@pytest.mark.parametrize(
    ("text", "spans", "shown", "lost"),
    [
        ("say it loud", [("bold", 7, 4)], "say it *loud*", None),
        ("all of it", [("italic", 0, 9), ("bold", 4, 2)], "_all *of* it_", None),
        ("both", [("bold", 0, 4), ("italic", 0, 4)], "*_both_*", None),
        ("a b", [("strikethrough", 0, 1), ("code", 2, 1)], "~a~ `b`", None),
        ("👍 ok", [("bold", 2, 2)], "👍 *ok*", None),
        ("see here", [("link", 4, 4)], "see here (https://a.example)", None),
        ("under", [("underline", 0, 5)], "under", "shown plain: underline"),
        ("short", [("bold", 3, 9)], "short", "shown plain: bold"),
    ],
)
def test_formatting_becomes_marks(
    text: str, spans: list[tuple[str, int, int]], shown: str, lost: str | None
) -> None:
    given_spans = tuple(
        Span(
            type=kind,
            offset=offset,
            length=length,
            value="https://a.example" if kind == "link" else None,
        )
        for kind, offset, length in spans
    )
    found = rendered(Text(text=text, spans=given_spans))
    assert found.calls[0].body is not None
    assert found.calls[0].body["text"]["body"] == shown
    assert found.downgraded == lost


@pytest.mark.parametrize("kind", [Image, Video, Document])
def test_formatting_of_a_caption_becomes_marks_too(kind: Any) -> None:
    spans = (Span(type="bold", offset=0, length=2), Span(type="underline", offset=3, length=1))
    content = kind(media=PHOTO, caption="my x", spans=spans)
    found = rendered(content)
    body = found.calls[0].body or {}
    assert body[body["type"]]["caption"] == "*my* x"
    assert found.downgraded == "shown plain: underline"
    long = msgspec.structs.replace(content, caption="x" * 1024)
    assert [
        each.path for each in WhatsAppChannel(WhatsAppChannel.example()).check(message(long))
    ] == ["$.content.caption"]


def test_what_is_said_below_sound_is_marked_in_the_text_that_follows() -> None:
    spans = (Span(type="bold", offset=0, length=2),)
    _, after = rendered(Audio(media=PHOTO, caption="my x", spans=spans)).calls
    assert after.body is not None
    assert after.body["text"]["body"] == "*my* x"


CARD = Card(title="One", text="Fine", media=PHOTO, link="https://a.example", link_title="Buy")
TAPPED = Card(media=PHOTO, buttons=(Button(id="1", title="Buy"),))
OTHER = Card(media=PHOTO, buttons=(Button(id="2", title="Buy"),))
SOLD = Card(catalog_id="7", product_id="sku")


def replaced(card: Card, **changes: Any) -> Card:
    return msgspec.structs.replace(card, **changes)


@pytest.mark.parametrize(
    "cards",
    [(CARD, CARD), (TAPPED, OTHER), (SOLD, SOLD), (CARD,) * 10],
    ids=["links", "buttons", "products", "ten"],
)
def test_a_carousel_that_fits_is_shown_as_cards(cards: tuple[Card, ...]) -> None:
    found = rendered(Carousel(text="New", cards=cards))
    assert found.downgraded is None
    assert found.calls[0].body is not None
    shown = found.calls[0].body["interactive"]["action"]["cards"]
    assert [each["card_index"] for each in shown] == list(range(len(cards)))


@pytest.mark.parametrize(
    "cards",
    [
        (CARD,),
        (CARD, replaced(CARD, media=None)),
        (CARD, replaced(CARD, media_format="video")),
        (CARD, replaced(TAPPED, title="Two")),
        (CARD, replaced(CARD, text="x" * 157)),
        (CARD, replaced(CARD, text="a\nb\nc")),
        (replaced(SOLD, title="One"), replaced(SOLD, title="Two")),
        (replaced(CARD, link=None), replaced(CARD, link=None)),
    ],
    ids=["one", "no picture", "film", "mixed", "long", "lines", "worded products", "no action"],
)
def test_any_other_carousel_becomes_a_numbered_text(cards: tuple[Card, ...]) -> None:
    found = rendered(Carousel(text="New", cards=cards))
    assert found.downgraded == "a carousel became a numbered text without its pictures"
    assert found.calls[0].body is not None
    assert found.calls[0].body["text"]["body"].startswith("New\n\n1. One")


def test_a_numbered_card_tells_its_words_its_link_and_its_buttons() -> None:
    cards = (CARD, replaced(TAPPED, title="Two"))
    assert sent(Carousel(cards=cards))["text"]["body"] == (
        "1. One\nFine\nBuy: https://a.example\n\n2. Two\nBuy"
    )


@pytest.mark.parametrize(
    ("setting", "category", "endpoint", "policy"),
    [
        ("off", "marketing", "messages", None),
        ("fallback", "marketing", "marketing_messages", "CLOUD_API_FALLBACK"),
        ("strict", "marketing", "marketing_messages", "STRICT"),
        ("strict", "utility", "messages", None),
        ("strict", None, "messages", None),
    ],
)
def test_marketing_goes_the_way_the_account_says(
    setting: Any, category: Any, endpoint: str, policy: str | None
) -> None:
    own = msgspec.structs.replace(WhatsAppChannel.example(), marketing_messages=setting)
    template = Template(name="sale", language="es", category=category)
    (call,) = WhatsAppChannel(own).render(message(template)).calls
    judge(call)
    assert call.path.endswith(f"/{endpoint}")
    assert (call.body or {}).get("product_policy") == policy
