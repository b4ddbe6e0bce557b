"""The ``curl`` command that calls an operation, for the page and for documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

HOST: Final = "http://127.0.0.1:8081"
SHORT: Final = 60
"""Longer examples take several lines."""
VALUES: Final = {
    "account": "wa-main",
    "address": "34600000000",
    "id": "ID",
    "platform_id": "wamid.HBgL",
}


def curl(operation: Mapping[str, Any]) -> str:
    """Return a command for an operation of an OpenAPI document, with its ``path`` and ``method``."""
    parts = ["curl"]
    method = operation["method"].upper()
    content = operation.get("requestBody", {}).get("content", {})
    example = content.get("application/json", {}).get("example")
    if example is not None:
        shown = _json(example).replace("'", "'\\''")
        if method != "POST":
            parts[0] += f" -X {method}"
        parts.append(f"--json '{shown}'")
    elif content:
        parts.append("-H 'Content-Type: image/jpeg' --data-binary @flores.jpg")
    elif method != "GET":
        parts[0] += f" -X {method}"
    if operation["security"]:
        parts.append('-H "Authorization: Bearer $KEY"')
    parts.append(f"'{HOST}{_address(operation)}'")
    return " \\\n  ".join(parts)


def _json(example: Any) -> str:
    plain = json.dumps(example, ensure_ascii=False)
    if len(plain) <= SHORT:
        return plain
    return json.dumps(example, ensure_ascii=False, indent=2).replace("\n", "\n  ")


def _address(operation: Mapping[str, Any]) -> str:
    path = operation["path"]
    query = []
    for each in operation.get("parameters", ()):
        name = each["name"]
        value = VALUES.get(name, name.upper())
        if each["in"] == "path":
            path = path.replace(f"{{{name}}}", value)
        elif each["in"] == "query" and each["required"]:
            query.append(f"{name}={value}")
    return f"{path}?{'&'.join(query)}" if query else str(path)
