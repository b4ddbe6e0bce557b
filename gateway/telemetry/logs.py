"""Every log event: a constant phrase, its fields and what it means; a reference page shows them.

Used as ``log.warning(logs.WEBHOOK_REFUSED, account=…, reason=…)``. Never message text, never a
secret; contacts only through ``redact``.
"""

from __future__ import annotations

from typing import Final

import msgspec


class LogEvent(msgspec.Struct, frozen=True):
    """One log event.

    Attributes:
        phrase: What is logged, word for word.
        meaning: What happened, and what to do if something is to be done.
        fields: Names of the fields that go with it.
    """

    phrase: str
    meaning: str
    fields: tuple[str, ...]


TABLE: Final[dict[str, LogEvent]] = {}


def _event(phrase: str, meaning: str, *fields: str) -> str:
    TABLE[phrase] = LogEvent(phrase, meaning, fields)
    return phrase


STARTED: Final = _event(
    "relevo started", "The daemon answers on both listeners.", "public", "private", "accounts"
)
STOPPING: Final = _event("relevo stopping", "A stop was asked for; work is being finished.")
STOPPED: Final = _event("relevo stopped", "Nothing is left to do.", "seconds")
WEBHOOK_REFUSED: Final = _event(
    "webhook refused",
    "A request was not signed by any active secret (403), was no JSON (400) or too slow (408). "
    "After a change of secrets: add the new one beside the old one.",
    "channel",
    "account",
    "reason",
    "remote",
)
PARSE_FAILED: Final = _event(
    "parse failed",
    "A plugin raised on a body; the body is kept whole as a platform.notice. Report it.",
    "channel",
    "account",
    "error",
)
REDIS_LOST: Final = _event(
    "redis lost",
    "Redis does not confirm; webhooks go to the spool until it is back.",
    "partition",
    "error",
)
REDIS_BACK: Final = _event("redis back", "Redis confirms again.", "partition")
SPOOL_DRAINED: Final = _event(
    "spool drained", "What waited on disk is on the streams.", "partition", "events"
)
SPOOL_FULL: Final = _event(
    "spool full", "Webhooks get 503 and the platform retries; bring Redis back.", "bytes"
)
SPOOL_DAMAGED: Final = _event(
    "spool damaged",
    "The end of a spool file was cut off (a crash in mid-write); what was confirmed is whole.",
    "file",
    "bytes",
)
