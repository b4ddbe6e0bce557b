"""Messages made into events: one for the text, one for each attachment.

A message of the platform may hold several attachments and a text; an event carries one content.
So each becomes an event of its own with the message's id, and where there are several they share
it as ``album``. The text comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import (
    Choice,
    Contact,
    ContactReferred,
    Deletion,
    Echo,
    Edited,
    Event,
    InboundContent,
    ItemBroken,
    Media,
    Message,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Other,
    ReplyTo,
    Share,
    Span,
    Story,
    Text,
    Unsupported,
    event_id,
)
from gateway_meta import people, referrals, wire
from gateway_meta.attachments import contents, is_twin, sticker_ids
from gateway_meta.notices import attempt, notice
from gateway_meta.source import Source

Parts: TypeAlias = list[tuple[str, InboundContent]]
"""Contents of one message, each with what tells it from the others."""

_MESSAGE: Final = msgspec.json.Decoder(wire.Message)
_EDIT: Final = msgspec.json.Decoder(wire.Edit)

_REFERENCE: Final = re.compile(r"[0-9a-f]{32}(?:#[0-9]+)?")
"""What ``calls`` gives our own messages."""
_INBOXES: Final = frozenset({"263902037430900", "1217981644879628"})
"""App ids of Meta's own inboxes: of pages, and of Instagram accounts."""


