"""Messages to contacts: taken or refused, and what becomes of them afterwards."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from gateway.testing.delivery import Clock
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.body import Number
from gateway.testing.whatsapp.courier import Courier
from gateway.testing.whatsapp.errors import GraphError, invalid
from gateway.testing.whatsapp.faults import Fault
from gateway.testing.whatsapp.graph import Call, Endpoints, Route
from gateway.testing.whatsapp.media import MediaShelf
from gateway.testing.whatsapp.numbers import Numbers
from gateway.testing.whatsapp.people import People, Recipient
from gateway.testing.whatsapp.rates import Rates
from gateway.testing.whatsapp.rules import MEDIA, check, check_mark
from gateway.testing.whatsapp.sent import Sent, SentLedger, words
from gateway.testing.whatsapp.template import Template, check_send, usable
from gateway.testing.whatsapp.template_shelf import TemplateShelf

_WITHOUT_WINDOW: Final = {"template"}


class Outbox:
    """Takes what is sent.

    Args:
        numbers: Who sends.
        people: Who is sent to.
        templates: What may be sent outside the window.
        media: The files messages name.
        rates: The limits, and the rules.
        courier: Brings what was taken to its recipient.
        random: For ids.
        clock: For times.

    Attributes:
        sent: Every message that was ever accepted.
    """

    def __init__(
        self,
        *,
        numbers: Numbers,
        people: People,
        templates: TemplateShelf,
        media: MediaShelf,
        rates: Rates,
        courier: Courier,
        random: Random,
        clock: Clock,
    ) -> None:
        self.sent = SentLedger()
        self._numbers = numbers
        self._people = people
        self._templates = templates
        self._media = media
        self._rates = rates
        self._courier = courier
        self._random = random
        self._clock = clock

    def endpoints(self) -> Endpoints:
        """Return what takes messages."""
        return {
            Route("number", "POST", "messages"): self._messages,
            Route("number", "POST", "marketing_messages"): self._marketing,
        }

    async def _messages(self, call: Call) -> Any:
        if "status" in call.parameters:
            return self._mark(call)
        return self._take(call)

    async def _marketing(self, call: Call) -> Any:
        message = call.parameters
        if message.get("type") != "template":
            raise GraphError(100, message="Only template messages are supported by this API.")
        template, _ = self._template(self._numbers[call.node].number, message)
        if template.category != "MARKETING":
            raise GraphError(134100, f"template {template.name} is {template.category}")
        return self._take(call, category="marketing_lite")

    def _mark(self, call: Call) -> Any:
        message_id = check_mark(call.parameters)
        contact = self._people.written.get(message_id)
        if contact is None or contact.number.phone_number_id != call.node:
            raise invalid(f"message_id {message_id} is no message to this number")
        contact.marked_read.append(message_id)
        contact.typing_shown += "typing_indicator" in call.parameters
        return {"success": True}

    def _take(self, call: Call, *, category: str | None = None) -> Any:
        number, message = self._numbers[call.node], call.parameters
        kind = check(message)
        if message.get("category", "service") != "service":
            raise GraphError(100, message="Direct Send is not enabled for this number.")
        recipient = self._people.recipient(number.number, message)
        if not number.registered:
            raise GraphError(133010)
        if number.refuses is not None:
            raise GraphError(number.refuses)
        template, said = None, words(kind, message)
        if kind == "template":
            template, said = self._template(number.number, message)
            _check_authentication(template, recipient)
        self._check_files(message, "")
        self._check_recipient(recipient, kind, blocked=recipient.contact in number.blocked)
        self._rates.count(number.id, str(recipient.answer.get("wa_id", recipient.input)))
        sent = Sent(
            id=ids.message_id(self._random, recipient.input, inbound=False),
            number=number.number,
            contact=recipient.contact,
            body=message,
            kind=kind,
            said=said,
            at=self._clock(),
            category=category or (template.category.lower() if template else "service"),
            group_id=recipient.group.id if recipient.group else None,
            held=template is not None and template.paced,
        )
        self.sent.add(sent)
        self._courier.start(sent, recipient, self._failure(sent, recipient, call.fault))
        return _answer(sent, recipient)

    def _template(self, number: Number, message: dict[str, Any]) -> tuple[Template, str]:
        send = message.get("template")
        if not isinstance(send, dict):
            raise GraphError(100, message="The parameter template is required.")
        name, language = str(send.get("name")), str((send.get("language") or {}).get("code"))
        found = self._templates.find(number.business_account_id, name, language)
        template = usable(found, name, language)
        return template, check_send(template, send)

    def _check_files(self, part: Any, path: str) -> None:
        """Refuse ids of files that are not here, wherever they stand."""
        children = part.items() if isinstance(part, dict) else enumerate(part)
        for name, inner in children:
            place = f"{path}[{name!r}]" if path else str(name)
            if not isinstance(inner, dict | list):
                continue
            if name in MEDIA and isinstance(inner, dict) and "id" in inner:
                if inner["id"] not in self._media:
                    raise _no_such_file(f"{place}['id']")
            else:
                self._check_files(inner, place)

    def _check_recipient(self, recipient: Recipient, kind: str, *, blocked: bool) -> None:
        if blocked:
            raise GraphError(131026, "The business blocked this user")
        if self._rates.rules.closed_window == "answer" and _too_late(recipient, kind):
            raise _window_closed()

    def _failure(self, sent: Sent, recipient: Recipient, fault: Fault) -> GraphError | None:
        """Return what will be told as a failed status."""
        if fault.error is not None:
            return fault.error
        contact = recipient.contact
        if contact is not None and not contact.on_whatsapp:
            return GraphError(131026)
        if contact is not None and contact.blocks_business:
            return GraphError(130403)
        if self._rates.rules.closed_window == "status" and _too_late(recipient, sent.kind):
            return _window_closed()
        if contact is not None and contact.opted_out and sent.category.startswith("marketing"):
            return GraphError(131050)
        return self._failure_of_content(sent)

    def _failure_of_content(self, sent: Sent) -> GraphError | None:
        if sent.kind == "reaction":
            target = str(sent.body["reaction"]["message_id"])
            known = self._people.written.get(target) is sent.contact or self.sent.find(target)
            if not known:
                return invalid("The message that is reacted to does not exist")
        return None


def _too_late(recipient: Recipient, kind: str) -> bool:
    if kind in _WITHOUT_WINDOW:
        return False
    if recipient.group is not None:
        return not recipient.group.window_open
    return recipient.contact is not None and not recipient.contact.window_open


def _window_closed() -> GraphError:
    text = "More than 24 hours have passed since the recipient last replied to the sender number."
    return GraphError(131047, text)


def _no_such_file(place: str) -> GraphError:
    told = f"Param {place} is not a valid whatsapp business account media attachment ID"
    return GraphError(100, message=told)


def _check_authentication(template: Template, recipient: Recipient) -> None:
    if template.category == "AUTHENTICATION" and "user_id" in recipient.answer:
        raise GraphError(131062, "Authentication templates need a phone number")


def _answer(sent: Sent, recipient: Recipient) -> dict[str, Any]:
    status = "held_for_quality_assessment" if sent.held else "accepted"
    message = {"id": sent.id, "message_status": status}
    if sent.group_id is not None:
        message["group_id"] = sent.group_id
    return {
        "messaging_product": "whatsapp",
        "contacts": [recipient.answer],
        "messages": [message],
    }
