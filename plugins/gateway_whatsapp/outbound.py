"""What a message becomes: calls begin here."""

from __future__ import annotations

import functools
import re
from typing import Final, TypeAlias, assert_never
from urllib.parse import quote, urlsplit

from gateway.api import (
    AddressRequest,
    Audio,
    Buttons,
    Call,
    Carousel,
    Catalog,
    ContactRequest,
    Contacts,
    Delete,
    Dice,
    Document,
    Edit,
    Flow,
    Image,
    Link,
    ListMenu,
    Location,
    LocationRequest,
    NotCarried,
    OutboundMessage,
    Poll,
    Product,
    Products,
    Raw,
    Reaction,
    Read,
    Rendered,
    Sticker,
    Template,
    Text,
    Typing,
    Video,
    caption_of,
    kind_of,
)
from gateway_whatsapp import bodies, carousels, interactive, plain, templates
from gateway_whatsapp.bodies import Body
from gateway_whatsapp.limits import LONGEST_REFERENCE, NATIVE_BUTTONS
from gateway_whatsapp.settings import WhatsAppSettings

BUSINESS_SCOPED: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
"""A user id; anything else is a phone number."""

MARKETING: Final = "marketing_messages"
"""Where templates of that category go, if the account wants it."""
_PRODUCT_POLICIES: Final = {"fallback": "CLOUD_API_FALLBACK", "strict": "STRICT"}

_Shown: TypeAlias = (
    Text
    | Image
    | Video
    | Audio
    | Document
    | Sticker
    | Location
    | Contacts
    | Reaction
    | Poll
    | Template
    | Buttons
    | ListMenu
    | Link
    | Flow
    | Product
    | Products
    | Catalog
    | Carousel
    | LocationRequest
    | ContactRequest
    | AddressRequest
)
"""What makes a message of its own."""


def render(
    message: OutboundMessage, settings: WhatsAppSettings, *, reference: str | None
) -> Rendered:
    """Turn a message that passed the check into calls; see ``Channel.render``.

    Source: Meta for Developers, WhatsApp Business Platform, "Messages API".
    """
    if reference is not None and len(reference) > LONGEST_REFERENCE:
        raise ValueError(f"a reference of {len(reference)} characters; {LONGEST_REFERENCE} at most")
    match message.content:
        case Raw(body=body):
            return Rendered(calls=(_call(body, settings),))
        case Read(to=to):
            return Rendered(calls=(_call(_seen(to), settings),))
        case Typing(to=to):
            typing = {**_seen(to), "typing_indicator": {"type": "text"}}
            return Rendered(calls=(_call(typing, settings),))
        case Dice() | Edit() | Delete() as content:
            raise NotCarried(f"WhatsApp does not carry {kind_of(content)}")
        case content:
            return _shown(content, message, settings, reference)


def _shown(
    content: _Shown,
    message: OutboundMessage,
    settings: WhatsAppSettings,
    reference: str | None,
) -> Rendered:
    """Return the calls of what the contact will see."""
    head = {"messaging_product": "whatsapp", **_recipient(message)}
    tail = {"biz_opaque_callback_data": reference} if reference else {}
    quoted = _quoted(message)
    calls = []
    for number, part in enumerate(_parts(content, settings)):
        # Only the first part answers; the others follow it.
        body = {**head, **(quoted if number == 0 else {}), **tail, **part}
        calls.append(_sent(content, body, settings))
    told = [each for each in (_downgraded(content), _plain(content)) if each]
    return Rendered(calls=tuple(calls), downgraded="; ".join(told) or None)


def _call(body: Body, settings: WhatsAppSettings, *, endpoint: str = "messages") -> Call:
    path = _path(settings.api_url, settings.phone_number_id)
    return Call(method="POST", path=f"{path}/{endpoint}", body=body)


@functools.cache
def _path(api_url: str, phone_number_id: str) -> str:
    return f"{urlsplit(api_url).path.rstrip('/')}/{quote(phone_number_id, safe='')}"


