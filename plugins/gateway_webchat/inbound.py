"""An envelope made into events: frames of one visitor, each on its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias, assert_never
from urllib.parse import urlsplit

import msgspec

from gateway.api import (
    Contact,
    ContactChange,
    ContactTyping,
    ContactUpdated,
    Event,
    ItemBroken,
    MediaStored,
    Message,
    MessageReceived,
    MessageStatus,
    Notice,
    PlatformNotice,
    Referral,
    ReplyTo,
    Status,
    WebhookRequest,
    digest_of,
    event_id,
    item_fault,
    readable_json,
    sound_json,
)
from gateway_webchat import contents, visitors, wire

CHANNEL: Final = "webchat"
_ENVELOPE: Final = msgspec.json.Decoder(wire.Envelope)
_FRAME: Final[msgspec.json.Decoder[wire.Frame]] = msgspec.json.Decoder(wire.Frame)
_CLOCKS_DIFFER_MS: Final = 60_000


class Source(msgspec.Struct, frozen=True):
    """Where a frame came from."""

    account: str
    at: int
    visitor: visitors.Visitor
    contact: Contact
    log: str
    files: dict[str, wire.Uploaded]


def events(request: WebhookRequest, account: str) -> Sequence[Event]:
    """Return the events of an envelope.

    Args:
        request: Made by the server, or signed by somebody with the account's secret.
        account: Whose it is, where the request does not say which accounts it may speak for.

    Raises:
        BodyMalformed: The body is not a JSON object.
    """
    body = sound_json(request.body)
    try:
        envelope = _ENVELOPE.decode(body)
    except msgspec.ValidationError as error:
        told = item_fault(error, "$")
        return (_notice(account, request.received_at, body, "envelope", "broken", told),)
    own = request.accounts.get(envelope.account, ()) if request.accounts else (account,)
    if not own:
        told = f"account {envelope.account!r} is not served here"
        return (_notice(account, request.received_at, body, "envelope", "unknown_account", told),)
    found: list[Event] = []
    for each in own:
        source = _source(envelope, each, request.received_at)
        for raw in envelope.frames:
            found += _attempt(bytes(raw), source)
    return found


def _source(envelope: wire.Envelope, account: str, at: int) -> Source:
    return Source(
        account,
        at,
        envelope.visitor,
        visitors.contact(envelope.visitor),
        visitors.log_of(account, envelope.visitor.id),
        envelope.files,
    )


def _attempt(raw: bytes, source: Source) -> list[Event]:
    """Return the events of a frame, or a notice that tells what is broken in it."""
    try:
        return list(_read(_FRAME.decode(raw), source))
    except (ItemBroken, msgspec.ValidationError) as error:
        told = item_fault(error, "$")
    return [_notice(source.account, source.at, raw, "frame", "broken", told, source.contact)]


def _read(frame: wire.Frame, source: Source) -> Iterable[Event]:
    match frame:
        case wire.MessageFrame():
            return _message(frame, source)
        case wire.TypingFrame():
            return (_typing(frame, source),)
        case wire.StatusFrame():
            return [_status(each, frame, source) for each in dict.fromkeys(frame.ids)]
        case wire.ProfileFrame():
            change = ContactChange(aspect="profile", facts=dict(source.visitor.attributes))
            return (_changed(frame.id, change, source),)
        case wire.IdentifiedFrame():
            change = ContactChange(aspect="address", previous=(frame.previous,))
            return (_changed(frame.id, change, source),)
        case _:
            assert_never(frame)


def _message(frame: wire.MessageFrame, source: Source) -> Iterable[Event]:
    content, stored = contents.received(frame.content, source.files)
    own = event_id(frame.at, source.account, "message.received", source.log, frame.id)
    platform_id = f"{source.log}.{frame.id}"
    yield MessageReceived(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=source.contact,
        message=Message(
            id=own,
            platform_id=platform_id,
            timestamp=_moment(frame.at, source),
            content=content,
            reply_to=ReplyTo(platform_id=frame.reply_to) if frame.reply_to else None,
            referral=_referral(frame.page),
        ),
    )
    if stored is not None:
        yield MediaStored(
            id=f"{own}.media.0",
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=source.contact,
            platform_id=platform_id,
            message_id=own,
            media=stored,
        )


def _typing(frame: wire.TypingFrame, source: Source) -> ContactTyping:
    return ContactTyping(
        id=event_id(frame.at, source.account, "contact.typing", source.log, frame.id),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=source.contact,
        typing=frame.on,
    )


def _status(platform_id: str, frame: wire.StatusFrame, source: Source) -> MessageStatus:
    if not platform_id.startswith(f"{source.log}."):
        raise ItemBroken(".ids", "a message of this visitor's own chat is expected")
    return MessageStatus(
        id=event_id(0, source.account, "message.status", platform_id, frame.status),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=source.contact,
        status=Status(
            status=frame.status, timestamp=_moment(frame.at, source), platform_id=platform_id
        ),
    )


def _changed(own: str, change: ContactChange, source: Source) -> ContactUpdated:
    return ContactUpdated(
        id=event_id(0, source.account, "contact.updated", source.log, own),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=source.contact,
        change=change,
    )


def _moment(at: int, source: Source) -> int:
    """Return the visitor's time, or ours where theirs cannot be true."""
    return at if 0 < at <= source.at + _CLOCKS_DIFFER_MS else source.at


def _referral(page: wire.Page | None) -> Referral | None:
    """Return the page that a message was written on, without what may be secret in its address."""
    if page is None:
        return None
    try:
        address = urlsplit(page.url)
    except ValueError:
        return None
    if address.scheme not in {"http", "https"} or not address.hostname:
        return None
    host = address.netloc.rpartition("@")[2]
    url = f"{address.scheme}://{host}{address.path}"
    return Referral(source="link", source_url=url, headline=page.title)


_Reason: TypeAlias = Literal["broken", "unknown_account"]


def _notice(
    account: str,
    at: int,
    raw: bytes,
    subject: str,
    reason: _Reason,
    error: str,
    contact: Contact | None = None,
) -> PlatformNotice:
    return PlatformNotice(
        id=event_id(0, account, "platform.notice", subject, digest_of(raw)),
        at=at,
        channel=CHANNEL,
        account=account,
        contact=contact,
        notice=Notice(reason=reason, subject=subject, error=error, raw=readable_json(raw)),
    )
