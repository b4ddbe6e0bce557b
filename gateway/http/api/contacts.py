"""Contacts: whether they may be written to, and who is not."""

from __future__ import annotations

from typing import Final

from gateway.daemon.daemon import Daemon
from gateway.edge.outbound.suppression import SuppressionReason
from gateway.http.api.operation import Call, Nothing, Reply, operation
from gateway.http.problem import Problem
from gateway.model.outbox import WindowState
from gateway.model.value import Value

GROUP: Final = "Contacts"
NO_ACCOUNT: Final = {404: "There is no account of this id."}


class ContactPath(Value, frozen=True, kw_only=True):
    """Which contact of which account.

    Attributes:
        account: Id of the account, as the settings name it.
        address: Any address of the contact, as `to` takes it: a phone number, a platform's id.
    """

    account: str
    address: str


def require_account(daemon: Daemon, account: str) -> None:
    """Make sure that there is an account.

    Raises:
        Problem: 404, there is none.
    """
    if account not in daemon.channels:
        known = ", ".join(sorted(daemon.channels)) or "none"
        raise Problem(
            404, f"there is no such account; there are: {known}", reason="unknown_account"
        )


@operation(
    "GET",
    "/v1/contacts/{account}/{address}/window",
    group=GROUP,
    scope="messages:read",
    answers={200: WindowState},
    problems=NO_ACCOUNT,
    answer_example={
        "account": "wa-main",
        "contact": "34600000000",
        "open": True,
        "opened_at": 1795000000000,
        "expires_at": 1795086400000,
        "rule": "24 hours after: Any message of the contact: text, media, place",
    },
)
async def get_window(call: Call[ContactPath, Nothing]) -> Reply:
    """Tell whether the window is open.

    Whether free-form messages may go to a contact, and until when. `open` is absent where the platform has no such rule.
    """
    asked = call.parameters
    require_account(call.daemon, asked.account)
    return Reply(await call.daemon.outbox.window(asked.account, asked.address))


class Suppression(Value, frozen=True, kw_only=True):
    """Whether a contact is left in peace.

    Attributes:
        account: Id of the account.
        address: As it was asked about.
        suppressed: Whether anything keeps messages from the contact.
        reasons: What: `opted_out` they want nothing, `no_marketing` they want no advertising,
            `blocked` the account blocks them, `unreachable` the platform could not reach them
            within the last day.
    """

    account: str
    address: str
    suppressed: bool
    reasons: tuple[SuppressionReason, ...] = ()


class Suppress(Value, frozen=True, kw_only=True):
    """Why a contact is to be left in peace.

    Attributes:
        reason: See `Suppression`; it decides what is still sent.
    """

    reason: SuppressionReason


@operation(
    "GET",
    "/v1/contacts/{account}/{address}/suppression",
    group=GROUP,
    scope="contacts",
    answers={200: Suppression},
    problems=NO_ACCOUNT,
)
async def get_suppression(call: Call[ContactPath, Nothing]) -> Reply:
    """Tell whether a contact is left in peace.

    And why: nothing is sent to who is suppressed.
    """
    require_account(call.daemon, call.parameters.account)
    return Reply(await _state(call))


@operation(
    "PUT",
    "/v1/contacts/{account}/{address}/suppression",
    group=GROUP,
    scope="contacts",
    answers={200: Suppression},
    problems=NO_ACCOUNT,
    example={"reason": "opted_out"},
)
async def suppress_contact(call: Call[ContactPath, Suppress]) -> Reply:
    """Leave a contact in peace.

    What waits for them is not sent either, and new messages are refused, with the reason that is
    given here.
    """
    asked = call.parameters
    require_account(call.daemon, asked.account)
    await call.daemon.outbox.suppress(asked.account, asked.address, call.body.reason)
    return Reply(await _state(call))


@operation(
    "DELETE",
    "/v1/contacts/{account}/{address}/suppression",
    group=GROUP,
    scope="contacts",
    answers={200: Suppression},
    problems=NO_ACCOUNT,
)
async def unsuppress_contact(call: Call[ContactPath, Nothing]) -> Reply:
    """Write to a contact again.

    No error when they were not suppressed.
    """
    asked = call.parameters
    require_account(call.daemon, asked.account)
    await call.daemon.outbox.unsuppress(asked.account, asked.address)
    return Reply(await _state(call))


async def _state(call: Call[ContactPath, Suppress] | Call[ContactPath, Nothing]) -> Suppression:
    asked = call.parameters
    reasons = await call.daemon.outbox.suppressed(asked.account, asked.address)
    return Suppression(
        account=asked.account,
        address=asked.address,
        suppressed=bool(reasons),
        reasons=tuple(reasons),
    )
