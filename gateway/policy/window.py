"""What may be sent to a contact now, and what instead. Pure.

A window is open from the event that opened it until its length has passed; in the millisecond of
its expiry it is closed. What needs no window goes at any time. Everything else goes while the window
is open, and otherwise as the message (or else its account) wants it.

Source: "Customer service windows", WhatsApp Business Platform; "Messaging window" and "Human agent",
Messenger Platform.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.model.content import OutboundContent, Reaction
from gateway.model.notice import Window
from gateway.model.outbound import Fallback, OutboundMessage
from gateway.model.outbound_content import Delete, Edit, Raw, Read, Typing
from gateway.model.template_content import Template
from gateway.model.window import HumanTag, WindowTerms

ClosedWindowPolicy: TypeAlias = Literal["reject", "template", "hold", "tag"]

Reason: TypeAlias = Literal[
    "closed",  # the contact wrote too long ago
    "never_opened",  # the contact never wrote
    "passing",  # a reaction, a typing mark, a change: nothing can take its place
    "no_fallback",  # the policy needs a fallback and there is none
    "no_tag",  # the channel has no tag for people
    "tag_not_human",  # the tag is for what people write
    "tag_bulk",  # the tag is for single answers
    "tag_closed",  # the tag's time has passed too
]

_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY: Final = timedelta(days=1)


class Send(msgspec.Struct, frozen=True):
    """Send it as it is."""


class SendTagged(msgspec.Struct, frozen=True):
    """Send it with the platform's mark for people's answers."""

    tag: str


class SendFallback(msgspec.Struct, frozen=True, kw_only=True):
    """Send the template instead.

    Attributes:
        keep_original: Keep the message as well, until the contact answers.
    """

    template: Template
    keep_original: bool


class Hold(msgspec.Struct, frozen=True):
    """Send nothing: a template was sent already, and this waits behind what it stands for."""


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """It cannot be sent.

    Attributes:
        explanation: For the person who wants to send it.
        field: The field of the message that is at fault, where one is.
    """

    reason: Reason
    explanation: str
    field: str | None = None


Decision: TypeAlias = Send | SendTagged | SendFallback | Hold | Reject


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a message is due.

    Attributes:
        terms: The platform's; None where it has none, or none for this message.
        opened_at: Milliseconds since 1970 of what last opened the contact's window; None if
            nothing ever did.
        now: Milliseconds since 1970.
        opener_sent: A template was sent for a held message, and the contact has not answered.
    """

    terms: WindowTerms | None
    opened_at: int | None
    now: int
    opener_sent: bool = False


class AccountPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What an account wants for messages that do not say it themselves."""

    on_closed_window: ClosedWindowPolicy = "reject"
    fallback: Fallback | None = None


def window(terms: WindowTerms, opened_at: int) -> Window:
    """Return the window that an event opened at a time (milliseconds since 1970)."""
    return Window(opened_at=opened_at, expires_at=opened_at + terms.length // _MILLISECOND)


def is_open(state: State) -> bool:
    """Tell whether free-form messages may go; always where the platform has no terms."""
    if state.terms is None:
        return True
    if state.opened_at is None:
        return False
    return state.now < window(state.terms, state.opened_at).expires_at


def needs_window(content: OutboundContent) -> bool:
    """Tell whether a content is free-form.

    A raw body is the platform's own and may be anything, a template too: the platform judges it.
    """
    return not isinstance(content, Template | Read | Raw)


def decide(message: OutboundMessage, state: State, account: AccountPolicy) -> Decision:
    """Decide about a message that is due.

    Groups have windows of their own, which are not their members': the platform judges those.
    """
    terms = state.terms
    if terms is None or message.to_group is not None or not needs_window(message.content):
        return Send()
    if is_open(state):
        return Send()
    policy = message.on_closed_window or account.on_closed_window
    # A template in place of a thumbs-up would be absurd, and a late one no better.
    if isinstance(message.content, _PASSING):
        return _rejected("passing", state)
    match policy:
        case "reject":
            return _rejected("closed", state)
        case "tag":
            return _tagged(message, state, terms.human_tag)
        case "template" | "hold":
            return _replaced(message, state, account, policy)


def incomplete(message: OutboundMessage, account: AccountPolicy) -> Reject | None:
    """Tell what a message lacks for the day its window is closed; to be asked when it is accepted.

    Returns:
        None when nothing is missing.
    """
    policy = message.on_closed_window or account.on_closed_window
    if policy not in {"template", "hold"} or not needs_window(message.content):
        return None
    if message.fallback or account.fallback or isinstance(message.content, _PASSING):
        return None
    return _without_fallback(policy)


def _without_fallback(policy: ClosedWindowPolicy) -> Reject:
    return Reject(
        reason="no_fallback",
        explanation=f'on_closed_window is "{policy}": say in fallback which template to send',
        field="$.fallback",
    )


def _replaced(
    message: OutboundMessage,
    state: State,
    account: AccountPolicy,
    policy: Literal["template", "hold"],
) -> Decision:
    fallback = message.fallback or account.fallback
    if fallback is None:
        return _without_fallback(policy)
    if policy == "hold" and state.opener_sent:
        return Hold()
    return SendFallback(template=fallback.template, keep_original=policy == "hold")


def _tagged(message: OutboundMessage, state: State, tag: HumanTag | None) -> Decision:
    if state.opened_at is None:
        return _rejected("never_opened", state)
    if tag is None:
        return _rejected("no_tag", state, field="$.on_closed_window")
    if not message.human:
        return _rejected("tag_not_human", state, field="$.human")
    if message.lane == "bulk":
        return _rejected("tag_bulk", state, field="$.lane")
    if state.now >= state.opened_at + tag.length // _MILLISECOND:
        return _rejected("tag_closed", state)
    return SendTagged(tag.name)


def _rejected(reason: Reason, state: State, *, field: str | None = None) -> Reject:
    if reason == "closed" and state.opened_at is None:
        reason = "never_opened"
    sentences = (_what_happened(state), _WHY.get(reason))
    return Reject(
        reason=reason,
        explanation=" ".join(each for each in sentences if each),
        field=field,
    )


_PASSING: Final = (Reaction, Typing, Edit, Delete)
"""What is of the moment, or of a message that is there already."""

_WHY: Final[dict[Reason, str]] = {
    "passing": "Reactions, typing marks and changes cannot be sent until the contact writes again.",
    "no_tag": "This channel has no tag for late answers.",
    "tag_not_human": "Only a message that a person wrote may still be sent with the tag.",
    "tag_bulk": "Bulk messages may not be sent with the tag for people's answers.",
    "tag_closed": "The time for a person's late answer has passed too.",
}


def _what_happened(state: State) -> str:
    if state.terms is None or state.opened_at is None:
        return "The contact has not written yet, so only a template may be sent."
    ago = words((state.now - state.opened_at) * _MILLISECOND)
    allowed = words(state.terms.length)
    return f"The contact last wrote {ago} ago; free-form messages are allowed for {allowed}."


def words(time: timedelta) -> str:
    """Return a time in words, rounded down: ``25 hours``, ``3 days``."""
    if time >= 2 * _DAY:
        return f"{time // _DAY} days"
    hours = time // timedelta(hours=1)
    if hours >= 1:
        return f"{hours} hour" if hours == 1 else f"{hours} hours"
    return f"{time // timedelta(minutes=1)} minutes"
