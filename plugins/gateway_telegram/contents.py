"""What a message carries: one key of it says what, and each key has its reader here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from gateway.api import (
    Audio,
    ContactCard,
    Contacts,
    Dice,
    Document,
    Form,
    Image,
    InboundContent,
    Json,
    Location,
    Media,
    Other,
    Payment,
    Phone,
    Poll,
    PollOption,
    Span,
    Sticker,
    Story,
    Text,
    Video,
    plain_json,
)
from gateway_telegram import rich, wire
from gateway_telegram.entities import spans
from gateway_telegram.places import message_id

T = TypeVar("T")

Parts: TypeAlias = Mapping[str, msgspec.Raw]
"""A message by its keys, each value as it came."""
Reader: TypeAlias = Callable[[bytes, wire.Message], InboundContent]


def content(parts: Parts, message: wire.Message) -> InboundContent | None:
    """Return what a message carries, or None for one that tells of something else."""
    if message.text is not None:
        return Text(text=message.text, spans=spans(message.text, message.entities))
    for key, read in _READERS.items():
        if key in parts:
            return read(bytes(parts[key]), message)
    if message.caption is not None:  # of a file that was taken out on the way
        return Text(text=message.caption, spans=_spans(message))
    return None


def unknown(parts: Parts) -> Other | None:
    """Return what is left of a message whose content is newer than this code."""
    for key, raw in parts.items():
        if key not in _HEAD and bytes(raw).startswith((b"{", b"[")):
            return _other(key, msgspec.json.decode(raw), None)
    return None


def _reader(shape: type[T], read: Callable[[T, wire.Message], InboundContent]) -> Reader:
    decoder = msgspec.json.Decoder(shape)

    def reader(raw: bytes, message: wire.Message) -> InboundContent:
        return read(decoder.decode(raw), message)

    return reader


def media(file: wire.File) -> Media:
    """Return a file; its address is asked for when it is fetched, and has the token in it."""
    return Media(
        platform_id=file.file_id or None,
        mime_type=file.mime_type,
        size_bytes=file.file_size,
        filename=file.file_name,
        width=file.width or file.length,
        height=file.height or file.length,
        duration_seconds=file.duration,
    )


def _spans(message: wire.Message) -> tuple[Span, ...]:
    return spans(message.caption or "", message.caption_entities)


def _photo(sizes: tuple[wire.File, ...], message: wire.Message) -> Image:
    # Smallest first, as a rule; the contact expects the one they sent.
    largest = max(sizes, key=lambda each: (each.width or 0) * (each.height or 0), default=None)
    return Image(
        media=media(largest) if largest else Media(), caption=message.caption, spans=_spans(message)
    )


def _live_photo(photo: wire.LivePhoto, message: wire.Message) -> Image:
    return _photo(photo.photo, message)


def _animation(file: wire.File, message: wire.Message) -> Video:
    return Video(media=media(file), caption=message.caption, spans=_spans(message), animation=True)


def _video(file: wire.File, message: wire.Message) -> Video:
    return Video(media=media(file), caption=message.caption, spans=_spans(message))


def _video_note(file: wire.File, _: wire.Message) -> Video:
    return Video(media=media(file), round=True)


def _audio(file: wire.File, message: wire.Message) -> Audio:
    return Audio(media=media(file), caption=message.caption, spans=_spans(message))


def _voice(file: wire.File, message: wire.Message) -> Audio:
    return Audio(media=media(file), caption=message.caption, spans=_spans(message), voice=True)


def _document(file: wire.File, message: wire.Message) -> Document:
    return Document(media=media(file), caption=message.caption, spans=_spans(message))


def _sticker(file: wire.File, _: wire.Message) -> Sticker:
    moving = bool(file.is_animated or file.is_video)
    return Sticker(media=media(file), animated=moving, emoji=file.emoji)


def _place(place: wire.Location, name: str | None, address: str | None) -> Location:
    return Location(
        latitude=place.latitude,
        longitude=place.longitude,
        name=name,
        address=address,
        accuracy_meters=place.horizontal_accuracy,
        live_seconds=place.live_period,
    )


def _location(place: wire.Location, _: wire.Message) -> Location:
    return _place(place, None, None)


def _venue(venue: wire.Venue, _: wire.Message) -> Location:
    return _place(venue.location, venue.title, venue.address)


def _contact(card: wire.Contact, message: wire.Message) -> Contacts:
    known = None if card.user_id is None else str(card.user_id)
    # Only Telegram can say that a number is the sender's own: anybody can share any card.
    own = known is not None and message.sender is not None and known == str(message.sender.id)
    name = " ".join(each for each in (card.first_name, card.last_name) if each)
    return Contacts(
        contacts=(
            ContactCard(
                name=name or None,
                first_name=card.first_name,
                last_name=card.last_name,
                phones=(Phone(number=str(card.phone_number), platform_id=known),),
                origin="request" if own else None,
                vcard=card.vcard,
            ),
        )
    )


def _poll(poll: wire.Poll, _: wire.Message) -> Poll:
    return Poll(
        question=poll.question,
        options=tuple(PollOption(text=each.text, votes=each.voter_count) for each in poll.options),
        platform_id=str(poll.id),
        anonymous=bool(poll.is_anonymous),
        multiple=bool(poll.allows_multiple_answers),
        closed=bool(poll.is_closed),
    )


def _dice(dice: wire.Dice, _: wire.Message) -> Dice:
    return Dice(emoji=dice.emoji, value=dice.value)


def _story(story: wire.StoryReference, _: wire.Message) -> Story:
    return Story(relation="share", platform_id=message_id(story.chat.id, story.id))


def _web_app(sent: wire.WebAppData, _: wire.Message) -> Form:
    try:
        response = plain_json(msgspec.json.decode(sent.data))
    except (ValueError, RecursionError):
        response = sent.data
    if not isinstance(response, dict):
        response = {"data": response}
    return Form(name="web_app", response=response, text=sent.button_text)


def _paid(payment: wire.Payment, _: wire.Message) -> Payment:
    return Payment(
        status="paid",
        currency=payment.currency,
        amount_minor=payment.total_amount,
        reference=payment.invoice_payload,
        platform_id=payment.telegram_payment_charge_id,
        provider_id=payment.provider_payment_charge_id or None,
    )


def _refunded(payment: wire.Payment, message: wire.Message) -> Payment:
    return msgspec.structs.replace(_paid(payment, message), status="refunded")


def _invoice(payment: wire.Payment, message: wire.Message) -> Payment:
    return msgspec.structs.replace(_paid(payment, message), status="offered")


def _rich(body: Any, _: wire.Message) -> Text:
    return Text(text=rich.text(body))


def _checklist(body: Any, _: wire.Message) -> Other:
    text = body.get("title") if isinstance(body, dict) else None
    tasks = body.get("tasks") if isinstance(body, dict) else None
    lines = [text, *(each.get("text") for each in tasks or () if isinstance(each, dict))]
    return _other("checklist", body, "\n".join(each for each in lines if isinstance(each, str)))


def _as_other(key: str) -> Reader:
    def read(body: Any, _: wire.Message) -> Other:
        title = body.get("title") if isinstance(body, dict) else None
        return _other(key, body, title if isinstance(title, str) else None)

    return _reader(object, read)


def _other(key: str, body: Json, text: str | None) -> Other:
    data = plain_json(body if isinstance(body, dict) else {key: body})
    return Other(type=key, text=text or None, data=data)


_READERS: Final[Mapping[str, Reader]] = {
    "rich_message": _reader(object, _rich),
    "animation": _reader(wire.File, _animation),  # before document, which is set as well
    "live_photo": _reader(wire.LivePhoto, _live_photo),  # before photo, which is set as well
    "photo": _reader(tuple[wire.File, ...], _photo),
    "video": _reader(wire.File, _video),
    "video_note": _reader(wire.File, _video_note),
    "audio": _reader(wire.File, _audio),
    "voice": _reader(wire.File, _voice),
    "document": _reader(wire.File, _document),
    "sticker": _reader(wire.File, _sticker),
    "venue": _reader(wire.Venue, _venue),  # before location, which is set as well
    "location": _reader(wire.Location, _location),
    "contact": _reader(wire.Contact, _contact),
    "poll": _reader(wire.Poll, _poll),
    "dice": _reader(wire.Dice, _dice),
    "story": _reader(wire.StoryReference, _story),
    "web_app_data": _reader(wire.WebAppData, _web_app),
    "successful_payment": _reader(wire.Payment, _paid),
    "refunded_payment": _reader(wire.Payment, _refunded),
    "invoice": _reader(wire.Payment, _invoice),
    "checklist": _reader(object, _checklist),
    **{
        key: _as_other(key)
        for key in (
            *("game", "paid_media", "giveaway", "giveaway_winners", "passport_data"),
            *("users_shared", "user_shared", "chat_shared"),
        )
    },
}

_HEAD: Final = frozenset(
    {
        *(each.encode_name for each in msgspec.structs.fields(wire.Message)),
        *("link_preview_options", "forward_from", "forward_from_chat"),
        *("forward_from_message_id", "forward_signature", "forward_sender_name", "via_bot"),
        *("author_signature", "effect_id", "receiver_user", "suggested_post_info", "reply_to"),
        *("guest_bot_caller_user", "guest_bot_caller_chat", "thumbnail", "thumb"),
    }
)
"""Keys that are no content: the head of a message, and what goes along with a content."""
