"""What is not modelled, not known or broken, kept whole in a ``platform.notice``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import Contact, Event, Fact, Notice, PlatformNotice, event_id, readable_json
from gateway_whatsapp.source import CHANNEL, Broken, Source

Reason: TypeAlias = Literal["unmodelled", "unknown", "broken", "unknown_account"]
Reader: TypeAlias = Callable[[Source], Iterable[Event]]

_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})


def digest(raw: bytes) -> str:
    """Return what tells an item without an id from others."""
    return blake2b(raw, digest_size=16).hexdigest()


def notice(
    source: Source,
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
        time: Milliseconds since 1970 of the item; that of its entry by default.
    """
    raw = source.bytes_of_item()
    moment = source.time if time is None else time
    return PlatformNotice(
        id=event_id(moment, source.account, "platform.notice", reason, subject, digest(raw)),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        notice=Notice(
            reason=reason, subject=subject, error=error, facts=dict(facts), raw=readable_json(raw)
        ),
    )


def attempt(read: Reader, source: Source, subject: str) -> list[Event]:
    """Return the events of an item, or a notice that tells what is broken in it.

    Args:
        read: Makes the events; may raise anything.
        source: Where the item came from, with its bytes.
        subject: What the item is, for the notice.
    """
    try:
        return list(read(source))
    except Exception as error:  # noqa: BLE001 - a slip of ours must not cost the neighbours
        return [notice(source, "broken", subject, error=_described(error, source.path))]


def _described(error: Exception, path: str) -> str:
    """Return where in the body something is wrong, and what would be right."""
    match error:
        case Broken():
            return f"{path}{error.path}: {error.wanted}"
        case msgspec.ValidationError():
            wanted, _, inside = str(error).partition(" - at `$")
            return f"{path}{inside.removesuffix('`')}: {wanted}"
        case _:
            return f"{path}: {type(error).__name__}: {error}"
