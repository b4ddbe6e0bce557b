"""What follows when a contact does something: held messages go, and wishes are noted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from gateway.bus import keys
from gateway.edge.outbound import suppression, ticket
from gateway.edge.outbound.ledger import Ledger
from gateway.edge.outbound.sender import AccountSender
from gateway.edge.outbound.terms import Terms
from gateway.edge.outbound.ticket import contact_of
from gateway.model.contact import Contact
from gateway.model.content import Text
from gateway.model.event import (
    ContactOptedIn,
    ContactOptedOut,
    Event,
    MessageReceived,
    MessageStatus,
)
from gateway.model.inbound_content import Choice
from gateway.model.notice import Consent
from gateway.policy import keyword
from gateway.policy.consent import EVERYTHING, MARKETING


class Arrivals:
    """Acts on what contacts do, for the accounts of one partition.

    Args:
        ledger: Takes the steps in Redis.
        terms: Of every account, by its id.
        commit: Puts events where they are safe.
        senders: Of every account, by its id.
    """

    def __init__(
        self,
        ledger: Ledger,
        terms: Mapping[str, Terms],
        commit: Callable[[Sequence[Event]], Awaitable[object]],
        senders: Mapping[str, AccountSender],
    ) -> None:
        self._ledger = ledger
        self._terms = terms
        self._commit = commit
        self._senders = senders

    @property
    def always(self) -> bool:
        """Whether something may follow from what contacts write, whatever Redis knows of them."""
        words = any(each.channel.settings.opt_out_words for each in self._terms.values())
        return words or any(each.waits_for_room for each in self._senders.values())

    async def arrived(self, event: Event) -> None:
        """Act on an event; may be done again.

        Raises:
            StoreError: Not all of it was done.
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
                await self._release(each, self._senders[event.account])

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

    async def _release(self, contact: str, sender: AccountSender) -> None:
        """Let what waits for a contact to write go, under whichever address it was given."""
        wire = self._ledger.wire
        alias = await wire.call(b"GET", keys.alias(wire.partition, contact))
        for each in (contact, *(() if alias is None else (alias.decode(),))):
            await self._ledger.release(each)
            sender.wrote(each)

    async def _wrote(self, event: MessageReceived, terms: Terms, contacts: list[str]) -> None:
        """Note that a contact can be reached, and what they wish."""
        wire = self._ledger.wire
        for each in contacts:
            await suppression.lift(wire, each, ("unreachable", "blocked"))
        if (told := await self._wished(event, terms, contacts)) is not None:
            await self._commit([told])  # and it is obeyed when it comes by, as the platform's are

    async def _wished(
        self, event: MessageReceived, terms: Terms, contacts: list[str]
    ) -> ContactOptedOut | ContactOptedIn | None:
        """Return what a contact wishes, if that is what they wrote."""
        languages = terms.channel.settings.opt_out_words
        match event.message.content:
            case Text(text=text) if languages:
                wish = keyword.wish(text, after_marketing=False, languages=languages)
                if wish is not None:
                    return _wish_of(event, wish, EVERYTHING)
                wish = keyword.wish(text, after_marketing=True, languages=languages)
                if wish is not None and await self._had_marketing(contacts):
                    return _wish_of(event, wish, MARKETING)
            case Choice(source="template", title=str(text)) if languages:
                # A template says itself what its buttons are for: no guessing after marketing.
                wish = keyword.wish(text, after_marketing=False, languages=languages)
                if wish is not None:
                    return _wish_of(event, wish, EVERYTHING)
        return None

    async def _had_marketing(self, contacts: list[str]) -> bool:
        wire = self._ledger.wire
        marks = [keys.marketed(wire.partition, each) for each in contacts]
        return bool(await wire.call(b"EXISTS", *marks))


def _wish_of(
    event: MessageReceived, wish: keyword.Wish, topic: str
) -> ContactOptedOut | ContactOptedIn:
    kind = ContactOptedOut if wish.action == "opt_out" else ContactOptedIn
    return kind(
        id=f"{event.id}.consent",
        at=event.at,
        channel=event.channel,
        account=event.account,
        contact=event.contact,
        consent=Consent(
            topic=topic,
            source="keyword",
            timestamp=event.message.timestamp,
            detail=wish.keyword,
        ),
    )


def addresses_of(contact: Contact) -> tuple[str, ...]:
    """Return every address an event tells of a contact."""
    return tuple(dict.fromkeys((contact.id, *(each.value for each in contact.addresses))))
