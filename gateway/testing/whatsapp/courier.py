"""Brings accepted messages to contacts and tells what became of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, TypeAlias

from gateway.testing.courier import AnyCourier, Steps
from gateway.testing.delivery import Clock
from gateway.testing.errands import Sleep
from gateway.testing.whatsapp.body import Notice, Update
from gateway.testing.whatsapp.contact import Contact
from gateway.testing.whatsapp.errors import GraphError
from gateway.testing.whatsapp.people import Group, Recipient
from gateway.testing.whatsapp.rates import Rules
from gateway.testing.whatsapp.sent import Sent, Timing

Post: TypeAlias = Callable[[Sequence[Update | Notice], int], None]

_SHOWS_NOTHING: Final = {"reaction", "pin"}
"""Of these only ``sent`` is told."""


class Courier(AnyCourier[Sequence[Update | Notice], Timing]):
    """Carries messages, and holds those whose quality is looked at first.

    Args:
        post: Posts updates in one webhook, in so many copies, in the background.
        rules: For what is charged.
        timing: How fast, unless a contact has a timing of their own.
        random: For chance.
        clock: For times.
        sleep: Waits for seconds; a simulated clock brings its own.
    """

    def __init__(
        self,
        *,
        post: Post,
        rules: Rules,
        timing: Timing,
        random: Random,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        super().__init__(post=post, timing=timing, random=random, clock=clock, sleep=sleep)
        self._rules = rules
        self._held: dict[str, asyncio.Future[bool]] = {}
        self._free: Counter[tuple[str, str]] = Counter()

    def start(self, sent: Sent, recipient: Recipient, error: GraphError | None) -> None:
        """Begin to carry a message; ``error`` is why it will fail."""
        if recipient.group is not None:
            journey = self._to_group(sent, recipient.group, error)
        elif recipient.contact is not None:
            journey = self._to_contact(sent, recipient.contact, error, self._decision(sent))
        else:
            return
        self.begin(journey)

    def decide(self, sent: Sent, *, good: bool) -> None:
        """End the wait of a held message: it goes out, or fails with 132015."""
        self._held.pop(sent.id).set_result(good)

    @property
    def busy(self) -> bool:
        """Whether anything but held messages is under way."""
        return len(self._running) > len(self._held)

    def _decision(self, sent: Sent) -> asyncio.Future[bool]:
        """Return what a held message waits for, decided already for all others."""
        decided: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if sent.held:
            self._held[sent.id] = decided
        else:
            decided.set_result(True)
        return decided

    async def _to_contact(
        self,
        sent: Sent,
        contact: Contact,
        error: GraphError | None,
        decided: asyncio.Future[bool],
    ) -> None:
        if not await decided:
            error = GraphError(132015)
        sent.held = False
        timing = contact.timing or self.timing
        steps = self._steps(sent, timing, error)
        await self._told(
            steps, timing, lambda name: [self._step(sent, contact, name, error, steps)]
        )
        self._answer(sent, contact)

    def _steps(self, sent: Sent, timing: Timing, error: GraphError | None) -> Steps:
        """Return what will become of a message, and after how many seconds each."""
        first = timing.sent.total_seconds()
        if error is not None:
            return [("failed", first)]
        steps = [("sent", first)]
        if sent.kind in _SHOWS_NOTHING:
            return steps
        steps.append(("delivered", timing.delivered.total_seconds()))
        if timing.read is not None:
            if self._random.random() < timing.on_arrival:
                steps.pop()
            steps.append(("read", timing.read.total_seconds()))
            voice = sent.kind == "audio" and sent.body["audio"].get("voice")
            if voice and timing.played is not None:
                steps.append(("played", timing.played.total_seconds()))
        return steps

    def _step(
        self,
        sent: Sent,
        contact: Contact,
        name: str,
        error: GraphError | None,
        steps: Steps,
    ) -> Update:
        if name == _arrival(steps):
            sent.arrived = True
            contact.inbox.append(sent)
        told = name in [each for each, _ in steps[:2]] and error is None
        sent.statuses.append((name, self._clock()))
        return contact.status(
            sent.id,
            name,
            metadata=sent.metadata,
            error=error.entry() if error is not None else None,
            pricing=self._pricing(sent, count=name != "sent") if told else {},
        )

    def _pricing(self, sent: Sent, *, count: bool) -> dict[str, Any]:
        kind = "regular"
        if sent.category == "service":
            month = time.strftime("%Y-%m", time.gmtime(self._clock()))
            used = (sent.number.phone_number_id, month)
            if self._free[used] < self._rules.free_service_messages:
                kind = "free_customer_service"
            self._free[used] += count
        return {
            "billable": kind == "regular",
            "pricing_model": "PMP",
            "type": kind,
            "category": sent.category,
        }

    def _answer(self, sent: Sent, contact: Contact) -> None:
        if contact.script is None or not sent.arrived:
            return
        said = contact.script(sent)
        if isinstance(said, Update):
            self._post([said], 1)
        elif said is not None:
            for each in said:
                self._post([each], 1)

    async def _to_group(self, sent: Sent, group: Group, error: GraphError | None) -> None:
        """Carry a message to a group: each step of all members is one webhook."""
        timing = self.timing
        steps = self._steps(sent, timing, error)
        await self._told(
            steps,
            timing,
            lambda name: [
                self._member(self._step(sent, each, name, error, steps), group)
                for each in group.members
            ],
        )

    async def _told(
        self, steps: Steps, timing: Timing, happen: Callable[[str], Sequence[Update]]
    ) -> None:
        """Let steps happen, each told in one webhook; at once and untold where all is silent."""
        if timing.silent:
            for name, _ in steps:
                happen(name)
        else:
            await self._walk(steps, timing, lambda name: [happen(name)])

    @staticmethod
    def _member(update: Update, group: Group) -> Update:
        """Return a member's status as those of groups are written."""
        item = dict(update.item)
        people = {
            "recipient_participant_id": item.pop("recipient_id", None),
            "recipient_participant_user_id": item.pop("recipient_user_id", None),
        }
        item |= {"recipient_id": group.id, "recipient_type": "group"}
        item |= {name: value for name, value in people.items() if value is not None}
        return Update(number=update.number, part="statuses", item=item, contact=update.contact)


def _arrival(steps: Steps) -> str | None:
    """Return the step at which a message is in the inbox: after ``sent``, if anything is told."""
    names = [each for each, _ in steps]
    if names == ["failed"]:
        return None
    return names[1] if len(names) > 1 else names[0]
