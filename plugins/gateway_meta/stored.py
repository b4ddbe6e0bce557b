"""Files of our media store that the platform is to have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gateway.api import (
    Host,
    Media,
    PlatformError,
    Problem,
    Rejected,
    StoredFile,
    StoreError,
    Temporary,
)


async def opened(
    stored_id: str, host: Host, problems: Callable[[Media], Iterable[Problem]]
) -> StoredFile:
    """Open a file that is to be uploaded.

    Args:
        stored_id: Ours.
        host: Has it.
        problems: Tells what keeps the platform from taking such a file.

    Raises:
        Rejected: There is none of that id, or the platform does not take it.
        Temporary: The store cannot be read now.
    """
    try:
        file = await host.open_file(stored_id)
    except StoreError as error:
        raise Temporary(_error(stored_id, str(error))) from error
    if file is None:
        raise Rejected(_error(stored_id, "there is no such file"))
    known = Media(mime_type=file.mime_type, size_bytes=file.size_bytes)
    for each in problems(known):
        told = f"{each.path.removeprefix('.')} {each.explanation}"
        raise Rejected(_error(stored_id, told))
    return file


def platform_id(told: Any) -> str:
    """Return the id that the platform gave to a file of ours.

    Raises:
        Temporary: It gave none.
    """
    if not isinstance(told, str | int) or not told:
        explanation = "The platform took the file and gave it no id."
        raise Temporary(PlatformError(code="no_id", explanation=explanation))
    return str(told)


def _error(stored_id: str, why: str) -> PlatformError:
    return PlatformError(code="file", explanation=f"File {stored_id} cannot be sent: {why}.")
