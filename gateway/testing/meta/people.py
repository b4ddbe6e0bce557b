"""Who is known to a page or account, by all that stands for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gateway.testing.meta.account import Business
from gateway.testing.meta.contact import Contact
from gateway.testing.meta.errors import SendRefused, invalid

_LONGEST_HOLD_SECONDS: Final = 7 * 86_400
_FIELDS: Final = {
    "messenger": ("id", "first_name", "last_name", "name", "profile_pic"),
    "instagram": (
        *("id", "name", "username", "profile_pic", "follower_count", "is_verified_user"),
        *("is_user_follow_business", "is_business_follow_user"),
    ),
}
"""What may be asked of a person; one field more and nothing is told at all."""


class People:
    """Finds contacts."""

    def __init__(self) -> None:
        self._contacts: list[Contact] = []

    def add(self, contact: Contact) -> None:
        """Know a contact."""
        self._contacts.append(contact)

    def of(self, business: Business) -> Iterator[Contact]:
        """Yield whom a page or account knows."""
        return (each for each in self._contacts if each.business is business)

    def find(self, business: Business, known: str) -> Contact | None:
        """Return a contact by the scoped id."""
        return next((each for each in self.of(business) if each.id == known), None)

    def commented(self, business: Business, comment_id: str) -> Contact:
        """Return who wrote a comment.

        Raises:
            SendRefused: 100, nobody did.
        """
        for each in self.of(business):
            if comment_id in each.comments:
                return each
        raise invalid(f"Comment {comment_id} does not exist")

    def ticked(self, business: Business, user_ref: str) -> Contact:
        """Return who ticked a checkbox.

        Raises:
            SendRefused: 100, nobody did.
        """
        for each in self.of(business):
            if user_ref in each.opted_in:
                return each
        raise invalid(f"user_ref {user_ref} is not opted in")

    def subscribed(self, business: Business, token: str) -> Contact:
        """Return whose subscription a token is.

        Raises:
            SendRefused: 100, nobody's.
        """
        for each in self.of(business):
            if token in each.tokens:
                return each
        raise invalid("The notification_messages_token is not valid")

    def profile(self, business: Business, known: str, fields: str) -> dict[str, Any]:
        """Return what is told of a person.

        Raises:
            SendRefused: 100, for a field there is not, or a person who may not be seen.
        """
        asked = [each for each in fields.split(",") if each] or ["name", "profile_pic"]
        if unknown := [each for each in asked if each not in _FIELDS[business.channel]]:
            raise invalid(f"Tried accessing nonexisting field ({unknown[0]})")
        contact = self.find(business, known)
        if contact is None:
            raise SendRefused(100, 33)
        if not contact.shows_profile:
            raise SendRefused(100, 2018218)
        first, _, last = contact.name.partition(" ")
        told = {
            "name": contact.name,
            "first_name": first,
            "last_name": last,
            "username": contact.username,
            "profile_pic": contact.picture_url,
            "follower_count": 1,
            "is_verified_user": False,
            "is_user_follow_business": True,
            "is_business_follow_user": False,
        }
        return {**{each: told[each] for each in asked if each in told}, "id": contact.id}

    def control(self, business: Business, edge: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Pass, take, release, ask for or keep a conversation.

        Raises:
            SendRefused: 100, nobody is meant, or what the edge needs is missing.

        Source: Meta, Messenger Platform, "Conversation Routing".
        """
        recipient = asked.get("recipient")
        known = str(recipient.get("id", "")) if isinstance(recipient, dict) else ""
        contact = self.find(business, known)
        if contact is None:
            raise SendRefused(100, 2018001)
        if edge == "pass_thread_control" and not asked.get("target_app_id"):
            raise invalid("target_app_id is required")
        if edge == "extend_thread_control":
            duration = asked.get("duration")
            if not isinstance(duration, int) or not 0 < duration <= _LONGEST_HOLD_SECONDS:
                raise invalid("duration must be from 1 second to 7 days")
        more = {name: value for name, value in asked.items() if name != "recipient"}
        contact.controls.append((edge, more))
        return {"success": True}

    def conversations(self, business: Business, user_id: str) -> dict[str, Any]:
        """Return the conversation with a person, if there is one."""
        contact = self.find(business, user_id)
        if contact is None:
            return {"data": []}
        people = [
            {"name": contact.name, "id": contact.id},
            {"name": business.name, "id": business.node},
        ]
        return {"data": [{"id": f"t_{contact.id}", "participants": {"data": people}}]}
