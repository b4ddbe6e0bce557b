"""Updates that are no messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from gateway.api import (
    AccountUpdated,
    BodyMalformed,
    Choice,
    Contact,
    ContactBlocked,
    ContactUnblocked,
    ContactUpdated,
    Event,
    Group,
    MessageDeleted,
    MessageReceived,
    PlatformNotice,
    PollVote,
    Reaction,
    WebhookRequest,
)
from gateway_telegram.channel import TelegramChannel
from tests.plugins.telegram.conftest import ANA, AT, GROUP, PRIVATE, Parse

KEYBOARD = {"inline_keyboard": [[{"text": "No", "callback_data": "n"}, {"text": "Yes", "callback_data": "y"}]]}  # fmt: skip
SHOWN = {"message_id": 52, "chat": PRIVATE, "date": 1_795_000_001, "reply_markup": KEYBOARD}
QUERY = {"id": "4382", "from": ANA, "message": SHOWN, "chat_instance": "-77", "data": "y"}


def received(found: Sequence[Event]) -> MessageReceived:
    (event,) = found
    assert isinstance(event, MessageReceived)
    return event


def test_a_tap_says_what_was_tapped_and_what_must_be_answered(parse: Parse) -> None:
    event = received(parse("callback_query", QUERY))
    assert event.message.content == Choice(source="callback", id="y", title="Yes", query_id="4382")
    assert event.message.reply_to is not None
    assert event.message.reply_to.platform_id == "5100000001:52"
    # The date is of the buttons, perhaps of last year; of the tap none is told.
    assert event.message.timestamp == AT


def test_a_tap_on_a_message_out_of_reach_still_names_it(parse: Parse) -> None:
    hidden = {"message_id": 52, "chat": GROUP, "date": 0}
    event = received(parse("callback_query", {**QUERY, "message": hidden}))
    assert event.message.reply_to is not None
    assert event.message.reply_to.platform_id == "-1001:52"
    assert event.message.group == Group(id="-1001", title="Neighbours")


def test_a_tap_on_a_game_or_an_inline_message_is_a_tap(parse: Parse) -> None:
    query = {"id": "1", "from": ANA, "inline_message_id": "I1", "game_short_name": "chess"}
    event = received(parse("callback_query", query))
    assert event.message.content == Choice(source="callback", id="chess", query_id="1")
    assert event.message.reply_to is not None
    assert event.message.reply_to.platform_id == "I1"


@pytest.mark.parametrize(
    "markup", [None, 7, {"inline_keyboard": 7}, {"inline_keyboard": [7, [7, {}]]}]
)
def test_a_strange_keyboard_costs_no_more_than_the_label(parse: Parse, markup: object) -> None:
    shown = {**SHOWN, "reply_markup": markup}
    event = received(parse("callback_query", {**QUERY, "message": shown}))
    assert event.message.content == Choice(source="callback", id="y", query_id="4382")


def emoji(value: str) -> dict[str, str]:
    return {"type": "emoji", "emoji": value}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([], [emoji("👍")], ["👍"]),
        ([emoji("👍")], [emoji("❤")], ["❤"]),
        ([emoji("👍")], [], [None]),
        ([emoji("👍"), emoji("❤")], [emoji("👍")], ["👍"]),
        ([], [emoji("👍"), emoji("❤")], ["👍", "❤"]),
        ([], [{"type": "custom_emoji", "custom_emoji_id": "5"}], ["custom_emoji:5"]),
        ([], [{"type": "paid"}], ["⭐"]),
    ],
)
def test_reactions_tell_what_was_added_or_what_is_left(
    parse: Parse, old: object, new: object, told: list[str | None]
) -> None:
    change = {"chat": PRIVATE, "message_id": 9, "date": 1_795_000_000, "user": ANA}
    found = parse("message_reaction", {**change, "old_reaction": old, "new_reaction": new})
    contents = [each.message.content for each in found if isinstance(each, MessageReceived)]
    assert contents == [Reaction(to="5100000001:9", emoji=each) for each in told]
    assert len({each.id for each in found}) == len(found)


def test_a_reaction_of_a_hidden_administrator_is_of_the_group(parse: Parse) -> None:
    change = {"chat": GROUP, "message_id": 9, "actor_chat": GROUP, "new_reaction": [emoji("👍")]}
    event = received(parse("message_reaction", change))
    assert event.contact.id == "-1001"
    assert event.message.group is not None


@pytest.mark.parametrize("options", [[0, 2], []])
def test_a_vote_names_its_poll_and_may_be_taken_back(parse: Parse, options: list[int]) -> None:
    vote = {"poll_id": "55", "user": ANA, "option_ids": options}
    event = received(parse("poll_answer", vote))
    assert event.message.content == PollVote(poll_id="55", options=tuple(options))


def membership(status: str, chat: dict[str, Any]) -> dict[str, Any]:
    bot = {"id": 1, "is_bot": True, "first_name": "B"}
    return {
        "chat": chat,
        "from": ANA,
        "date": 1_795_000_003,
        "old_chat_member": {"status": "left", "user": bot},
        "new_chat_member": {"status": status, "user": bot},
    }


def test_a_person_blocks_the_bot_and_lets_it_in_again(parse: Parse) -> None:
    (blocked,) = parse("my_chat_member", membership("kicked", PRIVATE), update_id=1)
    (unblocked,) = parse("my_chat_member", membership("member", PRIVATE), update_id=2)
    assert isinstance(blocked, ContactBlocked)
    assert isinstance(unblocked, ContactUnblocked)
    assert blocked.contact.id == unblocked.contact.id == "5100000001"
    assert blocked.timestamp == 1_795_000_003_000


def test_another_status_with_a_person_is_passed_on(parse: Parse) -> None:
    (event,) = parse("my_chat_member", membership("restricted", PRIVATE))
    assert isinstance(event, PlatformNotice)


def test_the_bots_place_in_a_group_is_a_change_of_the_group(parse: Parse) -> None:
    (event,) = parse("my_chat_member", membership("administrator", GROUP))
    assert isinstance(event, ContactUpdated)
    assert (event.contact.id, event.change.aspect) == ("-1001", "membership")
    assert event.change.facts == {
        "status": "administrator",
        "previous": "left",
        "by": "5100000001",
        "bot": True,
    }


def test_a_business_connection_is_a_change_of_the_account(parse: Parse) -> None:
    connection = {"id": "C1", "user": ANA, "user_chat_id": 5, "date": 1_795_000_000}
    connection["rights"] = {"can_reply": True}
    for enabled, new in ((True, "enabled"), (False, "disabled")):
        (event,) = parse("business_connection", {**connection, "is_enabled": enabled})
        assert isinstance(event, AccountUpdated)
        assert (event.change.aspect, event.change.new) == ("business_connection", new)
        assert event.change.facts["id"] == "C1"
        assert event.change.facts["rights.can_reply"] is True


def test_each_deleted_message_of_a_connected_account_is_told(parse: Parse) -> None:
    deleted = {"business_connection_id": "C1", "chat": PRIVATE, "message_ids": [3, 4, 3]}
    found = parse("deleted_business_messages", deleted)
    gone = [each.deletion.platform_id for each in found if isinstance(each, MessageDeleted)]
    assert gone == ["C1:5100000001:3", "C1:5100000001:4"]


PASSED_ON: dict[str, dict[str, Any]] = {
    "pre_checkout_query": {"id": "9", "from": ANA, "currency": "EUR", "total_amount": 5},
    "shipping_query": {"id": "9", "from": ANA, "shipping_address": {"city": "Lima"}},
    "inline_query": {"id": "9", "from": ANA, "query": "q"},
    "chosen_inline_result": {"result_id": "9", "from": ANA, "query": "q"},
    "purchased_paid_media": {"from": ANA, "paid_media_payload": "p"},
    "subscription": {"user": ANA, "invoice_payload": "p", "state": "canceled"},
    "managed_bot": {"user": ANA, "bot": {"id": 3}},
    "chat_join_request": {"chat": GROUP, "from": ANA, "user_chat_id": 5, "date": 1_795_000_000},
}


@pytest.mark.parametrize("kind", PASSED_ON)
def test_what_has_no_event_of_ours_is_passed_on_with_its_facts(parse: Parse, kind: str) -> None:
    value = PASSED_ON[kind]
    (event,) = parse(kind, value)
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.subject) == ("unmodelled", kind)
    assert event.contact is not None
    assert event.contact.id == "5100000001"
    leaves = {key: each for key, each in value.items() if not isinstance(each, dict)}
    assert event.notice.facts.items() >= leaves.items()
    assert event.notice.raw == value


def test_what_somebody_became_in_a_group_is_about_them(parse: Parse) -> None:
    (event,) = parse("chat_member", membership("member", GROUP))
    assert isinstance(event, PlatformNotice)
    assert event.contact == Contact(id="1", addresses=event.contact.addresses, name="B")  # type: ignore[union-attr]  # compared with one


@pytest.mark.parametrize("kind", ["message_reaction", "poll_answer"])
def test_what_nobody_did_is_broken(parse: Parse, kind: str) -> None:
    value = {"chat": GROUP, "message_id": 9, "poll_id": "1"}
    (event,) = parse(kind, value)
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "broken"
    assert event.notice.raw == value


@pytest.mark.parametrize("kind", ["hologram", "poll", "business_connection", "message"])
@pytest.mark.parametrize("depth", [100, 300, 450, 600, 800, 900, 980])
def test_what_is_nested_too_deeply_is_kept_or_refused(kind: str, depth: int) -> None:
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    value = b'{"id":"1","message_id":1,"chat":{"id":1},"game":%b}' % deep
    try:
        (event,) = body(b'{"update_id":1,"%b":%b}' % (kind.encode(), value))
    except BodyMalformed:
        assert depth > 500
        return
    packed = msgspec.msgpack.encode(event)
    assert msgspec.msgpack.decode(packed, type=Event) == event


def test_an_update_of_tomorrow_is_kept(parse: Parse) -> None:
    (event,) = parse("hologram", {"depth": 10**30})
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.subject) == ("unknown", "hologram")
    assert event.notice.facts == {"depth": str(10**30)}


def body(raw: bytes) -> list[Event]:
    channel = TelegramChannel(TelegramChannel.example())
    return list(channel.parse(WebhookRequest(body=raw, received_at=AT)))


def test_a_cut_emoji_costs_no_more_than_itself() -> None:
    raw = msgspec.json.encode({"update_id": 1, "poll_answer": {"poll_id": "1", "user": ANA}})
    event = received(body(raw.replace(b'"Ana"', b'"Ana \\ud83d"')))
    assert event.contact.name == "Ana \ufffd Sosa"


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"x"', b"7", b"{", b"[" * 5000, b"\xff"])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BodyMalformed):
        body(raw)


@pytest.mark.parametrize("raw", [b"{}", b'{"update_id": 1}', b'{"message": null}'])
def test_an_update_of_nothing_is_broken(raw: bytes) -> None:
    (event,) = body(raw)
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "broken"


def test_an_update_without_a_number_has_an_id_of_its_own() -> None:
    first, second = (
        body(msgspec.json.encode({"poll_answer": {"poll_id": each, "user": ANA}}))[0]
        for each in ("1", "2")
    )
    assert first.id != second.id
