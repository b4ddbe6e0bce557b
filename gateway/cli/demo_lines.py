"""One line for people about an event: what kind, who, what."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.model.contact import Contact
from gateway.model.content import (
    Audio,
    Choice,
    Document,
    Form,
    Image,
    InboundContent,
    Location,
    Order,
    Reaction,
    Text,
    Video,
)
from gateway.model.event import (
    Event,
    MediaFailed,
    MediaStored,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    WindowOpened,
)


def who(event: Event) -> str:
    """Return the contact's name or best address; empty where the event is about none."""
    contact: Contact | None = getattr(event, "contact", None)
    if contact is None:
        return ""
    return contact.name or contact.id


def what(event: Event) -> str:  # noqa: PLR0911 - one for each type
    """Return what happened, in a few words."""
    match event:
        case MessageReceived(message=message):
            return _content(message.content)
        case MessageStatus(status=status, late=late):
            return f"{status.status} (late)" if late else status.status
        case WindowOpened(window=window):
            until = datetime.fromtimestamp(window.expires_at / 1000, UTC).astimezone()
            return f"free-form replies until {until:%A %H:%M}"
        case MediaStored(media=media):
            return f"{media.mime_type}, {media.size_bytes} bytes, GET /v1/media/{media.id}"
        case MediaFailed(media=media):
            return media.reason
        case PlatformNotice(notice=notice):
            reason = notice.reason.replace("_", " ")
            return f"{reason}: {notice.error or notice.subject}"
        case _:
            return ""


def _content(content: InboundContent) -> str:  # noqa: PLR0911 - one for each kind
    match content:
        case Text(text=text):
            return f"«{text}»"
        case Image(caption=caption) | Video(caption=caption) | Document(caption=caption):
            return f"«{caption}»" if caption else ""
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
            return ""
