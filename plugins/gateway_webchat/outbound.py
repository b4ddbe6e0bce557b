"""What a message becomes: a frame, written into the visitor's log or told to whoever looks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import msgspec

from gateway.api import (
    Answer,
    Audio,
    Buttons,
    Call,
    Carousel,
    Content,
    Delete,
    Document,
    Edit,
    Flow,
    Host,
    Image,
    Link,
    Location,
    Media,
    OutboundContent,
    OutboundMessage,
    Raw,
    Reaction,
    Read,
    Receipt,
    RedisUnavailable,
    Rendered,
    Sticker,
    StoreError,
    Text,
    Typing,
    Video,
)
from gateway_webchat import errors, frames, memory
from gateway_webchat.settings import WebchatSettings
from gateway_webchat.visitors import is_anonymous, log_of

_LONGEST_NAME: Final = 80
_MARKS: Final = frozenset(
    {
        *("bold", "italic", "strikethrough", "underline", "code", "pre", "code_block", "link"),
        *("mention", "command", "url", "hashtag", "cashtag", "email", "phone"),
    }
)
"""What the widget shows, and what the words say themselves."""


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of a call.

    Attributes:
        to: The visitor's id.
        frame: What they get.
        once: Tells this frame from others; drawn where it is empty.
        files: Ids of stored files that the visitor may have.
        live: Told to open windows only, and kept nowhere.
    """

    to: str
    frame: dict[str, Any]
    once: str = ""
    files: tuple[str, ...] = ()
    live: bool = False


def render(
    message: OutboundMessage, settings: WebchatSettings, *, reference: str | None
) -> Rendered:
    """Turn a message that passed the check into one call; see ``Channel.render``."""
    content = message.content
    order = Order(
        to=message.to or "",
        frame=_frame(message, _agent(message)),
        once=reference or "",
        files=tuple(dict.fromkeys(each.stored_id for each in files(content) if each.stored_id)),
        live=isinstance(content, Typing),
    )
    call = Call(method="POST", path=f"/webchat/{settings.id}/log", body=msgspec.to_builtins(order))
    return Rendered(calls=(call,), downgraded=_downgraded(content))


def _downgraded(content: OutboundContent) -> str | None:
    """Return what the visitor will see otherwise than it was asked for."""
    match content:
        case Location(live_seconds=int()):
            return "a live place is sent as a fixed one"
        case Text(spans=spans) | Edit(spans=spans):
            lost = sorted({each.type for each in spans} - _MARKS)
        case Image(spans=spans) | Video(spans=spans) | Audio(spans=spans) | Document(spans=spans):
            lost = sorted({each.type for each in spans} - _MARKS)
        case _:
            return None
    return f"shown plain: {', '.join(lost)}" if lost else None


def _frame(  # noqa: PLR0911 - a line for each kind
    message: OutboundMessage, name: str | None
) -> frames.Data:
    match message.content:
        case Typing():
            return {"type": "typing", "on": True, **({"name": name} if name else {})}
        case Read(to=to):
            return {"type": "read", "up_to": to}
        case Reaction(to=to, emoji=emoji):
            return {"type": "reaction", "to": to, "emoji": emoji, "from": "agent"}
        case Edit(to=to):
            return {"type": "edit", "to": to, "content": msgspec.to_builtins(message.content)}
        case Delete(to=to):
            return {"type": "delete", "to": to}
        case Raw(body=body):
            return body
        case content:
            return frames.message(content, name=name, reply_to=message.reply_to)


def _agent(message: OutboundMessage) -> str | None:
    """Return the name of whoever writes: the sender's metadata may tell it."""
    name = message.metadata.get("agent_name")
    return name.strip()[:_LONGEST_NAME] or None if isinstance(name, str) else None


def files(content: Content) -> Iterator[Media]:
    """Yield every file of a content that visitors are shown."""
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            yield content.media
        case Buttons(header=header) | Link(header=header) | Flow(header=header):
            media = getattr(header, "media", None)
            if isinstance(media, Media):
                yield media
        case Carousel(cards=cards):
            for card in cards:
                if card.media:
                    yield card.media
        case _:
            return


async def deliver(call: Call, host: Host, settings: WebchatSettings) -> Answer:
    """Write a frame into the visitor's log, once; see ``Channel.deliver``."""
    try:
        order = msgspec.convert(call.body, Order)
    except msgspec.ValidationError:
        return _refused("malformed_call")
    log = log_of(settings.id, order.to)
    try:
        if order.live:
            await host.chats.signal(log, frames.encoded(order.frame))
            return Answer(status=200, body=b"{}")
        return await _written(order, log, host, settings)
    except RedisUnavailable:
        return _refused("redis_away" if order.once or order.live else "redis_in_doubt")
    except StoreError:
        return _refused("store_away")


async def _written(order: Order, log: str, host: Host, settings: WebchatSettings) -> Answer:
    if is_anonymous(order.to) and await memory.visitor(host, log) is None:
        return _refused("unknown_visitor")
    keep = timedelta(days=settings.history_days)
    for stored_id in order.files:
        if not await memory.give_file(host, log, stored_id, time=keep):
            return _refused("unknown_file")
    own = f"{log}.{order.once or secrets.token_hex(12)}"
    frame = order.frame
    if frame.get("type") == "message":
        frame = {**frame, "id": own}
    entry = await host.chats.append(
        log,
        frames.encoded(frame),
        keep=keep,
        most=settings.history_messages,
        once=order.once,
    )
    told = {"id": own} if frame.get("type") == "message" else {}
    return Answer(status=200, body=msgspec.json.encode({**told, "cursor": entry.cursor}))


class _Told(msgspec.Struct, frozen=True):
    id: str | None = None
    code: str = ""


def read_answer(answer: Answer) -> Receipt:
    """Read what ``deliver`` answered; see ``Channel.read_answer``."""
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except msgspec.DecodeError:
        raise errors.failure("", answer.status) from None
    if answer.status != 200 or told.code:
        raise errors.failure(told.code, answer.status)
    return Receipt(platform_id=told.id)


def _refused(code: str) -> Answer:
    body = msgspec.json.encode({"code": code})
    return Answer(status=errors.TABLE[code].status, body=body)
