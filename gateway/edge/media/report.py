"""What is told of a file: the event, the numbers, the log line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from gateway.edge.media.job import MediaJob
from gateway.edge.media.queue import Batch
from gateway.model.event import MediaFailed, MediaStored
from gateway.model.media import FailedMedia, StoredMedia
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)


class Report:
    """Tells what became of files.

    Args:
        metrics: What is counted.
        clock: Milliseconds since 1970.
    """

    def __init__(self, metrics: Metrics, clock: Callable[[], int]) -> None:
        self._metrics = metrics
        self._clock = clock

    def stored(self, job: MediaJob, media: StoredMedia) -> MediaStored:
        """Count a stored file and return its event; the same id each time."""
        self._metrics.media_files.labels(job.channel, "stored").inc()
        self._metrics.media_bytes.labels(job.channel).inc(media.size_bytes)
        return MediaStored(
            id=f"{job.event_id}.media.{job.index}",
            at=self._clock(),
            channel=job.channel,
            account=job.account,
            contact=job.contact,
            platform_id=job.platform_id,
            message_id=job.message_id,
            media=media,
        )

    def failed(self, job: MediaJob, reason: str) -> MediaFailed:
        """Count a file that is given up and return its event; the same id each time."""
        self._metrics.media_files.labels(job.channel, "failed").inc()
        log.warning(logs.MEDIA_FAILED, **self.fields(job), attempt=job.attempt, reason=reason)
        return MediaFailed(
            id=f"{job.event_id}.media.{job.index}.failed",
            at=self._clock(),
            channel=job.channel,
            account=job.account,
            contact=job.contact,
            platform_id=job.platform_id,
            message_id=job.message_id,
            media=FailedMedia(index=job.index, reason=reason, attempts=job.attempt),
        )

    def retried(self, job: MediaJob, reason: str) -> None:
        """Count a try that is to be repeated."""
        self._metrics.media_files.labels(job.channel, "retried").inc()
        log.info(logs.MEDIA_RETRIED, **self.fields(job), attempt=job.attempt, reason=reason)

    def unreported(self, job: MediaJob, error: Exception) -> None:
        """Say that an outcome could not be committed or settled; the lease brings it back."""
        told = f"{type(error).__name__}: {error}"
        log.warning(logs.MEDIA_NOT_REPORTED, **self.fields(job), error=told)

    def queue(self, partition: int, batch: Batch) -> None:
        """Show how long a partition's queue is."""
        name = str(partition)
        self._metrics.media_waiting.labels(name, "due").set(batch.waiting)
        self._metrics.media_waiting.labels(name, "later").set(batch.later)
        self._metrics.media_oldest_seconds.labels(name).set(batch.oldest_seconds)

    @contextmanager
    def timed(self, job: MediaJob) -> Iterator[None]:
        """Measure one try."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self._metrics.media_seconds.labels(job.channel).observe(spent)

    @staticmethod
    def fields(job: MediaJob) -> dict[str, str]:
        """Return what names a file in the log."""
        return {"channel": job.channel, "account": job.account, "event_id": job.event_id}