def _sent(content: _Shown, body: Body, settings: WhatsAppSettings) -> Call:
    policy = _PRODUCT_POLICIES.get(settings.marketing_messages)
    if policy and isinstance(content, Template) and content.category == "marketing":
        return _call({**body, "product_policy": policy}, settings, endpoint=MARKETING)
    return _call(body, settings)


def _seen(to: str | None) -> Body:
    return {"messaging_product": "whatsapp", "status": "read", "message_id": to}


def _recipient(message: OutboundMessage) -> Body:
    if message.to_group is not None:
        return {"recipient_type": "group", "to": message.to_group}
    to = message.to or ""
    if to[2:3] == "." and BUSINESS_SCOPED.fullmatch(to):
        return {"recipient_type": "individual", "recipient": to}
    # Without the plus sign the platform would put our own country code before the number.
    return {"recipient_type": "individual", "to": f"+{to.removeprefix('+')}"}


def _quoted(message: OutboundMessage) -> Body:
    if message.reply_to is None or isinstance(message.content, Reaction):
        return {}
    return {"context": {"message_id": message.reply_to}}


def _parts(content: _Shown, settings: WhatsAppSettings) -> list[Body]:
    """Return the body of each part."""
    first = _body(content, settings)
    if isinstance(content, Audio) and content.caption:
        return [first, bodies.text(plain.marked(caption_of(content)))]
    return [first]


def _body(content: _Shown, settings: WhatsAppSettings) -> Body:  # noqa: C901, PLR0911, PLR0912 - a line for each kind
    match content:
        case Text(preview=preview):
            return bodies.text(plain.marked(content), preview=preview)
        case Image() | Video() | Audio() | Document() | Sticker():
            return bodies.file(content)
        case Location():
            return bodies.location(content)
        case Contacts():
            return bodies.contacts(content)
        case Reaction():
            return bodies.reaction(content)
        case Poll():
            return bodies.text(plain.numbered_poll(content))
        case Template():
            return templates.template(content)
        case Buttons(buttons=buttons):
            if len(buttons) > NATIVE_BUTTONS:
                return interactive.menu(interactive.menu_of(content, button=settings.list_button))
            return interactive.buttons(content)
        case ListMenu():
            return interactive.menu(content)
        case Link():
            return interactive.link(content)
        case Flow():
            return interactive.flow(content)
        case Product():
            return interactive.product(content)
        case Products():
            return interactive.products(content)
        case Catalog():
            return interactive.catalog(content)
        case Carousel():
            if not carousels.fits(content):
                return bodies.text(plain.numbered_cards(content))
            return carousels.carousel(content)
        case LocationRequest(text=text):
            return interactive.location_request(text)
        case ContactRequest(text=text):
            return interactive.contact_request(text)
        case AddressRequest():
            return interactive.address_request(content)
        case _:
            assert_never(content)


def _plain(content: _Shown) -> str | None:
    """Return the formatting that the contact will not see."""
    match content:
        case Text():
            lost = plain.lost(content)
        case Image() | Video() | Audio() | Document() if content.caption:
            lost = plain.lost(caption_of(content))
        case _:
            return None
    return f"shown plain: {', '.join(lost)}" if lost else None


def _downgraded(content: _Shown) -> str | None:  # noqa: PLR0911 - one line for each rule
    """Return what the contact will see otherwise than it was asked for."""
    match content:
        case Audio(caption=str(caption)) if caption:
            return "the caption follows as a text"
        case Video(animation=True) | Video(round=True):
            return "sent as a plain video"
        case Location(live_seconds=int()):
            return "a live place is sent as a fixed one"
        case Poll():
            return "a poll became a numbered text"
        case Buttons(buttons=buttons) if len(buttons) > NATIVE_BUTTONS:
            return f"{len(buttons)} buttons became a list"
        case Carousel() if not carousels.fits(content):
            return "a carousel became a numbered text without its pictures"
        case Template() if not templates.is_clean(content):
            return "white space in parameters was cleaned"
        case _:
            return None
