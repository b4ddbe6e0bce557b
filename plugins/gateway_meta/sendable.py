"""Which files and addresses can be sent, wherever they stand in a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from gateway.api import Media, Problem

_ID: Final = re.compile(r"[!-~]{1,256}")
_WEB: Final = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """What files a channel takes.

    Attributes:
        megabytes: The greatest size, by kind of content.
        types: MIME types, by kind of content; a kind that is not there takes any.
    """

    megabytes: Mapping[str, int]
    types: Mapping[str, frozenset[str]]

    def rule(self, kind: str) -> str:
        """Return what may be sent as a kind, for people."""
        types = self.types.get(kind)
        told = f"of type {', '.join(sorted(types))}, " if types else ""
        return f"A file is {told}of {self.megabytes[kind]} MB at most, as far as that was told."

    def problems(self, file: Media, kind: str, path: str) -> Iterator[Problem]:
        """Yield what keeps a file from being sent as a kind.

        Args:
            file: As it was given.
            kind: What it is sent as.
            path: Where it stands in the message.
        """
        yield from named(file, path)
        yield from self.refused(file, kind, path)

    def refused(self, file: Media, kind: str, path: str) -> Iterator[Problem]:
        """Yield what is wrong with a file's type and size, as far as they are told."""
        allowed = self.types.get(kind)
        if allowed and _mime_type(file) not in {"", *allowed}:
            told = f"must be one of {', '.join(sorted(allowed))}, is {file.mime_type}"
            yield Problem(path=f"{path}.mime_type", explanation=told)
        most = self.megabytes[kind] * 1024 * 1024
        if file.size_bytes is not None and file.size_bytes > most:
            told = f"is {file.size_bytes} bytes, {most} at most"
            yield Problem(path=f"{path}.size_bytes", explanation=told, limit=most)


def named(file: Media, path: str) -> Iterator[Problem]:
    """Yield a problem when nothing says which file it is."""
    for name in ("platform_id", "stored_id"):
        if value := getattr(file, name):
            if not _ID.fullmatch(value):
                told = "must be an id: letters, digits and signs, 256 at most"
                yield Problem(path=f"{path}.{name}", explanation=told)
            return
    if file.url:
        yield from address(file.url, f"{path}.url")
    else:
        yield Problem(path=path, explanation="needs a stored_id, a platform_id or a url")


def address(url: str, path: str) -> Iterator[Problem]:
    """Yield a problem when an address cannot be opened from outside."""
    if not _WEB.fullmatch(url):
        yield Problem(path=path, explanation="must begin with http:// or https:// and a host")


def _mime_type(file: Media) -> str:
    return (file.mime_type or "").partition(";")[0].strip().lower()