def message(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield what a ``message`` is: received, echoed or withdrawn."""
    told = _MESSAGE.decode(source.raw)
    if not told.mid:
        raise ItemBroken(".mid", "expected the id of the message, it is empty")
    ours = _is_ours(told, head, source)
    if told.is_deleted:
        yield _deleted(told, head, source, ours=ours)
        return
    broken: list[Event] = []
    parts = _parts(told, source, broken)
    if not (parts or broken) and told.referral is not None and not ours:
        yield _referred(told, told.referral, head, source)
        return
    if not (parts or broken):
        parts = [("", Unsupported())]  # A message it is, though nothing of it was handed out.
    album = told.mid if len(parts) > 1 else None
    for place, (key, content) in enumerate(parts):
        if ours:
            yield _echoed(told, content, key, head, source, album)
        else:
            yield _received(told, content, key, head, source, album, first=place == 0)
    yield from broken


def _is_ours(told: wire.Message, head: wire.Head, source: Source) -> bool:
    """Whether our side wrote it; what an account writes to itself is a test of receiving."""
    if told.is_self:
        return False
    if told.is_echo is not None:
        return told.is_echo
    return _from_owner(head, source)


def _from_owner(head: wire.Head, source: Source) -> bool:
    sender, recipient = head.sender or people.NOBODY, head.recipient or people.NOBODY
    return str(sender.id) == source.owner and recipient.id not in (None, sender.id)


def other_side(head: wire.Head, source: Source, *, ours: bool) -> Contact:
    """Return the contact: who wrote, or who got what our side wrote."""
    if ours:
        return people.contact(source.dialect, head.recipient, role="recipient")
    ticked = head.prior_message.identifier if head.prior_message else None
    return people.contact(source.dialect, head.sender, ticked)


def _parts(told: wire.Message, source: Source, broken: list[Event]) -> Parts:
    """Return the contents of a message; what cannot be read of it goes to ``broken``."""
    parts: Parts = []
    story = told.reply_to.story if told.reply_to else None
    text = told.text or None
    if told.quick_reply is not None:
        parts.append(("choice", _choice(told.quick_reply, text)))
        text = None
    if story is not None:
        parts.insert(0, ("story", _answered(story, text)))
    elif text is not None:
        parts.append(("text", Text(text=text, spans=_commands(text, told.commands or ()))))
    if hidden := [each for each in told.commands or () if f"/{each.name}" not in (text or "")]:
        parts.append(("command", _command(hidden)))
    if told.is_unsupported:
        parts.append(("unsupported", Unsupported()))
    parts += _attached(told.attachments or (), source, broken)
    if not (parts or broken) and (product := referrals.product(told.referral)):
        parts.append(("product", Share(type="product", platform_id=product.product_id)))
    return parts


def _choice(tapped: wire.QuickReply, title: str | None) -> Choice:
    return Choice(source="quick_reply", id=tapped.payload, title=title)


def _answered(story: wire.AnsweredStory, text: str | None) -> Story:
    return Story(
        relation="reply",
        platform_id=None if story.id is None else str(story.id),
        text=text,
        media=Media(url=story.url) if story.url else None,
    )


def _commands(text: str, commands: Sequence[wire.Command]) -> tuple[Span, ...]:
    """Return where the commands stand in a text."""
    found = []
    for each in commands:
        written = f"/{each.name}"
        if (place := text.find(written)) >= 0:
            found.append(Span(type="command", offset=place, length=len(written)))
    return tuple(found)


def _command(commands: Sequence[wire.Command]) -> Other:
    names = [each.name for each in commands]
    text = " ".join(f"/{each}" for each in names)
    return Other(type="commands", text=text, data={"commands": names})


def _attached(
    raws: tuple[msgspec.Raw, ...], source: Source, broken: list[Event]
) -> Iterator[tuple[str, InboundContent]]:
    stickers = sticker_ids(bytes(each) for each in raws)
    for place, raw in enumerate(raws):
        item = source.item(bytes(raw), f".attachments[{place}]")
        if is_twin(item.raw, stickers):
            continue
        found: list[InboundContent] = []

        def read(item: Source, found: list[InboundContent] = found) -> Iterable[Event]:
            found.extend(contents(item.raw))
            return ()

        broken += attempt(read, item, "attachment")
        for number, content in enumerate(found):
            yield f"{place}.{number}", content


def _received(
    told: wire.Message,
    content: InboundContent,
    key: str,
    head: wire.Head,
    source: Source,
    album: str | None,
    *,
    first: bool,
) -> MessageReceived:
    timestamp = source.timestamp()
    own = event_id(timestamp, source.account, "message.received", told.mid, key)
    # Where a person came from is told once, however many parts their message has.
    came = told.referral if first else None
    return MessageReceived(
        id=own,
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=other_side(head, source, ours=False),
        message=Message(
            id=own,
            platform_id=told.mid,
            timestamp=timestamp,
            content=content,
            reply_to=_reply_to(told, head),
            referral=referrals.referral(came) if came else None,
            product=referrals.product(came),
            album=album,
            standby=source.standby,
        ),
    )


def _reply_to(told: wire.Message, head: wire.Head) -> ReplyTo | None:
    if told.reply_to is None or not told.reply_to.mid:
        return None
    # A conversation has two sides: who does not answer themselves answers the other.
    own = told.reply_to.is_self_reply
    author = None if own is None else head.sender if own else head.recipient
    known = author.id if author else None
    return ReplyTo(platform_id=told.reply_to.mid, author=None if known is None else str(known))


def _echoed(
    told: wire.Message,
    content: InboundContent,
    key: str,
    head: wire.Head,
    source: Source,
    album: str | None,
) -> MessageEchoed:
    timestamp = source.timestamp()
    own = event_id(timestamp, source.account, "message.echoed", told.mid, key)
    return MessageEchoed(
        id=own,
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=other_side(head, source, ours=True),
        own=bool(_REFERENCE.fullmatch(told.metadata or "")),
        message=Echo(
            id=own,
            platform_id=told.mid,
            timestamp=timestamp,
            content=content,
            origin=_origin(told),
            app_id=None if told.app_id is None else str(told.app_id),
            metadata=told.metadata,
            reply_to=_reply_to(told, head),
            album=album,
            standby=source.standby,
        ),
    )


def _origin(told: wire.Message) -> Literal["inbox", "api"]:
    """Return where our side wrote; people write where no app is named."""
    if told.app_id is None or str(told.app_id) in _INBOXES:
        return "inbox"
    return "api"


def _deleted(told: wire.Message, head: wire.Head, source: Source, *, ours: bool) -> MessageDeleted:
    timestamp = source.timestamp()
    return MessageDeleted(
        id=event_id(timestamp, source.account, "message.deleted", told.mid),
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=other_side(head, source, ours=ours),
        deletion=Deletion(
            platform_id=told.mid, timestamp=timestamp, by="business" if ours else "contact"
        ),
    )


def _referred(
    told: wire.Message, came: wire.Referral, head: wire.Head, source: Source
) -> ContactReferred:
    return ContactReferred(
        id=event_id(source.timestamp(), source.account, "contact.referred", told.mid),
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=other_side(head, source, ours=False),
        referral=referrals.referral(came),
    )


def edit(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield what a ``message_edit`` is; without a new text, or counted as none, it is noise."""
    told = _EDIT.decode(source.raw)
    number = _count(told.num_edit)
    ours = _from_owner(head, source)
    contact = other_side(head, source, ours=ours)
    if told.text is None or number == 0:
        yield notice(source, "unmodelled", "message_edit", contact=contact)
        return
    timestamp = source.timestamp()
    kind = "message.echoed" if ours else "message.edited"
    own = event_id(timestamp, source.account, kind, told.mid, "edit", str(number), told.text)
    edited = Edited(number=number, timestamp=timestamp)
    if ours:
        yield MessageEchoed(
            id=own,
            at=source.at,
            channel=source.channel,
            account=source.account,
            contact=contact,
            message=Echo(
                id=own,
                platform_id=told.mid,
                timestamp=timestamp,
                content=Text(text=told.text),
                origin="inbox",
                standby=source.standby,
                edited=edited,
            ),
        )
        return
    yield MessageEdited(
        id=own,
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=contact,
        message=Message(
            id=own,
            platform_id=told.mid,
            timestamp=timestamp,
            content=Text(text=told.text),
            standby=source.standby,
            edited=edited,
        ),
    )


def _count(told: wire.Id | None) -> int | None:
    text = "" if told is None else str(told)
    return int(text) if text.isdecimal() and len(text) < 10 else None
