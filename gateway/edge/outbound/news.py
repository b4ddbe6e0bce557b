"""What consumers are told of outbound messages."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gateway.edge.outbound.progress import Progress
from gateway.model.contact import Address, Contact
from gateway.model.event import AccountAlert, MessageAccepted, MessageFailed, MessageHeld
from gateway.model.identity import event_id
from gateway.model.message import OutboundReference
from gateway.model.notice import Alert
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import FieldProblem
from gateway.model.status import Failure, PlatformError
from gateway.model.value import Json


class News:
    """Writes the events of one account's messages.

    Args:
        channel: Its type.
        account: Its id.
    """

    def __init__(self, channel: str, account: str) -> None:
        self._channel = channel
        self._account = account

    def accepted(
        self,
        message_id: str,
        message: OutboundMessage,
        progress: Progress,
        addresses: tuple[Address, ...],
        *,
        kept_back: bool,
    ) -> MessageAccepted:
        """Tell that the platform took a message."""
        at = progress.updated_at
        return MessageAccepted(
            id=event_id(at, self._account, "message.accepted", message_id),
            at=at,
            channel=self._channel,
            account=self._account,
            contact=Contact(id=_recipient(message), addresses=addresses),
            message=_reference(message_id, message, progress),
            kept_back=kept_back,
        )

    def failed(
        self, message_id: str, message: OutboundMessage, progress: Progress, failure: Failure
    ) -> MessageFailed:
        """Tell that a message will not arrive."""
        at = progress.updated_at
        return MessageFailed(
            id=event_id(at, self._account, "message.failed", message_id),
            at=at,
            channel=self._channel,
            account=self._account,
            contact=Contact(id=_recipient(message)),
            message=_reference(message_id, message, progress),
            failure=failure,
        )

    def held(self, message_id: str, message: OutboundMessage, progress: Progress) -> MessageHeld:
        """Tell that a message waits for its contact."""
        at = progress.updated_at
        return MessageHeld(
            id=event_id(at, self._account, "message.held", message_id),
            at=at,
            channel=self._channel,
            account=self._account,
            contact=Contact(id=_recipient(message)),
            message=_reference(message_id, message, progress),
        )

    def alert(self, error: PlatformError, *, at: int) -> AccountAlert:
        """Tell that nothing is sent until a person has mended the account."""
        return AccountAlert(
            id=event_id(at, self._account, "account.alert", "paused", error.code),
            at=at,
            channel=self._channel,
            account=self._account,
            alert=Alert(
                severity="critical",
                code=error.code,
                text=f"Sending is paused: {error.explanation or error.title or error.code}",
            ),
        )


def facts(problems: Sequence[FieldProblem] = (), templates: Sequence[str] = ()) -> dict[str, Json]:
    """Return the ``data`` of a failure: the fields that are wrong, and what may be sent instead."""
    told = {
        "problems": [msgspec.to_builtins(each) for each in problems],
        "templates": list(templates),
    }
    return {name: each for name, each in told.items() if each}


def _recipient(message: OutboundMessage) -> str:
    return message.to or message.to_group or ""


def _reference(message_id: str, message: OutboundMessage, progress: Progress) -> OutboundReference:
    ids = tuple([each.platform_id for each in progress.parts if each.platform_id is not None])
    return OutboundReference(
        id=message_id,
        platform_ids=ids,
        metadata=message.metadata,
        lane=message.lane,
        downgraded=progress.downgraded,
        held_until=progress.held_until,
    )
