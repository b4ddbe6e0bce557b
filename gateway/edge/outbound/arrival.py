"""What follows when a contact does something: held messages go, and wishes are noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.bus import keys
from gateway.edge.outbound import suppression, ticket
from gateway.edge.outbound.ledger import Ledger
from gateway.edge.outbound.terms import Terms
from gateway.edge.outbound.ticket import contact_of
from gateway.model.contact import Contact
from gateway.model.content import Text
from gateway.model.event import Event, MessageReceived, MessageStatus
from gateway.policy import keyword


class Arrivals:
    """Acts on what contacts do, for the accounts of one partition.

    Args:
        ledger: Takes the steps in Redis.
        terms: Of every account, by its id.
    """

    def __init__(self, ledger: Ledger, terms: Mapping[str, Terms]) -> None:
        self._ledger = ledger
        self._terms = terms

    @property
    def always(self) -> bool:
        """Whether some account wants words to be looked for, whatever else is known."""
        return any(each.channel.settings.opt_out_words for each in self._terms.values())

    async def arrived(self, event: Event) -> None:
        """Act on an event; may be done again.

        Raises:
            RedisUnavailable: Not all of it was done.
        """
        terms = self._terms.get(event.account)
        contact: Contact | None = getattr(event, "contact", None)
        if terms is None or contact is None:
            return
        contacts = [contact_of(event.account, each) for each in addresses_of(contact)]
        if isinstance(event, MessageReceived):
            await self._wrote(event, terms, contacts)
        rule = terms.channel.window
        if rule is not None and rule.opens(event):
            for each in contacts:
                await self._release(each)

    async def refused(self, event: MessageStatus, platform_id: str) -> None:
        """Note that an opener did not arrive, if the message is one; may be done again.

        Raises:
            RedisUnavailable: It may be noted.
        """
        wire = self._ledger.wire
        ours = await wire.call(b"HGET", keys.sent(wire.partition, event.account, platform_id), "m")
        if ours is None:
            return  # no message of ours, or one whose answer is not kept yet: see settle.lua
        place = await wire.call(b"HGET", keys.message(wire.partition, ours.decode()), "t")
        if place is not None and (known := ticket.decode(place)).opener:
            await wire.call(b"HSET", keys.unopened(wire.partition), known.id, known.contact)

    async def _release(self, contact: str) -> None:
        wire = self._ledger.wire
        await self._ledger.release(contact)
        alias = await wire.call(b"GET", keys.alias(wire.partition, contact))
        if alias is not None:
            await self._ledger.release(alias.decode())

    async def _wrote(self, event: MessageReceived, terms: Terms, contacts: list[str]) -> None:
        """Note that a contact can be reached, and what they wish."""
        wire = self._ledger.wire
        for each in contacts:
            await suppression.lift(wire, each, ("unreachable", "blocked"))
        content: Any = event.message.content
        languages = terms.channel.settings.opt_out_words
        if not languages or not isinstance(content, Text):
            return
        # Nobody keeps what was sent to whom last; the words that need it are left out.
        wish = keyword.wish(content.text, after_marketing=False, languages=languages)
        if wish is None:
            return
        for each in contacts:
            if wish.action == "opt_out":
                await suppression.add(wire, each, "opted_out", now=event.at)
            else:
                await suppression.lift(wire, each, ("opted_out", "no_marketing"))


def addresses_of(contact: Contact) -> tuple[str, ...]:
    """Return every address an event tells of a contact."""
    return tuple(dict.fromkeys((contact.id, *(each.value for each in contact.addresses))))
