from __future__ import annotations

import pytest

from gateway.testing.whatsapp import CODES
from gateway_whatsapp import errors
from gateway_whatsapp.payloads import Error, ErrorData

SHEET: dict[str, tuple[int, ...]] = {
    "retry": (
        *(1, 2, 131000, 131016, 131053, 131055, 131057, 133000, 133004, 133015, 134100, 134101),
        *(135000, 139102, 139103, 2494100),
    ),
    "throttle_app": (4, 613, 80007),
    "throttle_account": (130429, 131208),
    "throttle_contact": (131056,),
    "window_closed": (131047,),
    "unreachable": (130403, 131026),
    "opted_out": (131050,),
    "pause_account": (
        *(0, 3, 10, 33, 190, *range(200, 300), 368),
        *(131005, 131031, 131037, 131045, 131048, 133006, 133010, 141006, 141010, 141014),
    ),
    "pause_billable": (131042,),
    "pause_template": (131064, 132015, 132016, 132068, 132069),
    "reject_template": (132000, 132001, 132005, 132007, 132008, 132012, 132018, 134102),
    "reject": (
        *(100, 1026, 130472, 130497),
        *(131008, 131009, 131014, 131020, 131021, 131030, 131041, 131049, 131059),
        *(131061, 131062, 131063, 131065, 131070, *range(131201, 131208), *range(131209, 131216)),
        *(132021, 133005, 133008, 133009, 133016, 134011, 136024, 136025, 137000),
        *range(138000, 138039),
        *(*range(139000, 139007), 139100, 139101, 139200, *range(147001, 147006)),
        *(2388019, 2388040, 2388299, 2494191),
    ),
    "none": (130501, 131051, 131052, 131060, 2593107, 2593108, 2593109),
}
"""What is to be done about every code of Meta's page of errors, and of the pages about calls, Flows,
groups and usernames."""

LINES = [(code, action) for action, codes in SHEET.items() for code in codes]


@pytest.mark.parametrize(("code", "action"), LINES)
def test_every_documented_code_has_its_action_and_is_explained(code: int, action: str) -> None:
    found = errors.meaning(str(code))
    assert found is not None
    assert found.action == action
    assert found.explanation.endswith(".")


def test_every_code_of_the_table_and_every_action_is_documented() -> None:
    told = {int(each.code) for each in errors.known()}
    assert told - {code for code, _ in LINES} == set()
    assert set(SHEET) == {each.action for each in errors.known()}
    assert len(LINES) == len(dict(LINES))


@pytest.mark.parametrize(
    ("code", "tries", "wait_seconds"),
    [
        *((code, 1, None) for code in (1, 131053, 131055, 134100, 135000)),
        (131000, 3, None),
        *((code, None, None) for code in (2, 131016, 133004)),
        (131057, None, 60),
        (133015, None, 300),
        (134101, None, 600),
        (2494100, None, 300),
        (132069, None, 360),
        (131049, None, 24 * 3600),
        (133016, None, 72 * 3600),
    ],
)
def test_it_says_how_often_and_when_another_try_makes_sense(
    code: int, tries: int | None, wait_seconds: int | None
) -> None:
    found = errors.meaning(str(code))
    assert found is not None
    assert (found.tries, found.wait_seconds) == (tries, wait_seconds)


def test_what_the_simulated_platform_can_refuse_with_has_a_meaning() -> None:
    assert [each for each in CODES if errors.meaning(str(each)) is None] == []


@pytest.mark.parametrize("code", ["", "999999999", "-1", "1e3", "9" * 5000, "²", "abc"])
def test_a_code_that_is_new_to_us_has_none(code: str) -> None:
    assert errors.meaning(code) is None


def test_the_platforms_words_are_kept_beside_ours() -> None:
    error = Error(code=131026, title="Undeliverable", error_data=ErrorData(details="long"))
    told = errors.told(error)
    assert (told.code, told.title, told.detail) == ("131026", "Undeliverable", "long")
    assert told.explanation


def test_an_unknown_error_is_told_in_the_platforms_words() -> None:
    told = errors.told(Error(code="X1", message="Strange", details="old form"))
    assert (told.title, told.detail, told.explanation) == ("Strange", "old form", None)
