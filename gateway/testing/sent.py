"""What a simulated platform accepted, in order: the judge of sending tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar


class Accepted(Protocol):
    """A message that was accepted."""

    id: str
    contact: Any

    @property
    def key(self) -> str:
        """What makes two accepted messages the same one."""


S = TypeVar("S", bound=Accepted)


class AcceptedMessages(Generic[S]):
    """Every message ever accepted, in that order."""

    def __init__(self) -> None:
        self._messages: list[S] = []
        self._by_id: dict[str, S] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[S]:
        return iter(self._messages)

    def __getitem__(self, place: int) -> S:
        return self._messages[place]

    def add(self, sent: S) -> None:
        """Take in what was accepted."""
        self._messages.append(sent)
        self._by_id[sent.id] = sent

    def find(self, message_id: str) -> S | None:
        """Return a message by its id."""
        return self._by_id.get(message_id)

    def to(self, contact: object) -> list[S]:
        """Return what was accepted for a contact."""
        return [each for each in self if each.contact is contact]

    def counts(self) -> Counter[str]:
        """Count how often each message was accepted; more than once is a double."""
        return Counter(each.key for each in self)
