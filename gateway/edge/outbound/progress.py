"""How far a message is: kept beside it, and shown with it as its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import msgspec

from gateway.channel.capabilities import kind_of
from gateway.edge.outbound.ids import made_at
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import Attempt, OutboundRecord, Part, State, Step
from gateway.model.status import Failure, StatusName
from gateway.model.value import Value
from gateway.policy.status import ORDER

ANSWER_MS: Final = 2000
"""By so much our note that a message was taken may be later than the platform's own time of it."""
ATTEMPTS_KEPT: Final = 20


class Progress(Value, frozen=True, kw_only=True):
    """What changes about a message; fields as in ``OutboundRecord``.

    Attributes:
        tries: How often it was tried and failed; throttling is not counted.
        held_until: When it stops waiting for its contact.
    """

    updated_at: int = 0
    parts: tuple[Part, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    failure: Failure | None = None
    downgraded: str | None = None
    fallback: bool = False
    in_doubt: bool = False
    held_until: int | None = None

    def tried(self, attempt: Attempt, *, counted: bool = True) -> Progress:
        """Return it after a try that failed."""
        return msgspec.structs.replace(
            self,
            updated_at=attempt.at,
            attempts=(*self.attempts, attempt)[-ATTEMPTS_KEPT:],
            tries=self.tries + counted,
        )


NEW: Final = Progress()
_encoder: Final = msgspec.msgpack.Encoder()
_progress: Final = msgspec.msgpack.Decoder(Progress)
_message: Final = msgspec.msgpack.Decoder(OutboundMessage)
_step: Final = msgspec.msgpack.Decoder(Step)
encode: Final = _encoder.encode
decode_message: Final = _message.decode


def decode(raw: bytes | None) -> Progress:
    """Return the progress of a message; the one of a new message where nothing was kept yet."""
    return _progress.decode(raw) if raw else NEW


def decode_step(raw: bytes) -> Step:
    """Return what was kept of one thing the platform told."""
    return _step.decode(raw)


def marked(progress: Progress, marks: Mapping[bytes, bytes]) -> list[Step]:
    """Return the steps that a contact's watermarks say of a message (Messenger tells no more).

    Args:
        progress: Of the message.
        marks: By status, until when everything was so.
    """
    taken = [each.accepted_at for each in progress.parts if each.accepted_at is not None]
    if not taken:
        return []
    return [
        Step(status=cast(StatusName, name.decode()), at=int(until))
        for name, until in marks.items()
        if max(taken) - ANSWER_MS <= int(until)
    ]


def fields_of(raw: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return a hash as Redis tells it: name, value, name, value."""
    each = iter(raw)
    return dict(zip(each, each, strict=True))


def record_of(
    message_id: str, kept: Mapping[bytes, Any], *, channel: str, steps: Iterable[Step]
) -> OutboundRecord:
    """Return the record of a message.

    Args:
        message_id: Its id.
        kept: Its hash in Redis; see ``gateway/bus/scripts/enqueue.lua``.
        channel: Type of its account's channel.
        steps: What the platform told of it and its parts.
    """
    message, progress = decode_message(kept[b"m"]), decode(kept.get(b"r"))
    told = tuple(sorted(steps, key=lambda each: (each.at, ORDER.index(each.status))))
    created_at = made_at(message_id)
    return OutboundRecord(
        id=message_id,
        account=message.account,
        channel=channel,
        to=message.to,
        to_group=message.to_group,
        lane=message.lane,
        state=_state(kept, told),
        kind=kind_of(message.content),
        created_at=created_at,
        updated_at=max(created_at, progress.updated_at, *(each.at for each in told), 0),
        send_at=message.send_at,
        expires_at=message.expires_at,
        parts=progress.parts,
        attempts=progress.attempts,
        steps=told,
        failure=progress.failure,
        downgraded=progress.downgraded,
        fallback=progress.fallback,
        in_doubt=progress.in_doubt,
        metadata=message.metadata,
    )


def _state(kept: Mapping[bytes, Any], steps: tuple[Step, ...]) -> State:
    state = cast(State, kept[b"s"].decode())
    if state == "queued" and kept.get(b"b"):
        return "sending"
    if steps and state == "accepted":
        furthest: StatusName = max((each.status for each in steps), key=ORDER.index)
        return furthest
    return state
