"""Takes the steps of the tour, and compares what came of each with what should have."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

import aiohttp

from gateway.bus.connection import Connection
from gateway.cli.demo_arrivals import Arrivals
from gateway.cli.demo_view import Place, Taken, Totals
from gateway.model.event import MediaStored
from gateway.testing.delivery import Attempt
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.tour import Step, label

PATIENCE_SECONDS: Final = 8.0
DUPLICATES: Final = "relevo_duplicates_total"


class Guide:
    """Posts each step and collects what arrives.

    Args:
        platform: Posts.
        connection: To the streams.
        place: Where the gateway answers operators.
        partitions: How many streams there are.
    """

    def __init__(
        self, platform: WhatsAppPlatform, connection: Connection, place: Place, *, partitions: int
    ) -> None:
        self._platform = platform
        self._arrivals = Arrivals(connection, partitions=partitions)
        self._place = place
        self._taken: list[Taken] = []

    async def take(self, step: Step) -> Taken:
        """Post a step and wait for its events, for 8 seconds at most."""
        posted_at = time.monotonic()
        attempts = await self._post(step)
        arrivals = await self._arrivals.collect(step.events, label=label, patience=PATIENCE_SECONDS)
        taken = Taken(
            step=step,
            posted_at=posted_at,
            attempts=attempts,
            arrivals=arrivals,
            problems=problems_of(step, attempts, [label(each.event) for each in arrivals]),
        )
        self._taken.append(taken)
        return taken

    async def _post(self, step: Step) -> Sequence[Attempt]:
        if step.status != 200:
            return [await self._platform.attempt(step.webhook)]
        delivery = await self._platform.deliver(step.webhook, copies=step.copies)
        return delivery.attempts

    async def totals(self) -> Totals:
        """Add up what was taken so far; duplicates are those the gateway counted."""
        attempts = [attempt for taken in self._taken for attempt in taken.attempts]
        events = [arrival.event for taken in self._taken for arrival in taken.arrivals]
        stored = [each.media.id for each in events if isinstance(each, MediaStored)]
        metrics, ready = await self._ask("/metrics"), await self._ask("/readyz")
        return Totals(
            webhooks=len(attempts),
            answers=dict(Counter(str(each.status) for each in attempts)),
            carried=sum(len(taken.step.webhook.ids) for taken in self._taken),
            events=len(events),
            stream=self._taken[0].arrivals[0].stream if events else "none",
            duplicates=_sum(metrics[1], DUPLICATES),
            median_ms=median(each.answered_at - each.posted_at for each in attempts) * 1000,
            media_id=stored[0] if stored else None,
            ready=ready[0] == 200,
        )

    def review(self, totals: Totals) -> list[str]:
        """Return what is wrong with the whole, beyond the steps."""
        twins = sum(taken.step.copies - 1 for taken in self._taken)
        problems = []
        if totals.duplicates != twins:
            problems.append(f"{twins} duplicates were posted, {totals.duplicates} recognised")
        if not totals.ready:
            problems.append(f"{self._place.private}/readyz does not answer 200")
        return problems

    async def _ask(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as http, http.get(self._place.private + path) as answer:
            return answer.status, await answer.text()


def problems_of(step: Step, attempts: Sequence[Attempt], labels: Sequence[str]) -> list[str]:
    """Return what came otherwise than a step says, one line each."""
    wrong = [each for each in attempts if each.status != step.status]
    told = [f"answered {each.status or each.error}, not {step.status}" for each in wrong]
    expected, found = Counter(step.events), Counter(labels)
    told += [f"{each} did not arrive" for each in (expected - found).elements()]
    told += [f"{each} arrived and should not have" for each in (found - expected).elements()]
    return [f"{step.title}: {each}" for each in told]


def _sum(metrics: str, name: str) -> int:
    lines = (line for line in metrics.splitlines() if line.startswith(f"{name}{{"))
    return int(sum(float(line.rpartition(" ")[2]) for line in lines))
