"""What answers of the Graph API mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from gateway.api import (
    AccountBroken,
    Address,
    Answer,
    InDoubt,
    PlatformFailure,
    Receipt,
    Rejected,
    Temporary,
    Throttled,
    Unreachable,
    WindowClosed,
)
from gateway_instagram.channel import InstagramChannel
from gateway_messenger.channel import MessengerChannel

MESSENGER = MessengerChannel(MessengerChannel.example())
INSTAGRAM = InstagramChannel(InstagramChannel.example())
Channel = MessengerChannel | InstagramChannel


def refused(channel: Channel, answer: Answer) -> PlatformFailure:
    with pytest.raises(PlatformFailure) as caught:
        channel.read_answer(answer)
    return caught.value


def error(code: int | str, subcode: int | None = None, *, status: int = 400, **more: Any) -> Answer:
    told = {"message": "No", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    if subcode is not None:
        told["error_subcode"] = subcode
    return Answer(status=status, body=json.dumps({"error": told}).encode())


def test_a_message_that_was_taken_has_an_id_and_says_who_gets_it() -> None:
    taken = Answer(status=200, body=b'{"recipient_id":"24","message_id":"m_1"}')
    assert MESSENGER.read_answer(taken) == Receipt(
        platform_id="m_1", addresses=(Address(kind="page_scoped", value="24"),)
    )
    assert INSTAGRAM.read_answer(taken).addresses[0].kind == "instagram_scoped"


def test_a_checkbox_is_answered_without_a_person_and_typing_without_a_message() -> None:
    assert MESSENGER.read_answer(Answer(status=200, body=b'{"message_id":"m_1"}')) == Receipt(
        platform_id="m_1"
    )
    typing = MESSENGER.read_answer(Answer(status=200, body=b'{"recipient_id":24}'))
    assert typing.platform_id is None
    assert typing.addresses == (Address(kind="page_scoped", value="24"),)


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (1, None, Temporary),
        (1, 99, Temporary),
        (1, 1357046, InDoubt),
        (2, None, Temporary),
        (2, 2018344, Rejected),
        (3, None, AccountBroken),
        (4, None, Throttled),
        (4, 2018022, Throttled),
        (4, 2018354, Rejected),
        (9, 2018352, Rejected),
        (10, None, AccountBroken),
        (10, 2018065, WindowClosed),
        (10, 2018108, WindowClosed),
        (10, 2018278, WindowClosed),
        (10, 2018300, Rejected),
        (27, None, Rejected),
        (32, None, Throttled),
        (33, None, Rejected),
        (100, None, Rejected),
        (100, 33, Rejected),
        (100, 2018001, Unreachable),
        (100, 2018007, Temporary),
        (100, 2018008, Temporary),
        (100, 2018047, Temporary),
        (100, 2018109, Rejected),
        (2018027, None, Rejected),
        (190, 460, AccountBroken),
        (200, None, AccountBroken),
        (200, 1545041, Unreachable),
        (230, None, AccountBroken),
        (299, None, AccountBroken),
        (368, None, AccountBroken),
        (551, None, Unreachable),
        (551, 1545041, Unreachable),
        (613, None, Throttled),
        (1200, None, Temporary),
        (36000, None, Rejected),
        (80006, None, Throttled),
        (80007, None, Throttled),
    ],
)
def test_code_and_subcode_say_who_must_act_on_messenger(
    code: int, subcode: int | None, kind: type[PlatformFailure]
) -> None:
    found = refused(MESSENGER, error(code, subcode))
    assert type(found) is kind
    assert found.error.code == str(code)
    assert found.error.subcode == (None if subcode is None else str(subcode))
    assert found.error.explanation


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (1, None, Temporary),
        (1, 1357046, InDoubt),
        (2, None, Temporary),
        (3, None, AccountBroken),
        (4, None, Throttled),
        (10, None, AccountBroken),
        (10, 2534022, WindowClosed),
        (10, 2018278, WindowClosed),
        (10, 1545041, WindowClosed),
        (32, None, Throttled),
        (100, None, Rejected),
        (100, 2018001, Unreachable),
        (100, 2018008, Temporary),
        (100, 2534001, Rejected),
        (100, 2534014, Unreachable),
        (100, 2534015, Rejected),
        (190, None, AccountBroken),
        (200, None, AccountBroken),
        (230, None, AccountBroken),
        (368, None, AccountBroken),
        (551, None, Unreachable),
        (551, 1545041, Unreachable),
        (613, None, Throttled),
        (36000, None, Rejected),
        (36003, None, Rejected),
        (80007, None, Throttled),
    ],
)
def test_code_and_subcode_say_who_must_act_on_instagram(
    code: int, subcode: int | None, kind: type[PlatformFailure]
) -> None:
    assert type(refused(INSTAGRAM, error(code, subcode))) is kind


@pytest.mark.parametrize("channel", [MESSENGER, INSTAGRAM])
def test_what_the_platform_calls_transient_is_tried_again_whatever_its_code_says(
    channel: Channel,
) -> None:
    found = refused(channel, error(100, 2018109, is_transient=True))
    assert isinstance(found, Temporary)
    assert found.tries == 3
    assert found.error.action == "retry"
    # It says who must act, which "transient" does not.
    assert type(refused(channel, error(613, is_transient=True))) is Throttled
    assert type(refused(channel, error(190, is_transient=True))) is AccountBroken


@pytest.mark.parametrize("subcode", [2018007, 2018008, 2018047])
def test_a_file_that_did_not_get_there_is_tried_once_more(subcode: int) -> None:
    found = refused(MESSENGER, error(100, subcode))
    assert isinstance(found, Temporary)
    assert found.tries == 1


@pytest.mark.parametrize(
    ("code", "scope"), [(4, "app"), (32, "account"), (613, "account"), (9, "contact")]
)
def test_a_limit_says_what_is_to_be_slowed_down(code: int, scope: str) -> None:
    found = refused(MESSENGER, error(code))
    assert isinstance(found, Throttled)
    assert found.scope == scope
    assert found.retry_after is not None
    assert found.growth == 2


USAGE = {"business_use_case_usage": [{"type": "messenger", "estimated_time_to_regain_access": 7}]}


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "9"}, timedelta(seconds=9)),
        ({"x-business-use-case-usage": json.dumps({"1": USAGE["business_use_case_usage"]})}, timedelta(minutes=7)),
        ({"x-business-use-case-usage": "garbage"}, timedelta(seconds=60)),
        ({}, timedelta(seconds=60)),
    ],
)  # fmt: skip
def test_headers_say_how_long_to_wait(headers: Mapping[str, str], wait: timedelta) -> None:
    told = error(32)
    found = refused(MESSENGER, Answer(status=400, body=told.body, headers=headers))
    assert found.retry_after == wait


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(999_999, is_transient=True), Temporary),
        (error(999_999), Rejected),
        (error(999_999, status=429), Throttled),
        (error(999_999, status=401), AccountBroken),
        (error(999_999, status=500), Temporary),
        (error("word"), Rejected),
        (Answer(status=502, body=b"<html>Bad gateway</html>"), InDoubt),
        (Answer(status=200, body=b"<html>OK</html>"), InDoubt),
        (Answer(status=200, body=b"{}"), InDoubt),
        (Answer(status=404, body=b"not found"), Rejected),
        (Answer(status=429), Throttled),
    ],
)
def test_what_is_new_to_us_is_judged_by_what_it_says_of_itself(
    answer: Answer, kind: type[PlatformFailure]
) -> None:
    assert type(refused(MESSENGER, answer)) is kind


def test_the_platforms_longer_words_are_kept_out_of_the_text_of_an_error() -> None:
    found = refused(MESSENGER, error(100, error_user_msg="Ana Silva cannot be reached"))
    assert found.error.detail == "Ana Silva cannot be reached"
    assert "Ana" not in str(found)
