"""What platforms say about accounts, templates and contacts; and what we do not model."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.value import Json, Value

Fact: TypeAlias = str | int | float | bool | None


class Window(Value, frozen=True, kw_only=True):
    """The time in which free-form replies are allowed.

    Attributes:
        opened_at: When it opened, in milliseconds since 1970, the platform's clock.
        expires_at: When it closes, in milliseconds since 1970.
    """

    opened_at: int
    expires_at: int


class Consent(Value, frozen=True, kw_only=True):
    """A contact's wish to get, or not to get, something.

    Attributes:
        topic: ``marketing``, ``all`` for everything that we begin, or the platform's name of a
            subscription.
        source: Who told us: the platform's preference, a keyword, a subscription form.
        timestamp: Milliseconds since 1970, the platform's clock; None where it tells none.
        detail: More in the source's words; of a keyword which one.
        reference: Ours, given with the form or plugin that was used.
        token: What a subscription must be sent with.
        frequency: How often messages of the subscription may come, in the platform's word.
        expires_at: Until when it holds, in milliseconds since 1970.
        facts: What else the platform told, in its own words: a time zone, the state of the token.
    """

    topic: str
    source: Literal["platform", "keyword", "form", "error"]
    timestamp: int | None = None
    detail: str | None = None
    reference: str | None = None
    token: str | None = None
    frequency: str | None = None
    expires_at: int | None = None
    facts: dict[str, Fact] = {}


class ContactChange(Value, frozen=True, kw_only=True):
    """What changed about a contact.

    Attributes:
        aspect: ``address`` a number or id changed (the event's contact has the new ones),
            ``identity`` the contact's device identity changed, ``username``, ``membership`` joined
            or left (a group), ``link`` account linking, ``phone_book`` the business app's address
            book, ``profile`` anything of the profile.
        timestamp: Milliseconds since 1970, the platform's clock; None where it tells none.
        previous: Addresses that no longer reach the contact.
        text: The platform's line for people.
        facts: What else the platform told, in its own words.
    """

    aspect: Literal[
        "address", "identity", "username", "membership", "link", "phone_book", "profile"
    ]
    timestamp: int | None = None
    previous: tuple[str, ...] = ()
    text: str | None = None
    facts: dict[str, Fact] = {}


class TemplateChange(Value, frozen=True, kw_only=True):
    """What changed about a message template.

    Attributes:
        aspect: What ``new`` is.
        name: The template's name.
        language: Which of its languages, where told.
        platform_id: The platform's id of the template, where told.
        new: The value now, in the platform's word.
        previous: The value before, where told.
        reason: Why, in the platform's word.
        detail: More in the platform's words.
        facts: Everything the platform told, in its own words.
    """

    aspect: Literal["status", "quality", "category", "components"]
    name: str
    language: str | None = None
    platform_id: str | None = None
    new: str | None = None
    previous: str | None = None
    reason: str | None = None
    detail: str | None = None
    facts: dict[str, Fact] = {}


class AccountChange(Value, frozen=True, kw_only=True):
    """What changed about an account.

    Attributes:
        aspect: ``quality``, ``limit``, ``throughput``, ``name``, ``username``, ``review``,
            ``settings``, ``status``, ``flow``, ``group``, ``handover``, ``payment``, ``security``,
            ``partner`` or the platform's own word.
        new: The value now, in the platform's word.
        previous: The value before, where told.
        detail: More in the platform's words.
        facts: Everything the platform told, in its own words.
    """

    aspect: str
    new: str | None = None
    previous: str | None = None
    detail: str | None = None
    facts: dict[str, Fact] = {}


class Alert(Value, frozen=True, kw_only=True):
    """Something an operator should look at.

    Attributes:
        severity: ``critical`` sending or receiving stops, ``warning`` it may soon, ``info`` good to
            know.
        code: The platform's code or event name.
        text: What it means.
        facts: Everything the platform told, in its own words.
    """

    severity: Literal["critical", "warning", "info"]
    code: str
    text: str
    facts: dict[str, Fact] = {}


class Notice(Value, frozen=True, kw_only=True):
    """What a platform sent that we do not model, or could not read.

    Attributes:
        reason: ``unmodelled`` known to exist, without a type of ours; ``unknown`` never seen;
            ``broken`` not of the platform's shape; ``unknown_account`` for an account that is not
            configured here.
        subject: What it is about: the platform's field or update name.
        error: What was wrong, with its path, when broken.
        facts: The parts that are of use, flat.
        raw: The item as the platform sent it (or as text, where it was not JSON).
    """

    reason: Literal["unmodelled", "unknown", "broken", "unknown_account"]
    subject: str
    error: str | None = None
    facts: dict[str, Fact] = {}
    raw: Json = None


class Conversation(Value, frozen=True, kw_only=True):
    """A conversation of the desk at the time of the event.

    Attributes:
        id: The desk's own id of it.
        ticket: The number people know it by.
        state: Where it is: with a ``bot``, ``waiting`` in a team's inbox, ``active`` with one
            agent, ``paused``, ``out_of_hours`` or ``closed``.
        agent_id: The agent who has it; None where nobody does.
        team_id: The team it belongs to.
        previous_agent_id: The agent who had it before, of a transfer.
        previous_team_id: The team it belonged to before, of a transfer.
        decided_by: Which routing method decided.
        reason: Why it decided so, or why the conversation was closed or paused.
        until: Milliseconds since 1970: when a pause ends.
    """

    id: str
    ticket: int
    state: Literal["bot", "waiting", "active", "paused", "out_of_hours", "closed"]
    agent_id: str | None = None
    team_id: str | None = None
    previous_agent_id: str | None = None
    previous_team_id: str | None = None
    decided_by: str | None = None
    reason: str | None = None
    until: int | None = None
