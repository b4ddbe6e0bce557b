"""A step of the demo: what somebody does, what must come of it, and what did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from gateway.cli.demo_arrivals import Arrival
from gateway.testing.delivery import Attempt, Webhook


class Did(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange over HTTP, as the left side shows it.

    Attributes:
        what: The request, in a few words.
        answers: Statuses, or why there was none; in the order they came.
        wanted: What each had to be.
        seconds: Until the slowest answer.
    """

    what: str
    answers: tuple[str, ...]
    wanted: str = "200"
    seconds: float = 0.0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens on a channel.

    Attributes:
        account: Ours, that is concerned.
        title: What happens, for people.
        act: Does it.
        events: What must be on the stream afterwards, in any order; see ``tour.label``.
        said: The words in it, where there are any.
        shows: What is worth knowing about it, in one line.
        ours: Our side does it.
        screen: Whose screen is looked at afterwards, and what must be on it.
        look: Returns what is on it, the latest last.
        doubles: Deliveries that say nothing new.
        carried: Messages and statuses that come with it.
    """

    account: str
    title: str
    act: Callable[[], Awaitable[Sequence[Did]]]
    events: tuple[str, ...]
    said: str = ""
    shows: str = ""
    ours: bool = False
    screen: tuple[str, str] | None = None
    look: Callable[[], Sequence[str]] = tuple
    doubles: int = 0
    carried: int = 0


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step after it was taken.

    Attributes:
        began_at: ``time.monotonic`` when it began.
        problems: What was otherwise than expected.
    """

    step: Step
    began_at: float
    did: Sequence[Did]
    arrivals: Sequence[Arrival]
    problems: Sequence[str]


def posted(webhook: Webhook, attempts: Sequence[Attempt], *, wanted: int = 200) -> Did:
    """Return what was done when a platform posted a webhook."""
    copies = f", {len(attempts)} times" if len(attempts) > 1 else ""
    return Did(
        what=f"POST {len(webhook.body)} bytes{copies}",
        answers=tuple(str(each.status or each.error) for each in attempts),
        wanted=str(wanted),
        seconds=max((each.answered_at - each.posted_at for each in attempts), default=0.0),
    )


def problems_of(step: Step, did: Sequence[Did], labels: Sequence[str]) -> list[str]:
    """Return what came otherwise than a step says, one line each."""
    told = [
        f"answered {answer}, not {each.wanted}"
        for each in did
        for answer in each.answers
        if answer != each.wanted
    ]
    expected, found = Counter(step.events), Counter(labels)
    told += [f"{each} did not arrive" for each in (expected - found).elements()]
    told += [f"{each} arrived and should not have" for each in (found - expected).elements()]
    if step.screen and step.screen[1] not in step.look():
        told.append(f"{step.screen[0]} does not show «{step.screen[1]}»")
    return [f"{step.title}: {each}" for each in told]
