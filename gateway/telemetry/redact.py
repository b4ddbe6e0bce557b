"""What must not be in a log: secrets never, contacts not in full unless settings say so.

Works on finished log events, so that nothing has to be remembered where something is logged:
texts of exceptions and of other libraries pass here too. A contact becomes ``…5678#3fa9c1``: the
end of the number and a digest under a key of this process, so that lines about one contact can be
found without knowing who it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from structlog.typing import EventDict, WrappedLogger

from gateway.settings.secret import HIDDEN, Secret, Secrets

SECRET_KEYS: Final = re.compile(
    r"(token|secret|authorization|password|passphrase|credential|cookie|signature|api_?key|^key$)",
    re.IGNORECASE,
)
CONTACT_KEYS: Final = frozenset(
    ("contact", "phone", "wa_id", "user_id", "username", "recipient", "sender", "to", "from")
)
PLAIN_KEYS: Final = frozenset(
    ("timestamp", "level", "channel", "account", "partition", "platform_id", "remote", "file")
)
"""Never personal, and of use only when whole."""

SECRETS: Final = (
    (re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}"), HIDDEN),  # Telegram bot token, also in URLs
    (re.compile(r"\bEA[A-Za-z0-9]{20,}"), HIDDEN),  # Meta access token
    (re.compile(r"\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"(://[^/\s:@]*):[^/\s@]+@"), rf"\1:{HIDDEN}@"),
    (
        re.compile(
            r"([\w-]*(?:token|secret|password|signature|api_?key)[\w-]*[\"']?\s*[=:]\s*[\"']?)"
            r"[^\s&\"',;)}\]]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)
PHONE: Final = re.compile(r"(?<![\w.])(?:\+\d[\d ()-]{6,18}\d|\d{8,15})(?![\w])")


class Redactor:
    """A processor of log events.

    Args:
        key: Secret of this process, for digests of contacts.
        personal_data: Leave contacts as they are; secrets are hidden all the same.
    """

    def __init__(self, key: bytes, *, personal_data: bool = False) -> None:
        self._key = key
        self._personal_data = personal_data

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        del logger, method
        return {name: self._field(name, value) for name, value in event.items()}

    def contact(self, text: str) -> str:
        """Shorten a phone number or contact id."""
        if self._personal_data:
            return text
        digest = blake2b(text.encode(), key=self._key, digest_size=3).hexdigest()
        return f"…{text[-4:] if len(text) >= 8 else ''}#{digest}"

    def text(self, text: str) -> str:
        """Hide secrets in a text, and shorten what looks like a phone number."""
        for pattern, shown in SECRETS:
            text = pattern.sub(shown, text)
        if self._personal_data:
            return text
        return PHONE.sub(lambda found: self.contact(found.group()), text)

    def _field(self, name: str, value: object) -> object:
        if SECRET_KEYS.search(name) or isinstance(value, Secret | Secrets):
            return HIDDEN
        if name in CONTACT_KEYS and isinstance(value, str | int):
            return self.contact(str(value))
        if name in PLAIN_KEYS and isinstance(value, str):
            return value
        return self._value(value)

    def _value(self, value: object) -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case Mapping():
                return {str(name): self._field(str(name), item) for name, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._value(item) for item in value]
            case _:
                # What a renderer would show by itself must be looked at here.
                return self.text(repr(value))
