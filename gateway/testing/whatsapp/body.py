"""Webhook bodies in the platform's form: pure, from updates to bytes.

An ``Update`` is one thing that happened between people, a ``Notice`` one that happened to the
account; ``body`` puts any number of them, over any number of contacts and business numbers, into
one POST body.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

Part: TypeAlias = Literal["messages", "statuses", "message_echoes", "errors"]
Json: TypeAlias = Any


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A business phone number.

    Attributes:
        phone_number_id: What routes a webhook.
        display_phone_number: For people; digits, sometimes with a plus sign and spaces.
        business_account_id: The account it belongs to (WABA).
    """

    phone_number_id: str
    display_phone_number: str
    business_account_id: str

    @property
    def metadata(self) -> dict[str, str]:
        """The number as every ``value`` names it."""
        return {
            "display_phone_number": self.display_phone_number,
            "phone_number_id": self.phone_number_id,
        }


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: a message, a status, an echo.

    Attributes:
        number: The business number it happened on.
        part: The list of ``value`` it stands in.
        item: It, as the platform writes it.
        contact: The entry of ``contacts`` that goes with it.
        field: The subscription it comes under.
    """

    number: Number
    part: Part
    item: dict[str, Json]
    contact: dict[str, Json] | None = None
    field: str = "messages"

    @property
    def platform_id(self) -> str:
        """The id that ledgers know it by; a status adds its name to its message's id."""
        name = str(self.item.get("id", ""))
        return f"{name}:{self.item['status']}" if self.part == "statuses" else name


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to an account, a number or a template.

    Attributes:
        business_account_id: The account it belongs to (WABA).
        field: The subscription it comes under.
        value: What happened, as the platform writes it.
        at: When, in seconds since 1970; None for when it is posted.
    """

    business_account_id: str
    field: str
    value: dict[str, Json]
    at: int | None = None

    @property
    def platform_id(self) -> str:
        """What ledgers know it by: the platform gives these no ids."""
        return f"{self.field}:{self.business_account_id}"


Happening: TypeAlias = Update | Notice


def body(updates: Iterable[Happening]) -> dict[str, Json]:
    """Return one body with all updates, in order, gathered as the platform gathers them.

    One entry per business account in a row, one change per number and kind in a row, the
    contacts of a change listed once.
    """
    grouped = itertools.groupby(updates, key=_account)
    return {
        "object": "whatsapp_business_account",
        "entry": [_entry(account, tuple(each)) for account, each in grouped],
    }


def _account(update: Happening) -> str:
    if isinstance(update, Notice):
        return update.business_account_id
    return update.number.business_account_id


def _entry(account: str, updates: Sequence[Happening]) -> dict[str, Json]:
    times = [each.at for each in updates if isinstance(each, Notice) and each.at is not None]
    time = {"time": max(times)} if times else {}
    return {"id": account, **time, "changes": _changes(updates)}


def _changes(updates: Sequence[Happening]) -> list[Json]:
    grouped = itertools.groupby(updates, key=_change)
    return [_written(tuple(each)) for _, each in grouped]


def _change(update: Happening) -> Json:
    """Return what updates of one change have in common; a notice is a change of its own."""
    if isinstance(update, Notice):
        return id(update)
    return (update.number, update.field, update.part)


def _written(updates: Sequence[Happening]) -> Json:
    first = updates[0]
    if isinstance(first, Notice):
        return {"value": first.value, "field": first.field}
    same = tuple(each for each in updates if isinstance(each, Update))
    return {"value": _value(first.number, first.part, same), "field": first.field}


def _value(number: Number, part: Part, updates: Sequence[Update]) -> dict[str, Json]:
    value: dict[str, Json] = {"messaging_product": "whatsapp", "metadata": number.metadata}
    contacts: list[Json] = []
    for each in updates:
        if each.contact is not None and each.contact not in contacts:
            contacts.append(each.contact)
    if contacts:
        value["contacts"] = contacts
    value[part] = [each.item for each in updates]
    return value


def encode(value: Json) -> bytes:
    r"""Return JSON bytes as Meta writes them: compact, non-ASCII as ``\uXXXX``, ``/`` as ``\/``.

    The signature is over these bytes; whoever decodes and encodes again gets others.
    """
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()
