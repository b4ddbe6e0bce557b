"""Service messages: what happened in a chat."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import Address, ContactUpdated, PlatformNotice
from tests.plugins.telegram.conftest import ANA, GROUP, HEAD, Parse

IN_GROUP = {**HEAD, "chat": GROUP}
LUIS = {"id": 8, "is_bot": False, "first_name": "Luis"}


@pytest.mark.parametrize(
    ("key", "value", "change"),
    [
        ("new_chat_members", [LUIS], "joined"),
        ("new_chat_member", LUIS, "joined"),
        ("left_chat_member", LUIS, "left"),
    ],
)
def test_who_comes_and_goes_is_told_about_them(
    parse: Parse, key: str, value: object, change: str
) -> None:
    (event,) = parse("message", {**IN_GROUP, key: value})
    assert isinstance(event, ContactUpdated)
    assert event.contact.id == "8"
    assert event.change.aspect == "membership"
    assert event.change.facts == {
        "change": change,
        "group_id": "-1001",
        "group_title": "Neighbours",
        "by": str(ANA["id"]),
    }


def test_everybody_who_joined_is_told_once(parse: Parse) -> None:
    told = {"new_chat_members": [ANA, LUIS], "new_chat_member": ANA, "new_chat_participant": ANA}
    found = parse("message", {**IN_GROUP, **told})
    assert [each.contact.id for each in found if isinstance(each, ContactUpdated)] == [
        str(ANA["id"]),
        "8",
    ]
    assert len({each.id for each in found}) == len(found) == 2


def test_the_bots_own_coming_is_marked(parse: Parse) -> None:
    bot = {"id": 110201543, "is_bot": True, "first_name": "Bot"}  # the example token's
    (event,) = parse("message", {**IN_GROUP, "new_chat_members": [bot]})
    assert isinstance(event, ContactUpdated)
    assert event.change.facts["bot"] is True


def test_a_group_that_moves_is_one_change_told_by_both_of_its_chats(parse: Parse) -> None:
    old = {"id": -5, "type": "group", "title": "Neighbours"}
    (before,) = parse("message", {**HEAD, "chat": old, "migrate_to_chat_id": -1001}, update_id=1)
    (after,) = parse("message", {**IN_GROUP, "migrate_from_chat_id": -5}, update_id=2)
    assert isinstance(before, ContactUpdated)
    assert before.contact.addresses == (Address(kind="chat", value="-1001"),)
    assert (before.change.aspect, before.change.previous) == ("address", ("-5",))
    assert before == after


@pytest.mark.parametrize(
    ("key", "value", "facts"),
    [
        ("new_chat_title", "Friends", {"new_chat_title": "Friends"}),
        ("delete_chat_photo", True, {"delete_chat_photo": True}),
        ("video_chat_ended", {"duration": 9}, {"duration": 9}),
        ("write_access_allowed", {}, {}),
        ("gift", {"gift": {"id": "g"}}, {"gift.id": "g"}),
    ],
)
def test_what_only_happened_is_told_with_its_facts(
    parse: Parse, key: str, value: object, facts: dict[str, Any]
) -> None:
    (event,) = parse("message", {**IN_GROUP, key: value})
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.subject) == ("unmodelled", key)
    assert event.notice.facts == facts
    assert event.contact is not None


def test_a_broken_member_is_told_with_its_place(parse: Parse) -> None:
    (event,) = parse("message", {**IN_GROUP, "new_chat_members": [{"id": []}]})
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "broken"
