"""How accounts stand, as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from gateway.model.account import AccountHealth

COLUMNS: Final = (
    "account",
    "channel",
    "address",
    "name",
    "state",
    "status",
    "quality",
    "limit",
    "daily_contacts",
    "level",
    "name_status",
    "token_valid",
    "token_expires_at",
    "checked_at",
    "problems",
)
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_MILLISECONDS: Final = frozenset({"token_expires_at", "checked_at"})


def csv_of(found: Iterable[AccountHealth]) -> str:
    """Return rows with a heading; times are ISO 8601, in UTC.

    Source: RFC 4180; OWASP, "CSV Injection" (what a spreadsheet would run begins with a quote).
    """
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    rows.writerows([_cell(each, name) for name in COLUMNS] for each in found)
    return written.getvalue()


def _cell(found: AccountHealth, name: str) -> str:
    value = getattr(found, name)
    if value is None:
        return ""
    if name in _MILLISECONDS:
        return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="seconds")
    if name == "problems":
        value = " ".join(f"{each.explanation} {each.remedy}".strip() for each in found.problems)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
