"""Every metric, in one place; the reference page is rendered from here.

Names are ``relevo_*`` with their unit at the end; labels are bounded (channels, accounts,
partitions and words of ours). Made once per process and handed to whoever counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gateway.telemetry.outbound_metrics import OutboundMetrics

OUTCOMES: Final = ("ok", "refused", "malformed", "unavailable", "slow")
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MEDIA_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """All metrics of one process, registered with ``registry``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.outbound = OutboundMetrics(registry)
        self.webhooks = Counter(
            "relevo_webhooks_total",
            "Webhook requests, by what was answered (ok, refused, malformed, unavailable, slow).",
            ["channel", "account", "outcome"],
            registry=registry,
        )
        self.events = Counter(
            "relevo_events_total",
            "Events put on the streams, by type.",
            ["channel", "type"],
            registry=registry,
        )
        self.duplicates = Counter(
            "relevo_duplicates_total",
            "Events that were known already and left out.",
            ["partition"],
            registry=registry,
        )
        self.late_statuses = Counter(
            "relevo_late_statuses_total",
            "Statuses that came after a later step.",
            ["partition"],
            registry=registry,
        )
        self.windows_opened = Counter(
            "relevo_windows_opened_total",
            "Service windows that went from closed to open.",
            ["partition"],
            registry=registry,
        )
        self.commit_seconds = Histogram(
            "relevo_commit_seconds",
            "Time of one commit script call, from sending to Redis' answer.",
            ["partition"],
            buckets=SECONDS,
            registry=registry,
        )
        self.spool_bytes = Gauge(
            "relevo_spool_bytes",
            "Bytes waiting on disk for Redis.",
            registry=registry,
        )
        self.spool_events = Counter(
            "relevo_spooled_events_total",
            "Events written to the spool because Redis was away.",
            registry=registry,
        )
        self.stream_length = Gauge(
            "relevo_stream_length_events",
            "Events kept on the stream.",
            ["partition"],
            registry=registry,
        )
        self.stream_held_back = Gauge(
            "relevo_stream_trim_held_back",
            "Whether a slow consumer group holds back the trimming (1) or not (0).",
            ["partition"],
            registry=registry,
        )
        self.consumer_lag = Gauge(
            "relevo_consumer_lag_events",
            "Events on the stream that a consumer group has not been given yet.",
            ["partition", "group"],
            registry=registry,
        )
        self.consumer_pending = Gauge(
            "relevo_consumer_pending_events",
            "Events a consumer group was given and has not acknowledged.",
            ["partition", "group"],
            registry=registry,
        )
        self.consumer_oldest_seconds = Gauge(
            "relevo_consumer_oldest_seconds",
            "Age of the oldest event a consumer group has not acknowledged; 0 when there is none.",
            ["partition", "group"],
            registry=registry,
        )
        self.redis_up = Gauge(
            "relevo_redis_up",
            "Whether Redis confirmed last time (1) or not (0).",
            ["partition"],
            registry=registry,
        )
        self.http_connections = Gauge(
            "relevo_http_connections",
            "Open connections, by listener (public, private).",
            ["listener"],
            registry=registry,
        )
        self.http_cut = Counter(
            "relevo_http_cut_total",
            "Connections cut: head (request head too slow), write (answers not read), limit "
            "(too many connections).",
            ["listener", "cause"],
            registry=registry,
        )
        self.api_requests = Counter(
            "relevo_api_requests_total",
            "Requests of the API, by operation and kind of answer (2xx, 4xx, 5xx).",
            ["operation", "status"],
            registry=registry,
        )
        self.api_seconds = Histogram(
            "relevo_api_request_seconds",
            "Time of one request of the API, from its head to its answer.",
            ["operation"],
            buckets=SECONDS,
            registry=registry,
        )
        self.media_files = Counter(
            "relevo_media_files_total",
            "Tries to fetch a file of a message, by what came of it (stored, failed, retried).",
            ["channel", "outcome"],
            registry=registry,
        )
        self.media_bytes = Counter(
            "relevo_media_bytes_total",
            "Bytes of files that were stored.",
            ["channel"],
            registry=registry,
        )
        self.media_seconds = Histogram(
            "relevo_media_fetch_seconds",
            "Time of one try at a file, from asking the platform to the store's confirmation.",
            ["channel"],
            buckets=MEDIA_SECONDS,
            registry=registry,
        )
        self.media_waiting = Gauge(
            "relevo_media_waiting",
            "Files not fetched yet: due (being fetched included), or later (waiting for a retry).",
            ["partition", "state"],
            registry=registry,
        )
        self.media_oldest_seconds = Gauge(
            "relevo_media_oldest_seconds",
            "How long the oldest due file has been waiting; platform addresses die in minutes.",
            ["partition"],
            registry=registry,
        )
        self.component_up = Gauge(
            "relevo_component_up",
            "Whether a part works (1) or not (0): redis, spool, an account…; /readyz says why not.",
            ["component"],
            registry=registry,
        )

        self.account_up = Gauge(
            "relevo_account_up",
            "Whether the platform lets an account send (1), with limits (0.5) or not (0).",
            ["channel", "account"],
            registry=registry,
        )
        self.account_quality = Gauge(
            "relevo_account_quality",
            "The platform's rating of an account: 3 green, 2 yellow, 1 red, 0 unknown.",
            ["channel", "account"],
            registry=registry,
        )
        self.account_daily_contacts = Gauge(
            "relevo_account_daily_contacts",
            "How many people an account may write to first in a day; +Inf without a limit.",
            ["channel", "account"],
            registry=registry,
        )
        self.account_token_expires = Gauge(
            "relevo_account_token_expires_timestamp_seconds",
            "When an account's token expires, in seconds since 1970; +Inf when it never does.",
            ["channel", "account"],
            registry=registry,
        )
        self.account_checked = Gauge(
            "relevo_account_checked_timestamp_seconds",
            "When the platform was last asked about an account, in seconds since 1970.",
            ["channel", "account"],
            registry=registry,
        )

    def touch_media(self, channel: str) -> None:
        """Show the zeros of a channel's files."""
        for outcome in ("stored", "failed", "retried"):
            self.media_files.labels(channel, outcome)
        self.media_bytes.labels(channel)

    def touch(self, accounts: Iterable[tuple[str, str]], partitions: int) -> None:
        """Show zeros for what has not happened yet.

        A counter that appears with its first count looks to Prometheus as if nothing had
        increased.

        Args:
            accounts: Channel and account of each callback address.
            partitions: Number of partitions.
        """
        for channel, account in accounts:
            for outcome in OUTCOMES:
                self.webhooks.labels(channel, account, outcome)
        for partition in (f"{number:02d}" for number in range(partitions)):
            self.duplicates.labels(partition)
            self.late_statuses.labels(partition)
            self.windows_opened.labels(partition)
            self.commit_seconds.labels(partition)
            self.redis_up.labels(partition)
