"""Fields about templates, numbers and the business: one change each, with all of its facts.

Source: Meta for Developers, WhatsApp Business Platform, "Webhooks reference", one page a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import (
    AccountAlert,
    AccountChange,
    AccountUpdated,
    Alert,
    Event,
    Fact,
    ItemBroken,
    TemplateChange,
    TemplateUpdated,
    digest_of,
    event_id,
    flat_facts,
    plain_json,
)
from gateway_whatsapp.source import CHANNEL, Reader, Source

Part: TypeAlias = TemplateChange | AccountChange | Alert
Facts: TypeAlias = dict[str, Fact]
Severity: TypeAlias = Literal["critical", "warning", "info"]


def reader(part: Callable[[Facts], Part]) -> Reader:
    """Return what reads a whole value as one change.

    Args:
        part: Makes the change from the value's leaves by dotted name.
    """

    def read(source: Source) -> Iterable[Event]:
        raw = source.raw
        value = msgspec.json.decode(raw)
        if not isinstance(value, dict):
            raise ItemBroken("", f"expected an object, got {str(value)[:40]!r}")
        facts = flat_facts(plain_json(value))
        facts.pop("messaging_product", None)
        return (_event(part(facts), source, digest_of(raw)),)

    return read


def _event(part: Part, source: Source, known: str) -> Event:
    match part:
        case TemplateChange():
            own = event_id(source.time, source.account, "template.updated", source.field, known)
            return TemplateUpdated(
                id=own,
                at=source.at,
                channel=CHANNEL,
                account=source.account,
                template=part,
            )
        case AccountChange():
            own = event_id(source.time, source.account, "account.updated", source.field, known)
            return AccountUpdated(
                id=own, at=source.at, channel=CHANNEL, account=source.account, change=part
            )
        case Alert():
            own = event_id(source.time, source.account, "account.alert", source.field, known)
            return AccountAlert(
                id=own, at=source.at, channel=CHANNEL, account=source.account, alert=part
            )


def _text(facts: Facts, *names: str) -> str | None:
    """Return the first of these facts that is told."""
    for name in names:
        if facts.get(name) not in (None, ""):
            return str(facts[name])
    return None


def _needed(facts: Facts, name: str) -> str:
    found = _text(facts, name)
    if found is None:
        raise ItemBroken(f".{name}", "expected a value, it is missing")
    return found


def _template(
    facts: Facts,
    aspect: Literal["status", "quality", "category", "components"],
    **told: str | None,
) -> TemplateChange:
    return TemplateChange(
        aspect=aspect,
        name=_needed(facts, "message_template_name"),
        language=_text(facts, "message_template_language"),
        platform_id=_text(facts, "message_template_id"),
        facts=facts,
        **told,
    )


def template_status(facts: Facts) -> TemplateChange:
    """Approved, rejected, paused, disabled and so on."""
    reason = _text(facts, "rejection_info.reason", "other_info.title")
    if facts.get("reason") not in (None, "", "NONE"):
        reason = str(facts["reason"])
    return _template(
        facts,
        "status",
        new=_needed(facts, "event"),
        reason=None if reason == "NONE" else reason,
        detail=_text(facts, "rejection_info.recommendation", "other_info.description"),
    )


def template_quality(facts: Facts) -> TemplateChange:
    """Green, yellow, red."""
    return _template(
        facts,
        "quality",
        new=_needed(facts, "new_quality_score"),
        previous=_text(facts, "previous_quality_score"),
    )


def template_components(facts: Facts) -> TemplateChange:
    """The text was changed."""
    return _template(facts, "components", new=_text(facts, "message_template_element"))


def template_category(facts: Facts) -> TemplateChange:
    """Meta put it into another category, or will in a day (``correct_category``)."""
    return _template(
        facts,
        "category",
        new=_text(facts, "correct_category", "new_category"),
        previous=_text(facts, "previous_category")
        or (_text(facts, "new_category") if "correct_category" in facts else None),
    )


def change(aspect: str, *new: str, previous: str = "", detail: str = "") -> Reader:
    """Return what reads a value as a change of the account.

    Args:
        aspect: See ``gateway.api.AccountChange``.
        new: Names of the fact that is the new value, best first.
        previous: Name of the fact that is the old one.
        detail: Name of the fact that says more.
    """

    def part(facts: Facts) -> AccountChange:
        return AccountChange(
            aspect=aspect,
            new=_text(facts, *new),
            previous=_text(facts, previous),
            detail=_text(facts, detail),
            facts=facts,
        )

    return reader(part)


def quality(facts: Facts) -> AccountChange:
    """Quality, throughput or limit of a number."""
    event = _needed(facts, "event")
    aspect = "throughput" if event == "THROUGHPUT_UPGRADE" else "quality"
    if event in ("UPGRADE", "DOWNGRADE", "ONBOARDING"):
        aspect = "limit"
    limit = _text(facts, "max_daily_conversations_per_business", "current_limit")
    return AccountChange(
        aspect=aspect,
        new=limit if aspect == "limit" and limit else event,
        previous=_text(facts, "old_limit"),
        detail=event,
        facts=facts,
    )


class _Grave(msgspec.Struct, frozen=True, gc=False):
    severity: Severity
    text: str


_GRAVE: Final[Mapping[str, _Grave]] = MappingProxyType(
    {
        "ACCOUNT_VIOLATION": _Grave("warning", "Meta found a violation of its policies"),
        "ACCOUNT_RESTRICTION": _Grave("critical", "Meta restricted what this account may do"),
        "ACCOUNT_DELETED": _Grave("critical", "The WhatsApp Business Account was deleted"),
        "ACCOUNT_OFFBOARDED": _Grave("critical", "The number left the Cloud API"),
        "PARTNER_REMOVED": _Grave("critical", "The business took our app off its account"),
    }
)

_BANS: Final[Mapping[str, _Grave]] = MappingProxyType(
    {
        "DISABLE": _Grave("critical", "Meta disabled the WhatsApp Business Account"),
        "SCHEDULE_FOR_DISABLE": _Grave(
            "critical", "Meta will disable the WhatsApp Business Account"
        ),
        "REINSTATE": _Grave("info", "Meta gave the WhatsApp Business Account back"),
    }
)

_ASPECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "VERIFIED_ACCOUNT": "review",
        "ACCOUNT_RECONNECTED": "status",
        "PARTNER_ADDED": "partner",
        "PARTNER_APP_INSTALLED": "partner",
        "PARTNER_APP_UNINSTALLED": "partner",
        "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE": "partner",
        "AD_ACCOUNT_LINKED": "settings",
        "MM_LITE_TERMS_SIGNED": "settings",
        "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE": "settings",
        "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE": "payment",
        "VOLUME_BASED_PRICING_TIER_UPDATE": "payment",
    }
)


def account(facts: Facts) -> AccountChange | Alert:
    """What happens to the business account: bans, restrictions, partners, terms."""
    event = _needed(facts, "event")
    grave = _GRAVE.get(event)
    code, detail = event, _text(facts, "violation_info.violation_type", "disconnection_info.reason")
    if event == "DISABLED_UPDATE":
        code = _text(facts, "ban_info.waba_ban_state") or event
        grave = _BANS.get(code, _BANS["DISABLE"])
        detail = _text(facts, "ban_info.waba_ban_date")
    if event == "ACCOUNT_RESTRICTION":
        detail = ", ".join(
            str(value) for name, value in facts.items() if name.endswith(".restriction_type")
        )
    if grave is None:
        return AccountChange(
            aspect=_ASPECTS.get(event, event.lower()), new=event, detail=detail, facts=facts
        )
    text = f"{grave.text}: {detail}" if detail else grave.text
    return Alert(severity=grave.severity, code=code, text=text, facts=facts)


_SEVERITIES: Final[Mapping[str, Severity]] = MappingProxyType(
    {"CRITICAL": "critical", "WARNING": "warning", "INFORMATIONAL": "info"}
)


def alert(facts: Facts) -> Alert:
    """What Meta itself calls an alert."""
    told = _text(facts, "alert_info.alert_severity", "alert_severity") or ""
    code = _text(facts, "alert_info.alert_type", "alert_type") or "account_alerts"
    text = _text(facts, "alert_info.alert_description", "alert_description") or code
    return Alert(severity=_SEVERITIES.get(told, "warning"), code=code, text=text, facts=facts)


def flow(facts: Facts) -> AccountChange | Alert:
    """A Flow changed its state, or its endpoint does badly."""
    event = _needed(facts, "event")
    state = _text(facts, "new_status")
    detail = _text(facts, "message")
    if event == "FLOW_STATUS_CHANGE" and state not in ("THROTTLED", "BLOCKED"):
        return AccountChange(
            aspect="flow",
            new=state,
            previous=_text(facts, "old_status"),
            detail=detail,
            facts=facts,
        )
    calm = _text(facts, "alert_state") == "DEACTIVATED"
    severity: Severity = "critical" if state == "BLOCKED" else "warning"
    return Alert(
        severity="info" if calm else severity,
        code=event,
        text=detail or f"flow {_text(facts, 'flow_id') or ''}: {state or event}",
        facts=facts,
    )


def handover(facts: Facts) -> AccountChange:
    """Another app of this number took over a conversation, or gave it back."""
    passed = next((name for name in _HANDOVERS if any(key.startswith(name) for key in facts)), None)
    role = f"{passed}.new_owner_role"
    return AccountChange(
        aspect="handover",
        new=_text(facts, role, "new_owner_role", "new_owner.role") or passed,
        previous=_text(
            facts, f"{passed}.previous_owner_role", "previous_owner_role", "previous_owner.role"
        ),
        detail=_text(facts, f"{passed}.metadata", "metadata"),
        facts=facts,
    )


_HANDOVERS: Final = ("control_passed", "control_taken")
