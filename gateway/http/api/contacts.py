"""Contacts: whether they may be written to, and who is not."""

from __future__ import annotations

from typing import Final

from gateway.daemon.daemon import Daemon
from gateway.http.api.operation import Call, Nothing, Reply, operation
from gateway.http.problem import Problem
from gateway.model.outbox import WindowState
from gateway.model.value import Value

GROUP: Final = "Contacts"
NO_ACCOUNT: Final = {404: "There is no account of this id."}


class ContactPath(Value, frozen=True, kw_only=True):
    """Which contact of which account.

    Attributes:
        account: Id of the account.
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
        "rule": "24 hours after the contact last wrote",
    },
)
async def get_window(call: Call[ContactPath, Nothing]) -> Reply:
    """Tell whether the window is open.

    Whether free-form messages may go to a contact, and until when. `open` is absent where the platform has no such rule.
    """
    asked = call.parameters
    require_account(call.daemon, asked.account)
    return Reply(await call.daemon.outbox.window(asked.account, asked.address))
