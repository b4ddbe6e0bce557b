"""Where events wait on disk while Redis is away: one append-only file per partition.

A record is confirmed (``append`` returns) only after ``fsync``. A crash in mid-write leaves a torn
last record, which was never confirmed: it is cut off at the next start. See ``spoolfile`` for the
form of a file, and ``spoolrepair`` for what becomes of a damaged one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Final

from gateway.edge import spoolfile
from gateway.edge.entry import Unit
from gateway.edge.spoolfile import FORM
from gateway.edge.spoolrepair import repair, sync_folder
from gateway.errors import LayoutMismatch, SpoolFull, StoreError

LOCK: Final = "lock"
LOCK_SECONDS: Final = 0.5
"""Until the lock is held by another process and not only looked at, as ``is_used`` does."""
STRANDED: Final = (
    "set streams.partitions to what it was at the first start; if the Redis of that time is no "
    "more, move the file away"
)
"""What to do about events of a partition that there is not."""


class Spool:
    """The spool files of one process.

    Args:
        folder: Made when missing; locked against a second process.
        max_bytes: Size of all files together that is not exceeded.
        partitions: How many there are.

    Attributes:
        refused: Why the last units were not taken, or None.

    Raises:
        LayoutMismatch: Events wait for a partition that there is not; the text says what to set.
        StoreError: The folder cannot be written or belongs to another running process.
    """

    def __init__(self, folder: Path, *, max_bytes: int, partitions: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self.refused: str | None = None
        self._files: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        self._changing = Lock()  # adding to a file, or putting another in its place
        self._is_closed = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._take_lock()
                self._take_over(partitions)
            except BaseException:
                self.close()
                raise
        except BlockingIOError as error:
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
        block = b"".join(spoolfile.record(each) for each in units)
        try:
            with self._changing:
                self._append(partition, block)
        except SpoolFull as full:
            self.refused = str(full)
            raise
        self.refused = None

    def read(self, partition: int, start: int, most: int) -> Sequence[tuple[Unit, int]] | None:
        """Return units from a place on, each with the place behind it; blocks, as ``append`` does.

        Args:
            partition: Whose.
            start: A place behind a unit, or 0.
            most: How many at most.

        Returns:
            None when something was damaged since it was written: it has been put aside, every
            place is another now, and reading begins again at 0.

        Raises:
            StoreError: The disk does not let it be read, or what is damaged be put aside.
        """
        path, end = self._path(partition), self.waiting(partition)
        found: list[tuple[Unit, int]] = []
        if start == end:
            return found
        try:
            with path.open("rb") as file:
                for each in islice(spoolfile.pieces(file, start, end), most):
                    if each.unit is None:
                        break
                    found.append((each.unit, each.end))
                else:
                    return found
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror}") from error
        self._repair(partition)
        return None

    def clear(self, partition: int) -> None:
        """Forget a partition's units: all of them are on the stream.

        Raises:
            StoreError: The disk refuses; they stay.
        """
        try:
            self._cut(partition, 0)
        except OSError as error:
            told = f"{self._path(partition)} cannot be emptied: {error.strerror}"
            raise StoreError(told) from error
        self._sizes[partition] = 0
        self.refused = None

    def close(self) -> None:
        """Close the files and let another process have the folder, once nobody changes them."""
        with self._changing:
            self._is_closed = True
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
            try:
                if os.fstat(file).st_size < len(FORM):
                    _write_all(file, FORM, 0)
                    sync_folder(self._folder)
            except OSError:
                os.close(file)
                raise
            self._files[partition] = file
        return self._files[partition]

    def _cut(self, partition: int, size: int) -> None:
        if partition in self._files or self.waiting(partition):
            os.ftruncate(self._open(partition), len(FORM) + size)

    def _take_lock(self) -> None:
        give_up = monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > give_up:
                    raise
                sleep(0.01)
            else:
                return

    def _take_over(self, partitions: int) -> None:
        """Take over the files of an earlier run, without what is no whole record."""
        for path in spoolfile.files(self._folder):
            partition = spoolfile.partition_of(path)
            repair(path)
            self._sizes[partition] = spoolfile.size(path)
            self._open(partition)
            if self._sizes[partition] and partition >= partitions:
                raise LayoutMismatch(
                    f"{path} holds events, but streams.partitions is {partitions}, so that there "
                    f"is no partition {partition}; {STRANDED}"
                )

    def _repair(self, partition: int) -> None:
        path = self._path(partition)
        try:
            with self._changing:
                if self._is_closed:  # the folder may belong to another process by now
                    raise StoreError(f"{path} is damaged, and is mended at the next start")
                end = self.waiting(partition)
                if partition in self._files:  # an earlier try may have closed it
                    os.close(self._files.pop(partition))
                try:
                    repair(path, end=end)
                finally:
                    # An error may come after the new file took its place: what is written next
                    # must go to the file that is there, right behind what it holds.
                    self._sizes[partition] = min(end, spoolfile.size(path))
        except OSError as error:
            raise StoreError(f"{path} is damaged, and stays so: {error.strerror}") from error


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
