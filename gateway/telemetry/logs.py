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
)
NOTICE_NOT_ACTED_ON: Final = _event(
    "notice not acted on",
    "A channel failed on what its platform said; it will be found when the platform is asked next.",
    "account",
    "type",
    "reason",
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
    "spool full",
    "Webhooks get 503 and the platform retries; bring Redis back.",
    "bytes",
    "error",
)
SPOOL_DAMAGED: Final = _event(
    "spool damaged",
    "What is no whole record in a spool file was put aside as NN.torn; every record that is whole is "
    "kept. At the end this is what a crash in mid-write leaves, which was never confirmed, unless it "
    "is longer than a webhook. In the middle the disk is at fault: these events were confirmed, "
    "and they are not on the stream.",
    "file",
    "where",
    "bytes",
)
SPOOL_STUCK: Final = _event(
    "spool stuck",
    "Redis answers, and yet what waits on disk does not go to the streams: the error says why. It "
    "is tried again.",
    "partition",
    "error",
)
REQUEST_FAILED: Final = _event(
    "request failed",
    "A handler raised; the client got 500 and no details. Report it with the exception.",
    "method",
    "path",
)
VALKEY_TAKEN_OVER: Final = _event(
    "valkey taken over",
    "A relevo was killed and its embedded Valkey lived on; it is stopped cleanly and replaced.",
    "pid",
)
VALKEY_DIED: Final = _event(
    "valkey died",
    "The embedded Valkey ended by itself (a negative code is a signal; -9 is often the system "
    "running out of memory). It is started again and loses nothing.",
    "code",
    "end_of_log",
)
VALKEY_BACK: Final = _event(
    "valkey back", "The embedded Valkey answers again; seconds since it last started.", "seconds"
)
VALKEY_NOT_BACK: Final = _event(
    "valkey not back",
    "The embedded Valkey cannot be started (disk full, damaged file); it is tried again.",
    "error",
)
UPKEEP_FAILED: Final = _event(
    "upkeep failed",
    "Streams could not be trimmed or old ids dropped; tried again in a minute.",
    "error",
)
TRIMMING_HELD_BACK: Final = _event(
    "trimming held back",
    "A consumer group has not read what should be trimmed; see relevo_consumer_lag_events. With "
    "overdue=true what it has not read is being dropped.",
    "partition",
    "overdue",
)
KEY_REFUSED: Final = _event(
    "api key refused",
    "Somebody asked the API with a key that is malformed, unknown (revoked, perhaps) or expired.",
    "reason",
    "remote",
    "path",
)
SHORT_ANSWER_OFF: Final = _event(
    "short answer off",
    "The installed aiohttp writes responses otherwise than Relevo expects; answers are made the "
    "ordinary way, which costs some speed. Report it with aiohttp's version.",
)
MEDIA_RETRIED: Final = _event(
    "media retried",
    "A file of a message could not be fetched now and will be tried again.",
    "channel",
    "account",
    "event_id",
    "attempt",
    "reason",
)
MEDIA_FAILED: Final = _event(
    "media failed",
    "A file of a message was given up; its message stands and message.media_failed says why.",
    "channel",
    "account",
    "event_id",
    "attempt",
    "reason",
)
MEDIA_STORE_REFUSED: Final = _event(
    "media store refused",
    "The media store cannot write or read; files wait, no attempt is lost. Make it work again.",
    "channel",
    "account",
    "event_id",
    "error",
)
MEDIA_JOB_UNREADABLE: Final = _event(
    "media job unreadable",
    "A file to fetch was noted by another version of Relevo and is dropped; its message stands.",
    "partition",
    "error",
)
MEDIA_NOT_REPORTED: Final = _event(
    "media not reported",
    "What became of a file could not be put on the stream; it will be done again.",
    "channel",
    "account",
    "event_id",
    "error",
)
MEDIA_QUEUE_LOST: Final = _event(
    "media queue lost",
    "Redis does not hand out files to fetch; they wait until it does.",
    "partition",
    "error",
)
MEDIA_QUEUE_BACK: Final = _event(
    "media queue back", "Redis hands out files to fetch again.", "partition"
)
CONSUMER_LOST: Final = _event(
    "consumer lost redis",
    "A consumer cannot read; it tries again until it can.",
    "partition",
    "group",
    "error",
)
CONSUMER_BACK: Final = _event(
    "consumer back", "A consumer reads again and first takes up what it had.", "partition", "group"
)
CONSUMER_WAITING: Final = _event(
    "consumer waits for a gateway",
    "Redis is away, or no gateway has used it yet; the consumer begins when one has. Check the "
    "URL and its database.",
    "url",
    "reason",
)
HANDLER_FAILED: Final = _event(
    "handler failed",
    "A consumer's handler raised; the event is delivered again later.",
    "group",
    "entry",
    "deliveries",
)
DELIVERY_BURIED: Final = _event(
    "delivery buried",
    "An event was delivered as often as allowed and never done; it is in the group's dead stream.",
    "group",
    "entry",
    "deliveries",
    "dead",
)
MESSAGE_IN_DOUBT: Final = _event(
    "message in doubt",
    "A message was begun and never finished: a crash, or a lost lease. With action=retry the contact "
    "may get it twice, with action=report it has failed; see the account's in_doubt.",
    "account",
    "message",
    "action",
)
CHANNEL_FAILED: Final = _event(
    "channel failed",
    "A plugin raised while a message was sent; the message is tried again or has failed. Report it.",
    "account",
    "message",
    "error",
)
ACCOUNT_PAUSED: Final = _event(
    "account paused",
    "Nothing is sent until the account is mended; its queue is kept, and one message is tried now "
    "and then.",
    "account",
    "code",
    "reason",
)
ACCOUNT_RESUMED: Final = _event("account resumed", "An account sends again.", "account")
CONTACTS_REACHED: Final = _event(
    "contacts reached",
    "As many contacts were written to first in 24 hours as the platform allows; further templates "
    "wait. Told once an hour.",
    "account",
    "most",
)
PARTITION_OWNED: Final = _event(
    "partition owned", "This process sends for the partition's accounts from now on.", "partition"
)
PARTITION_GIVEN_UP: Final = _event(
    "partition given up",
    "Another process may send for the partition's accounts; lost=true when it was not asked for: "
    "Redis was away or this process stood still for too long.",
    "partition",
    "lost",
)
SENDING_INTERRUPTED: Final = _event(
    "sending interrupted",
    "Redis does not answer to who sends for a partition; it goes on when it does.",
    "partition",
    "error",
)
SEND_UNREADABLE: Final = _event(
    "send unreadable",
    "What a client put on the stream of messages to be sent is none, and says no account that could be "
    "told; it is dropped.",
    "partition",
    "entry",
    "error",
)
SENDING_FAILED: Final = _event(
    "sending failed",
    "What looks after a partition's messages raised; it is started again. Report it.",
    "partition",
    "error",
)
CHANNEL_RUN_FAILED: Final = _event(
    "channel run failed",
    "What an account's channel does by itself (polling, say) raised; it is started again.",
    "account",
    "error",
)
EVENT_NOT_APPLIED: Final = _event(
    "event not applied",
    "An event could not be read or applied to what was sent; it is passed over.",
    "partition",
    "entry",
    "error",
)
