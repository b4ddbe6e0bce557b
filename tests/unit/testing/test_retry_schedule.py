from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from gateway.testing.delivery import RetrySchedule


def test_the_first_retry_comes_at_once_and_the_others_ever_more_rarely() -> None:
    waits = list(RetrySchedule().waits())
    assert waits[:5] == [0, 5, 10, 20, 40]
    assert all(earlier <= later for earlier, later in pairwise(waits))
    assert max(waits) == 3600


def test_retries_go_on_for_seven_days_and_then_end() -> None:
    total = sum(RetrySchedule().waits())
    week = timedelta(days=7).total_seconds()
    assert week - 3600 < total <= week


def test_scale_turns_a_week_into_seconds() -> None:
    assert sum(RetrySchedule(scale=1e-5).waits()) < 6.05


def test_nothing_is_retried_after_the_end_but_the_one_at_once() -> None:
    assert list(RetrySchedule(gives_up_after=timedelta(0)).waits()) == [0]
