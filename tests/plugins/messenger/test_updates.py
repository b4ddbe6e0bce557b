"""What is no message: receipts, entry points, consent, links, handover, policies, changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gateway.api import (
    AccountAlert,
    AccountUpdated,
    Address,
    Consent,
    Contact,
    ContactOptedIn,
    ContactOptedOut,
    ContactReferred,
    ContactUpdated,
    Event,
    Form,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    Referral,
    Status,
    TemplateUpdated,
)

Parse = Callable[..., Sequence[Event]]
AT = 1_750_000_000_000


def statuses(found: Sequence[Event]) -> list[Status]:
    return [event.status for event in found if isinstance(event, MessageStatus)]


def test_a_delivery_is_a_status_of_each_message_it_names(parse: Parse) -> None:
    found = parse({"delivery": {"mids": ["m_1", "m_2"], "watermark": AT - 5}})
    assert statuses(found) == [
        Status(status="delivered", timestamp=AT, platform_id=mid, watermark=AT - 5)
        for mid in ("m_1", "m_2")
    ]
    assert len({event.id for event in found}) == 2


@pytest.mark.parametrize("key", ["delivery", "read"])
def test_a_watermark_alone_is_a_status_of_all_until_then(parse: Parse, key: str) -> None:
    found = parse({key: {"watermark": str(AT - 5)}})
    name: Any = "delivered" if key == "delivery" else "read"
    assert statuses(found) == [Status(status=name, timestamp=AT, watermark=AT - 5)]
    (event,) = found
    assert isinstance(event, MessageStatus)
    assert event.contact.id == "24"


def test_a_receipt_without_a_time_is_from_when_its_watermark_is(parse: Parse) -> None:
    found = parse({"read": {"watermark": AT - 5}, "timestamp": None}, time=None)
    assert statuses(found) == [Status(status="read", timestamp=AT - 5, watermark=AT - 5)]


def test_a_receipt_that_tells_nothing_is_broken(parse: Parse) -> None:
    (event,) = parse({"read": {}})
    assert isinstance(event, PlatformNotice)
    assert event.notice.error == (
        "$.entry[0].messaging[0].read: expected a mid or a watermark, got none"
    )


@pytest.mark.parametrize(
    ("told", "referral"),
    [
        ({"ref": "r", "source": "SHORTLINK"}, Referral(source="link", reference="r")),
        ({"ref": "r", "source": "MESSENGER_CODE"}, Referral(source="link", reference="r")),
        (
            {"source": "CUSTOMER_CHAT_PLUGIN", "referer_uri": "https://example.com"},
            Referral(source="plugin", source_url="https://example.com"),
        ),
        ({"source": "ADS", "ad_id": "6"}, Referral(source="ad", source_id="6")),
        ({"source": "x", "ad_id": "6"}, Referral(source="ad", source_id="6")),
        ({"product": {"id": 3}}, Referral(source="product", product_id="3")),
        ({"source": "DISCOVER_TAB"}, Referral(source="other")),
    ],
)
def test_a_referral_says_how_a_person_came(
    parse: Parse, told: dict[str, Any], referral: Referral
) -> None:
    (event,) = parse({"referral": told})
    assert isinstance(event, ContactReferred)
    assert event.referral == referral


def test_a_time_in_seconds_is_understood(parse: Parse) -> None:
    (event,) = parse({"referral": {"ref": "r"}, "timestamp": 1_701_599_111})
    assert int(event.id[:12], 16) == 1_701_599_111_000


def test_a_ticked_checkbox_is_consent_of_someone_who_has_not_written_yet(parse: Parse) -> None:
    (event,) = parse({"sender": None, "optin": {"ref": "shop", "user_ref": "ref-1"}})
    assert isinstance(event, ContactOptedIn)
    assert event.contact == Contact(id="ref-1", addresses=(Address(kind="opt_in", value="ref-1"),))
    assert event.consent == Consent(topic="messages", source="form", timestamp=AT, reference="shop")


SUBSCRIPTION = {
    "type": "notification_messages",
    "payload": "deals",
    "title": "Weekly deals",
    "notification_messages_token": "T",
    "notification_messages_frequency": "WEEKLY",
    "token_expiry_timestamp": 2_145_916_800_000,
    "notification_messages_timezone": "America/Lima",
    "user_token_status": "NOT_REFRESHED",
}
CONSENT = Consent(
    topic="marketing",
    source="form",
    timestamp=AT,
    detail="Weekly deals",
    reference="deals",
    token="T",  # noqa: S106 - of a test
    frequency="WEEKLY",
    expires_at=2_145_916_800_000,
    facts={"notification_messages_timezone": "America/Lima", "user_token_status": "NOT_REFRESHED"},
)


@pytest.mark.parametrize("status", [None, "RESUME_NOTIFICATIONS", "RESUME NOTIFICATIONS"])
def test_a_subscription_is_consent_to_marketing(parse: Parse, status: str | None) -> None:
    (event,) = parse({"optin": {**SUBSCRIPTION, "notification_messages_status": status}})
    assert isinstance(event, ContactOptedIn)
    assert event.consent == CONSENT


def test_a_subscription_that_was_stopped_is_an_opt_out(parse: Parse) -> None:
    stopped = {**SUBSCRIPTION, "notification_messages_status": "STOP_NOTIFICATIONS"}
    (event,) = parse({"optin": stopped})
    assert isinstance(event, ContactOptedOut)
    assert event.consent == CONSENT


def test_another_kind_of_subscription_keeps_its_name(parse: Parse) -> None:
    (event,) = parse({"optin": {"type": "one_time_notif_req", "payload": "p"}})
    assert isinstance(event, ContactOptedIn)
    assert event.consent.topic == "one_time_notif_req"


def test_a_linked_account_is_a_change_of_the_contact(parse: Parse) -> None:
    (event,) = parse({"account_linking": {"status": "linked", "authorization_code": "C"}})
    assert isinstance(event, ContactUpdated)
    assert event.change.aspect == "link"
    assert event.change.facts == {"status": "linked", "authorization_code": "C"}


@pytest.mark.parametrize("key", ["policy_enforcement", "policy-enforcement"])
@pytest.mark.parametrize(
    ("action", "severity"), [("warning", "warning"), ("block", "critical"), ("unblock", "info")]
)
def test_a_policy_notice_is_an_alert(parse: Parse, key: str, action: str, severity: str) -> None:
    (event,) = parse({"sender": None, key: {"action": action, "reason": "spam"}})
    assert isinstance(event, AccountAlert)
    assert (event.alert.severity, event.alert.code) == (severity, f"policy_{action}")
    assert event.alert.text == "spam"


@pytest.mark.parametrize(
    ("key", "told", "new", "previous"),
    [
        ("pass_thread_control", {"new_owner_app_id": 2, "previous_owner_app_id": None}, "2", None),
        ("take_thread_control", {"new_owner_app_id": "2", "previous_owner_app_id": "1"}, "2", "1"),
        ("request_thread_control", {"requested_owner_app_id": 263902037430900}, "263902037430900", None),
    ],
)  # fmt: skip
def test_a_handover_says_which_app_holds_the_conversation(
    parse: Parse, key: str, told: dict[str, Any], new: str, previous: str | None
) -> None:
    (event,) = parse({key: {**told, "metadata": "why"}})
    assert isinstance(event, AccountUpdated)
    change = event.change
    assert (change.aspect, change.new, change.previous) == ("handover", new, previous)
    assert change.detail == "why"
    assert (change.facts["event"], change.facts["contact"]) == (key, "24")


def test_roles_of_apps_are_a_handover_too(parse: Parse) -> None:
    (event,) = parse({"sender": None, "app_roles": {"123": ["primary_receiver"]}})
    assert isinstance(event, AccountUpdated)
    assert event.change.facts == {"event": "app_roles", "123.0": "primary_receiver"}


def test_feedback_is_a_form_with_its_answers(parse: Parse) -> None:
    questions = {
        "csat": {"type": "csat", "payload": "4", "follow_up": {"type": "t", "payload": "good"}},
        "nps": {"type": "nps", "payload": "9"},
    }
    screens = [{"screen_id": 0, "questions": questions}]
    (event,) = parse({"messaging_feedback": {"feedback_screens": screens}})
    assert isinstance(event, MessageReceived)
    assert event.message.content == Form(
        name="feedback",
        response={
            "csat": "4",
            "csat.type": "csat",
            "csat.follow_up": "good",
            "nps": "9",
            "nps.type": "nps",
        },
    )


def test_a_thumb_under_an_answer_of_ours_is_a_form_too(parse: Parse) -> None:
    thumb = {"feedback": "good", "mid": "m_1"}
    (event,) = parse({"response_feedback": thumb})
    assert isinstance(event, MessageReceived)
    assert event.message.content == Form(name="response_feedback", response=thumb)


@pytest.mark.parametrize(
    ("key", "reason"), [("game_play", "unmodelled"), ("order", "unmodelled"), ("new", "unknown")]
)
def test_what_has_no_type_of_ours_is_a_notice_with_its_facts(
    parse: Parse, key: str, reason: str
) -> None:
    (event,) = parse({key: {"score": 3}})
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.subject) == (reason, key)
    assert event.notice.facts == {f"{key}.score": 3}
    assert event.contact is not None
    assert event.contact.id == "24"
    assert event.notice.raw[key] == {"score": 3}


def test_a_part_that_is_new_is_told_beside_the_one_that_is_known(parse: Parse) -> None:
    message, notice = parse({"message": {"mid": "m_1", "text": "a"}, "aura": {"colour": "red"}})
    assert isinstance(message, MessageReceived)
    assert isinstance(notice, PlatformNotice)
    assert (notice.notice.reason, notice.notice.subject) == ("unknown", "aura")
    assert notice.notice.raw == {"colour": "red"}
    assert notice.notice.facts == {"aura.colour": "red"}


def change(field: str, **value: Any) -> dict[str, Any]:
    return {"field": field, "value": value}


def test_a_comment_is_a_notice_with_who_wrote_it(parse: Parse) -> None:
    comment = change(
        "feed",
        item="comment",
        verb="add",
        message="price?",
        **{"from": {"id": "24", "name": "Ana"}},
    )
    (event,) = parse(comment, into="changes")
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.subject) == ("unmodelled", "feed")
    assert event.notice.facts["message"] == "price?"
    assert event.contact == Contact(
        id="24", addresses=(Address(kind="page_scoped", value="24"),), name="Ana"
    )


def test_a_comment_of_the_page_itself_is_nobodys(parse: Parse) -> None:
    own = change("feed", item="comment", verb="add", **{"from": {"id": "100000000000001"}})
    (event,) = parse(own, into="changes")
    assert isinstance(event, PlatformNotice)
    assert event.contact is None


def test_an_old_comment_names_its_writer_otherwise(parse: Parse) -> None:
    (event,) = parse(
        change("ratings", item="rating", sender_id=24, sender_name="Ana"), into="changes"
    )
    assert isinstance(event, PlatformNotice)
    assert event.contact is not None
    assert (event.contact.id, event.contact.name) == ("24", "Ana")


def test_a_message_in_changes_is_a_message(parse: Parse) -> None:
    item = {"sender": {"id": "24"}, "timestamp": "1750000000", "message": {"mid": "m", "text": "a"}}
    (event,) = parse(change("messages", **item), into="changes")
    assert isinstance(event, MessageReceived)
    assert event.message.timestamp == AT


@pytest.mark.parametrize(
    "field", ["message_template_status_update", "messenger_template_status_update"]
)
def test_a_template_that_was_judged_is_told(parse: Parse, field: str) -> None:
    judged = change(
        field,
        event="REJECTED",
        message_template_id=5,
        message_template_name="order_update",
        message_template_language="es",
        reason="PROMOTIONAL",
    )
    (event,) = parse(judged, into="changes")
    assert isinstance(event, TemplateUpdated)
    template = event.template
    assert (template.aspect, template.name, template.language) == ("status", "order_update", "es")
    assert (template.new, template.reason, template.platform_id) == ("REJECTED", "PROMOTIONAL", "5")


def test_a_template_without_a_name_is_broken(parse: Parse) -> None:
    (event,) = parse(change("message_template_status_update", event="X"), into="changes")
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "broken"


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("messaging_referral", {"referral": {"ref": "promo", "source": "SHORTLINK"}}),
        ("messaging_handover", {"pass_thread_control": {"new_owner_app_id": "1"}}),
        ("message_edit", {"message_edit": {"mid": "m_1", "text": "b", "num_edit": 1}}),
    ],
)
def test_fields_are_known_with_and_without_the_plural(
    parse: Parse, field: str, part: dict[str, Any]
) -> None:
    value = {"sender": {"id": "24"}, "recipient": {"id": "1"}, "timestamp": 1, **part}
    singular = parse({"field": field, "value": value}, into="changes")
    plural = parse({"field": f"{field}s", "value": value}, into="changes")
    assert [type(each) for each in singular] == [type(each) for each in plural]
    assert not isinstance(singular[0], PlatformNotice)
