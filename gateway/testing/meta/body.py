"""Webhook bodies in the platform's form: pure, from happenings to signed bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Literal, TypeAlias

import msgspec

from gateway.testing.meta.account import Business

Json: TypeAlias = Any
List: TypeAlias = Literal["messaging", "standby", "changes", "flat"]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened.

    Attributes:
        business: The page or account it happened on.
        item: It, as the platform writes it; of a change, its value.
        at: Milliseconds since 1970.
        known_as: The id that ledgers know it by.
        list: Where it stands in an entry: ``flat`` is the entry itself, as accounts that log in
            with Instagram get their comments.
        field: Of a change.
    """

    business: Business
    item: dict[str, Json]
    at: int
    known_as: str
    list: List = "messaging"
    field: str = "messages"

    def on_standby(self) -> Happening:
        """Return it as it comes while another app holds the conversation."""
        return msgspec.structs.replace(self, list="standby")

    def as_change(self) -> Happening:
        """Return it as the dashboard's test button and some accounts send it: time in seconds."""
        item = {**self.item, "timestamp": str(self.at // 1000)}
        return msgspec.structs.replace(self, list="changes", item=item)


def body(happenings: Iterable[Happening]) -> dict[str, Json]:
    """Return one body with all of them, an entry for each run of one business and list."""
    several = list(happenings)
    grouped = groupby(several, key=lambda each: (each.business.id, each.list))
    entries = [_entry(list(run)) for _, run in grouped]
    return {"object": several[0].business.object, "entry": entries}


def _entry(run: list[Happening]) -> dict[str, Json]:
    first = run[0]
    head = {"id": first.business.id, "time": max(each.at for each in run)}
    match first.list:
        case "messaging" | "standby":
            return {**head, first.list: [each.item for each in run]}
        case "changes":
            changes = [{"field": each.field, "value": each.item} for each in run]
            return {**head, "changes": changes}
        case "flat":
            return {**head, "field": first.field, "value": first.item}


def encode(value: dict[str, Json]) -> bytes:
    r"""Return the bytes that Meta signs and sends: everything beyond ASCII as ``\u00e4``."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
