"""What a consumer holds of one partition, and for how long it may; pure."""

from __future__ import annotations

from collections.abc import Collection


class Hands:
    """Entries between being read and being done, each with the time until which it is ours.

    Redis gives an entry that lies idle for ``lease_seconds`` to whoever asks. So an entry that
    still waits here is renewed in time, and one that was not (this process was stopped, Redis
    was away) is let go rather than handled twice.

    Times are seconds of any clock that only goes forward.
    """

    def __init__(self, *, lease_seconds: float) -> None:
        self._lease_seconds = lease_seconds
        self._waiting: dict[str, float] = {}
        self._handed: dict[str, float] = {}
        self._done: list[str] = []

    def __contains__(self, entry: str) -> bool:
        """Whether an entry is not to be claimed: it is here, or dealt with."""
        return entry in self._waiting or entry in self._handed or entry in self._done

    def read(self, entries: Collection[str], *, now: float) -> None:
        """Note entries that Redis has just given or renewed."""
        self._waiting.update(dict.fromkeys(entries, now))

    def to_renew(self, *, now: float) -> list[str]:
        """Return the entries that wait, unless those before them take longer than allowed."""
        ages = [now - at for at in self._handed.values()]
        if any(age > self._lease_seconds * 0.75 for age in ages):
            return []
        return [each for each, at in self._waiting.items() if self._ours(at, now)]

    def renewed(self, entries: Collection[str], *, now: float) -> None:
        """Note those that Redis renewed; some may have been handed out meanwhile."""
        self._waiting.update({each: now for each in entries if each in self._waiting})

    def hand_out(self, entry: str, *, now: float) -> bool:
        """Take an entry to work on it; False when it is no longer ours."""
        since = self._waiting.pop(entry, None)
        if since is None or not self._ours(since, now):
            return False
        self._handed[entry] = since
        return True

    def lapsed(self, *, now: float) -> None:
        """Let go of what was handed out and neither done nor given up within its lease."""
        self._handed = {each: at for each, at in self._handed.items() if self._ours(at, now)}

    def done(self, entry: str) -> int:
        """Note that an entry is dealt with; returns how many there are to tell Redis."""
        self._handed.pop(entry, None)
        self._waiting.pop(entry, None)  # delivered anew because its handler was late
        self._done.append(entry)
        return len(self._done)

    def give_up(self, entry: str) -> None:
        """Let an entry lie, so that it is delivered again when its lease has ended."""
        self._handed.pop(entry, None)

    def to_tell(self) -> list[str]:
        """Return the entries that are done; ``told`` when Redis knows."""
        return list(self._done)

    def told(self, count: int) -> None:
        """Forget the first ``count`` entries that were done."""
        del self._done[:count]

    def _ours(self, since: float, now: float) -> bool:
        return now - since < self._lease_seconds
