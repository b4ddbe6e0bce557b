"""The form of a spool file, and how one is read; nothing here changes a file.

A file is called after its partition, ``03.spool``, and begins with a line that names its form. Each
record is its length, a CRC-32 and a MessagePack array: the words for the commit script, then the
channel and type of each event.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final
from zlib import crc32

import msgspec

from gateway.codec.stream import decode_map
from gateway.edge.entry import Unit
from gateway.errors import StoreError

FORM: Final = b"relevo spool 1\n"
HEAD: Final = struct.Struct("<II")
TORN: Final = ".torn"
"""Ends the name of a file of what could not be read and was put aside."""
_ENCODE: Final = msgspec.msgpack.Encoder().encode
_DECODE: Final = msgspec.msgpack.Decoder(tuple[list[bytes], tuple[tuple[str, str], ...]]).decode


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a spool file holds.

    Attributes:
        partition: Whose events wait.
        events: How many do.
        whole_bytes: How many bytes of whole records stand behind the first line.
        since: When the first event was recorded, in milliseconds since 1970; None without events.
        rest_bytes: How many bytes behind them are no record.
        is_cut: Whether these are the begin of one, as a crash in mid-write leaves it.
    """

    partition: int
    events: int
    whole_bytes: int
    since: int | None
    rest_bytes: int
    is_cut: bool


def record(unit: Unit) -> bytes:
    """Return a unit as it stands in a file."""
    payload = _ENCODE((unit.words, unit.types))
    return HEAD.pack(len(payload), crc32(payload)) + payload


def unit(payload: bytes) -> Unit:
    """Return the unit of a record without its head."""
    return Unit(*_DECODE(payload))


def files(folder: Path) -> list[Path]:
    """Return a folder's spool files.

    Raises:
        OSError: It cannot be read.
    """
    return sorted(each for each in folder.iterdir() if each.suffix == ".spool")


def partition_of(path: Path) -> int:
    """Return whose events wait in a file.

    Raises:
        StoreError: It is not called after a partition.
    """
    if not path.stem.isdecimal():
        raise StoreError(f"{path} is not a spool file: its name is no partition, as in 03.spool")
    return int(path.stem)


def opened(path: Path) -> BinaryIO:
    """Open a file and read its first line, of which a crash may have left a part.

    Raises:
        StoreError: It is of another form.
        OSError: It cannot be read.
    """
    file = path.open("rb")
    form = file.read(len(FORM))
    if form and not FORM.startswith(form):
        file.close()
        raise StoreError(f"{path} is not a spool file of this version of relevo")
    return file


def payloads(file: BinaryIO) -> Iterator[bytes]:
    """Yield the whole records from where a file stands, without their heads."""
    while len(head := file.read(HEAD.size)) == HEAD.size:
        length, checksum = HEAD.unpack(head)
        payload = file.read(length)
        # A length of 0 is none of ours: zeros are what a disk puts where nothing was written.
        if not length or len(payload) < length or crc32(payload) != checksum:
            return
        yield payload


def content(path: Path) -> Content:
    """Return what a file holds.

    Raises:
        StoreError: It is no spool file of ours.
        OSError: It cannot be read.
    """
    partition = partition_of(path)
    events = whole = 0
    first: Unit | None = None
    with opened(path) as file:
        for payload in payloads(file):
            found = unit(payload)
            first = first or found
            events += len(found.types)
            whole += HEAD.size + len(payload)
        file.seek(len(FORM) + whole)
        rest = file.read()
    return Content(
        partition=partition,
        events=events,
        whole_bytes=whole,
        since=None if first is None else _recorded_at(first),
        rest_bytes=len(rest),
        is_cut=_is_cut(rest),
    )


def _recorded_at(unit: Unit) -> int | None:
    _, event, *_ = unit.words
    at: Any = decode_map(event).get("at")
    return at if isinstance(at, int) else None


def _is_cut(rest: bytes) -> bool:
    if len(rest) < HEAD.size:
        return bool(rest)
    length, _ = HEAD.unpack_from(rest)
    return length > len(rest) - HEAD.size or not any(rest)
