"""What the platform's words about a number mean, and what can be done. Pure.

Source: Meta for Developers, WhatsApp Business Platform, "Business phone numbers", "Messaging
health status", "Messaging limits" and "Throughput".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

from gateway.api import (
    AccountBroken,
    AccountHealth,
    HealthProblem,
    PlatformFailure,
    Rejected,
)
from gateway_whatsapp import rates

CHANNEL: Final = "whatsapp"
_DAY: Final = 24 * 3600 * 1000
_SOON: Final = 14
"""Days before a token expires in which that is told."""

_DAILY: Final = MappingProxyType(
    {
        "TIER_50": 50,
        "TIER_250": 250,
        "TIER_1K": 1000,
        "TIER_2K": 2000,
        "TIER_10K": 10_000,
        "TIER_100K": 100_000,
    }
)
_NEEDED: Final = ("whatsapp_business_messaging", "whatsapp_business_management")
_REGISTER: Final = "Run `relevo numbers register`."
_UPLOAD_KEY: Final = "Run `relevo flows upload-key`."
_SUPPORT: Final = "Look into WhatsApp Manager, and appeal there."
_NEW_TOKEN: Final = (
    "Make a token of a system user in Meta's business settings, and set it as access_token."  # noqa: S105 - words
)

_STATUSES: Final = MappingProxyType(
    {
        "PENDING": ("critical", "The number is not registered.", _REGISTER),
        "UNVERIFIED": ("critical", "The number is not verified.", "Run `relevo numbers code`."),
        "OFFLINE": ("critical", "The number is not connected.", _REGISTER),
        "DISCONNECTED": ("critical", "The number is not connected.", _REGISTER),
        "MIGRATED": ("critical", "The number was moved to another business.", ""),
        "DELETED": ("critical", "The number was deleted.", "Remove the account from the settings."),
        "BANNED": ("critical", "Meta banned the number.", _SUPPORT),
        "RESTRICTED": ("warning", "Meta restricts the number.", _SUPPORT),
        "FLAGGED": (
            "warning",
            "Meta flagged the number for bad quality.",
            "Send less, and better.",
        ),
        "RATE_LIMITED": ("warning", "The number used up its messaging limit.", "Wait a day."),
    }
)


def examined(
    account: str,
    now: int,
    number: Mapping[str, Any],
    token: Mapping[str, Any],
    apps: Sequence[str] | None,
    more: Sequence[HealthProblem] = (),
) -> AccountHealth:
    """Return how a number is.

    Args:
        account: Its id here.
        now: Milliseconds since 1970.
        number: As the Graph API tells it.
        token: As ``debug_token`` tells it; empty where that was not told.
        apps: Ids of the apps that get the account's webhooks; None where that was not told.
        more: What else is wrong.
    """
    found = sorted(
        [
            *_of_token(token, now),
            *_of_number(number),
            *_of_health(number.get("health_status")),
            *_of_apps(token, apps),
            *more,
        ],
        key=lambda each: each.severity != "critical",
    )
    limit = _text(number, "whatsapp_business_manager_messaging_limit")
    return AccountHealth(
        account=account,
        channel=CHANNEL,
        checked_at=now,
        state=_state(found),
        address=_text(number, "display_phone_number"),
        name=_text(number, "verified_name"),
        name_status=_lower(number, "name_status"),
        status=_lower(number, "status"),
        quality=_quality(number),
        limit=limit,
        daily_contacts=_DAILY.get(limit or ""),
        level=_level(number),
        token_expires_at=_expiry(token),
        token_valid=bool(token["is_valid"]) if "is_valid" in token else True,
        problems=tuple(found),
    )


def unasked(account: str, now: int, failure: PlatformFailure, host_name: str) -> AccountHealth:
    """Return how a number is that could not be asked about, at this host."""
    code = failure.error.code
    told = failure.error.explanation or failure.error.title or "The platform refused."
    match failure:
        case AccountBroken():
            problem = HealthProblem(
                severity="critical", cause="auth", explanation=told, remedy=_NEW_TOKEN, code=code
            )
            state: Literal["down", "unknown"] = "down"
        case Rejected():
            problem = HealthProblem(
                severity="critical",
                cause="platform",
                explanation="Meta does not know this number, or not to this token.",
                remedy="Compare phone_number_id with Meta's dashboard.",
                code=code,
            )
            state = "down"
        case _:
            reach = f"Is {host_name} reached from here (DNS, firewall)?"
            problem = HealthProblem(
                severity="warning",
                cause="network",
                explanation=told,
                remedy=f"It is asked again by itself. {reach}",
                code=code,
            )
            state = "unknown"
    valid = False if isinstance(failure, AccountBroken) else None
    return AccountHealth(
        account=account,
        channel=CHANNEL,
        checked_at=now,
        state=state,
        token_valid=valid,
        problems=(problem,),
    )


def _state(found: Sequence[HealthProblem]) -> Literal["up", "degraded", "down"]:
    if any(each.severity == "critical" for each in found):
        return "down"
    return "degraded" if found else "up"


def _of_token(token: Mapping[str, Any], now: int) -> Iterator[HealthProblem]:
    def problem(severity: Literal["critical", "warning"], told: str) -> HealthProblem:
        return HealthProblem(severity=severity, cause="auth", explanation=told, remedy=_NEW_TOKEN)

    if token.get("is_valid") is False:
        yield problem("critical", "The access token is not valid.")
        return
    expires = _expiry(token)
    if expires is not None and expires - now < _SOON * _DAY:
        days = max(0, (expires - now) // _DAY)
        yield problem("warning", f"The access token expires in {days} days.")
    scopes = token.get("scopes")
    if isinstance(scopes, list):
        for each in _NEEDED:
            if each not in scopes:
                yield problem("warning", f"The access token lacks the permission {each}.")


def _of_number(number: Mapping[str, Any]) -> Iterator[HealthProblem]:
    status = str(number.get("status", "")).upper()
    if status in _STATUSES:
        severity, told, remedy = _STATUSES[status]
        if status == "PENDING" and _lower(number, "code_verification_status") == "not_verified":
            told, remedy = "The number is not verified.", "Run `relevo numbers code`."
        yield HealthProblem(
            severity="critical" if severity == "critical" else "warning",
            cause="platform",
            explanation=told,
            remedy=remedy,
            code=status,
        )
    if _quality(number) == "red":
        yield HealthProblem(
            severity="warning",
            cause="platform",
            explanation="Meta rates the number red: people block or report it.",
            remedy="Stop campaigns; write to those only who asked for it.",
        )
    if _lower(number, "name_status") in ("declined", "expired"):
        yield HealthProblem(
            severity="warning",
            cause="platform",
            explanation=f"The display name is {_lower(number, 'name_status')}.",
            remedy="Hand in another name in WhatsApp Manager.",
        )


def _of_health(health: Any) -> Iterator[HealthProblem]:
    """Read who is in the way of sending; only what is, is told."""
    entities = health.get("entities") if isinstance(health, dict) else None
    for entity in entities if isinstance(entities, list) else ():
        state = str(entity.get("can_send_message", "")).upper()
        if state not in ("BLOCKED", "LIMITED"):
            continue
        kind = str(entity.get("entity_type", "")).lower().replace("_", " ")
        errors: list[dict[str, Any]] = entity.get("errors") or [{}]
        for error in errors:  # one without a reason of its own still says who it is
            told = error.get("error_description") or f"The {kind} is {state.lower()}."
            yield HealthProblem(
                severity="critical" if state == "BLOCKED" else "warning",
                cause="platform",
                explanation=str(told),
                remedy=str(error.get("possible_solution") or ""),
                code=str(error["error_code"]) if "error_code" in error else None,
            )


def _of_apps(token: Mapping[str, Any], apps: Sequence[str] | None) -> Iterator[HealthProblem]:
    own = token.get("app_id")
    if apps is not None and (not apps or (own is not None and str(own) not in apps)):
        yield HealthProblem(
            severity="warning",
            cause="silence",
            explanation="The app is not subscribed to the WhatsApp Business Account: no webhook "
            "comes.",
            remedy="Run `relevo numbers subscribe`.",
        )


def of_flow_key(told: Mapping[str, Any] | None, own: Sequence[str]) -> Iterator[HealthProblem]:
    """Read which key the platform gives to phones for Flows.

    Args:
        told: As the Graph API tells it; empty where it has none, None where that was not told.
        own: The public halves of ours, as PEM.
    """
    if told is None:
        return
    key = "".join(str(told.get("business_public_key") or "").split())
    if not key:
        said = "Meta has no key of this number for Flows."
    elif key not in ["".join(each.split()) for each in own]:
        said = "Meta has another key for Flows than flow_key."
    elif str(told.get("business_public_key_signature_status")).upper() == "MISMATCH":
        said = "Meta's signature of the key for Flows does not fit."
    else:
        return
    yield HealthProblem(severity="warning", cause="platform", explanation=said, remedy=_UPLOAD_KEY)


def _level(number: Mapping[str, Any]) -> str | None:
    if number.get("is_on_biz_app") is True:
        return rates.COEXISTENCE
    throughput = number.get("throughput")
    told = str(throughput.get("level", "")).upper() if isinstance(throughput, dict) else ""
    return {"HIGH": rates.HIGH, "STANDARD": rates.STANDARD}.get(told)


def _quality(number: Mapping[str, Any]) -> str:
    told = _lower(number, "quality_rating")
    return told if told in ("green", "yellow", "red") else "unknown"


def _expiry(token: Mapping[str, Any]) -> int | None:
    told = token.get("expires_at")
    return told * 1000 if isinstance(told, int) and told > 0 else None


def _text(number: Mapping[str, Any], name: str) -> str | None:
    told = number.get(name)
    return None if told in (None, "") else str(told)


def _lower(number: Mapping[str, Any], name: str) -> str | None:
    told = _text(number, name)
    return None if told is None else told.lower()
