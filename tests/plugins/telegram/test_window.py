"""Only customers of a connected account have a window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.api import OutboundMessage, Text
from gateway.cli.plugins import window_words
from gateway_telegram.channel import TelegramChannel
from tests.plugins.telegram.conftest import GROUP, HEAD, Parse, Say

RULE = TelegramChannel.window


def test_it_is_a_day_for_some_messages() -> None:
    assert RULE is not None
    assert RULE.length == timedelta(hours=24)
    assert window_words(RULE) == "window of 24 h for some messages"


def test_a_customer_of_a_connected_account_opens_it(say: Say) -> None:
    event = say("business_message", text="a", business_connection_id="C1")
    assert RULE is not None
    assert RULE.opens(event)


def test_nobody_else_opens_it(say: Say, parse: Parse) -> None:
    owner = {**HEAD, "from": {"id": 77}, "business_connection_id": "C1", "text": "a"}
    others = [
        say(text="a"),
        say("guest_message", text="a", guest_query_id="q", chat=GROUP),
        *parse("business_message", owner),
        *parse("callback_query", {"id": "1", "from": HEAD["from"], "data": "y", "message": owner}),
        *parse("edited_business_message", {**owner, "from": HEAD["from"]}),
    ]
    assert RULE is not None
    assert [each for each in others if RULE.opens(each)] == []


@pytest.mark.parametrize(("via", "needed"), [("C1", 1), (None, 0), ("guest:q", 0)])
def test_it_concerns_only_what_goes_through_a_connected_account(
    via: str | None, needed: int
) -> None:
    message = OutboundMessage(account="bot", content=Text(text="a"), to="5", via=via)
    assert RULE is not None
    assert RULE.concerns(message) == needed
