from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.retry import Failure, GiveUp, RetryAt, Trial, ceiling, full_jitter, next_step

NOW = 1_800_000_000_000


def step(
    failure: Failure,
    attempt: int = 1,
    *,
    draw: float = 1.0,
    expires_in: int | None = None,
    retry_after: timedelta | None = None,
    in_doubt: Literal["retry", "report"] = "report",
) -> RetryAt | GiveUp:
    expires_at = None if expires_in is None else NOW + expires_in
    trial = Trial(attempt=attempt, expires_at=expires_at, attempts=5, in_doubt=in_doubt)
    return next_step(failure, trial, NOW, draw=draw, retry_after=retry_after)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (step("temporary", 1), RetryAt(NOW + 1000)),
        (step("temporary", 1, draw=0.5), RetryAt(NOW + 500)),
        (step("temporary", 4), RetryAt(NOW + 8000)),
        (step("temporary", 5), GiveUp("attempts")),
        (step("throttled", 99), RetryAt(NOW + 300_000)),
        (step("throttled", 1, retry_after=timedelta(seconds=7)), RetryAt(NOW + 8000)),
        (step("throttled", 1, draw=0, retry_after=timedelta(microseconds=1)), RetryAt(NOW + 1)),
        (step("permanent", 1), GiveUp("permanent")),
        (step("in_doubt", 1), GiveUp("in_doubt")),
        (step("in_doubt", 1, in_doubt="retry"), RetryAt(NOW + 1000)),
        (step("in_doubt", 5, in_doubt="retry"), GiveUp("attempts")),
        (step("temporary", 1, expires_in=1000), GiveUp("expired")),
        (step("temporary", 1, expires_in=1001), RetryAt(NOW + 1000)),
        (
            step("throttled", 1, expires_in=5000, retry_after=timedelta(seconds=5)),
            GiveUp("expired"),
        ),
    ],
)
def test_what_follows_a_failed_try(decision: RetryAt | GiveUp, expected: RetryAt | GiveUp) -> None:
    assert decision == expected


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_wait_is_never_longer_than_its_ceiling(attempt: int, draw: float) -> None:
    assert 0 <= full_jitter(attempt, draw) <= ceiling(attempt) <= 300


def test_the_ceiling_doubles_until_the_cap() -> None:
    assert [ceiling(each, cap=10) for each in range(1, 6)] == [1, 2, 4, 8, 10]


@pytest.mark.parametrize("draw", [-0.1, 1.1])
def test_a_draw_outside_its_range_is_refused(draw: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        full_jitter(1, draw)


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="attempt must be 1 or more, not 0"):
        ceiling(0)
