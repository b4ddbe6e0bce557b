"""Numbers that are also used in the WhatsApp Business app: echoes, history, address book.

Source: Meta for Developers, WhatsApp Business Platform, "Onboarding WhatsApp Business app users"
and the webhook references `smb_message_echoes`, `history` and `smb_app_state_sync`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from gateway.api import (
    AccountAlert,
    Alert,
    Contact,
    ContactChange,
    ContactUpdated,
    Echo,
    Edited,
    Event,
    Fact,
    Group,
    Imported,
    ItemBroken,
    MessageEchoed,
    MessageImported,
    digest_of,
    event_id,
)
from gateway_meta.notices import attempt
from gateway_whatsapp import errors, payloads, people, updates, wire
from gateway_whatsapp.contents import content
from gateway_whatsapp.messages import deletion, edit_of, reply_to
from gateway_whatsapp.source import CHANNEL, Source, milliseconds

_MESSAGE: Final = msgspec.json.Decoder(wire.Message)
_CHUNK: Final = msgspec.json.Decoder(updates.Chunk)
_BOOK_ENTRY: Final = msgspec.json.Decoder(updates.BookEntry)


def echo(source: Source) -> Iterable[Event]:
    """Read one of ``message_echoes[]``: what our side wrote, changed or withdrew elsewhere."""
    message = _MESSAGE.decode(source.raw)
    if not message.id:
        raise ItemBroken(".id", "expected the id of the message, it is missing")
    timestamp = milliseconds(message.timestamp)
    contact = people.contact(
        source.people, message.to, message.to_user_id, message.to_parent_user_id
    )
    if message.type == "revoke":
        return (deletion(message, source, timestamp, contact, "business"),)
    return (_echoed(message, source, timestamp, contact),)


def _echoed(
    message: wire.Message, source: Source, timestamp: int, contact: Contact
) -> MessageEchoed:
    original, new = message.id, message
    if message.type == "edit":
        original, new = edit_of(message)
    own = event_id(timestamp, source.account, "message.echoed", message.id, original)
    # The other field of this shape is about other applications on the same number.
    origin: Literal["phone_app", "api"] = "phone_app"
    if source.field != "smb_message_echoes":
        origin = "api"
    return MessageEchoed(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        message=Echo(
            id=own,
            platform_id=original,
            timestamp=timestamp,
            content=content(new, source),
            origin=origin,
            reply_to=reply_to(new.context) if new.context else None,
            group=Group(id=message.group_id) if message.group_id else None,
            edited=Edited(timestamp=timestamp) if new is not message else None,
        ),
    )


def chunk(source: Source) -> Iterator[Event]:
    """Read one of ``history[]``: a piece of the old conversations, or that they stay private."""
    piece = _CHUNK.decode(source.raw)
    for place, thread in enumerate(piece.threads):
        for at, raw in enumerate(thread.messages):
            item = source.item(bytes(raw), f".threads[{place}].messages[{at}]")
            yield from attempt(
                lambda item, thread=thread: _imported(item, thread.id, piece.metadata),  # type: ignore[misc]  # mypy cannot see bound defaults
                item,
                "history",
            )
    for error in piece.errors:
        yield _declined(error, source)
    if not piece.threads and not piece.errors:
        raise ItemBroken("", "expected threads or errors, got neither")


def late_media(source: Source) -> Iterable[Event]:
    """Read a message of field ``history`` outside of a thread: a placeholder's file."""
    message = _MESSAGE.decode(source.raw)
    ours = bool(source.number) and people.digits(message.sender or "") == source.number
    other = message.to or message.to_user_id if ours else message.sender or message.from_user_id
    return _imported(source, other or "", updates.ChunkMetadata())


def _imported(source: Source, thread: str, stage: updates.ChunkMetadata) -> tuple[MessageImported]:
    message = _MESSAGE.decode(source.raw)
    if not message.id:
        raise ItemBroken(".id", "expected the id of the message, it is missing")
    timestamp = milliseconds(message.timestamp)
    inbound = thread in (message.sender, message.from_user_id)
    status = message.history_context.status if message.history_context else None
    # The type belongs to the id: a placeholder and its file, sent later, share the platform's.
    own = event_id(timestamp, source.account, "message.imported", message.id, message.type)
    return (
        MessageImported(
            id=own,
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=people.contact(source.people, thread),
            message=Imported(
                id=own,
                platform_id=message.id,
                timestamp=timestamp,
                direction="inbound" if inbound else "outbound",
                content=content(message, source),
                status=status.lower() if status else None,
                progress=stage.progress,
                phase=stage.phase,
                reply_to=reply_to(message.context) if message.context else None,
            ),
        ),
    )


def _declined(error: payloads.Error, source: Source) -> AccountAlert:
    told = errors.told(error)
    return AccountAlert(
        id=event_id(source.time, source.account, "account.alert", digest_of(source.raw)),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        alert=Alert(
            severity=errors.severity(told.code),
            code=told.code,
            text=told.explanation or told.detail or told.title or "history is not shared",
        ),
    )


def book_entry(source: Source) -> Iterable[Event]:
    """Read one of ``state_sync[]``: a line of the app's address book."""
    entry = _BOOK_ENTRY.decode(source.raw)
    if entry.contact is None:
        raise ItemBroken(".contact", "expected an object, it is missing")
    timestamp = None
    if entry.metadata is not None and entry.metadata.timestamp:
        timestamp = milliseconds(entry.metadata.timestamp, ".metadata.timestamp")
    told = people.contact(source.people, entry.contact.phone_number, entry.contact.user_id)
    contact = msgspec.structs.replace(
        told, name=entry.contact.full_name or entry.contact.first_name or told.name
    )
    facts: dict[str, Fact] = {
        "action": entry.action,
        "full_name": entry.contact.full_name,
        "first_name": entry.contact.first_name,
    }
    return (
        ContactUpdated(
            id=event_id(
                timestamp or source.time,
                source.account,
                "contact.updated",
                digest_of(source.raw),
            ),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=contact,
            change=ContactChange(
                aspect="phone_book",
                timestamp=timestamp,
                facts={name: value for name, value in facts.items() if value is not None},
            ),
        ),
    )
