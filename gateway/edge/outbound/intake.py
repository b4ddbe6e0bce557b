"""Messages that clients give over Redis: taken as those of the API, refusals told as events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import structlog

from gateway.edge.outbound.news import News
from gateway.edge.outbound.progress import Progress, decode_message
from gateway.edge.outbound.terms import Terms
from gateway.model.event import Event, MessageFailed
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import Refused, Submitted
from gateway.model.status import Failure
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

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
        for entry, fields in entries:
            message = self._read(entry, fields)
            if message is not None:
                given.append((entry.decode(), message))
        if not given:
            return
        names = [f"{self._partition:02d}.send.{entry}" for entry, _ in given]
        answers = await self._submit([message for _, message in given], names)
        refused = [
            self._refusal(entry, message, answer)
            for (entry, message), answer in zip(given, answers, strict=True)
            if isinstance(answer, Refused)
        ]
        if refused:
            await self._commit(refused)

    def _read(self, entry: bytes, fields: Any) -> OutboundMessage | None:
        if not fields:
            return None
        words = dict(zip(fields[::2], fields[1::2], strict=True))
        try:
            message = decode_message(words[b"message"])
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning(
                logs.SEND_UNREADABLE,
                partition=self._partition,
                entry=entry.decode(),
                error=f"{type(error).__name__}: {error}",
            )
            return None
        # The tag for people's late answers is put on by the window policy, and by nobody else.
        return msgspec.structs.replace(message, tag=None)

    def _refusal(self, entry: str, message: OutboundMessage, refused: Refused) -> MessageFailed:
        """Return what consumers are told; the same each time the entry is read."""
        terms = self._terms.get(message.account)
        channel = "unknown" if terms is None else terms.channel.type
        failure = Failure(
            reason=refused.reason,
            explanation=refused.explanation,
            data={"problems": [msgspec.to_builtins(each) for each in refused.problems]}
            if refused.problems
            else {},
        )
        at = int(entry.split("-", maxsplit=1)[0])
        news = News(channel, message.account)
        return news.failed(f"send.{entry}", message, Progress(updated_at=at), failure)
