"""Messages to contacts: taken or refused by the platform's own rules.

Source: Meta, Messenger Platform, "Send messages", "Private replies", "Utility messages", "Error
codes"; Instagram Platform, "Messaging API".
"""

from __future__ import annotations

from random import Random
from typing import Any, Final, Literal

from gateway.testing.delivery import Clock
from gateway.testing.meta import ids, shape
from gateway.testing.meta.account import Business
from gateway.testing.meta.contact import HUMAN_WINDOW, WINDOW, Contact
from gateway.testing.meta.courier import Courier
from gateway.testing.meta.errors import SendRefused, invalid
from gateway.testing.meta.files import Files
from gateway.testing.meta.people import People
from gateway.testing.meta.rates import Rates
from gateway.testing.meta.sent import Sent, SentLedger

_WEEK_SECONDS: Final = 7 * 86_400.0


class Outbox:
    """Takes what is sent.

    Args:
        people: Who is sent to.
        files: What was uploaded.
        rates: The limits, and the rules.
        courier: Brings what was taken to its recipient.
        random: For ids.
        clock: For times.

    Attributes:
        sent: Every message that was ever accepted.
        templates: Names of approved utility templates.
    """

    def __init__(
        self,
        *,
        people: People,
        files: Files,
        rates: Rates,
        courier: Courier,
        random: Random,
        clock: Clock,
    ) -> None:
        self.sent = SentLedger()
        self.templates: set[str] = set()
        self._people = people
        self._files = files
        self._rates = rates
        self._courier = courier
        self._random = random
        self._clock = clock
        self._answered: set[str] = set()

    def take(self, business: Business, body: dict[str, Any], *, files: bool) -> dict[str, Any]:
        """Take a message or a sign and return the answer.

        Raises:
            SendRefused: What the platform has against it.
        """
        shape.check(body, business, files=files)
        if "sender_action" in body:
            return self._sign(business, body)
        contact, comment_id = self._recipient(business, body["recipient"])
        message = body["message"]
        why = str(body.get("messaging_type", "RESPONSE"))
        self._check_content(business, message)
        if contact is not None and comment_id is None and "id" in body["recipient"]:
            self._check_window(contact, why, message)
        self._rates.count(business.node, _kind(message), reply=_reply(contact, comment_id))
        if comment_id is not None:
            self._answered.add(comment_id)
        sent = Sent(
            id=ids.message_id(self._random),
            business=business,
            contact=contact,
            message=message,
            why=why,
            at=self._clock(),
            tag=body.get("tag"),
            reply_to=body.get("reply_to", {}).get("mid"),
            comment_id=comment_id,
        )
        self.sent.add(sent)
        self._courier.start(sent)
        known = (
            {"recipient_id": contact.id} if contact and "user_ref" not in body["recipient"] else {}
        )
        return {**known, "message_id": sent.id}

    def _recipient(
        self, business: Business, recipient: dict[str, Any]
    ) -> tuple[Contact | None, str | None]:
        """Return who is meant, and the comment that is answered."""
        ((kind, value),) = recipient.items()
        match kind:
            case "id":
                return self._person(business, str(value)), None
            case "comment_id" | "post_id":
                return self._commented(business, str(value)), str(value)
            case "user_ref":
                return self._people.ticked(business, str(value)), None
            case _:
                return self._people.subscribed(business, str(value)), None

    def _person(self, business: Business, known: str) -> Contact:
        contact = self._people.find(business, known)
        if contact is None:
            subcode = 2534014 if business.channel == "instagram" else 2018001
            raise SendRefused(100, subcode)
        if not contact.reachable:
            raise SendRefused(551, 1545041)
        return contact

    def _commented(self, business: Business, comment_id: str) -> Contact:
        contact = self._people.commented(business, comment_id)
        if self._clock() >= contact.comments[comment_id] + _WEEK_SECONDS:
            raise invalid("The comment is older than 7 days")
        if comment_id in self._answered:
            raise invalid("The comment was answered already")
        return contact

    def _check_content(self, business: Business, message: dict[str, Any]) -> None:
        template = message.get("template")
        if template is not None and template.get("name") not in self.templates:
            raise invalid(f"Template {template.get('name')!r} is not approved")
        attachment = message.get("attachment", {})
        payload = attachment.get("payload") or {}
        named = payload.get("attachment_id")
        if named is not None and self._files.find(str(named), business.node) is None:
            raise SendRefused(100, 2018047, text=f"Attachment {named} does not exist")

    def _check_window(self, contact: Contact, why: str, message: dict[str, Any]) -> None:
        if not self._rates.rules.windows or (why == "UTILITY" and "template" in message):
            return
        tagged = why == "MESSAGE_TAG"
        if tagged and not contact.business.human_agent:
            raise SendRefused(10, text="The app lacks the Human Agent feature")
        if not contact.window_open(HUMAN_WINDOW if tagged else WINDOW):
            raise _window_closed(contact)

    def _sign(self, business: Business, body: dict[str, Any]) -> dict[str, Any]:
        recipient = body["recipient"]
        if "id" not in recipient:
            raise invalid("A sender_action goes to a person")
        contact = self._person(business, str(recipient["id"]))
        if self._rates.rules.windows and not contact.window_open():
            raise _window_closed(contact)
        payload = body.get("payload", {})
        match body["sender_action"]:
            case "mark_seen":
                contact.seen += 1
            case "typing_on":
                contact.typing_shown += 1
            case "react":
                self._check_target(contact, payload["message_id"])
                contact.reactions[payload["message_id"]] = payload["reaction"]
            case "unreact":
                contact.reactions.pop(payload["message_id"], None)
        return {"recipient_id": contact.id}

    def _check_target(self, contact: Contact, message_id: str) -> None:
        if message_id not in contact.written and self.sent.find(message_id) is None:
            raise invalid("The message that is reacted to does not exist")


def _window_closed(contact: Contact) -> SendRefused:
    return SendRefused(10, 2534022 if contact.business.channel == "instagram" else 2018278)


def _reply(contact: Contact | None, comment_id: str | None) -> Literal["comment", "live"] | None:
    if contact is None or comment_id is None:
        return None
    return "live" if comment_id in contact.live_comments else "comment"


def _kind(message: dict[str, Any]) -> str:
    attachment = message.get("attachment")
    return str(attachment.get("type")) if isinstance(attachment, dict) else "text"
