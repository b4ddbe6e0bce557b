"""Our files on the platform: uploaded before they are sent, and once only.

Source: Meta for Developers, Messenger Platform, "Attachment upload API"; Instagram Platform,
"Messaging API": an uploaded file is sent again by its id, from the same page or account.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import msgspec

from gateway.api import (
    Answer,
    Audio,
    Buttons,
    Call,
    Carousel,
    Document,
    Host,
    Image,
    Link,
    Media,
    MediaHeader,
    OutboundContent,
    OutboundMessage,
    Sticker,
    StoreError,
    Video,
    kind_of,
)
from gateway_meta import answers, bodies, stored
from gateway_meta.errors import FILE_LOST
from gateway_meta.graph import Graph
from gateway_meta.rendering import media_card
from gateway_meta.sendable import Files

KEPT: Final = timedelta(days=7)
"""How long an id is used again. Meta does not say how long it keeps files; this is on the safe side."""
_FORGOTTEN: Final = timedelta(seconds=1)
_MOST_KNOWN: Final = 1000
"""Ids that are in calls under way have fewer."""


class Uploads:
    """Uploads what messages need.

    Ids are remembered by what the file is (its SHA-256), for all processes.

    Args:
        graph: Where to.
        node: Whose files they become: the id of a page, or of an Instagram account.
        files: What files the channel takes.
    """

    def __init__(self, graph: Graph, *, node: str, files: Files) -> None:
        self._graph = graph
        self._node = node
        self._files = files
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()
        self._keys: OrderedDict[str, str] = OrderedDict()

    async def prepared(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Return a message whose file has an id of the platform's; see ``Channel.prepare``.

        Raises:
            Rejected: There is no such file, or the platform does not take it.
            PlatformFailure: It cannot be uploaded now.
        """
        found = _file(message.content)
        if found is None:
            return message
        media, kind, sent_as = found
        if media.platform_id or not media.stored_id:
            return message
        platform_id = await self._uploaded(media.stored_id, kind, sent_as, host)
        named = msgspec.structs.replace(media, platform_id=platform_id)
        return msgspec.structs.replace(message, content=_with(message.content, named))

    async def judged(self, call: Call, answer: Answer, host: Host) -> None:
        """Forget a file that the platform could not use: the next try uploads it anew.

        Args:
            call: That named it.
            answer: To that call.
            host: Remembers.
        """
        if answers.subcode(answer) not in FILE_LOST:
            return
        for platform_id in _named(call.body):
            if key := self._keys.pop(platform_id, None):
                with suppress(StoreError):  # then it is tried with the same id
                    await host.remember(key, b"", time=_FORGOTTEN)

    async def _uploaded(self, stored_id: str, kind: str, sent_as: str, host: Host) -> str:
        """Upload a file unless the platform has it; whoever wants it meanwhile waits."""
        file = await stored.opened(
            stored_id, host, lambda media: self._files.refused(media, kind, "")
        )
        key = f"attachment:{self._node}:{sent_as}:{file.sha256}"
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._waiting[key] += 1
        try:
            async with lock:
                if kept := await host.recall(key):
                    return self._known(kept.decode(), key)
                platform_id = await self._upload(stored_id, sent_as, host)
                await host.remember(key, platform_id.encode(), time=KEPT)
                return self._known(platform_id, key)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key], self._locks[key]

    def _known(self, platform_id: str, key: str) -> str:
        self._keys[platform_id] = key
        self._keys.move_to_end(platform_id)
        while len(self._keys) > _MOST_KNOWN:
            self._keys.popitem(last=False)
        return platform_id

    async def _upload(self, stored_id: str, sent_as: str, host: Host) -> str:
        message = {"attachment": {"type": sent_as, "payload": {"is_reusable": True}}}
        answer = await self._graph.ask(
            host,
            "POST",
            self._node,
            "message_attachments",
            body={"message": message},
            files={"filedata": stored_id},
        )
        return stored.platform_id(answer.get("attachment_id"))


def _file(content: OutboundContent) -> tuple[Media, str, str] | None:
    """Return the file of a content, what it is to us, and what it is sent as."""
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            return content.media, kind_of(content), bodies.file_type(content)
        case Buttons(header=MediaHeader() as header) | Link(header=MediaHeader() as header):
            sent_as = "file" if header.format == "document" else header.format
            return header.media, header.format, sent_as
        case Carousel():
            card = media_card(content)
            if card is None or card.media is None:
                return None
            return card.media, card.media_format, card.media_format
        case _:
            return None


def _named(value: Any) -> Iterator[str]:
    """Yield the ids of files in the body of a call, however deep."""
    match value:
        case {"attachment_id": str(platform_id)}:
            yield platform_id
        case dict():
            for each in value.values():
                yield from _named(each)
        case list():
            for each in value:
                yield from _named(each)
        case _:
            return


def _with(content: Any, media: Media) -> OutboundContent:
    """Return a content with its file named otherwise."""
    if isinstance(content, Buttons | Link):
        header = msgspec.structs.replace(content.header, media=media)  # type: ignore[type-var]
        return msgspec.structs.replace(content, header=header)
    if isinstance(content, Carousel):
        card = msgspec.structs.replace(content.cards[0], media=media)
        return msgspec.structs.replace(content, cards=(card,))
    found: OutboundContent = msgspec.structs.replace(content, media=media)
    return found
