"""Where the embedded Valkey listens, within what the system allows for the name of a socket."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from gateway.errors import StoreError

NAME: Final = "valkey.sock"
LONGEST_BYTES: Final = 100
"""Linux takes 107 bytes and macOS 103; Valkey needs some for a temporary name beside it."""


def socket_path(data_dir: Path) -> Path:
    """Return a path by which the socket in a data directory can be listened on and connected to.

    It is ``data_dir/valkey.sock`` unless that is too long for the system: then it leads there by
    a symbolic link in the temporary folder, which is made if it is missing.

    Raises:
        StoreError: The link belongs to another user, who might lead us astray.
    """
    direct = data_dir.absolute() / NAME
    if len(os.fsencode(direct)) <= LONGEST_BYTES:
        return direct
    return _link(direct.parent) / NAME


def remove_link(data_dir: Path) -> None:
    """Take away the symbolic link, if there is one."""
    path = socket_path(data_dir).parent
    if path.is_symlink():
        path.unlink(missing_ok=True)


def _link(target: Path) -> Path:
    digest = hashlib.blake2b(os.fsencode(target), digest_size=8).hexdigest()
    link = Path(tempfile.gettempdir()) / f"relevo-{os.getuid()}-{digest}"
    try:
        link.symlink_to(target, target_is_directory=True)
    except FileExistsError:
        if link.lstat().st_uid != os.getuid() or not link.is_symlink() or link.readlink() != target:
            raise StoreError(
                f"{link} is not ours; remove it, or shorten data_dir: "
                f"{target / NAME} is too long for a unix socket"
            ) from None
    return link
