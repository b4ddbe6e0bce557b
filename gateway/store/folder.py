"""Whether a folder on this machine can be used, before anything is put there."""

from __future__ import annotations

import os
from pathlib import Path


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest of those above it that is there."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


def unusable(folder: Path) -> str | None:
    """Return why this process cannot write to a folder, or make it; None where it can.

    Nothing is made. The text begins with the path that is in the way.
    """
    nearest = existing(folder)
    if not nearest.is_dir():
        return f"{nearest} is not a folder"
    if not os.access(nearest, os.W_OK | os.X_OK):
        return f"{nearest} cannot be written to by this user"
    return None
