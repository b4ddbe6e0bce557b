"""Lists as the Graph API pages them, and nodes with the fields that were asked for."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.testing.whatsapp.errors import GraphError
from gateway.testing.whatsapp.graph import Call


def page(call: Call, rows: Sequence[Mapping[str, Any]], *, url: str) -> dict[str, Any]:
    """Return one page of rows: ``limit`` (25) of them after the cursor ``after``.

    Raises:
        GraphError: 131059, the cursor is none of ours.
    """
    limit = int(call.parameters.get("limit", 25))
    start = _place(str(call.parameters.get("after", "")))
    end = min(start + limit, len(rows))
    data = list(rows[start:end])
    if not data:
        return {"data": []}
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": _cursor(end)}}
    if end < len(rows):
        paging["next"] = f"{url}/{call.node}/{call.edge}?limit={limit}&after={_cursor(end)}"
    return {"data": data, "paging": paging}


def choose(
    values: Mapping[str, Any], names: Sequence[str], *, usual: Sequence[str]
) -> dict[str, Any]:
    """Return the asked fields of a node, or the usual ones, and always its id."""
    for name in names:
        if name not in values:
            raise GraphError(100, message=f"Tried accessing nonexisting field ({name})")
    chosen = {name: values[name] for name in names or usual if values[name] is not None}
    return {**chosen, "id": values["id"]}


def _cursor(place: int) -> str:
    return urlsafe_b64encode(f"at:{place}".encode()).decode()


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, place = urlsafe_b64decode(cursor).decode().partition(":")
        return int(place) if name == "at" else int("none")
    except ValueError:
        raise GraphError(131059) from None
