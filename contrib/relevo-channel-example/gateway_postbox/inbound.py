"""A webhook body made into events: raw JSON ends here.

``{"messages": […], "statuses": […]}``; see the README for what is in them. Each item is decoded on
its own, so that a broken one costs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from gateway.api import (
    Address,
    Choice,
    Contact,
    Event,
    Image,
    InboundContent,
    ItemBroken,
    Media,
    Message,
    MessageReceived,
    MessageStatus,
    Notice,
    PlatformError,
    PlatformNotice,
    ReplyTo,
    Status,
    Text,
    WebhookRequest,
    digest_of,
    event_id,
    item_fault,
    readable_json,
    sound_json,
)
from msgspec import Meta

from gateway_postbox import errors

CHANNEL: Final = "postbox"

Words: TypeAlias = Annotated[str, Meta(min_length=1)]
Milliseconds: TypeAlias = Annotated[int, Meta(ge=0, lt=1 << 47)]
"""Since 1970. Ids of events have room for 48 bits."""


# Yours (4): what your platform sends, as types: they refuse what is otherwise, with the path. What
# you leave out is ignored, what may be missing has a default.
class _Person(msgspec.Struct, frozen=True):
    id: Words
    name: str | None = None


class _TextMessage(msgspec.Struct, frozen=True, tag_field="type", tag="text"):
    text: str


class _ImageMessage(msgspec.Struct, frozen=True, tag_field="type", tag="image"):
    url: Annotated[str, Meta(pattern="^https://")]
    caption: str | None = None


class _ChoiceMessage(msgspec.Struct, frozen=True, tag_field="type", tag="choice"):
    choice: Words
    title: str | None = None


_Sent: TypeAlias = _TextMessage | _ImageMessage | _ChoiceMessage


class _Head(msgspec.Struct, frozen=True):
    """What every message has."""

    id: Words
    at: Milliseconds
    sender: _Person = msgspec.field(name="from")
    reply_to: str | None = None


class _Error(msgspec.Struct, frozen=True):
    code: Words
    message: str | None = None


class _Status(msgspec.Struct, frozen=True):
    id: Words
    at: Milliseconds
    status: Literal["delivered", "read", "failed"]
    recipient: _Person = msgspec.field(name="to")
    error: _Error | None = None


class _Body(msgspec.Struct, frozen=True):
    # Raw: decoded one by one, each with its own failure.
    messages: msgspec.Raw = msgspec.Raw(b"[]")
    statuses: msgspec.Raw = msgspec.Raw(b"[]")


_BODY: Final = msgspec.json.Decoder(_Body)
_ITEMS: Final = msgspec.json.Decoder(tuple[msgspec.Raw, ...])
_HEAD: Final = msgspec.json.Decoder(_Head)
_CONTENT: Final[msgspec.json.Decoder[_Sent]] = msgspec.json.Decoder(_Sent)
_STATUS: Final = msgspec.json.Decoder(_Status)


class _Source(msgspec.Struct, frozen=True):
    """Whose an item is, when it came, and its own bytes."""

    account: str
    at: int
    path: str
    raw: bytes


_Reader: TypeAlias = Callable[[_Source], Event]


def events(request: WebhookRequest, account: str) -> Sequence[Event]:
    """Return the events that a verified body is, in its order.

    Args:
        request: What came.
        account: Whose it is.

    Raises:
        BodyMalformed: It is not a JSON object.
    """
    raw = sound_json(request.body)
    source = _Source(account, request.received_at, "$", raw)
    try:
        body = _BODY.decode(raw)
    except msgspec.DecodeError as error:
        return (_broken(source, error),)
    found = [
        *_each(source, "messages", bytes(body.messages), _message),
        *_each(source, "statuses", bytes(body.statuses), _status),
    ]
    return found or (_broken(source, ItemBroken("", "neither messages nor statuses")),)


def _each(whole: _Source, name: str, raw: bytes, read: _Reader) -> Iterator[Event]:
    try:
        items = _ITEMS.decode(raw)
    except msgspec.DecodeError as error:
        yield _broken(msgspec.structs.replace(whole, path=f"$.{name}", raw=raw), error)
        return
    for place, item in enumerate(items):
        path = f"$.{name}[{place}]"
        source = msgspec.structs.replace(whole, path=path, raw=bytes(item))
        try:
            yield read(source)
        except (ItemBroken, msgspec.DecodeError) as error:
            yield _broken(source, error)


def _message(source: _Source) -> MessageReceived:
    head = _HEAD.decode(source.raw)
    own = event_id(head.at, source.account, "message.received", head.id)
    return MessageReceived(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=_contact(head.sender),
        message=Message(
            id=own,
            platform_id=head.id,
            timestamp=head.at,
            content=_content(source.raw),
            reply_to=ReplyTo(platform_id=head.reply_to) if head.reply_to else None,
        ),
    )


# Yours (5): contents of ours for each of the platform's; `Other` holds what has no neutral form.
# Whatever is new here must be in `receives` too, and recorded: the contract insists.
def _content(raw: bytes) -> InboundContent:
    match _CONTENT.decode(raw):
        case _TextMessage(text=text):
            return Text(text=text)
        case _ImageMessage(url=url, caption=caption):
            return Image(media=Media(url=url), caption=caption)
        case _ChoiceMessage(choice=choice, title=title):
            return Choice(source="quick_reply", id=choice, title=title)


def _status(source: _Source) -> MessageStatus:
    told = _STATUS.decode(source.raw)
    return MessageStatus(
        id=event_id(told.at, source.account, "message.status", told.id, told.status),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=_contact(told.recipient),
        status=Status(
            status=told.status,
            timestamp=told.at,
            platform_id=told.id,
            error=_error(told.error) if told.error else None,
        ),
    )


def _error(told: _Error) -> PlatformError:
    known = errors.meaning(told.code)
    return PlatformError(
        code=told.code,
        title=told.message,
        explanation=known.explanation if known else None,
        action=known.action if known else None,
    )


def _contact(person: _Person) -> Contact:
    address = Address(kind="external", value=person.id)
    return Contact(id=person.id, addresses=(address,), name=person.name)


def _broken(source: _Source, error: Exception) -> PlatformNotice:
    """Return the notice that keeps what could not be read, and says why."""
    return PlatformNotice(
        id=event_id(0, source.account, "platform.notice", source.path, digest_of(source.raw)),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        notice=Notice(
            reason="broken",
            subject=source.path,
            error=item_fault(error, source.path),
            raw=readable_json(source.raw),
        ),
    )
