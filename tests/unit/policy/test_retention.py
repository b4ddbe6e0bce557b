import pytest

from gateway.policy.retention import Stream, Trim, trim

DAY = 24 * 3600 * 1000
NOW = 100 * DAY


def decided(length: int, unread_days: float | None) -> Trim:
    unread = None if unread_days is None else int(NOW - unread_days * DAY)
    stream = Stream(length=length, unread_since=unread)
    return trim(stream, now=NOW, max_age=30 * DAY, max_length=1000)


def test_a_stream_that_everyone_read_keeps_its_age_and_length() -> None:
    assert decided(5000, None) == Trim(
        before=NOW - 30 * DAY, max_length=1000, held_back=False, overdue=False
    )


def test_a_group_that_reads_within_the_limits_changes_nothing() -> None:
    assert decided(900, 2) == decided(900, None)


def test_a_group_that_is_behind_the_age_keeps_what_it_has_not_read() -> None:
    assert decided(900, 40) == Trim(
        before=NOW - 40 * DAY, max_length=None, held_back=True, overdue=False
    )


def test_a_group_that_is_behind_the_length_keeps_what_it_has_not_read() -> None:
    assert decided(1500, 2) == Trim(
        before=NOW - 30 * DAY, max_length=None, held_back=True, overdue=False
    )


@pytest.mark.parametrize(("length", "days"), [(900, 61), (2001, 2)])
def test_patience_ends_at_twice_the_age_or_length(length: int, days: float) -> None:
    assert decided(length, days) == Trim(
        before=NOW - 60 * DAY, max_length=2000, held_back=True, overdue=True
    )
