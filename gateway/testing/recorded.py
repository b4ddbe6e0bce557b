"""Recorded payloads: files that hold a platform's own body and where it is from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec


class Recorded(msgspec.Struct, frozen=True):
    """What such a file holds; keys beside these are remarks.

    Attributes:
        source: Where it is from: a page of the platform's documentation, a recording of your own.
        body: The JSON, or as text what is not JSON.
    """

    source: str
    body: Any

    @property
    def raw(self) -> bytes:
        """The body as it would arrive."""
        return self.body.encode() if isinstance(self.body, str) else msgspec.json.encode(self.body)


def recorded(*folders: Path) -> list[Recorded]:
    """Return the payloads of every ``*.json`` of these folders, by name.

    Raises:
        ValueError: A folder has none, or a file is no recorded payload; the text names it.
    """
    return [_read(file) for folder in folders for file in _files(folder)]


def bodies(*folders: Path) -> list[bytes]:
    """Return the raw bodies of ``recorded``."""
    return [each.raw for each in recorded(*folders)]


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.json"))
    if not found:
        raise ValueError(f"{folder} holds no *.json")
    return found


def _read(file: Path) -> Recorded:
    try:
        payload = msgspec.json.decode(file.read_bytes(), type=Recorded)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file}: {error}") from error
    if not payload.source.strip():
        raise ValueError(f"{file}: says no source")
    return payload
