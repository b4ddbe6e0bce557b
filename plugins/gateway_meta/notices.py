"""What is not modelled, not known or broken, kept whole in a ``platform.notice``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

from gateway.api import (
    Contact,
    Event,
    Fact,
    Notice,
    PlatformNotice,
    digest_of,
    event_id,
    item_fault,
    readable_json,
)

Reason: TypeAlias = Literal["unmodelled", "unknown", "broken", "unknown_account"]

_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})


class Item(Protocol):
    """What a notice tells of where an item came from; see ``Source``, here and in WhatsApp's plugin."""

    @property
    def channel(self) -> str:
        """Type of the channel."""

    @property
    def account(self) -> str:
        """Whose it is."""

    @property
    def at(self) -> int:
        """Milliseconds since 1970, when the request came."""

    @property
    def time(self) -> int | None:
        """Milliseconds since 1970 of the item or its entry; None or 0 where neither tells one."""

    @property
    def path(self) -> str:
        """Of the item in the body."""

    @property
    def raw(self) -> bytes:
        """The item's own bytes."""


T = TypeVar("T", bound=Item)


def notice(
    source: Item,
    reason: Reason,
    subject: str,
    *,
    error: str | None = None,
    facts: Mapping[str, Fact] = _NO_FACTS,
    contact: Contact | None = None,
    time: int | None = None,
) -> PlatformNotice:
    """Return the notice that an item becomes.

    Args:
        source: Where the item came from, with its bytes.
        reason: See ``gateway.api.Notice``.
        subject: What it is about.
        error: What is wrong with it, with its path.
        facts: The parts that are of use.
        contact: Whom it is about.
        time: Milliseconds since 1970 of the item; that of its source by default.
    """
    raw = source.raw
    moment = (source.time or 0) if time is None else time
    return PlatformNotice(
        id=event_id(moment, source.account, "platform.notice", reason, subject, digest_of(raw)),
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=contact,
        notice=Notice(
            reason=reason, subject=subject, error=error, facts=dict(facts), raw=readable_json(raw)
        ),
    )


def attempt(read: Callable[[T], Iterable[Event]], source: T, subject: str) -> list[Event]:
    """Return the events of an item, or a notice that tells what is broken in it.

    Args:
        read: Makes the events; may raise anything.
        source: Where the item came from, with its bytes.
        subject: What the item is, for the notice.
    """
    try:
        return list(read(source))
    except Exception as error:  # noqa: BLE001 - a slip of ours must not cost the neighbours
        return [notice(source, "broken", subject, error=item_fault(error, source.path))]
