"""What goes along with a text on Messenger: what it answers, and the commands in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gateway.api import Event, MessageEchoed, MessageReceived, Other, ReplyTo, Span, Text
from tests.plugins.messenger.conftest import PAGE

OWN = "01a1ee565e7b2f929ec32e5ee8ac557f"
Parse = Callable[..., Sequence[Event]]


def message(parse: Parse, **message: Any) -> MessageReceived:
    (event,) = parse({"message": {"mid": "m_1", **message}})
    assert isinstance(event, MessageReceived)
    return event


def test_an_answer_to_a_message_quotes_it(parse: Parse) -> None:
    event = message(parse, text="yes", reply_to={"mid": "m_0"})
    assert event.message.reply_to == ReplyTo(platform_id="m_0")


def test_whose_message_is_quoted_is_told_where_the_platform_does(parse: Parse) -> None:
    ours = message(parse, text="yes", reply_to={"mid": "m_0", "is_self_reply": False})
    assert ours.message.reply_to == ReplyTo(platform_id="m_0", author=PAGE)
    theirs = message(parse, text="I mean", reply_to={"mid": "m_0", "is_self_reply": True})
    assert theirs.message.reply_to == ReplyTo(platform_id="m_0", author=theirs.contact.id)


def test_commands_in_a_text_are_marked_in_it(parse: Parse) -> None:
    found = [{"name": "flights"}, {"name": "hotels"}]
    event = message(parse, text="👋 /flights and /hotels", commands=found)
    assert event.message.content == Text(
        text="👋 /flights and /hotels",
        spans=(
            Span(type="command", offset=2, length=8),
            Span(type="command", offset=15, length=7),
        ),
    )


def test_a_command_that_a_text_does_not_show_is_told_beside_it(parse: Parse) -> None:
    told = parse({"message": {"mid": "m_1", "text": "go", "commands": [{"name": "flights"}]}})
    assert [each.message.content for each in told if isinstance(each, MessageReceived)] == [
        Text(text="go"),
        Other(type="commands", text="/flights", data={"commands": ["flights"]}),
    ]


@pytest.mark.parametrize(
    ("metadata", "own"),
    [
        (OWN, True),
        (f"{OWN}#2", True),  # a second part
        (f"{OWN}#", False),
        (OWN.upper(), False),
        ("gw:42", False),
        (None, False),
    ],
)
def test_the_echo_of_a_message_of_this_gateway_says_so(
    parse: Parse, metadata: str | None, *, own: bool
) -> None:
    ours = {"sender": {"id": PAGE}, "recipient": {"id": "24"}}
    echo = {"mid": "m_1", "is_echo": True, "text": "Hello", "metadata": metadata}
    (event,) = parse({**ours, "message": echo})
    assert isinstance(event, MessageEchoed)
    assert event.own is own
