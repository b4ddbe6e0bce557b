"""What only contacts send; what goes both ways is in ``content``."""

from __future__ import annotations

from typing import Literal

from gateway.model.media import Media
from gateway.model.value import Json, Value


class Choice(Value, frozen=True, kw_only=True, tag_field="kind", tag="choice"):
    """A tap on something offered.

    Attributes:
        source: What was tapped. ``button`` reply button, ``list`` row, ``template`` quick reply of
            a template, ``quick_reply``, ``postback`` (menu, ice breaker, template button),
            ``callback`` (Telegram inline button).
        id: What we (or the app) put behind it.
        title: What the contact saw.
        description: The smaller words of a row that was chosen, where told.
        query_id: What must be answered so that the contact's spinner stops (Telegram).
    """

    source: Literal["button", "list", "template", "quick_reply", "postback", "callback"]
    id: str
    title: str | None = None
    description: str | None = None
    query_id: str | None = None


class Form(Value, frozen=True, kw_only=True, tag_field="kind", tag="form"):
    """A filled form: a Flow reply, an address message, a feedback or pre-chat form.

    Attributes:
        name: Which kind of form, in the platform's word: ``flow``, ``address_message`` (WhatsApp),
            ``feedback`` (Messenger), ``web_app`` (Telegram); of a web chat the name it was sent
            with.
        response: The answers, by field.
        text: What the contact saw as the sent message.
    """

    name: str
    response: dict[str, Json]
    text: str | None = None


class OrderItem(Value, frozen=True, kw_only=True):
    """One line of an order.

    Attributes:
        product_id: The product's number in the catalogue, given by its owner.
        quantity: How many pieces.
        price: Of one piece, in units of ``currency`` (not cents).
        currency: ISO 4217.
    """

    product_id: str
    quantity: float
    price: float | None = None
    currency: str | None = None


class Order(Value, frozen=True, kw_only=True, tag_field="kind", tag="order"):
    """A basket of catalogue products.

    Attributes:
        items: What was put into the basket, in the platform's order.
        catalog_id: The platform's id of the catalogue.
        text: What the contact wrote with it.
    """

    items: tuple[OrderItem, ...]
    catalog_id: str | None = None
    text: str | None = None


class Story(Value, frozen=True, kw_only=True, tag_field="kind", tag="story"):
    """A story that mentions us, was answered, or was forwarded.

    Attributes:
        relation: ``mention`` they named us in theirs, ``reply`` they answered ours with ``text``,
            ``share`` they forwarded one.
        platform_id: The platform's id of the story, where told.
        text: What the contact wrote, of a ``reply``.
        media: The story itself; its address dies with it.
    """

    relation: Literal["mention", "reply", "share"]
    platform_id: str | None = None
    text: str | None = None
    media: Media | None = None


class Share(Value, frozen=True, kw_only=True, tag_field="kind", tag="share"):
    """A post, reel, product or link passed on.

    Attributes:
        type: What it is; ``other`` is one of the platform's that is new to us.
        url: A page to open, not a file.
        title: Of what was shared.
        description: Below the title, where told.
        platform_id: The platform's id of the post, reel, product or ad.
        reference: Ours: the shop's own number of a product.
        media: Its picture or film, where told.
    """

    type: Literal["post", "reel", "product", "link", "ad", "other"]
    url: str | None = None
    title: str | None = None
    description: str | None = None
    platform_id: str | None = None
    reference: str | None = None
    media: Media | None = None


class PollVote(Value, frozen=True, kw_only=True, tag_field="kind", tag="poll_vote"):
    """A contact's vote.

    Attributes:
        poll_id: The platform's id of the poll: ``platform_id`` of a ``poll``.
        options: Which options, by their place from 0; none means that the vote was taken back.
    """

    poll_id: str
    options: tuple[int, ...] = ()


class CallPermission(Value, frozen=True, kw_only=True, tag_field="kind", tag="call_permission"):
    """The contact's answer to whether we may call.

    Attributes:
        granted: We may call.
        expires_at: Milliseconds since 1970: until when; None where no end was told.
        permanent: It has no end, until the contact takes it back.
        automatic: The platform answered for the contact, for example because they called us.
    """

    granted: bool
    expires_at: int | None = None
    permanent: bool = False
    automatic: bool = False


class Payment(Value, frozen=True, kw_only=True, tag_field="kind", tag="payment"):
    """Money moved in the chat.

    Attributes:
        status: What became of it; ``offered`` is an invoice that is not paid yet.
        currency: ISO 4217, or the platform's own (Telegram's ``XTR``).
        amount_minor: In the smallest unit of ``currency``.
        reference: Ours, from the invoice.
        platform_id: The platform's number of the charge.
        provider_id: The payment provider's number of it, where another one took the money.
    """

    status: Literal["paid", "refunded", "pending", "failed", "canceled", "offered"]
    currency: str | None = None
    amount_minor: int | None = None
    reference: str | None = None
    platform_id: str | None = None
    provider_id: str | None = None


class Unsupported(Value, frozen=True, kw_only=True, tag_field="kind", tag="unsupported"):
    """The contact sent what the platform does not hand out (view-once, poll, …).

    Attributes:
        type: The platform's word for it, where told.
        code: The platform's error code, where told.
        reason: In the platform's words, where told.
    """

    type: str | None = None
    code: str | None = None
    reason: str | None = None


class Other(Value, frozen=True, kw_only=True, tag_field="kind", tag="other"):
    """A kind of message without a neutral form (game, checklist, gift…), kept readable and whole.

    Attributes:
        type: The platform's word for it.
        text: One line for people.
        data: The platform's own object.
    """

    type: str
    text: str | None = None
    data: dict[str, Json] = {}
