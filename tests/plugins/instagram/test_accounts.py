"""Whose an item is: one callback address may serve many accounts, named in several ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gateway.api import Event, MessageReceived, PlatformNotice

Parse = Callable[..., Sequence[Event]]

OURS = "17841400000000000"
KNOWN = {OURS: ("shop",), "100000000000001": ("shop",), "2": ("brazil",)}
TEXT: dict[str, Any] = {"message": {"mid": "m_1", "text": "a"}}


def to(account: str) -> dict[str, Any]:
    return {**TEXT, "recipient": {"id": account}}


def accounts(found: Sequence[Event]) -> list[str]:
    return [event.account for event in found]


def test_items_of_one_entry_go_to_the_account_each_names(parse: Parse) -> None:
    assert accounts(parse(to(OURS), to("2"), accounts=KNOWN)) == ["shop", "brazil"]


def test_an_item_that_names_the_page_goes_to_the_account_linked_with_it(parse: Parse) -> None:
    assert accounts(parse(to("100000000000001"), id="0", accounts=KNOWN)) == ["shop"]


@pytest.mark.parametrize("into", ["messaging", "standby"])
def test_where_an_item_names_none_of_ours_its_entry_does(parse: Parse, into: str) -> None:
    assert accounts(parse(to("404"), into=into, accounts=KNOWN)) == ["shop"]


@pytest.mark.parametrize(
    "change",
    [
        {"field": "comments", "value": {"id": "1", "text": "a"}},
        {"field": "messages", "value": to("23245")},
    ],
)
def test_the_dashboards_test_is_for_nobody(parse: Parse, change: dict[str, Any]) -> None:
    (event,) = parse(change, into="changes", id="0", accounts=KNOWN)
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "unknown_account"


def test_one_message_through_both_logins_is_one_event(parse: Parse) -> None:
    (first,) = parse(TEXT, accounts=KNOWN, time=1_750_000_000_500)
    change = {
        "field": "messages",
        "value": {
            **TEXT,
            "sender": {"id": "24"},
            "recipient": {"id": OURS},
            "timestamp": "1750000000",
        },
    }
    (second,) = parse(change, into="changes", accounts=KNOWN)
    assert isinstance(first, MessageReceived)
    assert first.id == second.id
