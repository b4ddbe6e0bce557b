"""Whose an item is: one callback address may serve many pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gateway.api import Event, MessageReceived, PlatformNotice
from gateway_messenger.channel import MessengerChannel

Parse = Callable[..., Sequence[Event]]

KNOWN = {"100000000000001": ("spain",), "2": ("brazil",), "3": ("one", "other")}
TEXT: dict[str, Any] = {"message": {"mid": "m_1", "text": "a"}}


def to(page: str) -> dict[str, Any]:
    return {**TEXT, "recipient": {"id": page}}


def accounts(found: Sequence[Event]) -> list[str]:
    return [event.account for event in found]


def test_an_account_is_named_by_its_page(channel: MessengerChannel) -> None:
    assert channel.identities() == ("100000000000001",)


def test_items_of_one_entry_go_to_the_page_each_names(parse: Parse) -> None:
    found = parse(to("100000000000001"), to("2"), to("3"), accounts=KNOWN)
    assert accounts(found) == ["spain", "brazil", "one", "other"]
    assert len({event.id for event in found}) == 4


def test_an_echo_goes_to_the_page_that_sent_it(parse: Parse) -> None:
    echo = {
        "message": {"mid": "m_1", "text": "a", "is_echo": True},
        "sender": {"id": "2"},
        "recipient": {"id": "24"},
    }
    assert accounts(parse(echo, accounts=KNOWN)) == ["brazil"]


def test_where_an_item_names_no_page_of_ours_its_entry_does(parse: Parse) -> None:
    assert accounts(parse(to("404"), accounts=KNOWN)) == ["spain"]
    comment = {"field": "feed", "value": {"item": "comment"}}
    assert accounts(parse(comment, into="changes", accounts=KNOWN)) == ["spain"]


@pytest.mark.parametrize(
    ("into", "item"),
    [
        ("messaging", to("404")),
        ("standby", to("404")),
        ("changes", {"field": "feed", "value": {"item": "comment"}}),
        ("changes", {"field": "messages", "value": to("404")}),
    ],
)
def test_an_unknown_page_becomes_a_notice(parse: Parse, into: str, item: dict[str, Any]) -> None:
    (event,) = parse(item, into=into, id="404", accounts=KNOWN)
    assert isinstance(event, PlatformNotice)
    assert (event.account, event.notice.reason) == ("messenger", "unknown_account")
    assert event.notice.facts == {"entry_id": "404"}


def test_with_no_account_at_hand_everything_is_taken(parse: Parse) -> None:
    (event,) = parse(to("404"), id="404")
    assert isinstance(event, MessageReceived)
    assert event.account == "messenger"
