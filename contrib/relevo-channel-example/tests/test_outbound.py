from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from gateway.api import (
    AccountBroken,
    Answer,
    Button,
    Buttons,
    Image,
    InDoubt,
    Link,
    Media,
    MediaHeader,
    OutboundContent,
    OutboundMessage,
    Receipt,
    Rejected,
    Rendered,
    Span,
    Temporary,
    Text,
    TextHeader,
    Throttled,
)

from gateway_postbox.channel import PostboxChannel

CHANNEL = PostboxChannel(PostboxChannel.example())
YES_NO = (Button(id="y", title="Yes"), Button(id="n", title="No"))


def message(content: OutboundContent, to: str | None = "u-17") -> OutboundMessage:
    return OutboundMessage(account="postbox", to=to, content=content)


def render(content: OutboundContent) -> Rendered:
    assert CHANNEL.check(message(content)) == ()
    return CHANNEL.render(message(content), reference="ours-1")


def body(content: OutboundContent) -> dict[str, Any]:
    (call,) = render(content).calls
    assert (call.method, call.path) == ("POST", "/outbox")
    assert call.body is not None
    return call.body


def test_a_text_goes_with_our_reference() -> None:
    assert body(Text(text="Hola")) == {
        "to": "u-17",
        "type": "text",
        "text": "Hola",
        "reference": "ours-1",
    }


def test_buttons_become_a_numbered_text_and_say_so() -> None:
    content = Buttons(
        text="Sure?", buttons=YES_NO, header=TextHeader(text="Order 17"), footer="Shop"
    )
    assert body(content)["text"] == "Order 17\n\nSure?\n\n1. Yes\n2. No\n\nShop"
    assert render(content).downgraded == "the buttons became a numbered text"


def test_a_link_shows_its_address() -> None:
    content = Link(text="Look", title="Shop", url="https://shop.example/1")
    assert body(content)["text"] == "Look\n\nShop: https://shop.example/1"


def test_lost_formatting_is_told() -> None:
    spans = (Span(type="bold", offset=0, length=4),)
    assert render(Text(text="Hola", spans=spans)).downgraded == "the formatting is left out"


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (Image(media=Media(stored_id="1-0")), "$.content.media.url"),
        (
            Buttons(
                text="Sure?",
                buttons=YES_NO,
                header=MediaHeader(format="image", media=Media(url="https://chat.example/1")),
            ),
            "$.content.header",
        ),
    ],
)
def test_what_the_other_end_cannot_show_is_refused(content: OutboundContent, path: str) -> None:
    assert [each.path for each in CHANNEL.check(message(content))] == [path]


def test_a_message_must_name_a_contact() -> None:
    assert [each.path for each in CHANNEL.check(message(Text(text="Hola"), to=None))] == ["$.to"]


def answer(status: int, told: object, **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, body=msgspec.json.encode(told), headers=names)


def test_an_id_is_a_receipt() -> None:
    assert CHANNEL.read_answer(answer(202, {"id": "p-1"})) == Receipt(platform_id="p-1")


@pytest.mark.parametrize(
    ("status", "told", "failure"),
    [
        (200, {}, InDoubt),
        (400, {"error": {"code": "invalid"}}, Rejected),
        (401, {}, AccountBroken),
        (404, {}, Rejected),
        (503, {"error": {"code": "busy"}}, Temporary),
        (502, "<html>", InDoubt),
    ],
)
def test_everything_else_is_an_error(status: int, told: object, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        CHANNEL.read_answer(answer(status, told))


def test_a_limit_says_how_long_to_wait() -> None:
    with pytest.raises(Throttled) as caught:
        CHANNEL.read_answer(answer(429, {"error": {"code": "too_fast"}}, retry_after="7"))
    assert caught.value.retry_after == timedelta(seconds=7)
