"""Messages that clients give over Redis: taken as those of the API, refusals told as events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import structlog

from gateway.codec import asked
from gateway.edge.outbound.news import News, facts
from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.terms import Terms
from gateway.errors import CodecError
from gateway.model.content import Text
from gateway.model.event import Event, MessageFailed
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import Refused, Submitted
from gateway.model.status import Failure
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

T = TypeVar("T")
Submit: TypeAlias = Callable[
    [Sequence[OutboundMessage], Sequence[str]], Awaitable[Sequence[Submitted]]
]
"""Takes messages, each once only under its name."""


class Intake:
    """Takes what stands on one partition's stream ``send``.

    Args:
        partition: Its number.
        submit: Takes messages.
        commit: Puts events where they are safe.
        terms: Of every account, by its id.
    """

    def __init__(
        self,
        partition: int,
        *,
        submit: Submit,
        commit: Callable[[Sequence[Event]], Awaitable[object]],
        terms: Mapping[str, Terms],
    ) -> None:
        self._partition = partition
        self._submit = submit
        self._commit = commit
        self._terms = terms

    async def take(self, entries: Sequence[tuple[bytes, Any]]) -> None:
        """Take the messages of some entries; those that were taken before are passed over.

        Raises:
            StoreError: Some may be taken; the same again is safe.
        """
        given: list[tuple[str, OutboundMessage]] = []
        told: list[Event] = []
        for entry, fields in entries:
            match self._read(entry.decode(), fields):
                case OutboundMessage() as message:
                    given.append((entry.decode(), message))
                case MessageFailed() as refusal:
                    told.append(refusal)
        names = [f"{self._partition:02d}.send.{entry}" for entry, _ in given]
        answers = await self._submit([message for _, message in given], names)
        told += [
            self._refusal(entry, message, answer)
            for (entry, message), answer in zip(given, answers, strict=True)
            if isinstance(answer, Refused)
        ]
        if told:
            await self._commit(told)

    def _read(self, entry: str, fields: Any) -> OutboundMessage | MessageFailed | None:
        if not fields:
            return None
        words = dict(zip(fields[::2], fields[1::2], strict=True))
        try:
            raw = asked.messagepack(words[b"message"])
        except (KeyError, CodecError) as error:
            self._log_dropped(entry, f"{type(error).__name__}: {error}")
            return None
        message = asked.message(raw)
        if isinstance(message, OutboundMessage):
            return message
        if (head := _head(raw)) is None:
            self._log_dropped(entry, message.explanation)
            return None
        return self._refusal(entry, head, message)

    def _log_dropped(self, entry: str, error: str) -> None:
        log.warning(logs.SEND_UNREADABLE, partition=self._partition, entry=entry, error=error)

    def _refusal(self, entry: str, message: OutboundMessage, refused: Refused) -> MessageFailed:
        """Return what consumers are told; the same each time the entry is read."""
        terms = self._terms.get(message.account)
        channel = "unknown" if terms is None else terms.channel.type
        failure = Failure(
            reason=refused.reason,
            explanation=refused.explanation,
            data=facts(refused.problems, refused.templates),
        )
        at = int(entry.split("-", maxsplit=1)[0])
        news = News(channel, message.account)
        return news.failed(f"send.{entry}", message, Progress(updated_at=at), failure)


def _head(raw: Any) -> OutboundMessage | None:
    """Return what a refusal tells of something that is no message: whose it was, and for whom."""
    match raw:
        case {"account": str(account)}:
            return OutboundMessage(
                account=account,
                content=Text(text=""),
                to=_if(str, raw.get("to")),
                to_group=_if(str, raw.get("to_group")),
                metadata=_if(dict, raw.get("metadata")) or {},
            )
        case _:
            return None


def _if(wanted: type[T], value: Any) -> T | None:
    return value if isinstance(value, wanted) else None
