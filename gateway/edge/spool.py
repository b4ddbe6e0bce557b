"""Where events wait on disk while Redis is away: one append-only file per partition.

A record is confirmed (``append`` returns) only after ``fsync``. A crash in mid-write leaves a torn
last record, which was never confirmed: it is cut off at the next start. See ``spoolfile`` for the
form of a file.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from zlib import crc32

import structlog

from gateway.edge import spoolfile
from gateway.edge.entry import Unit
from gateway.edge.spoolfile import FORM, HEAD
from gateway.errors import SpoolFull, StoreError
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

LOCK: Final = "lock"


class Spool:
    """The spool files of one process.

    Args:
        folder: Made when missing; locked against a second process.
        max_bytes: Size of all files together that is not exceeded.

    Attributes:
        refused: Why the last units were not taken, or None.

    Raises:
        StoreError: The folder cannot be written or belongs to another running process.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self.refused: str | None = None
        self._files: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for path in spoolfile.files(folder):
                self._mend(path)
        except BlockingIOError as error:
            os.close(self._lock)
            raise StoreError(f"{folder} is used by another running relevo") from error
        except OSError as error:
            raise StoreError(f"the spool cannot be used: {error}") from error

    @property
    def size_bytes(self) -> int:
        """Bytes waiting, all partitions together."""
        return sum(self._sizes.values())

    def waiting(self, partition: int) -> int:
        """Return how many bytes wait for a partition."""
        return self._sizes.get(partition, 0)

    def append(self, partition: int, units: Sequence[Unit]) -> None:
        """Write units and return when they are on the disk; blocks, so call it in a thread.

        Raises:
            SpoolFull: They do not fit, or the disk refuses; nothing of them is kept.
        """
        try:
            self._append(partition, b"".join(spoolfile.record(each) for each in units))
        except SpoolFull as full:
            self.refused = str(full)
            raise
        self.refused = None

    def read(self, partition: int, start: int) -> Iterator[tuple[Unit, int]]:
        """Yield units from byte ``start`` on, each with the place behind it."""
        path = self._path(partition)
        end = self._sizes.get(partition, 0)
        with path.open("rb") as file:
            file.seek(len(FORM) + start)
            while start < end:
                length, checksum = HEAD.unpack(file.read(HEAD.size))
                payload = file.read(length)
                if crc32(payload) != checksum:
                    raise StoreError(f"{path} is damaged at byte {start}")
                start += HEAD.size + length
                yield spoolfile.unit(payload), start

    def clear(self, partition: int) -> None:
        """Forget a partition's units: all of them are on the stream."""
        self._cut(partition, 0)
        self._sizes[partition] = 0
        self.refused = None

    def close(self) -> None:
        """Close the files and let another process have the folder."""
        for file in self._files.values():
            os.close(file)
        self._files.clear()
        os.close(self._lock)

    def _append(self, partition: int, block: bytes) -> None:
        if self.size_bytes + len(block) > self._max_bytes:
            raise SpoolFull(f"it holds {self.size_bytes} of {self._max_bytes} bytes")
        size = self._sizes.get(partition, 0)
        try:
            file = self._open(partition)
            _write_all(file, block, len(FORM) + size)
            os.fdatasync(file)
        except OSError as error:
            # What is left behind is written over; a whole record of it would be known by its id.
            with suppress(OSError):
                self._cut(partition, size)
            raise SpoolFull(f"it cannot be written: {error}") from error
        self._sizes[partition] = size + len(block)

    def _path(self, partition: int) -> Path:
        return self._folder / f"{partition:02d}.spool"

    def _open(self, partition: int) -> int:
        if partition not in self._files:
            path = self._path(partition)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if os.fstat(file).st_size < len(FORM):
                _write_all(file, FORM, 0)
                _sync_folder(self._folder)
            self._files[partition] = file
        return self._files[partition]

    def _cut(self, partition: int, size: int) -> None:
        if partition in self._files:
            os.ftruncate(self._files[partition], len(FORM) + size)

    def _mend(self, path: Path) -> None:
        """Take over a file of an earlier run, without its torn end."""
        partition = spoolfile.partition_of(path)
        with spoolfile.opened(path) as file:
            whole = sum(HEAD.size + len(each) for each in spoolfile.payloads(file))
            file.seek(len(FORM) + whole)
            torn = file.read()
        if torn:
            # Never confirmed if this was a crash; kept all the same, in case the disk is at fault.
            with path.with_suffix(spoolfile.TORN).open("ab") as aside:
                aside.write(torn)
            log.warning(logs.SPOOL_DAMAGED, file=path.name, bytes=len(torn))
        self._open(partition)
        self._cut(partition, whole)
        self._sizes[partition] = whole


def is_used(folder: Path) -> bool:
    """Tell whether a running process has the spool of a folder.

    Its lock is tried for a moment and not kept.

    Raises:
        OSError: The lock may not be read.
    """
    try:
        lock = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def _write_all(file: int, block: bytes, offset: int) -> None:
    view = memoryview(block)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
