"""The form of a spool file, and how one is read; nothing here changes a file.

A file is called after its partition, ``03.spool``, and begins with a line that names its form. Each
record is its length, a CRC-32 and a MessagePack array: the words for the commit script, then the
channel and type of each event. Places in a file are counted in bytes from behind its first line.
"""

from __future__ import annotations

import re
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
PART_BYTES: Final = 1 << 20
"""Read at once, for a damaged length may be gigabytes."""
_ENCODE: Final = msgspec.msgpack.Encoder().encode
_DECODE: Final = msgspec.msgpack.Decoder(tuple[list[bytes], tuple[tuple[str, str], ...]]).decode


class Piece(msgspec.Struct, frozen=True):
    """Bytes of a file that belong together.

    Attributes:
        start: The place where they begin.
        end: The place behind them.
        unit: What was recorded there; None where no whole record stands.
        is_cut: Whether this is the begin of a record, as a crash in mid-write leaves it.
    """

    start: int
    end: int
    unit: Unit | None = None
    is_cut: bool = False


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a spool file holds.

    Attributes:
        partition: Whose events wait.
        events: How many do.
        whole_bytes: How many bytes of whole records there are.
        since: When the first event was recorded, in milliseconds since 1970; None without events.
        damaged_bytes: How many bytes are no record, without those of ``cut``.
        damaged_at: The place where the first of them stands; None where there are none.
        cut: The begin of a record at the end, as a crash in mid-write leaves it.
    """

    partition: int
    events: int
    whole_bytes: int
    since: int | None
    damaged_bytes: int
    damaged_at: int | None
    cut: Piece | None


def record(unit: Unit) -> bytes:
    """Return a unit as it stands in a file."""
    payload = _ENCODE((unit.words, unit.types))
    return HEAD.pack(len(payload), crc32(payload)) + payload


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
    if not re.fullmatch("[0-9]{2}", path.stem):
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


def size(path: Path) -> int:
    """Return the place where a file ends.

    Raises:
        OSError: It is not there.
    """
    return max(0, path.stat().st_size - len(FORM))


def pieces(file: BinaryIO, start: int, end: int) -> Iterator[Piece]:
    """Yield what stands between two places, in order; every byte belongs to one piece.

    Where a record is damaged, its length is followed, and that of the next: if a whole record
    stands there, reading goes on with it. If none does, the rest is one piece.

    Raises:
        OSError: It cannot be read.
    """
    place, damaged = start, None
    while (found := _record_at(file, place, end)) is not None:
        if found.unit is not None:
            if damaged is not None:
                yield Piece(damaged, place)
                damaged = None
            yield found
        elif damaged is None:
            damaged = place
        place = found.end
    if damaged is not None:
        yield Piece(damaged, end)
    elif place < end:
        yield Piece(place, end, is_cut=_is_cut(file, place, end))


def parts(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes between two places, or up to where the file ends, a part at a time."""
    file.seek(len(FORM) + start)
    while start < end and (part := file.read(min(PART_BYTES, end - start))):
        yield part
        start += len(part)


def content(path: Path) -> Content:
    """Return what a file holds.

    Raises:
        StoreError: It is no spool file of ours.
        OSError: It cannot be read.
    """
    partition = partition_of(path)
    events = whole = damaged = 0
    first: Unit | None = None
    damaged_at: int | None = None
    cut: Piece | None = None
    with opened(path) as file:
        for each in pieces(file, 0, size(path)):
            if each.unit is not None:
                first = first or each.unit
                events += len(each.unit.types)
                whole += each.end - each.start
            elif each.is_cut:
                cut = each
            else:
                damaged += each.end - each.start
                damaged_at = each.start if damaged_at is None else damaged_at
    return Content(
        partition=partition,
        events=events,
        whole_bytes=whole,
        since=None if first is None else _recorded_at(first),
        damaged_bytes=damaged,
        damaged_at=damaged_at,
        cut=cut,
    )


def _record_at(file: BinaryIO, place: int, end: int) -> Piece | None:
    """Return the record at a place, whole or damaged; None where its length leads nowhere."""
    if place + HEAD.size > end:
        return None
    # The place is told anew each time, for whoever was given a piece may have read elsewhere.
    file.seek(len(FORM) + place)
    head = file.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    length, checksum = HEAD.unpack(head)
    begin = place + HEAD.size
    # A length of 0 is none of ours: zeros are what a disk puts where nothing was written.
    if not length or begin + length > end:
        return None
    return Piece(place, begin + length, _unit(file, begin, length, checksum))


def _unit(file: BinaryIO, begin: int, length: int, checksum: int) -> Unit | None:
    if length > PART_BYTES:
        found = 0
        for part in parts(file, begin, begin + length):
            found = crc32(part, found)
        if found != checksum:
            return None
        # Only now is it known that so much was written at once.
        file.seek(len(FORM) + begin)
    payload = file.read(length)
    if crc32(payload) != checksum:
        return None
    try:
        return Unit(*_DECODE(payload))
    except msgspec.DecodeError:
        return None


def _is_cut(file: BinaryIO, place: int, end: int) -> bool:
    head = b"".join(parts(file, place, min(place + HEAD.size, end)))
    if len(head) < HEAD.size:
        return True
    length, _ = HEAD.unpack(head)
    return bool(length) or all(part.count(0) == len(part) for part in parts(file, place, end))


def _recorded_at(unit: Unit) -> int | None:
    _, event, *_ = unit.words
    at: Any = decode_map(event).get("at")
    return at if isinstance(at, int) else None
