"""Brings accepted messages to contacts and tells what became of them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from gateway.testing.courier import AnyCourier, Steps
from gateway.testing.delivery import Clock
from gateway.testing.errands import Sleep
from gateway.testing.meta.body import Happening
from gateway.testing.meta.contact import Contact
from gateway.testing.meta.sent import Sent, Timing


class Courier(AnyCourier[Happening, Timing]):
    """Carries messages, with an echo of each.

    Args:
        app_id: Stands in echoes.
        post: Posts a happening in a webhook of its own, in so many copies, in the background.
        timing: How fast, unless a contact has a timing of their own.
        random: For chance.
        clock: For times.
        sleep: Waits for seconds; a simulated clock brings its own.
    """

    def __init__(
        self,
        *,
        app_id: str,
        post: Callable[[Happening, int], None],
        timing: Timing,
        random: Random,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        super().__init__(post=post, timing=timing, random=random, clock=clock, sleep=sleep)
        self._app_id = app_id

    def start(self, sent: Sent) -> None:
        """Begin to carry a message; to nobody known it goes nowhere."""
        if sent.contact is None:
            return
        self.begin(self._carry(sent, sent.contact))

    async def _carry(self, sent: Sent, contact: Contact) -> None:
        timing = contact.timing or self.timing
        await self._walk(
            _steps(timing), timing, lambda name: self._step(name, sent, contact, timing)
        )
        self._answer(sent, contact)

    def _step(self, name: str, sent: Sent, contact: Contact, timing: Timing) -> list[Happening]:
        """Let a step happen, and return what the gateway is told of it."""
        if name == "echo":
            return [contact.hears(sent, self._app_id)]
        sent.statuses.append((name, self._clock()))
        if name == "read":
            return [contact.reads(sent)]
        contact.inbox.append(sent)
        if contact.business.channel == "instagram":
            return []
        return [contact.gets(sent, named=self._random.random() < timing.names)]

    def _answer(self, sent: Sent, contact: Contact) -> None:
        said = contact.script(sent) if contact.script is not None else None
        if isinstance(said, Happening):
            self._post(said, 1)
        elif said is not None:
            for each in said:
                self._post(each, 1)


def _steps(timing: Timing) -> Steps:
    """Return what becomes of a message, and after how many seconds each."""
    after = {"echo": timing.echo, "delivered": timing.delivered, "read": timing.read}
    told = [(name, each.total_seconds()) for name, each in after.items() if each is not None]
    return sorted(told, key=lambda step: step[1])
