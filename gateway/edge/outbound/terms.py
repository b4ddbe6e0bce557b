"""What one account wants and its platform demands, as the queue needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, cast

from gateway.channel.capabilities import kind_of
from gateway.channel.channel import Channel, ChannelSettings
from gateway.edge.outbound import fallback
from gateway.edge.outbound.ticket import Ticket, places_of, recipient_of
from gateway.errors import SettingsError
from gateway.model.outbound import OutboundMessage
from gateway.model.outbound_content import Read, Typing
from gateway.model.outbox import FieldProblem, Refused, all_told
from gateway.model.window import WindowTerms
from gateway.policy import schedule, window
from gateway.policy.window import AccountPolicy, Decision, State

Lane: TypeAlias = Literal["live", "bulk"]
_TAG: Final = (
    "is put on by the gateway where the window's policy says so; leave it out, and give `human` and "
    '`"on_closed_window": "tag"`'
)
InDoubtPolicy: TypeAlias = Literal["retry", "report"]


class Terms:
    """Judges the messages of one account.

    Args:
        channel: Of the account.

    Raises:
        SettingsError: The account's fallback has places that cannot be filled.
    """

    def __init__(self, channel: Channel[Any]) -> None:
        self.channel = channel
        settings: ChannelSettings = channel.settings
        if settings.fallback and (wrong := fallback.mistakes(settings.fallback.template)):
            told = "; ".join(str(each).removeprefix("$.") for each in wrong)
            raise SettingsError(f"account {settings.id}: {told}")
        self.policy = AccountPolicy(
            on_closed_window=settings.on_closed_window, fallback=settings.fallback
        )

    def problems(
        self, message: OutboundMessage, now: int, looked_up: Sequence[FieldProblem] = ()
    ) -> Refused | None:
        """Tell what keeps a message from being accepted, whoever it goes to.

        Args:
            message: Of this account.
            now: Milliseconds since 1970.
            looked_up: What was found by asking: of its templates, of its files.
        """
        found: list[FieldProblem] = [*self.channel.check(message), *looked_up]
        if message.tag is not None:
            found.append(FieldProblem(path="$.tag", explanation=_TAG))
        lacking = _recipient_problem(message)
        if lacking is not None and lacking.path not in {each.path for each in found}:
            found.append(lacking)
        unfit = schedule.unfit(now, send_at=message.send_at, expires_at=message.expires_at)
        if unfit is not None:
            found.append(FieldProblem(path=unfit.field, explanation=unfit.explanation))
        if message.fallback is not None:
            found += fallback.mistakes(message.fallback.template)
        if found:
            return Refused(reason="invalid", explanation=all_told(found), problems=tuple(found))
        if (incomplete := window.incomplete(message, self.policy)) is not None:
            return refused(incomplete)
        return None

    def ticket(self, message_id: str, message: OutboundMessage, *, opener: bool = False) -> Ticket:
        """Return the ticket of a message."""
        needs = self.window_for(message) is not None and window.needs_window(message.content)
        return Ticket(
            id=message_id,
            contact=recipient_of(message),
            kind=kind_of(message.content),
            places=places_of(message.account, message.to) if needs and message.to else b"",
            group=message.to_group is not None,
            expires_at=message.expires_at,
            opener=opener,
            recipient=self.channel.recipient_kind(message),
        )

    def window_for(self, message: OutboundMessage) -> WindowTerms | None:
        """Return the platform's terms for a message, or None where there are none."""
        rule = self.channel.window
        return rule.terms if rule is not None and rule.concerns(message) else None

    def shares_application(self, other: Terms) -> bool:
        """Whether the platform counts both accounts' calls together."""
        return not set(self.channel.secrets()).isdisjoint(other.channel.secrets())

    def in_doubt(self, lane: Lane) -> InDoubtPolicy:
        """Return what to do with a message of which nobody knows whether it was sent."""
        told = self.channel.settings.in_doubt
        if told != "auto":
            return cast(InDoubtPolicy, told)
        return "retry" if lane == "live" else "report"

    def decide(
        self, message: OutboundMessage, *, opened_at: int | None, now: int, opener_sent: bool
    ) -> Decision:
        """Decide what may be sent now."""
        state = State(
            terms=self.window_for(message), opened_at=opened_at, now=now, opener_sent=opener_sent
        )
        return window.decide(message, state, self.policy)


def refused(rejected: window.Reject) -> Refused:
    """Return what a caller is told of a decision."""
    problems: tuple[FieldProblem, ...] = ()
    if rejected.field is not None:
        problems = (FieldProblem(path=rejected.field, explanation=rejected.explanation),)
    return Refused(
        reason="no_fallback" if rejected.reason == "no_fallback" else "window_closed",
        explanation=rejected.explanation,
        problems=problems,
    )


def _recipient_problem(message: OutboundMessage) -> FieldProblem | None:
    if message.to is not None and message.to_group is not None:
        told = "is too much: give either to or to_group"
        return FieldProblem(path="$.to_group", explanation=told)
    if message.to or message.to_group or isinstance(message.content, Read | Typing):
        return None
    return FieldProblem(path="$.to", explanation="is missing: give to, or to_group for a group")
