from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.pace import FLOOR, LONGEST_STOP, RECOVERY, STEADY, Pace, share, slowed

SECOND = 1_000_000_000
NOW = 1_800_000_000 * SECOND


def test_a_refusal_halves_the_rate_and_stops_for_a_second() -> None:
    pace = slowed(STEADY, NOW, sent_at=NOW - 1)
    assert share(pace, NOW) == 0.5
    assert pace.until == NOW + SECOND


def test_the_rate_comes_back_evenly_and_completely() -> None:
    pace = slowed(STEADY, NOW, sent_at=NOW - 1)
    quarter, half = (share(pace, pace.until + RECOVERY // part) for part in (4, 2))
    assert (quarter, half) == (0.75, 1.0)
    assert share(pace, pace.until + RECOVERY // 2 - 1) < 1.0


def test_what_was_on_its_way_tells_nothing_new() -> None:
    first = slowed(STEADY, NOW, sent_at=NOW - 5)
    second = slowed(first, NOW + 3, sent_at=NOW - 4)
    assert second == first


def test_what_was_on_its_way_may_lengthen_the_stop() -> None:
    first = slowed(STEADY, NOW, sent_at=NOW - 5)
    second = slowed(first, NOW + 3, sent_at=NOW - 4, retry_after=timedelta(seconds=9))
    assert (second.until, second.share) == (NOW + 3 + 9 * SECOND, 0.5)


@pytest.mark.parametrize(
    ("first", "growth", "stops"),
    [
        (4, 4, [4, 16, 64, 256, LONGEST_STOP // SECOND]),  # WhatsApp's pair limit
        (60, 2, [60, 120, 240, LONGEST_STOP // SECOND, LONGEST_STOP // SECOND]),
        (None, 2, [1, 2, 4, 8, 16]),
        (900, 2, [900] * 5),
        (60, 1, [60] * 5),  # the platform said so
    ],
)
def test_stops_grow_with_every_refusal_in_a_row_unless_the_platform_says_how_long(
    first: int | None, growth: int, stops: list[int]
) -> None:
    pace, now, found = STEADY, NOW, []
    wait = None if first is None else timedelta(seconds=first)
    for _ in stops:
        pace = slowed(pace, now, sent_at=now - 1, retry_after=wait, growth=growth)
        found.append((pace.until - now) // SECOND)
        now = pace.until + SECOND
    assert found == stops


def test_a_full_recovery_ends_the_row() -> None:
    pace = slowed(STEADY, NOW, sent_at=NOW - 1, growth=4)
    later = pace.until + RECOVERY
    again = slowed(pace, later, sent_at=later - 1, growth=4)
    assert (again.until - later, again.refusals) == (SECOND, 1)


def test_what_the_platform_says_is_kept_however_long() -> None:
    pace = slowed(STEADY, NOW, sent_at=NOW - 1, retry_after=timedelta(days=1))
    assert pace.until == NOW + 24 * 3600 * SECOND


refusals = st.lists(
    st.tuples(
        st.integers(0, 2 * RECOVERY),
        st.integers(0, 60 * SECOND),
        st.none() | st.timedeltas(timedelta(0), timedelta(hours=2)),
        st.sampled_from([1, 2, 4]),
    ),
    max_size=200,
)


def after(refusals: list[tuple[int, int, timedelta | None, int]]) -> tuple[Pace, int]:
    pace, now = STEADY, NOW
    for gap, latency, retry_after, growth in refusals:
        now += gap
        last = pace
        pace = slowed(pace, now, sent_at=now - latency, retry_after=retry_after, growth=growth)
        assert share(pace, now) <= share(last, now)
        assert pace.until >= max(last.until, now + _nanoseconds(retry_after))
    return pace, now


def _nanoseconds(time: timedelta | None) -> int:
    return 0 if time is None else time // timedelta(microseconds=1) * 1000


@given(refusals)
def test_a_refusal_never_makes_it_faster_and_keeps_what_the_platform_says(
    refusals: list[tuple[int, int, timedelta | None, int]],
) -> None:
    pace, now = after(refusals)
    assert FLOOR <= share(pace, now) <= 1.0


@given(refusals)
def test_every_slow_down_is_over_after_the_stop_and_the_recovery(
    refusals: list[tuple[int, int, timedelta | None, int]],
) -> None:
    pace, now = after(refusals)
    assert share(pace, max(now, pace.until + RECOVERY)) == pytest.approx(1.0)


@given(refusals, st.integers(0, RECOVERY), st.integers(0, RECOVERY))
def test_without_refusals_it_only_gets_faster(
    refusals: list[tuple[int, int, timedelta | None, int]], soon: int, more: int
) -> None:
    pace, now = after(refusals)
    assert share(pace, now + soon) <= share(pace, now + soon + more)
