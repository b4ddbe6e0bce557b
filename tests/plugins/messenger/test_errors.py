from __future__ import annotations

from typing import get_args

import pytest

from gateway_messenger.errors import MEANINGS
from gateway_meta.errors import Action, find

KNOWN: list[tuple[int, int | None]] = [
    *((1, None), (1, 99), (1, 1357046), (2, None), (2, 2018344), (1200, None)),
    *((4, None), (32, None), (613, None), (80006, None), (80007, None)),
    *((4, 2018022), (4, 2018354), (9, None), (9, 2018352)),
    *((0, None), (3, None), (10, None), (200, None), (230, None), (299, None)),
    *((190, each) for each in (None, 458, 459, 460, 463, 464, 467)),
    *((10, each) for each in (2018278, 2018065, 2018108, 2018300)),
    *((27, None), (33, None), (100, None), (100, 33), (100, 2018001)),
    *((100, each) for each in (2018109, 2018047, 2018007, 2018008)),
    *((200, 1545041), (551, None), (551, 1545041), (368, None)),
    *((2018027, None), (36000, None)),
]


@pytest.mark.parametrize(("code", "subcode"), KNOWN)
def test_every_documented_code_has_a_meaning(code: int, subcode: int | None) -> None:
    found = find(MEANINGS, code, subcode)
    assert found is not None
    assert found.action in get_args(Action)
    assert found.explanation.endswith(".")


@pytest.mark.parametrize("code", [-1, 5, 199, 300, 10**30])
def test_a_code_that_is_new_to_us_has_none(code: int) -> None:
    assert find(MEANINGS, code) is None


@pytest.mark.parametrize(
    ("code", "subcode", "action"),
    [
        (10, None, "pause_account"),
        (10, 2018278, "window_closed"),
        (200, 2018278, "window_closed"),  # the subcode decides, whatever code it comes under
        (10, 2018300, "not_owner"),
        (200, None, "pause_account"),
        (200, 1545041, "unreachable"),
        (551, None, "unreachable"),
        (100, None, "reject"),
        (100, 2018001, "unreachable"),
        (100, 999, "reject"),  # a subcode that is new to us says no less than its code
        (190, 463, "pause_account"),
        (1, None, "retry"),
        (1, 1357046, "in_doubt"),
        (613, None, "throttle_account"),
        (4, None, "throttle_app"),
    ],
)
def test_what_is_done_follows_from_code_and_subcode(
    code: int, subcode: int | None, action: str
) -> None:
    found = find(MEANINGS, code, subcode)
    assert found is not None
    assert found.action == action
