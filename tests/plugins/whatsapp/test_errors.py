from __future__ import annotations

from typing import get_args

import pytest

from gateway.testing.whatsapp import CODES
from gateway_whatsapp import errors
from gateway_whatsapp.payloads import Error, ErrorData

KNOWN = [
    *(0, 1, 2, 3, 4, 10, 33, 100, 190, *range(200, 300), 368, 613, 1026, 80007),
    *(130403, 130429, 130472, 130497, 130501),
    *(131000, 131005, 131008, 131009, 131014, 131016, 131020, 131021, 131026, 131030, 131031),
    *(131037, 131041, 131042, 131045, 131047, 131048, 131049, 131050, 131051, 131052, 131053),
    *(131055, 131056, 131057, 131059, 131060, 131061, 131062, 131063, 131064, 131065, 131070),
    *range(131201, 131216),
    *(132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132021),
    *(132068, 132069),
    *(133000, 133004, 133005, 133006, 133008, 133009, 133010, 133015, 133016),
    *(134011, 134100, 134101, 134102, 135000, 136024, 136025, 137000),
    *range(138000, 138039),
    *(*range(139000, 139007), *range(139100, 139104), 139200),
    *(141006, 141010, 141014, *range(147001, 147006)),
    *(2388019, 2388040, 2388299, 2494100, 2494191, 2593107, 2593108, 2593109),
]
"""Every code of Meta's page of errors, and of the pages about calls, Flows, groups and usernames."""


@pytest.mark.parametrize("code", KNOWN)
def test_every_documented_code_has_a_meaning(code: int) -> None:
    found = errors.meaning(str(code))
    assert found is not None
    assert found.action in get_args(errors.Action)
    assert found.explanation.endswith(".")


def test_what_the_simulated_platform_can_refuse_with_has_a_meaning() -> None:
    assert [each for each in CODES if errors.meaning(str(each)) is None] == []


@pytest.mark.parametrize("code", ["", "999999999", "-1", "1e3", "9" * 5000, "²", "abc"])
def test_a_code_that_is_new_to_us_has_none(code: str) -> None:
    assert errors.meaning(code) is None


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (130429, "throttle_account"),
        (131056, "throttle_contact"),
        (131047, "window_closed"),
        (131050, "opted_out"),
        (130403, "unreachable"),
        (190, "pause_account"),
        (131000, "retry"),
        (135000, "retry"),
        (80007, "throttle_app"),
        # Ambiguous codes are no opt-out: a cap on marketing says nothing about the contact.
        (131049, "reject"),
    ],
)
def test_what_is_done_follows_from_the_code(code: int, action: str) -> None:
    found = errors.meaning(str(code))
    assert found is not None
    assert found.action == action


def test_the_platforms_words_are_kept_beside_ours() -> None:
    error = Error(code=131026, title="Undeliverable", error_data=ErrorData(details="long"))
    told = errors.told(error)
    assert (told.code, told.title, told.detail) == ("131026", "Undeliverable", "long")
    assert told.explanation


def test_an_unknown_error_is_told_in_the_platforms_words() -> None:
    told = errors.told(Error(code="X1", message="Strange", details="old form"))
    assert (told.title, told.detail, told.explanation) == ("Strange", "old form", None)
