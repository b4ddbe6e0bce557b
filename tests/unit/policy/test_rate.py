from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.limits import Limits, Rate, RateLimit
from gateway.policy.pace import FLOOR, STEADY, Pace, slowed
from gateway.policy.rate import FULL, SECOND, Bucket, Draw, Taken, take

NOW = 1_800_000_000 * SECOND

WHATSAPP = Rate(messages=80, burst=80)
PAIR = Rate(messages=1, seconds=6, burst=45, burst_seconds=6)
CHAT = Rate(messages=1, burst=3)
GROUP = Rate(messages=20, seconds=60, burst=20)


def sent(rate: Rate, gaps: list[int], pace: Pace = STEADY) -> list[int]:
    """Return when each message went, if nobody waits longer than told.

    Each comes so many nanoseconds after the one before went, and goes as soon as it may.
    """
    bucket, now, went = FULL, NOW, []
    for gap in gaps:
        now += gap
        taken = take([Draw(rate=rate, bucket=bucket, pace=pace)], now)
        if taken.wait:
            assert taken.buckets == (bucket,)
            now += taken.wait
            taken = take([Draw(rate=rate, bucket=bucket, pace=pace)], now)
        assert taken.wait == 0, "waiting as told was not enough"
        (bucket,) = taken.buckets
        went.append(now)
    return went


def seconds(rate: Rate, count: int, *, gap: float = 0.0) -> list[float]:
    went = sent(rate, [round(gap * SECOND)] * count)
    return [round((at - went[0]) / SECOND, 3) for at in went]


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    assert seconds(CHAT, 6) == [0, 0, 0, 1, 2, 3]


def test_the_pair_limit_lets_45_go_at_once_and_wants_them_paid_back() -> None:
    times = seconds(PAIR, 47)
    assert times[:45] == [0.0] * 45
    assert times[45:] == [270.0, 270.0]


def test_a_smaller_burst_is_paid_back_sooner() -> None:
    bucket = FULL
    for _ in range(20):
        (bucket,) = take([Draw(rate=PAIR, bucket=bucket)], NOW).buckets
    later = take([Draw(rate=PAIR, bucket=bucket)], NOW + 6 * SECOND)
    assert later.wait == 114 * SECOND


def test_one_message_every_six_seconds_never_waits_for_the_pair_limit() -> None:
    assert seconds(PAIR, 200, gap=6) == [6.0 * each for each in range(200)]


def test_a_little_conversation_is_not_held_up() -> None:
    assert seconds(PAIR, 3, gap=2) == [0, 2, 4]


def test_a_burst_that_is_drawn_out_does_not_begin_anew() -> None:
    # The third comes ten seconds after the first: the six seconds of the burst are over.
    assert seconds(PAIR, 3, gap=5) == [0, 5, 12]


def test_a_group_takes_twenty_at_once_and_then_one_every_three_seconds() -> None:
    times = seconds(GROUP, 22)
    assert times[19:] == [0, 3, 6]


def test_a_message_takes_of_all_its_buckets_or_of_none() -> None:
    empty = Bucket(NOW + 3 * SECOND, NOW)
    draws = [Draw(rate=WHATSAPP), Draw(rate=CHAT, bucket=empty)]
    assert take(draws, NOW) == Taken(wait=SECOND, buckets=(FULL, empty))
    after = take(draws, NOW + SECOND)
    assert after.wait == 0
    assert after.buckets[0].full_at > NOW + SECOND
    assert after.buckets[1].full_at == NOW + 4 * SECOND


def test_a_message_that_nothing_counts_goes_at_once() -> None:
    assert take([], NOW) == Taken(wait=0, buckets=())


def test_a_full_bucket_is_as_good_as_a_new_one() -> None:
    bucket = Bucket(NOW, NOW - SECOND)
    assert bucket.is_full(NOW)
    used = take([Draw(rate=CHAT, bucket=bucket)], NOW)
    assert used == take([Draw(rate=CHAT, bucket=FULL)], NOW)


def test_an_interval_is_never_rounded_down() -> None:
    third = Rate(messages=3, burst=1)
    went = sent(third, [0] * 4)
    assert went[3] - went[0] >= SECOND


rates = st.builds(
    Rate,
    messages=st.integers(1, 1000),
    seconds=st.integers(1, 60),
    burst=st.integers(1, 100),
    burst_seconds=st.none() | st.integers(1, 30),
)
gaps = st.lists(st.integers(0, 20 * SECOND) | st.just(0), max_size=60)


@given(rates, gaps)
def test_no_stretch_of_time_sees_more_than_the_burst_and_the_rate(
    rate: Rate, gaps: list[int]
) -> None:
    went = sent(rate, gaps)
    for first, begin in enumerate(went):
        for total, end in enumerate(went[first:], start=1):
            assert (total - rate.burst) * rate.seconds * SECOND <= (end - begin) * rate.messages


