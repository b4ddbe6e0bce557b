"""What messages carry, in the platform's words.

What is required here is what nothing can be made of without.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

Number: TypeAlias = int | float | str
"""Meta sends prices and quantities as any of these."""

Time: TypeAlias = int | str
"""Seconds since 1970, as text in most places; now and then milliseconds."""


class Wire(msgspec.Struct, frozen=True, gc=False):
    """A shape of the platform's; short-lived, and only what we read of it."""


class ErrorData(Wire, frozen=True):
    """The longer part of an error."""

    details: str | None = None


class Error(Wire, frozen=True):
    """An error, in a failed status, an unsupported message or on its own."""

    code: int | str = ""
    title: str | None = None
    message: str | None = None
    details: str | None = None
    error_data: ErrorData | None = None


class Body(Wire, frozen=True):
    """The payload of ``text``."""

    body: str


class File(Wire, frozen=True):
    """The payload of ``image``, ``video``, ``audio``, ``document`` and ``sticker``."""

    id: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool = False
    animated: bool = False


class Place(Wire, frozen=True):
    """The payload of ``location``."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class CardName(Wire, frozen=True):
    """The name on a contact card."""

    formatted_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    prefix: str | None = None
    suffix: str | None = None


class CardPhone(Wire, frozen=True):
    """A number on a contact card."""

    phone: str | None = None
    wa_id: str | None = None
    type: str | None = None


class CardEmail(Wire, frozen=True):
    """An email address on a contact card."""

    email: str = ""
    type: str | None = None


class CardUrl(Wire, frozen=True):
    """A web address on a contact card."""

    url: str = ""
    type: str | None = None


class CardAddress(Wire, frozen=True):
    """A postal address on a contact card."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    type: str | None = None


class CardCompany(Wire, frozen=True):
    """Where the person on a contact card works."""

    company: str | None = None
    department: str | None = None
    title: str | None = None


class Card(Wire, frozen=True):
    """One of the payload of ``contacts``."""

    name: CardName | None = None
    phones: tuple[CardPhone, ...] = ()
    emails: tuple[CardEmail, ...] = ()
    urls: tuple[CardUrl, ...] = ()
    addresses: tuple[CardAddress, ...] = ()
    org: CardCompany | None = None
    birthday: str | None = None
    vcard: str | None = None
    origin: str | None = None


class Button(Wire, frozen=True):
    """The payload of ``button``: a quick reply of a template."""

    text: str | None = None
    payload: str | None = None


class Reply(Wire, frozen=True):
    """A tapped reply button or list row."""

    id: str
    title: str | None = None
    description: str | None = None


class FormReply(Wire, frozen=True):
    """A filled Flow or address message; ``response_json`` is JSON inside a string."""

    name: str = "flow"
    body: str | None = None
    response_json: Any = None


class CallReply(Wire, frozen=True):
    """Whether we may call."""

    response: str
    expiration_timestamp: Time | None = None
    is_permanent: bool = False
    response_source: str | None = None


class Interactive(Wire, frozen=True):
    """The payload of ``interactive``."""

    type: str
    button_reply: Reply | None = None
    list_reply: Reply | None = None
    nfm_reply: FormReply | None = None
    call_permission_reply: CallReply | None = None


class Item(Wire, frozen=True):
    """One line of an order."""

    product_retailer_id: str
    quantity: Number
    item_price: Number | None = None
    currency: str | None = None


class Order(Wire, frozen=True):
    """The payload of ``order``."""

    product_items: tuple[Item, ...]
    catalog_id: str | None = None
    text: str | None = None


class Reaction(Wire, frozen=True):
    """The payload of ``reaction``; no emoji takes it away."""

    message_id: str
    emoji: str | None = None


class System(Wire, frozen=True):
    """The payload of ``system``: a contact changed number, id or device."""

    type: str = ""
    body: str | None = None
    wa_id: str | None = None
    new_wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    customer: str | None = None
    identity: Any = None


class Revoke(Wire, frozen=True):
    """The payload of ``revoke``."""

    original_message_id: str


class UnsupportedKind(Wire, frozen=True):
    """The payload of ``unsupported``: what it would have been."""

    type: str | None = None
