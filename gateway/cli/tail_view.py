"""How ``relevo tail`` shows an event: a line for people, or the whole as JSON."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from rich.text import Text

from gateway.cli.console import stdout
from gateway.cli.event_words import what
from gateway.client import UnknownEvent
from gateway.model.contact import Contact
from gateway.model.event import Event, type_of
from gateway.telemetry.redact import Redactor

STYLES = {
    "message.received": "green",
    "message.status": "dim",
    "message.failed": "red",
    "message.held": "yellow",
    "account.alert": "bold red",
    "platform.notice": "yellow",
}


class Line:
    """One event on its way to the eye; whatever the event is, it can be shown.

    Attributes:
        type: Of the event.
        account: Of the event; empty where it cannot be read.
    """

    def __init__(self, event: Event | UnknownEvent) -> None:
        self.event = event
        if isinstance(event, UnknownEvent):
            self.type = event.type
            self.account = str(event.data.get("account", ""))
        else:
            self.type = type_of(event)
            self.account = event.account

    def json(self) -> bytes:
        """Return the whole event as one line of JSON; bytes in it become base64."""
        if not isinstance(self.event, UnknownEvent):
            return msgspec.json.encode(self.event)
        event = self.event
        whole = event.data or {"type": event.type, "error": event.error, "raw": event.raw}
        return msgspec.json.encode(whole)


class View:
    """Prints events for people.

    Args:
        redactor: Shortens contacts.
        show_contacts: Leave them, and their names, as they are.
    """

    def __init__(self, redactor: Redactor, *, show_contacts: bool) -> None:
        self._console = stdout()
        self._redactor = redactor
        self._show_contacts = show_contacts

    def show(self, line: Line) -> None:
        """Print an event as one line: time, type, account, contact, what."""
        event = line.event
        if isinstance(event, UnknownEvent):
            at, who, told = event.data.get("at"), "", f"cannot be read: {event.error}"
        else:
            at, who, told = event.at, self._who(event), what(event)
        self._console.print(
            Text.assemble(
                (_time(at), "dim"),
                "  ",
                (f"{line.type:<22}", STYLES.get(line.type, "cyan")),
                f"  {line.account:<14}  {who}  ",
                told.replace("\n", " ⏎ "),
            ),
            soft_wrap=True,
        )

    def _who(self, event: Event) -> str:
        contact: Contact | None = getattr(event, "contact", None)
        if contact is None:
            return "-"
        shown = self._redactor.contact(contact.id)
        return f"{shown} {contact.name}" if self._show_contacts and contact.name else shown


def _time(at: object) -> str:
    if not isinstance(at, int):
        return " " * 19
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
