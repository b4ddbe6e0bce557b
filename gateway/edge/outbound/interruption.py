"""Tells in the log that Redis does not answer: once, until it does again."""

from __future__ import annotations

import structlog

from gateway.telemetry import logs

log = structlog.get_logger(__name__)


class Interruption:
    """What one piece of work that goes on and on knows of Redis.

    Several tries a second fail while Redis is away, of every partition: a line for each would
    bury all others, and fill a disk that may be full already.

    Args:
        partition: For which it works; None for all.
    """

    def __init__(self, partition: int | None) -> None:
        self._partition = partition
        self._told = False

    def begins(self, error: Exception) -> None:
        """Log why, unless that was done since the last ``ends``."""
        if not self._told:
            log.warning(logs.SENDING_INTERRUPTED, partition=self._partition, error=str(error))
        self._told = True

    def ends(self) -> None:
        """Say that a try went well."""
        self._told = False
