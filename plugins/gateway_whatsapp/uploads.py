"""Our files on the platform: uploaded before they are sent, and once only.

Source: Meta for Developers, WhatsApp Business Platform, "Media": an uploaded file is kept 30 days.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar
from urllib.parse import quote
from weakref import WeakValueDictionary

import msgspec

from gateway.api import (
    Audio,
    Buttons,
    Call,
    Carousel,
    Document,
    Flow,
    Host,
    Image,
    Link,
    Media,
    MediaHeader,
    MediaParameter,
    OutboundContent,
    OutboundMessage,
    Sticker,
    StoredFile,
    Template,
    Text,
    TextParameter,
    Video,
)
from gateway_meta import stored
from gateway_whatsapp import carousels, links
from gateway_whatsapp.graph import Graph
from gateway_whatsapp.settings import WhatsAppSettings

K = TypeVar("K")
V = TypeVar("V")

KEPT: Final = timedelta(days=29)
"""A day less than the platform keeps them: a message may wait before it goes."""
_KNOWN_SECONDS: Final = 3600.0
_ANEW_SECONDS: Final = 600.0
"""So long an upload made in place of a forgotten one is not forgotten in its turn: then the file
itself is what the platform does not like, and uploading it for every message would not help."""
_MOST_KNOWN: Final = 1000


class _Uploaded(msgspec.Struct, frozen=True):
    """A file of ours as the platform knows it."""

    platform_id: str
    filename: str | None


class Uploads:
    """Uploads what messages need.

    Ids are remembered by what the file is (its SHA-256), for all processes: the same picture in
    a hundred thousand messages is uploaded once. What was looked up lately is known here too.

    Args:
        settings: The account's.
        graph: Where to.
    """

    def __init__(self, settings: WhatsAppSettings, graph: Graph) -> None:
        self._number = settings.phone_number_id
        self._graph = graph
        self._known: OrderedDict[tuple[str, str], tuple[float, _Uploaded]] = OrderedDict()
        self._anew: OrderedDict[str, float] = OrderedDict()
        self._forgotten: OrderedDict[str, None] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def prepared(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Return a message whose files have ids of the platform's; see ``Channel.prepare``.

        Raises:
            Rejected: There is no such file, or the platform does not take it.
            PlatformFailure: It cannot be uploaded now.
        """
        if not may_have_files(message.content):
            return message
        found: dict[str, _Uploaded] = {}
        for media, kind in to_upload(message.content):
            found[str(media.stored_id)] = await self._uploaded(str(media.stored_id), kind, host)
        if not found:
            return message
        return msgspec.structs.replace(message, content=_named(message.content, found))

    def forget(self, call: Call) -> bool:
        """Forget our uploads that a call names, for the platform does not have them any more.

        Returns:
            Whether there was any: the same message may go with new ones.
        """
        now, named = asyncio.get_running_loop().time(), set(_ids(call.body))
        for place, (_, each) in tuple(self._known.items()):
            if each.platform_id in named and self._anew.get(each.platform_id, now) <= now:
                del self._known[place]
                _noted(self._forgotten, each.platform_id, None)
        return any(each in self._forgotten for each in named)

    async def _uploaded(self, stored_id: str, kind: str, host: Host) -> _Uploaded:
        now = asyncio.get_running_loop().time()
        until, known = self._known.get((stored_id, kind), (0.0, None))
        if known is not None and now < until:
            return known
        file = await stored.opened(stored_id, host, lambda media: links.carried(media, kind, ""))
        platform_id = await self._once(stored_id, file, host)
        uploaded = _Uploaded(platform_id, file.filename)
        _noted(self._known, (stored_id, kind), (now + _KNOWN_SECONDS, uploaded))
        return uploaded

    async def _once(self, stored_id: str, file: StoredFile, host: Host) -> str:
        """Upload a file unless the platform has it; whoever wants the same one meanwhile waits."""
        key = f"media:{self._number}:{file.sha256}"
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            kept = (await host.recall(key) or b"").decode()
            if kept and kept not in self._forgotten:
                return kept
            platform_id = await self._upload(stored_id, file, host)
            if kept:
                now = asyncio.get_running_loop().time()
                _noted(self._anew, platform_id, now + _ANEW_SECONDS)
            await host.remember(key, platform_id.encode(), time=KEPT)
            return platform_id

    async def _upload(self, stored_id: str, file: StoredFile, host: Host) -> str:
        call = Call(
            method="POST",
            path=f"/{quote(self._number, safe='')}/media",
            body={"messaging_product": "whatsapp", "type": file.mime_type},
            files={"file": stored_id},
        )
        answer = await self._graph.ask(call, host)
        return stored.platform_id(answer.get("id"))


def _noted(notes: OrderedDict[K, V], key: K, value: V) -> None:
    """Note something, and let the oldest notes go."""
    notes[key] = value
    while len(notes) > _MOST_KNOWN:
        notes.popitem(last=False)


def _ids(part: Any) -> Iterator[str]:
    """Yield every id that a body names, of files and of anything else."""
    match part:
        case dict():
            for name, inner in part.items():
                if name == "id" and isinstance(inner, str):
                    yield inner
                else:
                    yield from _ids(inner)
        case list() | tuple():
            for each in part:
                yield from _ids(each)


def may_have_files(content: OutboundContent) -> bool:
    """Whether it is worth looking for files; told quickly for what most messages are."""
    match content:
        case Text():
            return False
        case Template(header=None | TextParameter(), cards=()):
            return False
        case _:
            return True


def to_upload(content: OutboundContent) -> Iterator[tuple[Media, str]]:
    """Yield each file of ours that must be uploaded, with what it is sent as."""
    for media, kind in _files(content):
        if media.stored_id and not media.platform_id:
            yield media, kind


def _files(content: OutboundContent) -> Iterator[tuple[Media, str]]:
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            yield content.media, links.carried_as(content)
        case Buttons(header=MediaHeader() as header):
            yield header.media, header.format
        case Link(header=MediaHeader() as header) | Flow(header=MediaHeader() as header):
            yield header.media, header.format
        case Carousel(cards=cards) if carousels.fits(content):
            for card in cards:
                if card.media is not None:
                    yield card.media, card.media_format
        case Template():
            for shown in (content.header, *(each.header for each in content.cards)):
                if isinstance(shown, MediaParameter):
                    yield shown.media, shown.format
        case _:
            return


def _named(value: Any, found: Mapping[str, _Uploaded]) -> Any:
    """Return a value with the platform's ids in the files that it holds, however deep."""
    match value:
        case Media(stored_id=str(stored_id), platform_id=None) if stored_id in found:
            file = found[stored_id]
            return msgspec.structs.replace(
                value, platform_id=file.platform_id, filename=value.filename or file.filename
            )
        case tuple():
            return tuple(_named(each, found) for each in value)
        case msgspec.Struct():
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            changed = {name: _named(each, found) for name, each in fields.items()}
            return msgspec.structs.replace(value, **changed)
        case _:
            return value
