"""What the Graph API answers becomes a receipt, or the error that says who must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.api import (
    AccountBroken,
    Address,
    Answer,
    InDoubt,
    OptedOut,
    PlatformFailure,
    Receipt,
    Rejected,
    TemplatePaused,
    TemplateRefused,
    Temporary,
    Throttled,
    Unreachable,
    WindowClosed,
)
from gateway_meta.errors import Action
from gateway_whatsapp import errors
from gateway_whatsapp.channel import WhatsAppChannel

CLASSES: Mapping[Action, type[PlatformFailure]] = {
    "retry": Temporary,
    "throttle_app": Throttled,
    "throttle_account": Throttled,
    "throttle_contact": Throttled,
    "reject": Rejected,
    "reject_template": TemplateRefused,
    "none": Rejected,
    "window_closed": WindowClosed,
    "unreachable": Unreachable,
    "opted_out": OptedOut,
    "pause_account": AccountBroken,
    "pause_billable": AccountBroken,
    "pause_template": TemplatePaused,
}


def read(status: int, body: object, headers: Mapping[str, str] | None = None) -> Receipt:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    channel = WhatsAppChannel(WhatsAppChannel.example())
    return channel.read_answer(Answer(status=status, body=raw, headers=headers or {}))


def failure(status: int, body: object, headers: Mapping[str, str] | None = None) -> PlatformFailure:
    with pytest.raises(PlatformFailure) as caught:
        read(status, body, headers)
    return caught.value


def error(code: int | str, **more: Any) -> dict[str, Any]:
    told = {"message": f"(#{code}) Something", "type": "OAuthException", "code": code, **more}
    return {"error": {**told, "fbtrace_id": "A1"}}


def taken(**more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "messages": [{"id": "wamid.1", **more}]}


@pytest.mark.parametrize(
    ("people", "addresses"),
    [
        ([{"input": "+34", "wa_id": "34600"}], [("phone", "34600")]),
        ([{"input": "ES.1", "user_id": "ES.1"}], [("business_scoped", "ES.1")]),
        (
            [{"input": "+34", "wa_id": "34600", "user_id": "ES.1"}],
            [("business_scoped", "ES.1"), ("phone", "34600")],
        ),
        ([{"input": "ES.1", "wa_id": "ES.1", "user_id": "ES.1"}], [("business_scoped", "ES.1")]),
        ([{"input": "Y2Fw", "wa_id": ""}], []),
        ([], []),
    ],
)
def test_a_receipt_tells_the_id_and_where_replies_go(
    people: list[Any], addresses: list[Any]
) -> None:
    assert read(200, taken(message_status="accepted") | {"contacts": people}) == Receipt(
        platform_id="wamid.1",
        addresses=tuple(Address(kind=kind, value=value) for kind, value in addresses),
    )


@pytest.mark.parametrize("status", ["held_for_quality_assessment", "paused"])
def test_a_paced_template_is_held(status: str) -> None:
    assert read(200, taken(message_status=status)).held


def test_reading_and_typing_have_no_id() -> None:
    assert read(200, {"success": True}) == Receipt()


@pytest.mark.parametrize("body", [b"", b"<html>", {}, [], {"messages": []}, {"success": False}])
def test_a_yes_that_names_no_message_is_in_doubt(body: object) -> None:
    assert isinstance(failure(200, body), InDoubt)


@pytest.mark.parametrize("code", [int(each.code) for each in errors.known()])
def test_every_code_of_the_table_becomes_its_error(code: int) -> None:
    found = failure(400, error(code, error_data={"details": "longer"}))
    known = errors.meaning(str(code))
    assert known is not None
    assert type(found) is CLASSES[known.action]
    assert (found.error.code, found.error.action) == (str(code), known.action)
    assert (found.error.title, found.error.detail) == (f"(#{code}) Something", "longer")
    assert found.error.explanation == known.explanation


@pytest.mark.parametrize(
    ("code", "scope", "seconds", "growth"),
    [
        (131056, "contact", 4, 4),
        (130429, "account", 1, 2),
        (4, "app", 60, 2),
        (80007, "app", 60, 2),
    ],
)
def test_a_limit_says_whom_to_slow_down_and_how_long(
    code: int, scope: str, seconds: int, growth: int
) -> None:
    found = failure(400, error(code))
    assert isinstance(found, Throttled)
    assert (found.scope, found.growth) == (scope, growth)
    assert found.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(("code", "tries"), [(1, 1), (135000, 1), (131000, 3), (2, None)])
def test_some_errors_are_worth_a_few_tries_only(code: int, tries: int | None) -> None:
    found = failure(500, error(code))
    assert isinstance(found, Temporary)
    assert found.tries == tries


def test_marketing_that_was_held_back_may_not_be_tried_for_a_day() -> None:
    found = failure(400, error(131049))
    assert isinstance(found, Rejected)
    assert found.retry_after == timedelta(days=1)


def test_the_platform_may_say_how_long_to_wait() -> None:
    found = failure(400, error(130429), {"retry-after": "17"})
    assert isinstance(found, Throttled)
    assert (found.retry_after, found.growth) == (timedelta(seconds=17), 1)


@pytest.mark.parametrize(
    ("usage", "minutes"),
    [
        ('{"1":[{"type":"whatsapp","estimated_time_to_regain_access":19}]}', 19),
        ('{"1":[{"estimated_time_to_regain_access":0}]}', 1),
        ("no JSON", 1),
        ('{"1": 5}', 1),
    ],
)
def test_the_usage_header_says_when_an_app_has_access_again(usage: str, minutes: int) -> None:
    found = failure(400, error(80007), {"x-business-use-case-usage": usage})
    assert found.retry_after == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Rejected),
        (401, AccountBroken),
        (403, Rejected),
        (404, Rejected),
        (408, Temporary),
        (429, Throttled),
        (500, Temporary),
        (503, Temporary),
    ],
)
def test_a_code_that_is_new_to_us_is_judged_by_the_http_status(
    status: int, expected: type[PlatformFailure]
) -> None:
    found = failure(status, error(999_999))
    assert type(found) is expected
    assert found.error.code == "999999"
    assert "new to us" in str(found.error.explanation)


def test_a_new_code_that_the_platform_calls_passing_is_tried_again() -> None:
    assert isinstance(failure(400, error(999_999, is_transient=True)), Temporary)


@pytest.mark.parametrize("status", [301, 500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"{}"])
def test_a_failure_without_a_code_of_metas_is_in_doubt(status: int, body: bytes) -> None:
    found = failure(status, body)
    assert isinstance(found, InDoubt)
    assert found.error.code == f"http_{status}"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, Rejected), (401, AccountBroken), (404, Rejected), (429, Throttled)],
)
def test_a_refusal_without_a_code_of_metas_is_certain(
    status: int, expected: type[PlatformFailure]
) -> None:
    assert type(failure(status, b"<html>")) is expected


@pytest.mark.parametrize("error_data", [None, "details", {"details": 5}, [], {}])
def test_a_strange_form_of_the_details_does_no_harm(error_data: object) -> None:
    found = failure(400, error(131047, error_data=error_data, error_subcode=7))
    assert isinstance(found, WindowClosed)
    assert found.error.subcode == "7"
    assert found.error.detail == ("details" if error_data == "details" else None)


def test_the_text_of_an_error_says_nothing_of_the_contact() -> None:
    found = failure(400, error(131026, error_data={"details": "+34600000000 has no WhatsApp"}))
    assert "34600000000" not in str(found)
    assert str(found).startswith("131026: Cannot be delivered")


def test_what_is_wrong_with_a_template_is_told_in_the_words_for_people() -> None:
    told = {
        "message": "Invalid parameter",
        "error_subcode": 2388299,
        "error_user_title": "Message Template contains variables at the end",
        "error_user_msg": "Variables can't be at the start or end of the template.",
    }
    found = failure(400, error(100, **told))
    assert isinstance(found, Rejected)
    assert (found.error.code, found.error.subcode) == ("100", "2388299")
    assert found.error.title == "Invalid parameter"
    assert found.error.detail == told["error_user_msg"]
    longer = {"details": "the longer one"}
    assert failure(400, error(100, **told, error_data=longer)).error.detail == longer["details"]
