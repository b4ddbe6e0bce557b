"""How events get their ids: computed, not drawn, so that a second delivery has the same.

An id is 32 hexadecimal characters: 12 of the platform's time in milliseconds, then 20 (80 bits)
of a BLAKE2b digest over account, platform id and type. Ids therefore sort by time, two
deliveries of one thing are recognised without looking anything up, and ``parse`` stays pure.

What follows from an event (its window, its files) carries the event's id and a suffix:
``<id>.window``, ``<id>.media.0``.
"""

from __future__ import annotations

from hashlib import blake2b

_states: dict[str, blake2b] = {}


def _state(account: str) -> blake2b:
    """Return a digest that has read the account; a copy costs half of making one."""
    state = _states.get(account)
    if state is None:
        state = _states[account] = blake2b(f"{account}\0".encode(), digest_size=10)
    return state.copy()


def event_id(timestamp: int, account: str, *facts: str) -> str:
    """Return the id of the event that these facts make.

    Args:
        timestamp: Milliseconds since 1970 by the platform's clock; 0 where it tells none. It
            must be the same in every delivery, so never the time of arrival.
        account: Id of the account.
        facts: What tells this event from any other of the account: usually the type and the
            platform's id, else a digest of the body.
    """
    digest = _state(account)
    digest.update("\0".join(facts).encode("utf-8", "replace"))
    return ((timestamp & 0xFFFF_FFFF_FFFF).to_bytes(6, "big") + digest.digest()).hex()


def digest_of(item: bytes) -> str:
    """Return what tells an item to which the platform gave no id from others."""
    return blake2b(item, digest_size=16).hexdigest()


def contact_digest(account: str, address: str) -> bytes:
    """Return the 10 bytes under which per-contact state of an account is kept."""
    digest = _state(account)
    digest.update(address.encode("utf-8", "replace"))
    return digest.digest()


def seconds_to_ms(value: float) -> int:
    """Return milliseconds for a platform time that may be in seconds or in milliseconds.

    Meta says seconds and now and then sends milliseconds; 1e11 seconds is the year 5138.
    """
    return int(value) if value > 1e11 else int(value * 1000)
