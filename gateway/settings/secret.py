"""Values that must not be shown: given plainly, by environment variable or by file."""

from __future__ import annotations

from typing import Final, final

HIDDEN: Final = "********"


@final
class Secret:
    """One secret; printing it shows stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself; never log or store what comes back."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@final
class Secrets:
    """One or two active secrets, newest first, so that one can be changed without a gap."""

    __slots__ = ("_values",)

    def __init__(self, *values: str) -> None:
        self._values = values

    def reveal(self) -> tuple[str, ...]:
        """Return the secrets themselves; never log or store what comes back."""
        return self._values

    def __repr__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secrets) and other._values == self._values

    def __hash__(self) -> int:
        return hash(self._values)
