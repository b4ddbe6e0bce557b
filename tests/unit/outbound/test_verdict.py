"""What follows each error, as a table."""

from datetime import timedelta

import pytest

from gateway.edge.outbound.progress import NEW, Progress
from gateway.edge.outbound.verdict import Again, Closed, Failed, Situation, verdict
from gateway.errors import (
    AccountBroken,
    InDoubt,
    OptedOut,
    PlatformFailure,
    Rejected,
    TemplatePaused,
    Temporary,
    Throttled,
    Unreachable,
    WindowClosed,
)
from gateway.model.status import PlatformError

ERROR = PlatformError(code="7", explanation="It was so.")
NOW = 1_795_000_000_000


def situation(*, tries: int = 0, expires_at: int | None = None, report: bool = False) -> Situation:
    return Situation(
        progress=Progress(tries=tries),
        expires_at=expires_at,
        attempts=8,
        in_doubt="report" if report else "retry",
        now=NOW,
        draw=1.0,
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Rejected(ERROR), "rejected"),
        (Unreachable(ERROR), "unreachable"),
        (OptedOut(ERROR), "opted_out"),
        (TemplatePaused(ERROR), "template_paused"),
    ],
)
def test_what_will_never_go_fails_with_the_platform_s_error(
    error: PlatformFailure, reason: str
) -> None:
    told = verdict(error, situation())
    assert isinstance(told, Failed)
    assert told.failure.reason == reason
    assert told.failure.error == ERROR
    assert told.failure.explanation == "It was so."


def test_a_passing_failure_waits_longer_each_time_until_there_were_enough() -> None:
    waits = []
    for tries in range(7):
        told = verdict(Temporary(ERROR), situation(tries=tries))
        assert isinstance(told, Again)
        assert told.counted
        waits.append(told.when - NOW)
    assert waits == [1000, 2000, 4000, 8000, 16000, 32000, 64000]
    last = verdict(Temporary(ERROR), situation(tries=7))
    assert isinstance(last, Failed)
    assert last.failure.reason == "attempts"


def test_the_platform_may_know_better_how_often_it_makes_sense() -> None:
    assert isinstance(verdict(Temporary(ERROR, tries=1), situation()), Again)
    assert isinstance(verdict(Temporary(ERROR, tries=1), situation(tries=1)), Failed)


def test_being_too_fast_counts_as_no_try_and_waits_as_told() -> None:
    error = Throttled(ERROR, scope="account", retry_after=timedelta(seconds=9))
    told = verdict(error, situation(tries=99))
    assert isinstance(told, Again)
    assert not told.counted
    assert told.when >= NOW + 9000


def test_nobody_knows_is_the_account_s_decision() -> None:
    again = verdict(InDoubt(ERROR), situation())
    assert isinstance(again, Again)
    assert again.why == "in_doubt"
    reported = verdict(InDoubt(ERROR), situation(report=True))
    assert isinstance(reported, Failed)
    assert reported.failure.reason == "in_doubt"


def test_a_broken_account_costs_its_messages_nothing() -> None:
    told = verdict(AccountBroken(ERROR), situation(tries=7))
    assert told == Again(when=NOW, why="paused", counted=False)


def test_a_closed_window_is_decided_anew() -> None:
    assert verdict(WindowClosed(ERROR), situation()) == Closed()


def test_nothing_is_tried_again_beyond_its_expiry() -> None:
    told = verdict(Temporary(ERROR), situation(expires_at=NOW + 1000))
    assert isinstance(told, Failed)
    assert told.failure.reason == "expired"


def test_attempts_are_kept_to_the_last_twenty() -> None:
    from gateway.model.outbox import Attempt  # noqa: PLC0415 - only here

    kept = NEW
    for number in range(30):
        kept = kept.tried(Attempt(at=number, outcome="temporary"))
    assert kept.tries == 30
    assert [each.at for each in kept.attempts] == list(range(10, 30))
