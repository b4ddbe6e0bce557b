"""What is asked and answered while a form (Flow) is filled in."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.value import Json, Value


class FlowRequest(Value, frozen=True, kw_only=True):
    """What a contact's phone asks while a form is open.

    Attributes:
        account: Of ours.
        action: ``open`` the form was opened, ``submit`` a screen was filled in, ``back`` the
            contact went back.
        token: What went out with the form (``flow.token``): it tells whose it is.
        screen: Where the contact is; None when the form was just opened.
        data: What was filled in, by field.
    """

    account: str
    action: Literal["open", "submit", "back"]
    token: str
    screen: str | None = None
    data: dict[str, Json] = {}


class FlowScreen(Value, frozen=True, kw_only=True):
    """The screen to show.

    Attributes:
        screen: Its id in the Flow's JSON.
        data: What it shows, by the names it has for it.
        error: A line for the contact, shown above the screen.
    """

    screen: str
    data: dict[str, Json] = {}
    error: str | None = None


class FlowDone(Value, frozen=True, kw_only=True):
    """The form is finished.

    Attributes:
        data: What was filled in, by field; comes back as a message of the contact, kind ``form``.
    """

    data: dict[str, Json] = {}


class FlowExpired(Value, frozen=True, kw_only=True):
    """The token is no longer good: the form cannot be opened again.

    Attributes:
        text: Why, for the contact; the account's ``flow_expired`` by default.
    """

    text: str | None = None


FlowAnswer: TypeAlias = FlowScreen | FlowDone | FlowExpired
