"""What is done with a frame of a visitor: read, put where it is safe, shown, answered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from gateway.api import (
    Event,
    Host,
    MessageReceived,
    PlatformNotice,
    RedisUnavailable,
    SpoolFull,
    WebhookRequest,
)
from gateway_webchat import frames, inbound, memory, wire
from gateway_webchat.pace import Pace
from gateway_webchat.settings import WebchatSettings
from gateway_webchat.visitors import Visitor, log_of

FROM_VISITORS: Final = frozenset({"message", "typing", "status"})
RETRY_SECONDS: Final = 3.0
SIGNS_FOR_A_MESSAGE: Final = 6
"""Typing, statuses and pings for each message that a visitor may send."""
SHORT_DAYS: Final = 1
"""How long a visitor is remembered who never said anything."""


class Head(msgspec.Struct, frozen=True):
    """What tells frames apart before all of one is read."""

    type: str
    id: str = ""
    status: str = ""
    cursor: str = ""
    content: msgspec.Raw = msgspec.Raw(b"{}")


class _File(msgspec.Struct, frozen=True):
    kind: str = ""
    file: str = ""


_HEAD: Final = msgspec.json.Decoder(Head)
_FILE: Final = msgspec.json.Decoder(_File)


class Desk:
    """Takes what visitors of an account send.

    Args:
        settings: The account's.
        host: Where it goes.
    """

    def __init__(self, settings: WebchatSettings, host: Host) -> None:
        self._settings = settings
        self._host = host
        self._pace = Pace(settings.messages_per_minute)
        self._signs = Pace(SIGNS_FOR_A_MESSAGE * settings.messages_per_minute)
        self._keep = timedelta(days=settings.history_days)

    async def take(self, visitor: Visitor, raw: bytes) -> bytes | None:  # noqa: PLR0911 - a line for each refusal
        """Take one frame, and return what is to be answered.

        A message is acknowledged only when its event is safe and it stands in the visitor's log.
        """
        try:
            head = _HEAD.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return frames.error("malformed", detail=str(error))
        frame_id = head.id[:64]
        pace = self._pace if head.type == "message" else self._signs
        if wait := pace.take(visitor.id):
            return frames.error("slow_down", frame_id=frame_id, retry_after=wait)
        if head.type == "ping":
            return frames.PONG
        if head.type not in FROM_VISITORS:
            return frames.error("malformed", frame_id=frame_id, detail="an unknown type")
        if head.type == "message" and self._settings.form and not visitor.asked:
            return frames.error("form_required", frame_id=frame_id)
        try:
            return await self._taken(head, visitor, raw)
        except (RedisUnavailable, SpoolFull):
            return frames.error("unavailable", frame_id=frame_id, retry_after=RETRY_SECONDS)

    async def tell(self, visitor: Visitor, frame: wire.ProfileFrame | wire.IdentifiedFrame) -> None:
        """Commit what the server itself has to tell of a visitor.

        Raises:
            RedisUnavailable: Not now.
            SpoolFull: Not now.
        """
        await self._host.commit(self._events(visitor, msgspec.json.encode(frame), {}))

    async def _taken(self, head: Head, visitor: Visitor, raw: bytes) -> bytes | None:
        log = log_of(self._settings.id, visitor.id)
        events = self._events(visitor, raw, await self._files(head, log))
        for event in events:
            if isinstance(event, PlatformNotice):
                return frames.error(
                    "malformed", frame_id=head.id[:64], detail=event.notice.error or ""
                )
        await self._host.commit(events)
        if head.type == "status" and head.status == "read" and head.cursor:
            await self._saw(log, head.cursor)
        if not (events and isinstance(events[0], MessageReceived)):
            return None
        return await self._shown(events[0], head, visitor, log)

    async def _shown(self, event: MessageReceived, head: Head, visitor: Visitor, log: str) -> bytes:
        message = event.message
        entry = await self._host.chats.append(
            log,
            frames.encoded(frames.own(message)),
            keep=self._keep,
            most=self._settings.history_messages,
            once=head.id,
        )
        if entry.new:
            await self.remember(visitor)
        return frames.ack(head.id, message.platform_id, entry.cursor)

    async def remember(self, visitor: Visitor, *, short: bool = False) -> None:
        """Remember a visitor, for as long as they stay one.

        Raises:
            RedisUnavailable: Not now.
        """
        days = SHORT_DAYS if short else self._settings.session_days
        log = log_of(self._settings.id, visitor.id)
        await memory.keep_visitor(self._host, log, visitor, time=timedelta(days=days))

    async def _saw(self, log: str, cursor: str) -> None:
        if cursor > await memory.seen(self._host, log):
            await memory.keep_seen(self._host, log, cursor, time=self._keep)
            await self._host.chats.signal(log, frames.seen(cursor))

    async def _files(self, head: Head, log: str) -> dict[str, wire.Uploaded]:
        try:
            told = _FILE.decode(head.content)
        except msgspec.DecodeError:
            return {}
        if told.kind != "file" or not (stored := await memory.file(self._host, log, told.file)):
            return {}
        uploaded = wire.Uploaded(
            id=stored.id,
            mime_type=stored.mime_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            filename=stored.filename,
        )
        return {stored.id: uploaded}

    def _events(
        self, visitor: Visitor, raw: bytes, files: dict[str, wire.Uploaded]
    ) -> Sequence[Event]:
        envelope = wire.Envelope(
            account=self._settings.id, visitor=visitor, frames=(msgspec.Raw(raw),), files=files
        )
        request = WebhookRequest(
            body=msgspec.json.encode(envelope), received_at=time.time_ns() // 1_000_000
        )
        return inbound.events(request, self._settings.id)
