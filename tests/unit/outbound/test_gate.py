"""Rates of one account, on a simulated clock: a whole day in a moment."""

from collections import deque
from datetime import timedelta
from random import Random

import msgspec
import pytest

from gateway.edge.outbound.gate import Gate, heard_pace, told_pace
from gateway.edge.outbound.ticket import Ticket
from gateway.errors import Throttled
from gateway.model.limits import Limits, Rate, RateLimit
from gateway.model.status import PlatformError

SECOND = 1_000_000_000
LIMITS = Limits(
    rates=(
        RateLimit(scope="account", rate=Rate(messages=4, burst=2)),
        RateLimit(scope="contact", rate=Rate(messages=1, seconds=6, burst=3)),
    ),
    levels={"high": Rate(messages=40, burst=2)},
    source="this test",
)


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000 * SECOND

    def __call__(self) -> int:
        return self.now


def ticket(contact: str) -> Ticket:
    return Ticket(id="0" * 32, contact=contact, kind="text")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_account_s_rate_makes_everybody_wait_and_a_contact_s_only_that_contact(
    clock: Clock,
) -> None:
    gate = Gate(LIMITS, ticks=clock)
    assert [gate.enter(ticket(each)).wait for each in "ab"] == [0, 0]
    third = gate.enter(ticket("c"))
    assert (third.wait, third.everybody) == (SECOND // 4, True)
    clock.now += 60 * SECOND
    for _ in range(3):
        clock.now += SECOND
        assert not gate.enter(ticket("a")).wait
    clock.now += SECOND
    told = gate.enter(ticket("a"))
    assert told.wait > 0
    assert not told.everybody
    assert not gate.enter(ticket("b")).wait


def test_what_was_let_pass_and_not_sent_takes_nothing(clock: Clock) -> None:
    gate = Gate(LIMITS, ticks=clock)
    for number in range(20):
        assert not gate.enter(ticket(str(number))).wait
        gate.give_back(ticket(str(number)))
    assert [gate.enter(ticket(each)).wait for each in "ab"] == [0, 0]  # the burst, and no more
    assert gate.enter(ticket("c")).everybody


def test_a_limit_of_some_recipients_makes_only_those_wait(clock: Clock) -> None:
    hourly = Rate(messages=1, seconds=3600)
    own = RateLimit(scope="account", rate=hourly, recipients=frozenset({"comment"}))
    gate = Gate(Limits(rates=(*LIMITS.rates, own), source="this test"), ticks=clock)
    reply = msgspec.structs.replace(ticket("a"), recipient="comment")
    assert not gate.enter(reply).wait
    clock.now += 60 * SECOND
    told = gate.enter(msgspec.structs.replace(reply, contact="b"))
    assert told.wait == 3540 * SECOND
    assert not told.everybody
    assert not gate.enter(ticket("c")).wait


def test_a_day_never_passes_a_limit_and_wastes_little_of_it(clock: Clock) -> None:
    gate, random, began = Gate(LIMITS, ticks=clock), Random(7), clock.now  # noqa: S311
    sent = 0
    last_second: deque[int] = deque()
    to_one: dict[str, deque[int]] = {}
    while clock.now < began + 24 * 3600 * SECOND:
        contact = str(random.randrange(40))
        passed = gate.enter(ticket(contact))
        if passed.wait:
            clock.now += passed.wait if passed.everybody else SECOND // 100
            continue
        sent += 1
        last_second.append(clock.now)
        while last_second[0] <= clock.now - SECOND:
            last_second.popleft()
        assert len(last_second) <= 4 + 2
        own = to_one.setdefault(contact, deque())
        own.append(clock.now)
        while own[0] <= clock.now - 60 * SECOND:
            own.popleft()
        assert len(own) <= 10 + 3
    assert sent > 0.98 * 4 * 24 * 3600


def test_a_storm_of_refusals_slows_down_and_hours_later_all_is_as_before(clock: Clock) -> None:
    gate = Gate(LIMITS, ticks=clock)
    error = Throttled(
        PlatformError(code="130429"), scope="account", retry_after=timedelta(seconds=1), growth=2
    )
    for _ in range(50):
        sent_at = clock.now
        clock.now += SECOND
        gate.refused(ticket("a"), error, sent_at=sent_at)
    assert gate.share < 0.1
    assert gate.enter(ticket("b")).everybody
    clock.now += 24 * 3600 * SECOND
    assert gate.share == 1
    assert not gate.enter(ticket("b")).wait


def test_a_contact_s_refusal_does_not_slow_the_account(clock: Clock) -> None:
    gate = Gate(LIMITS, ticks=clock)
    error = Throttled(PlatformError(code="131056"), scope="contact", growth=4)
    gate.refused(ticket("a"), error, sent_at=clock.now)
    clock.now += 1
    assert gate.share == 1
    assert gate.enter(ticket("a")).wait > 0
    assert not gate.enter(ticket("b")).wait
    assert gate.stopped("contact", "a") > 0 == gate.stopped("account", "a")


def test_a_clean_hand_over_forgets_nothing(clock: Clock) -> None:
    first = Gate(LIMITS, ticks=clock)
    for each in "ab":
        first.enter(ticket(each))
    second = Gate(LIMITS, ticks=clock)
    second.take_over(first.saved(at=1000, clean=True), at=1000)
    assert second.enter(ticket("c")) == first.enter(ticket("c"))


@pytest.mark.parametrize(
    ("later", "wait"),
    [(100, SECOND // 4 - SECOND // 10), (0, SECOND // 4), (-3_600_000, SECOND // 4)],
)
def test_the_next_owner_counts_in_its_own_time_also_when_the_clock_was_put_back(
    clock: Clock, later: int, wait: int
) -> None:
    first = Gate(LIMITS, ticks=clock)
    for each in "ab":
        first.enter(ticket(each))
    saved = first.saved(at=5_000_000, clean=True)
    clock.now = 7 * SECOND  # of a machine that was started just now
    second = Gate(LIMITS, ticks=clock)
    second.take_over(saved, at=5_000_000 + later)
    assert second.enter(ticket("c")).wait == wait


def test_another_machine_stops_for_what_is_left_by_its_own_time(clock: Clock) -> None:
    slow = Gate(LIMITS, ticks=clock)
    error = Throttled(PlatformError(code="4"), scope="app", retry_after=timedelta(seconds=60))
    slow.refused(ticket("a"), error, sent_at=clock.now)
    told = told_pace(slow.pace, at=5_000_000, ticks=clock.now)
    clock.now = 7 * SECOND  # of a machine that was started just now
    other = Gate(LIMITS, ticks=clock)
    other.slow_with(heard_pace(told, at=5_010_000, ticks=clock.now))
    assert other.stopped("app", "a") == 50 * SECOND
    assert other.share == 0.5


def test_after_a_death_the_account_begins_carefully(clock: Clock) -> None:
    first = Gate(LIMITS, ticks=clock)
    saved = first.saved(at=0, clean=False)
    second = Gate(LIMITS, ticks=clock)
    second.take_over(saved, at=0)
    assert second.enter(ticket("a")).wait > 0
    clock.now += SECOND
    assert not second.enter(ticket("a")).wait


def test_who_can_write_again_before_anybody_else_begins_is_not_saved(clock: Clock) -> None:
    limits = Limits(
        rates=(RateLimit(scope="contact", rate=Rate(messages=1, seconds=6, burst=3)),),
        source="test",
    )
    first = Gate(limits, ticks=clock)
    for each in "abbb":
        first.enter(ticket(each))
    whole, rest = first.saved(at=0, clean=True), first.saved(at=0, clean=False, spare=6 * SECOND)
    assert len(rest) < len(whole)
    clock.now += 6 * SECOND
    for saved in (whole, rest):
        second = Gate(limits, ticks=clock)
        second.take_over(saved, at=6_000)
        waits = [second.enter(ticket(each)).wait for each in "aaabb"]
        assert waits == [0, 0, 0, 0, 6 * SECOND]


@pytest.mark.parametrize("clean", [True, False])
def test_what_another_build_saved_is_not_taken_for_ours(clock: Clock, *, clean: bool) -> None:
    # Until November 2026 times were nanoseconds since 1970: taken for ours, 56 years of waiting.
    since_1970 = 1_795_000_000 * SECOND
    bucket = [since_1970, since_1970]
    old = msgspec.msgpack.encode([since_1970, clean, [[0, "", bucket], [1, "a", bucket]]])
    gate = Gate(LIMITS, ticks=clock)
    gate.take_over(old, at=1_795_000_000_000)
    assert 0 < gate.enter(ticket("a")).wait <= SECOND
    clock.now += SECOND
    assert not gate.enter(ticket("a")).wait


def test_a_level_changes_the_account_s_rate_and_leaves_the_contacts_alone(clock: Clock) -> None:
    gate = Gate(LIMITS, ticks=clock)
    gate.set_limits(LIMITS.at_level("high"))
    sent = 0
    for _ in range(100):
        passed = gate.enter(ticket(f"contact {sent}"))
        sent += not passed.wait
        clock.now += SECOND // 40
    assert sent == 100


def test_where_the_platform_names_no_limit_nobody_waits(clock: Clock) -> None:
    gate = Gate(None, ticks=clock)
    assert not any(gate.enter(ticket("a")).wait for _ in range(1000))
