"""How a simulated platform brings what it accepted to people, and tells what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Generic, TypeAlias, TypeVar

import msgspec

from gateway.testing.delivery import Clock
from gateway.testing.errands import Errands, Sleep

H = TypeVar("H")

Steps: TypeAlias = "list[tuple[str, float]]"
"""What becomes of a message, each with the seconds after which it does."""


class AnyTiming(msgspec.Struct, frozen=True, kw_only=True):
    """How what became of a message is told; each platform adds when.

    Attributes:
        disorder: How probable it is that all of it comes in any order, together.
        duplicates: How probable it is that something is told twice at once.
    """

    disorder: float = 0.0
    duplicates: float = 0.0


T = TypeVar("T", bound=AnyTiming)


class AnyCourier(Errands, Generic[H, T]):
    """Carries each message in a task of its own.

    Args:
        post: Posts what happened in one webhook, in so many copies, in the background.
        timing: How fast, unless a contact has a timing of their own.
        random: For chance.
        clock: For times.
        sleep: Waits for seconds; a simulated clock brings its own.
    """

    def __init__(
        self,
        *,
        post: Callable[[H, int], None],
        timing: T,
        random: Random,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        super().__init__()
        self.timing = timing
        self._post = post
        self._random = random
        self._clock = clock
        self._sleep = sleep

    async def _walk(self, steps: Steps, timing: T, happen: Callable[[str], Iterable[H]]) -> None:
        """Let the steps of a message happen in their time, and tell of them.

        Args:
            steps: In order.
            timing: Whether they are told at once, or together at the end.
            happen: Lets a step happen, and returns what is told of it.
        """
        together: list[H] | None = [] if self._random.random() < timing.disorder else None
        passed = 0.0
        for name, after in steps:
            await self._sleep(max(0.0, after - passed))
            passed = max(passed, after)
            for each in happen(name):
                if together is None:
                    self._tell(each, timing)
                else:
                    together.append(each)
        self._random.shuffle(together or [])
        for each in together or ():
            self._tell(each, timing)

    def _tell(self, happened: H, timing: T) -> None:
        self._post(happened, 2 if self._random.random() < timing.duplicates else 1)
