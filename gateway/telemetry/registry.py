"""Where a process's metrics come together, and the zeros they show from the start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from gateway.telemetry.metrics import Metrics

OUTCOMES: Final = ("ok", "refused", "malformed", "unavailable", "slow")


def new_registry() -> CollectorRegistry:
    """Make a registry that also shows the process, Python and its garbage collector."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def touch(metrics: Metrics, accounts: Iterable[tuple[str, str]], partitions: int) -> None:
    """Show zeros for what has not happened yet.

    A counter that appears with its first count looks to Prometheus as if nothing had increased.

    Args:
        metrics: Whose.
        accounts: Channel and account id of each label pair webhooks are counted under.
        partitions: Number of partitions.
    """
    for channel, account in accounts:
        for outcome in OUTCOMES:
            metrics.webhooks.labels(channel, account, outcome)
    for partition in map(str, range(partitions)):
        metrics.duplicates.labels(partition)
        metrics.late_statuses.labels(partition)
        metrics.windows_opened.labels(partition)
        metrics.commit_seconds.labels(partition)
        metrics.redis_up.labels(partition)
