"""Metrics of sending; a part of ``Metrics``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

OUTCOMES: Final = ("accepted", "failed", "held")
RETRIES: Final = ("temporary", "throttled", "in_doubt", "paused")
LANES: Final = ("live", "bulk")
CALL_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class OutboundMetrics:
    """Counts what is sent, registered with ``registry``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.messages = Counter(
            "relevo_outbound_messages_total",
            "Messages by what became of them on our side (accepted by the platform, failed, held "
            "until the contact writes).",
            ["channel", "account", "outcome"],
            registry=registry,
        )
        self.retries = Counter(
            "relevo_outbound_retries_total",
            "Messages that are to be tried again, by why (temporary, throttled, in_doubt, paused).",
            ["channel", "account", "reason"],
            registry=registry,
        )
        self.in_doubt = Counter(
            "relevo_outbound_in_doubt_total",
            "Messages of which nobody knows whether they were sent, by what was done (retry may "
            "send them twice, report fails them).",
            ["channel", "account", "action"],
            registry=registry,
        )
        self.window_rejections = Counter(
            "relevo_outbound_window_rejections_total",
            "Accepted messages that failed because the contact's window was closed by then.",
            ["channel", "account"],
            registry=registry,
        )
        self.waits = Counter(
            "relevo_outbound_rate_waits_total",
            "How often sending waited for a limit of the platform: of the account, of a contact, or of the "
            "contacts written to first in a day (reach).",
            ["channel", "account", "scope"],
            registry=registry,
        )
        self.pace = Gauge(
            "relevo_outbound_pace_share",
            "Share of the platform's own rate that is used; below 1 after it slowed us down.",
            ["channel", "account"],
            registry=registry,
        )
        self.reached = Gauge(
            "relevo_outbound_reached_contacts",
            "Contacts written to first in the last 24 hours, by all accounts that share the limit "
            "relevo_account_daily_contacts; missing where there is none.",
            ["channel", "account"],
            registry=registry,
        )
        self.waiting = Gauge(
            "relevo_outbound_waiting",
            "Messages that wait in a lane, those under way included.",
            ["channel", "account", "lane"],
            registry=registry,
        )
        self.oldest_seconds = Gauge(
            "relevo_outbound_oldest_seconds",
            "How long the oldest message of a lane has been waiting; 0 when none does.",
            ["channel", "account", "lane"],
            registry=registry,
        )
        self.paused = Gauge(
            "relevo_outbound_paused",
            "Whether an account is paused (1) or not (0).",
            ["channel", "account"],
            registry=registry,
        )
        self.call_seconds = Histogram(
            "relevo_outbound_call_seconds",
            "Time of one call to the platform, from asking to its whole answer.",
            ["channel"],
            buckets=CALL_SECONDS,
            registry=registry,
        )
        self.owned = Gauge(
            "relevo_outbound_partition_owned",
            "Whether this process sends for a partition (1) or not (0); one process does.",
            ["partition"],
            registry=registry,
        )

    def touch(self, accounts: Iterable[tuple[str, str]], partitions: Iterable[int]) -> None:
        """Show zeros for what has not happened yet; accounts as channel and id."""
        for channel, account in accounts:
            for outcome in OUTCOMES:
                self.messages.labels(channel, account, outcome)
            for reason in RETRIES:
                self.retries.labels(channel, account, reason)
            for action in ("retry", "report"):
                self.in_doubt.labels(channel, account, action)
            for scope in ("account", "contact", "reach"):
                self.waits.labels(channel, account, scope)
            self.window_rejections.labels(channel, account)
            self.call_seconds.labels(channel)
        for partition in partitions:
            self.owned.labels(f"{partition:02d}")

    def forget(self, channel: str, account: str) -> None:
        """Show nothing of an account's queues any more: another process looks after them."""
        self.pace.remove(channel, account)
        self.paused.remove(channel, account)
        self.reached.remove(channel, account)
        for lane in LANES:
            self.waiting.remove(channel, account, lane)
            self.oldest_seconds.remove(channel, account, lane)
