"""The fields beside ``messages``: one table of what becomes of each, and some in detail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gateway.api import (
    AccountAlert,
    AccountChange,
    AccountUpdated,
    Alert,
    ContactOptedIn,
    ContactOptedOut,
    ContactUpdated,
    Event,
    MessageDeleted,
    MessageEchoed,
    MessageImported,
    Notice,
    PlatformNotice,
    TemplateChange,
    TemplateUpdated,
    Text,
    Unsupported,
)
from gateway_whatsapp.fields import LISTED, UNMODELLED, WHOLE

Parse = Callable[..., Sequence[Event]]

TEMPLATE = {
    "message_template_id": 77,
    "message_template_name": "hello",
    "message_template_language": "es",
}

WANTED: list[tuple[str, dict[str, Any], tuple[object, ...]]] = [
    ("message_template_status_update", {"event": "PAUSED", "other_info": {"title": "FIRST_PAUSE"}, **TEMPLATE}, ("status", "PAUSED", "FIRST_PAUSE")),
    ("message_template_status_update", {"event": "APPROVED", "reason": "NONE", **TEMPLATE}, ("status", "APPROVED", None)),
    ("message_template_components_update", {"message_template_element": "Hola", **TEMPLATE}, ("components", "Hola", None)),
    ("template_category_update", {"previous_category": "UTILITY", "new_category": "MARKETING", **TEMPLATE}, ("category", "MARKETING", None)),
    ("template_category_update", {"new_category": "UTILITY", "correct_category": "MARKETING", **TEMPLATE}, ("category", "MARKETING", None)),
    ("phone_number_quality_update", {"event": "FLAGGED", "current_limit": "TIER_10K"}, ("quality", "FLAGGED")),
    ("phone_number_quality_update", {"event": "THROUGHPUT_UPGRADE"}, ("throughput", "THROUGHPUT_UPGRADE")),
    ("phone_number_quality_update", {"event": "UPGRADE", "current_limit": "TIER_10K"}, ("limit", "TIER_10K")),
    ("business_capability_update", {"max_daily_conversations_per_business": "TIER_2K"}, ("limit", "TIER_2K")),
    ("business_username_updates", {"username": "shop", "status": "approved"}, ("username", "shop")),
    ("security", {"event": "PIN_CHANGED", "requester": "1"}, ("security", "PIN_CHANGED")),
    ("payment_configuration_update", {"status": "Active"}, ("payment", "Active")),
    ("account_update", {"event": "PARTNER_ADDED"}, ("partner", "PARTNER_ADDED")),
    ("account_update", {"event": "SOMETHING_NEW"}, ("something_new", "SOMETHING_NEW")),
    ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}, ("critical", "DISABLE")),
    ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}, ("info", "REINSTATE")),
    ("account_update", {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}, ("warning", "ACCOUNT_VIOLATION")),
    ("account_alerts", {"alert_info": {"alert_severity": "CRITICAL", "alert_type": "X", "alert_description": "d"}}, ("critical", "X")),
    ("flows", {"event": "FLOW_STATUS_CHANGE", "old_status": "DRAFT", "new_status": "PUBLISHED"}, ("flow", "PUBLISHED")),
    ("flows", {"event": "FLOW_STATUS_CHANGE", "new_status": "BLOCKED"}, ("critical", "FLOW_STATUS_CHANGE")),
    ("flows", {"event": "ENDPOINT_LATENCY", "alert_state": "ACTIVATED"}, ("warning", "ENDPOINT_LATENCY")),
    ("flows", {"event": "ENDPOINT_LATENCY", "alert_state": "DEACTIVATED"}, ("info", "ENDPOINT_LATENCY")),
    ("messaging_handovers", {"control_passed": {"metadata": "m", "new_owner_role": "ai_agent"}}, ("handover", "ai_agent")),
    ("tracking_events", {"a": 1}, ("unmodelled", "tracking_events")),
    ("a_field_of_tomorrow", {"a": 1}, ("unknown", "a_field_of_tomorrow")),
]  # fmt: skip


def gist(event: Event) -> tuple[object, ...]:
    match event:
        case TemplateUpdated(template=TemplateChange(aspect=aspect, new=new, reason=reason)):
            return aspect, new, reason
        case AccountUpdated(change=AccountChange(aspect=aspect, new=new)):
            return aspect, new
        case AccountAlert(alert=Alert(severity=severity, code=code)):
            return severity, code
        case PlatformNotice(notice=Notice(reason=reason, subject=subject)):
            return reason, subject
        case _:
            return (event,)


@pytest.mark.parametrize(("field", "value", "wanted"), WANTED)
def test_a_field_about_the_account_says_what_changed(
    parse: Parse, field: str, value: dict[str, Any], wanted: tuple[object, ...]
) -> None:
    (event,) = parse(value, field, time=1_750_000_000)
    assert gist(event) == wanted
    assert event.id.startswith(f"{1_750_000_000_000:012x}")


@pytest.mark.parametrize("field", sorted({*LISTED, *WHOLE, *UNMODELLED, "tomorrow"}))
@pytest.mark.parametrize("value", [{}, {"a": [1, {"b": None}]}, [], 5, None, "text"], ids=str)
def test_no_field_is_dropped_whatever_it_holds(parse: Parse, field: str, value: object) -> None:
    assert parse(value, field)


@pytest.mark.parametrize("field", sorted(set(LISTED)))
def test_errors_beside_any_items_are_alerts(parse: Parse, field: str) -> None:
    found = parse({"errors": [{"code": 190, "title": "Expired"}]}, field)
    assert [gist(event) for event in found] == [("critical", "190")]


def test_what_is_the_same_at_another_time_is_another_event(parse: Parse) -> None:
    value = {"event": "APPROVED", **TEMPLATE}
    (first,) = parse(value, "message_template_status_update", time=1_750_000_000)
    (again,) = parse(value, "message_template_status_update", time=1_750_000_000)
    (later,) = parse(value, "message_template_status_update", time=1_750_000_060)
    assert first.id == again.id != later.id


def wish(parse: Parse, value: str) -> Event:
    item: dict[str, Any] = {"user_id": "ES.1", "category": "marketing_messages", "value": value}
    item["timestamp"] = 1_750_000_000
    people = [{"profile": {"name": "Ana"}, "user_id": "ES.1"}]
    (event,) = parse({"contacts": people, "user_preferences": [item]}, "user_preferences")
    return event


def test_a_contact_may_stop_and_resume_marketing(parse: Parse) -> None:
    stopped, resumed, signed_up = (wish(parse, each) for each in ("stop", "resume", "signup"))
    assert isinstance(stopped, ContactOptedOut)
    assert (stopped.consent.topic, stopped.consent.source) == ("marketing", "platform")
    assert (stopped.contact.id, stopped.contact.name) == ("ES.1", "Ana")
    assert isinstance(resumed, ContactOptedIn)
    assert isinstance(signed_up, ContactOptedIn)


def test_an_unclear_wish_is_no_opt_out(parse: Parse) -> None:
    assert gist(wish(parse, "maybe")) == ("unknown", "user_preferences")


def echoed(parse: Parse, **item: Any) -> Event:
    common = {
        "from": "15550783881",
        "to": "34600111222",
        "id": "wamid.1",
        "timestamp": "1750000000",
    }
    (event,) = parse({"message_echoes": [common | item]}, "smb_message_echoes")
    return event


def test_what_was_written_on_the_phone_is_an_echo_to_the_contact(parse: Parse) -> None:
    event = echoed(parse, type="text", text={"body": "hola"}, context={"id": "wamid.0"})
    assert isinstance(event, MessageEchoed)
    assert (event.contact.id, event.message.origin) == ("34600111222", "phone_app")
    assert event.message.reply_to is not None


def test_what_was_changed_on_the_phone_is_an_edited_echo(parse: Parse) -> None:
    new = {"type": "text", "text": {"body": "new"}}
    edit = {"original_message_id": "wamid.0", "message": new}
    event = echoed(parse, type="edit", edit=edit)
    assert isinstance(event, MessageEchoed)
    assert (event.message.platform_id, event.message.content) == ("wamid.0", Text(text="new"))
    assert event.message.edited is not None


def test_what_was_withdrawn_on_the_phone_is_a_deletion_by_us(parse: Parse) -> None:
    event = echoed(parse, type="revoke", revoke={"original_message_id": "wamid.0"})
    assert isinstance(event, MessageDeleted)
    assert (event.deletion.platform_id, event.deletion.by) == ("wamid.0", "business")


def test_history_is_imported_from_both_sides(parse: Parse) -> None:
    def old(sender: str, place: int, **item: Any) -> dict[str, Any]:
        context = {"history_context": {"status": "READ"}}
        return {"from": sender, "id": f"wamid.{place}", "timestamp": "1739230955"} | item | context

    text = {"type": "text", "text": {"body": "hola"}}
    messages = [
        old("15550783881", 1, **text),
        old("34600111222", 2, **text),
        {"broken": True},
        old("15550783881", 3, type="media_placeholder"),
    ]
    chunk = {
        "metadata": {"phase": 0, "chunk_order": 1, "progress": 55},
        "threads": [{"id": "34600111222", "messages": messages}],
    }
    first, second, broken, last = parse({"history": [chunk]}, "history")
    assert isinstance(first, MessageImported)
    assert isinstance(second, MessageImported)
    assert isinstance(last, MessageImported)
    assert [each.message.direction for each in (first, second, last)] == [
        "outbound",
        "inbound",
        "outbound",
    ]
    assert {each.contact.id for each in (first, second, last)} == {"34600111222"}
    assert (first.message.status, first.message.progress) == ("read", 55)
    assert last.message.content == Unsupported(type="media_placeholder")
    assert isinstance(broken, PlatformNotice)
    assert broken.notice.error is not None
    assert ".history[0].threads[0].messages[2].id" in broken.notice.error


def test_the_file_of_a_placeholder_comes_later_under_the_same_platform_id(parse: Parse) -> None:
    item = {"from": "34600111222", "id": "wamid.3", "timestamp": "1738796547", "type": "image"}
    (event,) = parse({"messages": [item | {"image": {"id": "242"}}]}, "history")
    (placeholder,) = parse({"messages": [item | {"type": "media_placeholder"}]}, "history")
    assert isinstance(event, MessageImported)
    assert (event.message.direction, event.message.platform_id) == ("inbound", "wamid.3")
    assert event.id != placeholder.id


def test_a_business_that_keeps_its_history_is_for_information(parse: Parse) -> None:
    errors = [{"code": 2593109, "title": "History sync is turned off"}]
    (event,) = parse({"history": [{"errors": errors}]}, "history")
    assert gist(event) == ("info", "2593109")


def test_the_phones_address_book_names_contacts(parse: Parse) -> None:
    entry = {
        "type": "contact",
        "contact": {"full_name": "Ana Ruiz", "first_name": "Ana", "phone_number": "+34 600111222"},
        "action": "add",
        "metadata": {"timestamp": "1750000000"},
    }
    (event,) = parse({"state_sync": [entry]}, "smb_app_state_sync")
    assert isinstance(event, ContactUpdated)
    assert (event.contact.id, event.contact.name) == ("34600111222", "Ana Ruiz")
    assert event.change.aspect == "phone_book"
    assert event.change.facts["action"] == "add"


def test_a_new_user_id_names_the_old_one(parse: Parse) -> None:
    update = {
        "wa_id": "34600111222",
        "user_id": {"previous": "ES.1", "current": "ES.2"},
        "timestamp": "1750000000",
    }
    (event,) = parse({"user_id_update": [update]}, "user_id_update")
    assert isinstance(event, ContactUpdated)
    assert (event.contact.id, event.change.previous) == ("ES.2", ("ES.1",))


def test_a_call_is_told_with_its_facts_and_without_its_network_addresses(parse: Parse) -> None:
    call = {
        "id": "wacid.1",
        "from": "34600111222",
        "to": "15550783881",
        "event": "connect",
        "timestamp": "1750000000",
        "direction": "USER_INITIATED",
        "session": {"sdp_type": "offer", "sdp": "v=0"},
    }
    (event,) = parse({"calls": [call]}, "calls")
    assert isinstance(event, PlatformNotice)
    assert event.contact is not None
    assert event.contact.id == "34600111222"
    assert event.notice.facts["event"] == "connect"
    assert "session.sdp" not in event.notice.facts


def test_a_call_we_made_is_about_whom_we_called(parse: Parse) -> None:
    call = {"id": "wacid.1", "from": "1555", "to": "34600111222", "event": "terminate"}
    ringing = {"id": "wacid.1", "type": "call", "status": "RINGING", "recipient_id": "34600111222"}
    found = parse(
        {"calls": [call | {"direction": "BUSINESS_INITIATED"}], "statuses": [ringing]}, "calls"
    )
    contacts = [each.contact for each in found if isinstance(each, PlatformNotice)]
    assert [each and each.id for each in contacts] == ["34600111222", "34600111222"]


@pytest.mark.parametrize("field", [each for each in LISTED if each.startswith("group_")])
def test_groups_tell_what_happened_to_them(parse: Parse, field: str) -> None:
    item = {"timestamp": "1750000000", "group_id": "G", "type": "group_create", "subject": "s"}
    (event,) = parse({"groups": [item]}, field)
    assert gist(event) == ("group", "group_create")
    assert isinstance(event, AccountUpdated)
    assert event.change.facts["group_id"] == "G"
