"""Counts what a writer does; children of metrics are looked up once."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from prometheus_client import Counter

from gateway.edge.entry import Unit
from gateway.telemetry.metrics import Metrics


class WriterCount:
    """The metrics of one partition's writer."""

    def __init__(self, metrics: Metrics, partition: int) -> None:
        label = f"{partition:02d}"
        self._events = metrics.events
        self._children: dict[tuple[str, str], Counter] = {}
        self._duplicates = metrics.duplicates.labels(label)
        self._late = metrics.late_statuses.labels(label)
        self._opened = metrics.windows_opened.labels(label)
        self._seconds = metrics.commit_seconds.labels(label)
        self._up = metrics.redis_up.labels(label)
        self._spool_bytes = metrics.spool_bytes
        self._spooled = metrics.spool_events

    def committed(self, units: Iterable[Unit], answer: Sequence[Any], seconds: float) -> None:
        """Count a batch by the script's answer."""
        self._seconds.observe(seconds)
        opened, late, known = answer
        types = list(chain.from_iterable(unit.types for unit in units))
        if known:
            self._duplicates.inc(len(known))
            left_out = set(known)
            types = [each for number, each in enumerate(types) if number not in left_out]
        for each, count in Tally(types).items():
            self._child(each).inc(count)
        if late:
            self._late.inc(late)
        if opened:
            self._opened.inc(opened)

    def spooled(self, units: Iterable[Unit], spool_bytes: int) -> None:
        """Count what went to the disk."""
        self._spooled.inc(sum(len(unit.types) for unit in units))
        self._spool_bytes.set(spool_bytes)

    def waiting(self, spool_bytes: int) -> None:
        """Tell how much waits on the disk."""
        self._spool_bytes.set(spool_bytes)

    def up(self, *, up: bool) -> None:
        """Tell whether Redis confirms."""
        self._up.set(up)

    def _child(self, each: tuple[str, str]) -> Counter:
        child = self._children.get(each)
        if child is None:
            child = self._children[each] = self._events.labels(*each)
        return child
