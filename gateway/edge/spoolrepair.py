"""Frees a spool file from what is no record; it is kept beside it, in a file ``NN.torn``.

A crash or a full disk in between leaves the file as it was, so that the same is done again.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from shutil import disk_usage
from typing import BinaryIO, Final

import structlog

from gateway.edge import spoolfile
from gateway.edge.spoolfile import FORM, TORN, Piece
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

NEW: Final = ".new"
"""Ends the name of a file that will take another's place. One that a crash left is written over."""


def repair(path: Path, *, end: int | None = None) -> None:
    """Leave nothing but whole records in a file, in their order, and log what is put aside.

    Args:
        path: The file; nobody may write it meanwhile.
        end: The place where confirmed records end; without it, where the file ends.

    Raises:
        StoreError: It is no spool file of ours.
        OSError: The disk refuses; the file is as it was, or all is done and may not last.
    """
    with spoolfile.opened(path) as file:
        there = spoolfile.size(path)
        end = there if end is None else min(end, there)
        damaged = [each for each in spoolfile.pieces(file, 0, end) if each.unit is None]
        if not damaged:
            return
        with _written(path.with_suffix(TORN), "ab") as aside:
            for each in damaged:
                _copy(file, each.start, each.end, aside)
            os.fsync(aside.fileno())
            sync_folder(path.parent)
            if damaged[0].end == end:
                os.truncate(path, len(FORM) + damaged[0].start)
            else:
                _rewrite(path, file, damaged, end)
    # From here on what was put aside is there only: no error may take it back.
    sync_folder(path.parent)
    _tell(path, damaged, end)


def sync_folder(folder: Path) -> None:
    """Return when a folder's names are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rewrite(path: Path, file: BinaryIO, damaged: Sequence[Piece], end: int) -> None:
    if disk_usage(path.parent).free < end:
        # Told before it is tried: others need the rest of the room.
        raise OSError(errno.ENOSPC, f"no room for another {end} bytes", str(path))
    beside = path.with_suffix(NEW)
    with _written(beside, "wb") as new:
        new.write(FORM)
        place = 0
        for each in damaged:
            _copy(file, place, each.start, new)
            place = each.end
        _copy(file, place, end, new)
        os.fsync(new.fileno())
        beside.replace(path)


def _copy(file: BinaryIO, start: int, end: int, to: FileIO) -> None:
    for part in spoolfile.parts(file, start, end):
        rest = memoryview(part)
        while rest:
            rest = rest[to.write(rest) :]


@contextmanager
def _written(path: Path, mode: str) -> Iterator[FileIO]:
    """Open a file to write it, or to write more; an error takes back what was written."""
    is_new = mode == "wb" or not path.exists()
    size = 0 if is_new else path.stat().st_size
    with FileIO(path, mode, opener=_private) as file:
        try:
            yield file
        except OSError:
            if is_new:
                path.unlink()
            else:
                os.truncate(path, size)
            raise


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _tell(path: Path, damaged: Sequence[Piece], end: int) -> None:
    for where in ("middle", "end"):
        sizes = [each.end - each.start for each in damaged if (each.end == end) == (where == "end")]
        if sizes:
            log.warning(logs.SPOOL_DAMAGED, file=path.name, where=where, bytes=sum(sizes))
