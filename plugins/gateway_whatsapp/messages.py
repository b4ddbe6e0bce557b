"""Messages and statuses made into events; the way every ordinary webhook takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from gateway.api import (
    AccountAlert,
    Alert,
    Contact,
    ContactChange,
    ContactUpdated,
    Deletion,
    Edited,
    Event,
    Fact,
    Group,
    ItemBroken,
    Message,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    Pricing,
    ProductReference,
    Referral,
    ReplyTo,
    Status,
    digest_of,
    event_id,
    flat_facts,
    plain_json,
)
from gateway_meta.notices import Reason, notice
from gateway_whatsapp import errors, payloads, people, wire
from gateway_whatsapp.contents import content
from gateway_whatsapp.source import CHANNEL, Source, milliseconds

_STATUSES: Final = frozenset({"sent", "delivered", "read", "played", "failed"})
_RETIRED: Final = frozenset({"deleted", "warning"})


def message_event(message: wire.Message, source: Source) -> Event:
    """Return the event that one of ``messages[]`` is.

    Raises:
        ItemBroken: The message cannot be read.
        NeedsRaw: Its own bytes are needed.
    """
    if not message.id:
        raise ItemBroken(".id", "expected the id of the message, it is missing")
    timestamp = milliseconds(message.timestamp)
    contact = people.contact(
        source.people, message.sender, message.from_user_id, message.from_parent_user_id
    )
    if message.type in _NOT_RECEIVED:
        return _NOT_RECEIVED[message.type](message, source, timestamp, contact)
    own = event_id(timestamp, source.account, "message.received", message.id)
    context = message.context
    return MessageReceived(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        message=Message(
            id=own,
            platform_id=message.id,
            timestamp=timestamp,
            content=content(message, source),
            reply_to=reply_to(context) if context else None,
            referral=_referral(message.referral) if message.referral else None,
            forwarded=_forwarded(context) if context else None,
            product=_product(context) if context else None,
            group=Group(id=message.group_id) if message.group_id else None,
            standby=source.standby,
        ),
    )


def reply_to(context: wire.Context) -> ReplyTo | None:
    """Return the quoted message; a forwarded one has a context and quotes nothing."""
    return ReplyTo(platform_id=context.id, author=context.sender) if context.id else None


def _forwarded(context: wire.Context) -> Literal["once", "often"] | None:
    if context.frequently_forwarded:
        return "often"
    return "once" if context.forwarded else None


def _product(context: wire.Context) -> ProductReference | None:
    product = context.referred_product
    if product is None or not product.product_retailer_id:
        return None
    return ProductReference(
        product_id=product.product_retailer_id, catalog_id=product.catalog_id or None
    )


def _referral(referral: wire.Referral) -> Referral:
    welcome = referral.welcome_message
    source: Literal["ad", "post", "other"] = "other"
    if referral.source_type in ("ad", "post"):
        source = "ad" if referral.source_type == "ad" else "post"
    return Referral(
        source=source,
        source_id=referral.source_id,
        source_url=referral.source_url,
        headline=referral.headline,
        body=referral.body,
        media_type=referral.media_type,
        media_url=referral.image_url or referral.video_url,
        thumbnail_url=referral.thumbnail_url,
        click_id=referral.ctwa_clid,
        welcome_text=welcome.text if welcome else None,
    )


def edit_of(message: wire.Message) -> tuple[str, wire.Message]:
    """Return the id of the message that one of type ``edit`` changes, and what it says now.

    Raises:
        ItemBroken: It tells neither.
    """
    if message.edit is None:
        raise ItemBroken(".edit", "expected an object, it is missing")
    return message.edit.original_message_id, message.edit.message


def _edited(
    message: wire.Message, source: Source, timestamp: int, contact: Contact
) -> MessageEdited:
    original, new = edit_of(message)
    own = event_id(timestamp, source.account, "message.edited", message.id, original)
    return MessageEdited(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        message=Message(
            id=own,
            platform_id=original,
            timestamp=timestamp,
            content=content(new, source),
            reply_to=reply_to(new.context) if new.context else None,
            group=Group(id=message.group_id) if message.group_id else None,
            standby=source.standby,
            edited=Edited(timestamp=timestamp),
        ),
    )


def deletion(
    message: wire.Message,
    source: Source,
    timestamp: int,
    contact: Contact,
    by: Literal["contact", "business"] = "contact",
) -> MessageDeleted:
    """Return the event of a message of type ``revoke``.

    Raises:
        ItemBroken: It does not say which message is withdrawn.
    """
    if message.revoke is None:
        raise ItemBroken(".revoke", "expected an object, it is missing")
    original = message.revoke.original_message_id
    return MessageDeleted(
        id=event_id(timestamp, source.account, "message.deleted", message.id, original),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        deletion=Deletion(platform_id=original, timestamp=timestamp, by=by),
    )


def _changed(
    message: wire.Message, source: Source, timestamp: int, contact: Contact
) -> ContactUpdated | PlatformNotice:
    """Return what a ``system`` message tells: new number, new user id, another device."""
    system = message.system
    if system is None:
        raise ItemBroken(".system", "expected an object, it is missing")
    own = event_id(timestamp, source.account, "contact.updated", message.id)
    match system.type:
        case "user_changed_number" | "user_changed_user_id":
            contact, change = _moved(system, contact, timestamp)
        case "customer_identity_changed" | "user_identity_changed":
            change = ContactChange(
                aspect="identity",
                timestamp=timestamp,
                text=system.body,
                facts=flat_facts(plain_json(system.identity)),
            )
        case unknown:
            facts: dict[str, Fact] = {"type": unknown, "body": system.body}
            return notice(source, "unknown", "system", facts=facts, contact=contact, time=timestamp)
    return ContactUpdated(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        change=change,
    )


def _moved(system: payloads.System, old: Contact, timestamp: int) -> tuple[Contact, ContactChange]:
    """Return the contact at the new address, and the old ones that it leaves behind."""
    new_phone = system.wa_id or system.new_wa_id
    # What is not said to be new still holds: a new number may come without the user id.
    moved = people.contact(
        None,
        new_phone or old.address("phone"),
        system.user_id or old.address("business_scoped"),
        system.parent_user_id or old.address("parent_business_scoped"),
    )
    left = {each.value for each in old.addresses} - {each.value for each in moved.addresses}
    if system.customer and system.customer != moved.id:
        left.add(people.digits(system.customer))
    contact = Contact(
        id=moved.id,
        addresses=moved.addresses,
        name=old.name,
        username=old.username,
        country=moved.country,
    )
    change = ContactChange(
        aspect="address",
        timestamp=timestamp,
        previous=tuple(sorted(left - {each.value for each in moved.addresses})),
        text=system.body,
    )
    return contact, change


_NOT_RECEIVED: Final[Mapping[str, Callable[[wire.Message, Source, int, Contact], Event]]] = (
    MappingProxyType({"edit": _edited, "revoke": deletion, "system": _changed})
)
"""Types of messages that tell about another message, or about the contact."""


def status_event(status: wire.Status, source: Source) -> Event:
    """Return the event that one of ``statuses[]`` is.

    Raises:
        ItemBroken: The status cannot be read.
        NeedsRaw: Its own bytes are needed.
    """
    if not status.id:
        raise ItemBroken(".id", "expected the id of the message, it is missing")
    timestamp = milliseconds(status.timestamp)
    contact = _recipient(status, source)
    name = status.status
    if name not in _STATUSES:
        facts: dict[str, Fact] = {"status": name, "platform_id": status.id}
        reason: Reason = "unmodelled" if name in _RETIRED else "unknown"
        return notice(source, reason, "status", facts=facts, contact=contact, time=timestamp)
    own = event_id(timestamp, source.account, "message.status", status.id, name, contact.id)
    price = status.pricing
    return MessageStatus(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        status=Status(
            status=name,  # type: ignore[arg-type]  # one of the five, as just checked
            timestamp=timestamp,
            platform_id=status.id,
            group_id=status.recipient_id if status.recipient_type == "group" else None,
            error=errors.told(status.errors[0]) if status.errors else None,
            pricing=_pricing(price) if price else None,
            template_id=status.template_id,
            metadata=status.biz_opaque_callback_data,
        ),
    )


def _recipient(status: wire.Status, source: Source) -> Contact:
    if status.recipient_type != "group":
        return people.contact(
            source.people,
            status.recipient_id,
            status.recipient_user_id,
            status.recipient_parent_user_id or status.parent_recipient_user_id,
        )
    member = (
        status.recipient_participant_id,
        status.recipient_participant_user_id,
        status.recipient_participant_parent_user_id,
    )
    if any(member):
        return people.contact(source.people, *member)
    if not status.recipient_id:
        raise ItemBroken(".recipient_id", "expected the id of the group, it is missing")
    return Contact(id=status.recipient_id)  # Of the group as a whole: nobody in particular.


def _pricing(price: wire.Price) -> Pricing:
    return Pricing(
        category=price.category,
        type=price.type,
        model=price.pricing_model,
        billable=price.billable,
    )


def error_event(error: payloads.Error, source: Source) -> AccountAlert:
    """Return the alert that an error without a message of its own is."""
    told = errors.told(error)
    known = digest_of(msgspec.json.encode(error))
    return AccountAlert(
        id=event_id(source.time, source.account, "account.alert", known, source.beside),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        alert=Alert(
            severity=errors.severity(told.code),
            code=told.code,
            text=told.explanation or told.detail or told.title or "an error without a text",
            facts={
                name: value
                for name, value in (("title", told.title), ("detail", told.detail))
                if value
            },
        ),
    )
