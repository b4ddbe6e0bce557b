"""How an account stands with its platform, and what people see of it."""

from __future__ import annotations

from typing import Literal

from gateway.model.value import Value


class HealthProblem(Value, frozen=True, kw_only=True):
    """What is wrong with an account, and what a person can do about it.

    Attributes:
        severity: ``critical`` nothing can be sent or received; ``warning`` some of it, or soon.
        cause: ``auth`` the token · ``platform`` it restricts or bans · ``network`` it cannot be
            reached · ``silence`` webhooks do not come here.
        explanation: What is wrong, for people.
        remedy: What to do about it, for people.
        code: The platform's, where it gave one.
    """

    severity: Literal["critical", "warning"]
    cause: Literal["auth", "platform", "network", "silence"]
    explanation: str
    remedy: str = ""
    code: str | None = None


class AccountHealth(Value, frozen=True, kw_only=True):
    """What the platform says of an account.

    Attributes:
        account: Id of the account.
        channel: Type of its channel.
        checked_at: When the platform was asked, in milliseconds since 1970.
        state: ``up`` it can send; ``degraded`` with limits; ``down`` it cannot; ``unknown`` the
            platform could not be asked.
        address: The number or name that contacts see.
        name: As the platform shows the business.
        name_status: Whether that name was approved.
        status: In the platform's word, lower case.
        quality: ``green``, ``yellow``, ``red`` or ``unknown``.
        limit: The platform's word for how many people may be written to first in a day.
        daily_contacts: That number; None when there is no limit or none is told.
        level: How fast it may send; see ``Limits.levels``.
        token_expires_at: Milliseconds since 1970; None for a token that never does.
        token_valid: Whether the platform takes it; None when it could not be asked.
        problems: What is wrong, worst first.
    """

    account: str
    channel: str
    checked_at: int
    state: Literal["up", "degraded", "down", "unknown"]
    address: str | None = None
    name: str | None = None
    name_status: str | None = None
    status: str | None = None
    quality: str = "unknown"
    limit: str | None = None
    daily_contacts: int | None = None
    level: str | None = None
    token_expires_at: int | None = None
    token_valid: bool | None = None
    problems: tuple[HealthProblem, ...] = ()


class Profile(Value, frozen=True, kw_only=True):
    """What people see of a business; None is left as it is, empty takes it away.

    Attributes:
        about: One line.
        address: Postal address, in one text.
        description: What the business does.
        email: For customers.
        websites: Web addresses, with ``https://`` or ``http://``.
        vertical: The trade, in the platform's word.
        picture: Id of a file in our media store, when it is set.
        picture_url: Where the picture is, when it is read.
    """

    about: str | None = None
    address: str | None = None
    description: str | None = None
    email: str | None = None
    websites: tuple[str, ...] | None = None
    vertical: str | None = None
    picture: str | None = None
    picture_url: str | None = None


class BlockFailure(Value, frozen=True, kw_only=True):
    """Who could not be blocked or unblocked, and why.

    Attributes:
        contact: Their address.
        explanation: Why, for people.
        code: The platform's, where it gave one.
    """

    contact: str
    explanation: str
    code: str | None = None


class BlockOutcome(Value, frozen=True, kw_only=True):
    """What became of a change of the block list.

    Attributes:
        done: Addresses of those whom it was done to, as the platform names them.
        failed: Those whom it was not done to.
    """

    done: tuple[str, ...] = ()
    failed: tuple[BlockFailure, ...] = ()


class FlowRecord(Value, frozen=True, kw_only=True):
    """A form (Flow) as the platform has it.

    Attributes:
        platform_id: The platform's id of it.
        name: As its author called it; unique in the business account.
        status: ``draft``, ``published``, ``throttled``, ``blocked`` or ``deprecated``.
        categories: What it is for, in the platform's words.
        endpoint: The address that the form asks while it is filled in; None where it asks none.
        problems: What keeps it from being published.
    """

    platform_id: str
    name: str
    status: str
    categories: tuple[str, ...] = ()
    endpoint: str | None = None
    problems: tuple[str, ...] = ()
