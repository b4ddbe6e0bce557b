"""Who an item is from or about: the platform's scoped ids made into a contact."""

from __future__ import annotations

from typing import Final, Literal

from gateway.api import Address, Contact, ItemBroken
from gateway_meta import wire
from gateway_meta.source import Dialect

NOBODY: Final = wire.Party()


def contact(
    dialect: Dialect,
    party: wire.Party | None,
    *user_refs: wire.Id | None,
    role: Literal["sender", "recipient"] = "sender",
) -> Contact:
    """Return the contact behind a sender or recipient.

    Args:
        dialect: Says what kind of address an id is.
        party: The platform's sender or recipient.
        user_refs: What stands for a person who ticked a checkbox and has not written yet, where
            an item tells it outside of ``party``.
        role: Which of the two ``party`` is.

    Raises:
        ItemBroken: It tells no id at all.
    """
    party = party or NOBODY
    refs = dict.fromkeys(str(each) for each in (party.user_ref, *user_refs) if each)
    addresses = tuple(Address(kind="opt_in", value=each) for each in refs)
    if party.id is not None and party.id != "":
        addresses = (Address(kind=dialect.address, value=str(party.id)), *addresses)
    if not addresses:
        raise ItemBroken("", f"expected a {role} beside it, got none with an id")
    return Contact(id=addresses[0].value, addresses=addresses)
