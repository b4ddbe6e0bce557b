"""Takes the steps of the demo, and compares what came of each with what should have."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

import aiohttp
import msgspec

from gateway.cli.demo_arrivals import Arrival, Arrivals
from gateway.cli.demo_step import Step, Taken, problems_of
from gateway.model.event import MediaStored, MessageAccepted
from gateway.testing.whatsapp.tour import label

PATIENCE_SECONDS: Final = 8.0
LOOK_SECONDS: Final = 0.02
DUPLICATES: Final = "relevo_duplicates_total"


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo came to.

    Attributes:
        answers: How many webhooks and calls were answered with each status.
        carried: Messages and statuses of platforms, copies not counted.
        sent: Messages of ours that a platform took.
        events: Seen on the streams.
        streams: Those they were on.
        duplicates: Recognised by the gateway, by its own count.
        median_ms: Time to an answer.
        media_id: Of a stored file, to be looked at.
        ready: Whether ``/readyz`` answers 200.
    """

    answers: dict[str, int]
    carried: int
    sent: int
    events: int
    streams: tuple[str, ...]
    duplicates: int
    median_ms: float
    media_id: str | None
    ready: bool


class Guide:
    """Lets each step happen and collects what arrives.

    Args:
        arrivals: What is on the streams.
        private_url: Where the gateway answers operators.
    """

    def __init__(self, arrivals: Arrivals, private_url: str) -> None:
        self._arrivals = arrivals
        self._private_url = private_url
        self._taken: list[Taken] = []
        self._unasked: list[Arrival] = []

    async def take(self, step: Step) -> Taken:
        """Let a step happen and wait for its events and its screen, for 8 seconds at most each."""
        began_at = time.monotonic()
        did = await step.act()
        found = await self._arrivals.collect(step.events, label=label, patience=PATIENCE_SECONDS)
        arrivals = [each for each in found if each.event.account == step.account]
        self._unasked += [each for each in found if each.event.account != step.account]
        await self._watch(step)
        taken = Taken(
            step=step,
            began_at=began_at,
            did=did,
            arrivals=arrivals,
            problems=problems_of(step, did, [label(each.event) for each in arrivals]),
        )
        self._taken.append(taken)
        return taken

    async def unasked(self) -> Sequence[Arrival]:
        """Return what arrived without a step: somebody has opened the page."""
        arrivals = await self._arrivals.collect((), label=label, patience=0)
        found, self._unasked = [*self._unasked, *arrivals], []
        return found

    async def _watch(self, step: Step) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        # Screens are looked at: simulated people have no way to tell that they read.
        while step.screen and step.screen[1] not in step.look() and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)

    async def totals(self) -> Totals:
        """Add up what was taken so far; duplicates are those the gateway counted."""
        done = [each for taken in self._taken for each in taken.did]
        arrivals = [each for taken in self._taken for each in taken.arrivals]
        events = [each.event for each in arrivals]
        stored = [each.media.id for each in events if isinstance(each, MediaStored)]
        metrics, ready = await self._ask("/metrics"), await self._ask("/readyz")
        return Totals(
            answers=dict(Counter(answer for each in done for answer in each.answers)),
            carried=sum(taken.step.carried for taken in self._taken),
            sent=sum(isinstance(each, MessageAccepted) for each in events),
            events=len(events),
            streams=tuple(sorted({each.stream for each in arrivals})),
            duplicates=_sum(metrics[1], DUPLICATES),
            median_ms=median(each.seconds for each in done) * 1000,
            media_id=stored[0] if stored else None,
            ready=ready[0] == 200,
        )

    def review(self, totals: Totals) -> list[str]:
        """Return what is wrong with the whole, beyond the steps."""
        doubles = sum(taken.step.doubles for taken in self._taken)
        problems = []
        if totals.duplicates != doubles:
            problems.append(f"{doubles} duplicates were posted, {totals.duplicates} recognised")
        if not totals.ready:
            problems.append(f"{self._private_url}/readyz does not answer 200")
        return problems

    async def _ask(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as http, http.get(self._private_url + path) as answer:
            return answer.status, await answer.text()


def _sum(metrics: str, name: str) -> int:
    lines = (line for line in metrics.splitlines() if line.startswith(f"{name}{{"))
    return int(sum(float(line.rpartition(" ")[2]) for line in lines))