@given(rates, gaps)
def test_no_burst_lasts_longer_than_its_time(rate: Rate, gaps: list[int]) -> None:
    if rate.burst_seconds is None:
        return
    interval = -(-rate.seconds * SECOND // rate.messages)
    begin = debt = 0
    for at in sent(rate, gaps):
        if at >= begin + debt * interval:
            begin, debt = at, 0
        assert at < begin + rate.burst_seconds * SECOND
        debt += 1


@given(rates, gaps, st.integers(0, 60 * SECOND), st.integers(0, 60 * SECOND))
def test_who_asks_later_never_goes_earlier(
    rate: Rate, gaps: list[int], gap: int, more: int
) -> None:
    bucket = FULL
    now = NOW
    for each in gaps:
        now += each
        (bucket,) = take([Draw(rate=rate, bucket=bucket)], now).buckets
    soon, late = (
        at + take([Draw(rate=rate, bucket=bucket)], at).wait for at in (now + gap, now + gap + more)
    )
    assert soon <= late


@given(st.lists(st.integers(0, 3 * SECOND), max_size=60), st.floats(FLOOR, 1))
def test_a_slower_pace_never_sends_sooner(gaps: list[int], share: float) -> None:
    pace = Pace(share, NOW)
    bucket, now = FULL, NOW
    for gap in gaps:
        now += gap
        slow = take([Draw(rate=CHAT, bucket=bucket, pace=pace)], now)
        full = take([Draw(rate=CHAT, bucket=bucket)], now)
        assert slow.wait >= full.wait
        if slow.wait == 0:
            assert slow.buckets[0].full_at >= full.buckets[0].full_at
        (bucket,) = slow.buckets


def test_a_slowed_bucket_sends_at_its_share_of_the_rate() -> None:
    # So little time passes that the recovery in it does not show.
    fast = Rate(messages=1000)
    half = Pace(0.5, NOW)
    went = sent(fast, [0] * 11, half)
    assert (went[-1] - went[0]) / SECOND == pytest.approx(0.020, rel=0.01)


def test_nothing_goes_before_a_stop_ends() -> None:
    stopped = slowed(STEADY, NOW, sent_at=NOW - 1, retry_after=timedelta(seconds=7))
    assert take([Draw(rate=WHATSAPP, pace=stopped)], NOW).wait == 7 * SECOND
    assert take([Draw(rate=WHATSAPP, pace=stopped)], NOW + 7 * SECOND).wait == 0


Platform = Callable[[int, int], timedelta | None]
"""Answers a message sent at a time, the so-and-so-many-th: a throttle, or None."""


def day(platform: Platform, *, rate: Rate, hours: int = 24) -> tuple[list[int], int]:
    """Send as fast as we may for a simulated day; return when messages went, and the refusals."""
    bucket, pace, now, went, refused = FULL, STEADY, NOW, list[int](), 0
    latency = SECOND // 20
    while now < NOW + hours * 3600 * SECOND:
        taken = take([Draw(rate=rate, bucket=bucket, pace=pace)], now)
        if taken.wait:
            now += taken.wait
            continue
        (bucket,) = taken.buckets
        went.append(now)
        retry_after = platform(now, len(went))
        if retry_after is not None:
            refused += 1
            pace = slowed(pace, now + latency, sent_at=now, retry_after=retry_after)
    return went, refused


def test_a_day_of_random_throttles_keeps_within_the_limit_and_sends_most_of_it() -> None:
    rate = Rate(messages=1, seconds=2, burst=10)

    def platform(now: int, count: int) -> timedelta | None:
        del now
        return timedelta(seconds=count % 30) if count % 997 == 0 else None

    went, refused = day(platform, rate=rate)
    assert refused > 20
    span = 24 * 3600
    assert len(went) <= 10 + span // 2
    assert len(went) > 0.8 * span / 2
    for begin in range(0, len(went) - 100, 50):
        assert went[begin + 100] - went[begin] >= (101 - 10) * 2 * SECOND - 2 * SECOND


def test_a_platform_that_is_slower_than_it_says_refuses_few_messages() -> None:
    """The limit says two a second; the platform takes one, and tells nothing of when."""
    taken: list[int] = []

    def platform(now: int, count: int) -> timedelta | None:
        del count
        while taken and taken[0] <= now - 60 * SECOND:
            taken.pop(0)
        if len(taken) >= 60:
            return timedelta(0)
        taken.append(now)
        return None

    went, refused = day(platform, rate=Rate(messages=2, burst=2), hours=4)
    assert len(went) - refused > 0.6 * 4 * 3600
    assert refused < 0.02 * len(went)


def test_the_limits_of_a_message_are_those_of_its_kind_and_place() -> None:
    account, contact, group = (
        RateLimit(scope=scope, rate=CHAT) for scope in ("account", "contact", "group")
    )
    videos = RateLimit(scope="account", rate=CHAT, kinds=frozenset({"video"}))
    limits = Limits(rates=(account, contact, group, videos), source="test")
    assert limits.applying("text", group=False) == (account, contact)
    assert limits.applying("text", group=True) == (account, group)
    assert limits.applying("video", group=False) == (account, contact, videos)


def test_a_limit_of_some_recipients_counts_nobody_else() -> None:
    account = RateLimit(scope="account", rate=CHAT)
    replies = RateLimit(scope="account", rate=CHAT, recipients=frozenset({"comment"}))
    limits = Limits(rates=(account, replies), levels={"high": CHAT}, source="test")
    assert limits.applying("text", group=False) == (account,)
    assert limits.applying("text", group=False, recipient="comment") == (account, replies)
    assert limits.at_level("high").rates == (account, replies)


def test_a_level_replaces_the_rate_of_the_account_only() -> None:
    pair = RateLimit(scope="contact", rate=PAIR)
    videos = RateLimit(scope="account", rate=CHAT, kinds=frozenset({"video"}))
    limits = Limits(
        rates=(RateLimit(scope="account", rate=WHATSAPP), pair, videos),
        levels={"high": Rate(messages=1000, burst=1000)},
        source="test",
    )
    high = RateLimit(scope="account", rate=Rate(messages=1000, burst=1000))
    assert limits.at_level("high").rates == (high, pair, videos)


@pytest.mark.parametrize("field", ["messages", "seconds", "burst", "burst_seconds"])
def test_a_rate_of_nothing_is_a_mistake(field: str) -> None:
    with pytest.raises(ValueError, match=f"{field} must be 1 or more, not 0"):
        Rate(**{"messages": 1, field: 0})
