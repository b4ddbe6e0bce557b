"""Every error code of WhatsApp in one table: what it means and what is to be done.

The same codes answer a call and arrive in failed statuses; titles and HTTP statuses change, so
only the code decides.

Source: Meta for Developers, WhatsApp Business Platform, "Error codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from gateway.api import PlatformError
from gateway_meta.errors import Meaning
from gateway_whatsapp import payloads

_PERMISSION: Final = Meaning(
    "pause_account", "The token lacks a permission for this; grant it in the business settings."
)
_CALLING: Final = Meaning("reject", "The call was refused; the detail says why.")
_GROUPS: Final = Meaning("reject", "The group does not allow this; the detail says why.")
_USERNAME: Final = Meaning("reject", "The username cannot be had or changed; the detail says why.")
_NUMBER: Final = Meaning("reject", "The number cannot be activated so; the detail says why.")
_FLOW: Final = Meaning("reject", "The Flow was refused; the detail says why.")
_CONTROL: Final = Meaning("reject", "Control or moving of the number was refused; see the detail.")
_COMING_OVER: Final = Meaning(
    "reject", "What the phone app holds was not handed over; the detail says why."
)
_NO_MARKETING: Final = Meaning(
    "retry",
    "Only templates of category marketing may be sent this way; the template is asked for again "
    "and tried once more.",
    tries=1,
)
_TEMPLATE_FORM: Final = Meaning("reject", "The template was refused when saved; see the detail.")

_MEANINGS: Final[Mapping[int, Meaning]] = MappingProxyType(
    {
        # Access
        0: Meaning("pause_account", "The access token is not valid; make a new one."),
        3: _PERMISSION,
        10: _PERMISSION,
        190: Meaning("pause_account", "The access token has expired; make a new one."),
        131005: _PERMISSION,
        # The platform itself
        1: Meaning(
            "retry",
            "The platform did not understand or know what failed; tried once more.",
            tries=1,
        ),
        2: Meaning("retry", "The platform is down or overloaded."),
        131000: Meaning(
            "retry", "Something failed on the platform's side without a reason given.", tries=3
        ),
        131016: Meaning("retry", "A service of the platform is unavailable."),
        131057: Meaning(
            "retry",
            "The number is in maintenance, often for a throughput upgrade.",
            wait_seconds=60,
        ),
        133004: Meaning("retry", "The registration server is unavailable."),
        # Limits
        4: Meaning("throttle_app", "The app made too many calls.", wait_seconds=60, growth=2),
        613: Meaning(
            "throttle_app", "Too many look-ups of call permissions.", wait_seconds=60, growth=2
        ),
        80007: Meaning(
            "throttle_app",
            "The WhatsApp Business Account made too many calls.",
            wait_seconds=60,
            growth=2,
        ),
        130429: Meaning(
            "throttle_account",
            "The number sends faster than its throughput allows.",
            wait_seconds=1,
            growth=2,
        ),
        131056: Meaning(
            "throttle_contact",
            "Too many messages to this contact in a short time.",
            wait_seconds=4,
            growth=4,
        ),
        131048: Meaning(
            "pause_account",
            "Sending is limited because many contacts blocked or reported the number; look at its "
            "quality before sending more.",
        ),
        131064: Meaning(
            "pause_template",
            "Templates are limited because their category was often wrong; wait for the end of "
            "the restriction.",
        ),
        133016: Meaning("reject", "Registered too often; wait 72 hours.", wait_seconds=259_200),
        # The account
        33: Meaning("pause_account", "The phone number was deleted or is unknown to this token."),
        368: Meaning("pause_account", "Meta blocks the account for a while over its policies."),
        130497: Meaning("reject", "The account may not write to people in this country."),
        131031: Meaning("pause_account", "The account is locked, or its PIN was wrong."),
        131037: Meaning("pause_account", "The number's display name is not approved."),
        131042: Meaning("pause_billable", "Paying failed; look at the payment method."),
        131045: Meaning("pause_account", "The number's certificate is wrong; register it again."),
        131070: Meaning("reject", "Another app holds this conversation."),
        133000: Meaning("retry", "An earlier deregistration did not finish; deregister again."),
        133005: Meaning("reject", "The two-step PIN is wrong."),
        133006: Meaning("pause_account", "The number must be verified before it is registered."),
        133008: Meaning("reject", "Too many wrong PINs; the detail says how long to wait."),
        133009: Meaning("reject", "PINs were tried too fast; the detail says how long to wait."),
        133010: Meaning("pause_account", "The number is not registered on the Cloud API."),
        133015: Meaning(
            "retry", "The number was just deleted; wait five minutes.", wait_seconds=300
        ),
        134011: Meaning("reject", "The terms of WhatsApp payments are not accepted."),
        141006: Meaning("pause_account", "Payment trouble keeps the account from sending."),
        141010: Meaning("pause_account", "The platform says the account cannot send; see health."),
        141014: Meaning("pause_account", "The platform says the account cannot send; see health."),
        # The contact
        130403: Meaning("unreachable", "The contact blocked this number."),
        130472: Meaning("reject", "The contact is in an experiment of Meta's; do not send again."),
        131021: Meaning("reject", "Sender and recipient are the same number."),
        131026: Meaning(
            "unreachable",
            "Cannot be delivered: not on WhatsApp, an old app, or the terms not accepted.",
        ),
        131030: Meaning("reject", "A test number may only write to numbers on its list."),
        131047: Meaning("window_closed", "The contact wrote more than 24 hours ago."),
        131049: Meaning(
            "reject",
            "Meta held a marketing message back: this contact got enough of them, or is in the "
            "United States. Wait at least a day.",
            wait_seconds=86_400,
        ),
        131050: Meaning("opted_out", "The contact does not want marketing messages."),
        131062: Meaning("reject", "This message needs a phone number; ask the contact for it."),
        137000: Meaning(
            "reject", "The contact's device changed; make sure who it is before sending again."
        ),
        # The message
        100: Meaning("reject", "A parameter is wrong; the detail names it."),
        130501: Meaning("none", "A kind of group message that the platform does not hand out."),
        1026: Meaning("reject", "The contact's app cannot show this kind of message."),
        131008: Meaning("reject", "A parameter is missing; the detail names it."),
        131009: Meaning("reject", "A parameter has a wrong value; the detail names it."),
        131014: Meaning("reject", "The file's address did not answer."),
        131051: Meaning("none", "A kind of message that the platform does not hand out."),
        131052: Meaning("none", "The contact's file is too large or gone; ask to send it again."),
        131053: Meaning(
            "retry",
            "The file cannot be sent: wrong type, too large or not found; tried once more.",
            tries=1,
        ),
        131055: _NO_MARKETING,
        131059: Meaning("reject", "The place in a list is not valid; start the list again."),
        131060: Meaning(
            "none", "Sent from a device that hands nothing out; look in the phone app."
        ),
        131061: Meaning("reject", "A highest price cannot be given this way."),
        131063: Meaning(
            "reject",
            "Marketing templates may only go through the Marketing Messages API: set the account's "
            "marketing_messages to fallback or strict.",
        ),
        131065: Meaning("reject", "A highest price cannot be given for this country."),
        135000: Meaning(
            "retry", "The message was refused without a reason given; tried once more.", tries=1
        ),
        # Templates and Flows
        132000: Meaning("reject_template", "The number of parameters is not the template's."),
        132001: Meaning("reject_template", "No approved template of this name in this language."),
        132005: Meaning("reject_template", "The filled-in text is too long."),
        132007: Meaning("reject_template", "The template's text breaks Meta's policy."),
        132008: Meaning("reject_template", "A parameter of the template has a wrong value."),
        132012: Meaning("reject_template", "A parameter of the template has a wrong form."),
        132015: Meaning("pause_template", "The template is paused because of its quality."),
        132016: Meaning("pause_template", "The template is disabled for good; make a new one."),
        132018: Meaning("reject_template", "A template that Meta made cannot be sent by hand."),
        132021: Meaning("reject", "Another template has this name."),
        132068: Meaning("pause_template", "The Flow is blocked; mend its endpoint."),
        132069: Meaning(
            "pause_template", "The Flow is slowed down to ten an hour.", wait_seconds=360
        ),
        134100: _NO_MARKETING,
        134101: Meaning(
            "retry", "The template is still being copied; wait ten minutes.", wait_seconds=600
        ),
        134102: Meaning(
            "reject_template", "The template is not available for this way of sending."
        ),
        139000: Meaning("reject", "The Flow is refused for the account's integrity record."),
        139001: Meaning("reject", "The Flow cannot be changed."),
        139002: Meaning("reject", "The Flow cannot be published; the detail says what is missing."),
        139003: Meaning("reject", "The Flow cannot be deprecated."),
        139004: Meaning("reject", "The Flow cannot be deleted."),
        139006: Meaning("reject", "The Flow's metrics cannot be read."),
        139200: Meaning("reject", "The message cannot be sent without a template."),
        # Groups, calls, blocks
        131020: _GROUPS,
        131041: _GROUPS,
        131208: Meaning(
            "throttle_account", "Too many group calls in a short time.", wait_seconds=60, growth=2
        ),
        138009: Meaning("reject", "This contact was asked for call permission too often."),
        138038: Meaning("reject", "Another app holds the calls of this number."),
        139100: Meaning("reject", "Some contacts could not be blocked or unblocked."),
        139101: Meaning("reject", "The list of blocked contacts is full."),
        139102: Meaning("retry", "The list of blocked contacts changed meanwhile."),
        139103: Meaning("retry", "Blocking failed on the platform's side."),
        # Coming over, and coexistence
        2494100: Meaning("retry", "The number is being moved; it takes minutes.", wait_seconds=300),
        2593107: Meaning("none", "The history or address book was asked for before."),
        2593108: Meaning("none", "The history was asked for more than 24 hours after coming over."),
        2593109: Meaning("none", "The business does not share its history from the phone app."),
    }
)

DOUBTFUL_TEMPLATE: Final = frozenset(
    {
        *("131055", "132000", "132001", "132007", "132008", "132012", "132015", "132016"),
        "134100",
    }
)
"""Codes that say that a template is not as we know it."""

_ACCESS: Final = frozenset({0, 3, 10, 190, 131005})
"""Codes of "Access" above."""

_RANGES: Final = (
    (200, 299, _PERMISSION),
    (131201, 131215, _GROUPS),
    (136000, 136999, _NUMBER),
    (138000, 138038, _CALLING),
    (139000, 139006, _FLOW),
    (147001, 147005, _USERNAME),
    (2388000, 2388999, _TEMPLATE_FORM),
    (2494000, 2494999, _CONTROL),
    (2593000, 2593999, _COMING_OVER),
)
"""Codes that share a meaning, where the table above has none of their own: first, last."""


def meaning(code: str) -> Meaning | None:
    """Return what a code means, or None for one that is new to us."""
    if not (code.isdecimal() and len(code) < 10):
        return None
    number = int(code)
    found = _MEANINGS.get(number)
    if found is None:
        found = next((each for first, last, each in _RANGES if first <= number <= last), None)
    return found


def fault(code: str) -> Literal["auth", "platform"]:
    """Return what is at fault when an account cannot send: its token and rights, or something else."""
    if code == "http_401":
        return "auth"
    number = int(code) if code.isdecimal() else -1
    return "auth" if number in _ACCESS or 200 <= number <= 299 else "platform"


def known() -> tuple[PlatformError, ...]:
    """Return every code with a meaning of its own, in order."""
    return tuple(
        PlatformError(code=str(code), explanation=found.explanation, action=found.action)
        for code, found in sorted(_MEANINGS.items())
    )


def told(error: payloads.Error) -> PlatformError:
    """Return an error with its meaning in our words."""
    code = str(error.code)
    known = meaning(code)
    longer = error.error_data.details if error.error_data else error.details
    return PlatformError(
        code=code,
        title=error.title or error.message,
        detail=longer,
        explanation=known.explanation if known else None,
        action=known.action if known else None,
    )


def severity(code: str) -> Literal["critical", "warning", "info"]:
    """Return how much an operator should care about an error that concerns no message."""
    known = meaning(code)
    match known.action if known else None:
        case "pause_account" | "pause_billable":
            return "critical"
        case "none":
            return "info"
        case _:
            return "warning"
