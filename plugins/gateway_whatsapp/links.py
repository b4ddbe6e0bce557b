"""Whether files, addresses and places can be sent, wherever they stand in a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gateway.api import (
    Audio,
    Document,
    Image,
    Location,
    LocationParameter,
    Media,
    Problem,
    Sticker,
    Video,
    kind_of,
)
from gateway_whatsapp.limits import MIME_TYPES, MOVING, SIZES_KB

_ID: Final = re.compile(r"[!-~]{1,256}")
_WEB: Final = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


def media(file: Media, kind: str, path: str) -> Iterator[Problem]:
    """Yield what keeps a file from being sent as a kind.

    Args:
        file: As it was given.
        kind: What it is sent as.
        path: Where it stands in the message.
    """
    if file.platform_id:
        if not _ID.fullmatch(file.platform_id):
            told = "must be the id that the platform gave an uploaded file"
            yield Problem(path=f"{path}.platform_id", explanation=told)
    elif file.stored_id:
        if not _ID.fullmatch(file.stored_id):
            told = "must be the id of a file in our media store"
            yield Problem(path=f"{path}.stored_id", explanation=told)
    elif file.url:
        yield from address(file.url, f"{path}.url")
    else:
        yield Problem(path=path, explanation="needs a stored_id, a platform_id or a url")
    yield from carried(file, kind, path)


def carried_as(content: Image | Video | Audio | Document | Sticker) -> str:
    """Return what a file is carried as, whose rules it is under."""
    return MOVING if isinstance(content, Sticker) and content.animated else kind_of(content)


def carried(file: Media, kind: str, path: str) -> Iterator[Problem]:
    """Yield why a file of this type and size, as far as they are told, is not carried as a kind."""
    allowed = MIME_TYPES.get(kind)
    if allowed and mime_type(file) not in {"", *allowed}:
        told = f"must be one of {', '.join(sorted(allowed))}, is {file.mime_type}"
        yield Problem(path=f"{path}.mime_type", explanation=told)
    most = SIZES_KB[kind] * 1024
    if file.size_bytes is not None and file.size_bytes > most:
        told = f"is {file.size_bytes} bytes, {most} at most"
        if kind == "sticker":
            told += f"; {SIZES_KB[MOVING] * 1024} with `animated`"
        yield Problem(path=f"{path}.size_bytes", explanation=told, limit=most)


def mime_type(file: Media) -> str:
    """Return the type of a file without its parameters, empty when it was not given."""
    return (file.mime_type or "").partition(";")[0].strip().lower()


def address(url: str, path: str) -> Iterator[Problem]:
    """Yield a problem when an address cannot be opened from outside."""
    if not _WEB.fullmatch(url):
        yield Problem(path=path, explanation="must begin with http:// or https:// and a host")


def place(where: Location | LocationParameter, path: str) -> Iterator[Problem]:
    """Yield where a place is not on this earth."""
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = getattr(where, name)
        if not -most <= value <= most:
            told = f"is {value}, must be from -{most} to {most}"
            yield Problem(path=f"{path}.{name}", explanation=told, limit=most)
