from __future__ import annotations

from typing import get_args

import pytest

from gateway_instagram.errors import MEANINGS
from gateway_meta.errors import Action, find

KNOWN: list[tuple[int, int | None]] = [
    *((10, 2534022), (10, 2018278), (200, 1545041), (551, None)),
    *((100, None), (100, 2534014), (100, 2018001), (100, 2534015), (100, 2534001)),
    *((190, None), (190, 463), (3, None), (10, None), (200, None), (230, None)),
    *((4, None), (32, None), (613, None), (80007, None), (1, None), (2, None)),
    *((368, None), (36000, None), (36003, None)),
]


@pytest.mark.parametrize(("code", "subcode"), KNOWN)
def test_every_documented_code_has_a_meaning(code: int, subcode: int | None) -> None:
    found = find(MEANINGS, code, subcode)
    assert found is not None
    assert found.action in get_args(Action)
    assert found.explanation.endswith(".")


def test_a_code_that_is_new_to_us_has_none() -> None:
    assert find(MEANINGS, 424242) is None


@pytest.mark.parametrize(
    ("code", "subcode", "action"),
    [
        (10, 2534022, "window_closed"),
        (10, 2018278, "window_closed"),
        (200, 1545041, "window_closed"),  # on Messenger the same subcode is a person gone away
        (551, None, "unreachable"),
        (100, 2534014, "unreachable"),
        (10, None, "pause_account"),
        (36003, None, "reject"),
    ],
)
def test_what_is_done_follows_from_code_and_subcode(
    code: int, subcode: int | None, action: str
) -> None:
    found = find(MEANINGS, code, subcode)
    assert found is not None
    assert found.action == action
