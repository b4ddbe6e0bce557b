"""A file that tells who is using a folder, and whether they still live."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class LockFile:
    """An advisory lock that ends with the last process holding it, however that ends.

    A child that is given ``descriptor`` holds the lock too: as long as either lives, nobody else
    gets it. The file's text is a process id, to be named in errors or signalled.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """The open file, while acquired."""
        if self._descriptor is None:
            raise RuntimeError(f"{self._path} is not acquired")
        return self._descriptor

    def acquire(self) -> bool:
        """Take the lock; False when another process holds it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def sign(self, process: int | None) -> None:
        """Write down which process uses the folder, or None while it is not known."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(process or "").encode(), 0)

    def signed_by(self) -> int | None:
        """Return the process that was written down, by whoever holds the lock."""
        text = self._path.read_text(errors="replace").strip()
        return int(text) if text.isdecimal() else None

    def release(self) -> None:
        """Give the lock back, as far as this process holds it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
