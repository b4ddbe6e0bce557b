"""A person who writes to a business number: each verb is an update, ready to be posted.

And who is written to: what arrived is in the ``inbox``, and a script may answer it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final, TypeAlias

import msgspec

from gateway.testing.delivery import Clock
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.body import Json, Notice, Number, Update
from gateway.testing.whatsapp.media import MediaFault, MediaShelf
from gateway.testing.whatsapp.sent import Sent, Timing

WINDOW: Final = timedelta(hours=24)
"""Source: Meta, "Customer service windows": opened by what a user writes, for 24 hours."""

_OPENS_NOTHING: Final = {"edit", "revoke", "system", "unsupported"}

Script: TypeAlias = "Callable[[Sent], Update | Iterable[Update] | None]"
"""What a contact answers to a message of ours."""


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an order; ``price`` is per piece."""

    product_id: str
    quantity: int
    price: float
    currency: str = "EUR"


class Contact:
    """One contact as one business number knows them.

    Attributes:
        number: The business number they write to.
        phone: Digits; None for a user of a username who keeps it hidden.
        name: As they call themselves.
        username: With the leading ``@``, as the platform writes it.
        user_id: Business-scoped user id.
        inbox: What was delivered to them, in that order.
        script: Answers what is delivered; None to stay silent.
        timing: How fast their statuses come; None for the platform's usual.
        on_whatsapp: Nothing can be delivered to who is not.
        blocks_business: They blocked the number.
        opted_out: They want no marketing.
        wrote_at: When they last opened the window; None for never.
        marked_read: Ids of their messages the gateway marked as read.
        typing_shown: How often the gateway showed that it is typing.
    """

    def __init__(
        self,
        *,
        number: Number,
        phone: str | None,
        name: str,
        username: str | None,
        user_id: str,
        random: Random,
        clock: Clock,
        media: MediaShelf,
        written: MutableMapping[str, Contact],
    ) -> None:
        self.number = number
        self.phone = phone
        self.name = name
        self.username = username
        self.user_id = user_id
        self._random = random
        self._clock = clock
        self._media = media
        self._written = written
        self.inbox: list[Sent] = []
        self.script: Script | None = None
        self.timing: Timing | None = None
        self.on_whatsapp = True
        self.blocks_business = False
        self.opted_out = False
        self.wrote_at: float | None = None
        self.marked_read: list[str] = []
        self.typing_shown = 0

    @property
    def window_open(self) -> bool:
        """Whether free-form messages reach them now."""
        if self.wrote_at is None:
            return False
        return self._clock() < self.wrote_at + WINDOW.total_seconds()

    def writes(self, text: str, *, reply_to: str | None = None, **more: Json) -> Update:
        """Write a text; ``more`` goes into the message as it is (``referral``, ``context`` …)."""
        return self.sends("text", {"body": text}, reply_to=reply_to, **more)

    def sends_image(
        self,
        data: bytes,
        *,
        mime_type: str = "image/jpeg",
        caption: str | None = None,
        fault: MediaFault | None = None,
    ) -> Update:
        """Send a picture; ``fault`` is what goes wrong when it is fetched."""
        return self._sends_file("image", data, mime_type, fault, caption=caption)

    def sends_video(
        self, data: bytes, *, caption: str | None = None, fault: MediaFault | None = None
    ) -> Update:
        """Send a film."""
        return self._sends_file("video", data, "video/mp4", fault, caption=caption)

    def sends_voice(self, data: bytes, *, fault: MediaFault | None = None) -> Update:
        """Record and send a voice message."""
        return self._sends_file("audio", data, "audio/ogg; codecs=opus", fault, voice=True)

    def sends_document(
        self,
        data: bytes,
        filename: str,
        *,
        mime_type: str = "application/pdf",
        caption: str | None = None,
        fault: MediaFault | None = None,
    ) -> Update:
        """Send a file."""
        return self._sends_file(
            "document", data, mime_type, fault, filename=filename, caption=caption
        )

    def sends_sticker(self, data: bytes, *, animated: bool = False) -> Update:
        """Send a sticker."""
        return self._sends_file("sticker", data, "image/webp", None, animated=animated)

    def sends_location(
        self,
        latitude: float,
        longitude: float,
        *,
        name: str | None = None,
        address: str | None = None,
    ) -> Update:
        """Send a place; without a name it is where they are."""
        place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
        return self.sends("location", _given(place))

    def shares_contact(self, name: str, phone: str) -> Update:
        """Share a contact card."""
        first, _, last = name.partition(" ")
        names = {"formatted_name": name, "first_name": first, "last_name": last or None}
        card = {
            "name": _given(names),
            "phones": [{"phone": f"+{phone}", "wa_id": phone, "type": "CELL"}],
        }
        return self.sends("contacts", [card])

    def taps(self, button_id: str, title: str, *, reply_to: str | None = None) -> Update:
        """Tap a reply button."""
        return self._answers("button_reply", {"id": button_id, "title": title}, reply_to)

    def taps_template(self, payload: str, text: str, *, reply_to: str | None = None) -> Update:
        """Tap a quick reply of a template."""
        return self.sends("button", {"payload": payload, "text": text}, reply_to=reply_to)

    def chooses(
        self,
        row_id: str,
        title: str,
        *,
        description: str | None = None,
        reply_to: str | None = None,
    ) -> Update:
        """Choose a row of a list."""
        row = _given({"id": row_id, "title": title, "description": description})
        return self._answers("list_reply", row, reply_to)

    def fills(
        self, response: Mapping[str, Json], *, reply_to: str | None = None, text: str = "Sent"
    ) -> Update:
        """Send a Flow's form; the answers travel as a string of JSON."""
        form = {"response_json": json.dumps(response), "body": text, "name": "flow"}
        return self._answers("nfm_reply", form, reply_to)

    def orders(self, catalog_id: str, lines: Sequence[OrderLine], *, text: str = "") -> Update:
        """Send a basket."""
        items = [
            {
                "product_retailer_id": each.product_id,
                "quantity": each.quantity,
                "item_price": each.price,
                "currency": each.currency,
            }
            for each in lines
        ]
        return self.sends("order", {"catalog_id": catalog_id, "text": text, "product_items": items})

    def reacts(self, message_id: str, emoji: str | None) -> Update:
        """Put an emoji on a message, or with None take it away (then the key is missing)."""
        return self.sends("reaction", _given({"message_id": message_id, "emoji": emoji}))

    def edits(self, message_id: str, text: str) -> Update:
        """Change the text of a message (coexistence numbers only)."""
        message = {"context": {"id": "M0"}, "type": "text", "text": {"body": text}}
        return self.sends("edit", {"original_message_id": message_id, "message": message})

    def revokes(self, message_id: str) -> Update:
        """Withdraw a message (coexistence numbers only)."""
        return self.sends("revoke", {"original_message_id": message_id})

    def sends_unsupported(self, kind: str = "poll") -> Update:
        """Send something the platform does not hand out."""
        error = {
            "code": 131051,
            "title": "Message type unknown",
            "message": "Message type unknown",
            "error_data": {"details": "Message type is currently not supported."},
        }
        return self.sends("unsupported", {"type": kind}, errors=[error])

    def sends(
        self, kind: str, payload: Json, *, reply_to: str | None = None, **more: Json
    ) -> Update:
        """Send a message of any kind, known or not, with any payload, whole or broken."""
        context = None
        if reply_to is not None:
            context = {"from": self.number.display_phone_number, "id": reply_to}
        item = {
            "context": context,
            "from": self.phone,
            "from_user_id": self.user_id,
            "id": ids.message_id(self._random, self.phone or self.user_id),
            "timestamp": self._timestamp(),
            "type": kind,
            kind: payload,
            **more,
        }
        self._written[str(item["id"])] = self
        if kind not in _OPENS_NOTHING:
            self.wrote_at = self._clock()
        return Update(number=self.number, part="messages", item=_given(item), contact=self.entry())

    def stops_marketing(self) -> Notice:
        """Want no marketing of this business any more."""
        self.opted_out = True
        return self._prefers("stop")

    def resumes_marketing(self) -> Notice:
        """Want marketing again."""
        self.opted_out = False
        return self._prefers("resume")

    def _prefers(self, value: str) -> Notice:
        preference = {
            "wa_id": self.phone,
            "user_id": self.user_id,
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(self._clock()),
        }
        about = {
            "messaging_product": "whatsapp",
            "metadata": self.number.metadata,
            "contacts": [self.entry()],
            "user_preferences": [_given(preference)],
        }
        account = self.number.business_account_id
        return Notice(business_account_id=account, field="user_preferences", value=about)

    def status(
        self,
        message_id: str,
        status: str,
        *,
        category: str = "service",
        metadata: str | None = None,
        error: Mapping[str, Json] | None = None,
        pricing: Mapping[str, Json] | None = None,
        **more: Json,
    ) -> Update:
        """Tell what became of a message to them: sent, delivered, read, played or failed.

        Args:
            message_id: The platform's id of the outbound message.
            status: The step.
            category: What is charged for; told with ``sent`` and ``delivered``.
            metadata: What was given as ``biz_opaque_callback_data`` when sending.
            error: With ``failed``: ``code``, ``title``, ``message``, ``error_data``, ``href``.
            pricing: What is told instead of ``category``; an empty one tells nothing.
            more: Goes into the status as it is.
        """
        if pricing is None and status in {"sent", "delivered"}:
            pricing = {
                "billable": True,
                "pricing_model": "PMP",
                "type": "regular",
                "category": category,
            }
        item = {
            "id": message_id,
            "status": status,
            "timestamp": self._timestamp(),
            "recipient_id": self.phone,
            "recipient_user_id": self.user_id,
            "biz_opaque_callback_data": metadata,
            "pricing": pricing or None,
            "errors": None if error is None else [dict(error)],
            **more,
        }
        contact = None if status == "failed" else self.entry(username=status != "sent")
        return Update(number=self.number, part="statuses", item=_given(item), contact=contact)

    def outbound_id(self) -> str:
        """Return the id of a message to them, as a send would have returned it."""
        return ids.message_id(self._random, self.phone or self.user_id, inbound=False)

    def entry(self, *, username: bool = True) -> dict[str, Json]:
        """Return them as ``contacts`` lists them; no ``wa_id`` where the phone is hidden."""
        profile = _given({"name": self.name, "username": self.username if username else None})
        return _given({"profile": profile, "wa_id": self.phone, "user_id": self.user_id})

    def _answers(self, kind: str, answer: Json, reply_to: str | None) -> Update:
        return self.sends("interactive", {"type": kind, kind: answer}, reply_to=reply_to)

    def _sends_file(
        self, kind: str, data: bytes, mime_type: str, fault: MediaFault | None, **more: Json
    ) -> Update:
        file = self._media.keep(data, mime_type, fault=fault)
        announced = file.announced(self._media.address(file))
        return self.sends(kind, {**_given(more), **announced})

    def _timestamp(self) -> str:
        return str(int(self._clock()))


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not there, as the platform does."""
    return {key: value for key, value in values.items() if value is not None}
