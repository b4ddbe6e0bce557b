"""An event in a few words, for people: who and what. Used by `relevo tail` and `relevo demo`."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.model.contact import Contact
from gateway.model.content import Audio, Content, Document, Image, Location, Reaction, Text, Video
from gateway.model.event import (
    AccountAlert,
    AccountUpdated,
    ContactOptedIn,
    ContactOptedOut,
    ContactUpdated,
    Event,
    MediaFailed,
    MediaStored,
    MessageAccepted,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageFailed,
    MessageHeld,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    TemplateUpdated,
    WindowOpened,
)
from gateway.model.inbound_content import Choice, Form, Order
from gateway.model.status import PlatformError


def who(event: Event) -> str:
    """Return the contact's name or best address; empty where the event is about none."""
    contact: Contact | None = getattr(event, "contact", None)
    if contact is None:
        return ""
    return contact.name or contact.id


def what(event: Event) -> str:
    """Return what happened, in a few words; empty where the type says it all."""
    return _of_message(event) or _of_sending(event) or _of_contact(event) or _of_platform(event)


def _of_message(event: Event) -> str:
    match event:
        case MessageReceived(message=message) | MessageEdited(message=message):
            return _content(message.content)
        case MessageEchoed(message=echo):
            return f"from {echo.origin.replace('_', ' ')}: {_content(echo.content)}"
        case MessageDeleted(deletion=deletion):
            return f"withdrawn by the {deletion.by}"
        case MediaStored(media=media):
            return f"{media.mime_type}, {media.size_bytes} bytes, GET /v1/media/{media.id}"
        case MediaFailed(media=media):
            return media.reason
        case _:
            return ""


def _of_sending(event: Event) -> str:
    match event:
        case MessageAccepted(message=sent, kept_back=kept_back):
            bulk = "in bulk, " if sent.lane == "bulk" else ""
            shown = f", shown otherwise: {sent.downgraded}" if sent.downgraded else ""
            return f"{bulk}{sent.id}{shown}{', kept back for now' if kept_back else ''}"
        case MessageHeld(message=sent):
            until = f" until {_when(sent.held_until)}" if sent.held_until else ""
            return f"{sent.id} waits for an answer{until}"
        case MessageFailed(message=sent, failure=failure):
            return f"{sent.id} {failure.reason}: {failure.explanation}"
        case MessageStatus(status=status, late=late):
            which = f"{status.message_id} " if status.message_id else ""
            return f"{which}{status.status}{' (late)' if late else ''}{_why(status.error)}"
        case _:
            return ""


def _why(error: PlatformError | None) -> str:
    if error is None:
        return ""
    return f": {error.code} {error.explanation or error.title or ''}".rstrip()


def _when(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone():%A %H:%M}"


def _of_contact(event: Event) -> str:
    match event:
        case WindowOpened(window=window):
            return f"free-form replies until {_when(window.expires_at)}"
        case ContactUpdated(change=change):
            return change.text or change.aspect
        case ContactOptedIn(consent=consent) | ContactOptedOut(consent=consent):
            return consent.topic
        case _:
            return ""


def _of_platform(event: Event) -> str:
    match event:
        case TemplateUpdated(template=template):
            return f"{template.name}: {template.aspect} {template.new or ''}".rstrip()
        case AccountUpdated(change=change):
            return f"{change.aspect} {change.new or ''}".rstrip()
        case AccountAlert(alert=alert):
            return f"{alert.severity}: {alert.text}"
        case PlatformNotice(notice=notice):
            reason = notice.reason.replace("_", " ")
            return f"{reason}: {notice.error or notice.subject}"
        case _:
            return ""


def _content(content: Content) -> str:  # noqa: PLR0911 - one for each kind
    match content:
        case Text(text=text):
            return f"«{text}»"
        case Image(caption=caption) | Video(caption=caption) | Document(caption=caption):
            return f"«{caption}»" if caption else str(content.__struct_config__.tag)
        case Audio(voice=voice):
            return "voice message" if voice else "sound"
        case Choice(title=title, id=choice, source=source):
            return f"{source} {choice}: «{title}»"
        case Form(response=response):
            return ", ".join(f"{key}={value}" for key, value in response.items())
        case Order(items=items):
            total = sum(each.quantity * (each.price or 0) for each in items)
            currency = items[0].currency if items else ""
            return f"{len(items)} products, {total:.2f} {currency or ''}".rstrip()
        case Location(name=name, latitude=latitude, longitude=longitude):
            return f"{name or 'here'} ({latitude:.4f}, {longitude:.4f})"
        case Reaction(emoji=emoji):
            return emoji or "taken back"
        case _:
            return str(content.__struct_config__.tag)
