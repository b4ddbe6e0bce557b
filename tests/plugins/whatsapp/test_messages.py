from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from gateway.api import (
    Address,
    CallPermission,
    Choice,
    ContactUpdated,
    Event,
    Form,
    Image,
    Message,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageStatus,
    Order,
    Other,
    PlatformNotice,
    Reaction,
    Text,
    Unsupported,
)

Parse = Callable[..., Sequence[Event]]

ANA = {"profile": {"name": "Ana", "username": "@ana.r"}, "wa_id": "34600111222", "user_id": "ES.1"}
BO = {"profile": {"name": "Bo"}, "wa_id": "34600333444", "user_id": "ES.2"}


def message(**fields: Any) -> dict[str, Any]:
    common = {"from": "34600111222", "id": "wamid.1", "timestamp": "1750000000", "type": "text"}
    if "type" not in fields:
        common["text"] = {"body": "hola"}  # type: ignore[assignment]  # JSON
    return common | fields


def received(parse: Parse, item: Mapping[str, Any], **value: Any) -> MessageReceived:
    (event,) = parse({"messages": [item], **value})
    assert isinstance(event, MessageReceived)
    return event


def test_every_id_of_a_contact_is_told_best_first(parse: Parse) -> None:
    person = ANA | {"parent_user_id": "ES.ENT.9"}
    contact = received(parse, message(from_user_id="ES.1"), contacts=[person]).contact
    assert contact.id == "ES.1"
    assert contact.addresses == (
        Address(kind="business_scoped", value="ES.1"),
        Address(kind="parent_business_scoped", value="ES.ENT.9"),
        Address(kind="phone", value="34600111222"),
    )
    assert (contact.name, contact.username, contact.country) == ("Ana", "ana.r", "ES")


def test_a_contact_without_a_user_id_is_its_phone_number(parse: Parse) -> None:
    contact = received(parse, message()).contact
    assert contact.id == "34600111222"
    assert contact.addresses == (Address(kind="phone", value="34600111222"),)
    assert contact.country is None


@pytest.mark.parametrize("hidden", [{}, {"from": ""}, {"from": "ES.1"}], ids=str)
def test_a_contact_with_a_hidden_number_is_its_user_id(
    parse: Parse, hidden: dict[str, str]
) -> None:
    item = message(from_user_id="ES.1") | {"from": None} | hidden
    contact = received(parse, item, contacts=[ANA | {"wa_id": ""}]).contact
    assert contact.addresses == (Address(kind="business_scoped", value="ES.1"),)
    assert contact.name == "Ana"


def test_a_user_id_in_the_place_of_the_number_is_one(parse: Parse) -> None:
    person = {"profile": {"name": "Ana"}, "wa_id": "ES.1"}
    contact = received(parse, message(**{"from": "ES.1"}), contacts=[person]).contact
    assert contact.addresses == (Address(kind="business_scoped", value="ES.1"),)
    assert contact.name == "Ana"


def test_in_a_batch_each_message_is_given_to_its_own_contact(parse: Parse) -> None:
    items = [
        message(id="wamid.1", **{"from": "34600333444"}),
        message(id="wamid.2", from_user_id="ES.1"),
        message(id="wamid.3", **{"from": "34600999999"}),
    ]
    found = parse({"contacts": [ANA, BO], "messages": items})
    people = [each.contact for each in found if isinstance(each, MessageReceived)]
    assert [(each.id, each.name) for each in people] == [
        ("ES.2", "Bo"),
        ("ES.1", "Ana"),
        ("34600999999", None),
    ]


def test_times_in_milliseconds_are_taken_as_such(parse: Parse) -> None:
    in_seconds = received(parse, message(timestamp="1750000000"))
    in_milliseconds = received(parse, message(timestamp=1_750_000_000_000))
    assert in_seconds.message.timestamp == in_milliseconds.message.timestamp
    assert in_seconds.id == in_milliseconds.id


def test_the_message_has_the_id_of_its_event(parse: Parse) -> None:
    event = received(parse, message())
    assert event.message.id == event.id
    assert event.id == received(parse, message()).id
    assert event.id != received(parse, message(id="wamid.2")).id


CONTENTS: list[tuple[dict[str, Any], object]] = [
    (
        {"type": "button", "button": {"payload": "STOP", "text": "Stop"}},
        Choice(source="template", id="STOP", title="Stop"),
    ),
    (
        {"type": "button", "button": {"text": "Stop"}},
        Choice(source="template", id="Stop", title="Stop"),
    ),
    (
        {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": ""}},
        Reaction(to="wamid.0"),
    ),
    (
        {
            "type": "interactive",
            "interactive": {
                "type": "call_permission_reply",
                "call_permission_reply": {
                    "response": "accept",
                    "expiration_timestamp": "1750600000",
                    "response_source": "automatic",
                },
            },
        },
        CallPermission(granted=True, expires_at=1_750_600_000_000, automatic=True),
    ),
    (
        {"type": "interactive", "interactive": {"type": "new_reply", "new_reply": {"id": 1}}},
        Other(type="new_reply", data={"type": "new_reply", "new_reply": {"id": 1}}),
    ),
    ({"type": "ephemeral"}, Unsupported(type="ephemeral")),
    (
        {"type": "image", "errors": [{"code": 131052, "title": "Too large"}]},
        Unsupported(type="image", code="131052", reason="Too large"),
    ),
]


@pytest.mark.parametrize(("item", "content"), CONTENTS)
def test_what_a_message_carries_is_told_in_neutral_words(
    parse: Parse, item: dict[str, Any], content: object
) -> None:
    assert received(parse, message(**item)).message.content == content


@pytest.mark.parametrize(
    ("response", "answers"),
    [
        ('{"date": "2026-12-01", "n": [1]}', {"date": "2026-12-01", "n": [1]}),
        ('{"cut": ', {"response_json": '{"cut": '}),
        ('["a"]', {"response_json": '["a"]'}),
        ({"already": "an object"}, {"already": "an object"}),
        (None, {"response_json": None}),
        ('{"big": 1' + "0" * 30 + "}", {"big": "1" + "0" * 30}),
    ],
)
def test_a_form_is_never_lost_for_its_answers(
    parse: Parse, response: object, answers: dict[str, Any]
) -> None:
    reply = {"name": "flow", "body": "Sent", "response_json": response}
    item = message(type="interactive", interactive={"type": "nfm_reply", "nfm_reply": reply})
    assert received(parse, item).message.content == Form(name="flow", response=answers, text="Sent")


@pytest.mark.parametrize("price", [9.5, "9.5"])
def test_prices_are_numbers_however_they_are_written(parse: Parse, price: object) -> None:
    line = {"product_retailer_id": "s", "quantity": "2", "item_price": price, "currency": "EUR"}
    order = {"catalog_id": "77", "text": "", "product_items": [line]}
    content = received(parse, message(type="order", order=order)).message.content
    assert isinstance(content, Order)
    assert content.text is None
    assert (content.items[0].quantity, content.items[0].price) == (2, 9.5)


def test_a_group_message_names_the_group_and_who_wrote(parse: Parse) -> None:
    event = received(parse, message(group_id="Y2FwaV9n"), contacts=[ANA])
    assert event.message.group is not None
    assert (event.message.group.id, event.contact.id) == ("Y2FwaV9n", "ES.1")


def test_what_a_message_refers_to_is_told(parse: Parse) -> None:
    context = {
        "from": "15550783881",
        "id": "wamid.0",
        "forwarded": True,
        "frequently_forwarded": True,
        "referred_product": {"catalog_id": "77", "product_retailer_id": "sku"},
    }
    referral = {
        "source_type": "ad",
        "source_id": "120",
        "ctwa_clid": "AR",
        "video_url": "https://example.com/v",
        "welcome_message": {"text": "Hi"},
    }
    told = received(parse, message(context=context, referral=referral)).message
    assert told.reply_to is not None
    assert (told.reply_to.platform_id, told.reply_to.author) == ("wamid.0", "15550783881")
    assert told.forwarded == "often"
    assert told.product is not None
    assert (told.product.product_id, told.product.catalog_id) == ("sku", "77")
    assert told.referral is not None
    assert (told.referral.source, told.referral.click_id) == ("ad", "AR")
    assert (told.referral.media_url, told.referral.welcome_text) == ("https://example.com/v", "Hi")


def test_a_forwarded_message_quotes_nothing(parse: Parse) -> None:
    told = received(parse, message(context={"forwarded": True})).message
    assert (told.forwarded, told.reply_to) == ("once", None)


def test_an_edited_message_keeps_the_id_of_the_first_form(parse: Parse) -> None:
    new = {"type": "text", "text": {"body": "new"}}
    edit = {"original_message_id": "wamid.0", "message": new}
    (event,) = parse({"messages": [message(type="edit", edit=edit)]})
    assert isinstance(event, MessageEdited)
    assert (event.message.platform_id, event.message.content) == ("wamid.0", Text(text="new"))
    assert event.message.edited is not None


def test_a_withdrawn_message_is_named(parse: Parse) -> None:
    item = message(type="revoke", revoke={"original_message_id": "wamid.0"})
    (event,) = parse({"messages": [item]})
    assert isinstance(event, MessageDeleted)
    assert (event.deletion.platform_id, event.deletion.by) == ("wamid.0", "contact")


def system(parse: Parse, contacts: Sequence[object] = (), **payload: Any) -> ContactUpdated:
    item = message(type="system", system=payload)
    (event,) = parse({"messages": [item], "contacts": contacts})
    assert isinstance(event, ContactUpdated)
    return event


def test_a_new_number_keeps_the_person_and_leaves_the_old_number(parse: Parse) -> None:
    event = system(parse, [ANA], type="user_changed_number", wa_id="34600777888", body="moved")
    assert event.change.aspect == "address"
    assert event.change.previous == ("34600111222",)
    assert event.contact.id == "ES.1"
    assert event.contact.address("phone") == "34600777888"
    assert event.contact.name == "Ana"


def test_a_new_user_id_leaves_the_old_one(parse: Parse) -> None:
    event = system(parse, [ANA], type="user_changed_user_id", user_id="ES.77")
    assert event.change.previous == ("ES.1",)
    assert event.contact.id == "ES.77"
    assert event.contact.address("phone") == "34600111222"


def test_another_device_is_a_change_of_identity(parse: Parse) -> None:
    identity = {"acknowledged": True, "hash": "abc"}
    event = system(parse, type="customer_identity_changed", identity=identity)
    assert event.change.aspect == "identity"
    assert event.change.facts == {"acknowledged": True, "hash": "abc"}


def test_a_system_message_of_a_new_type_is_kept(parse: Parse) -> None:
    (event,) = parse({"messages": [message(type="system", system={"type": "new", "body": "b"})]})
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.subject) == ("unknown", "system")
    assert event.contact is not None


def test_a_standby_message_may_be_seen_and_not_answered(parse: Parse) -> None:
    (event,) = parse({"messages": [message()]}, "standby")
    assert isinstance(event, MessageReceived)
    assert event.message.standby


def status(**fields: Any) -> dict[str, Any]:
    common = {"id": "wamid.9", "status": "read", "timestamp": "1750000005"}
    return common | {"recipient_id": "34600111222"} | fields


def reported(parse: Parse, item: Mapping[str, Any], **value: Any) -> MessageStatus:
    (event,) = parse({"statuses": [item], **value})
    assert isinstance(event, MessageStatus)
    return event


def test_a_status_tells_the_message_the_price_and_what_we_attached(parse: Parse) -> None:
    price = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    item = status(pricing=price, biz_opaque_callback_data="gw:42", recipient_user_id="ES.1")
    event = reported(parse, item)
    assert (event.status.platform_id, event.status.metadata) == ("wamid.9", "gw:42")
    assert event.status.pricing is not None
    assert (event.status.pricing.category, event.status.pricing.model) == ("service", "PMP")
    assert event.contact.id == "ES.1"


def test_a_failed_status_explains_its_code(parse: Parse) -> None:
    error = {"code": 131047, "title": "Re-engagement", "error_data": {"details": "24 hours"}}
    told = reported(parse, status(status="failed", errors=[error])).status.error
    assert told is not None
    assert (told.code, told.detail, told.action) == ("131047", "24 hours", "window_closed")
    assert told.explanation


def test_both_names_of_the_parent_id_are_known(parse: Parse) -> None:
    for name in ("recipient_parent_user_id", "parent_recipient_user_id"):
        event = reported(parse, status(recipient_id=None, **{name: "ES.ENT.9"}))
        assert event.contact.id == "ES.ENT.9"


def test_a_status_of_a_group_is_about_one_member(parse: Parse) -> None:
    group = {"recipient_id": "123@g.us", "recipient_type": "group"}
    first = reported(parse, status(**group, recipient_participant_id="34600111222"))
    other = reported(parse, status(**group, recipient_participant_id="34600333444"))
    assert first.status.group_id == "123@g.us"
    assert first.contact.id == "34600111222"
    assert first.id != other.id


def test_a_status_of_a_whole_group_names_nobody(parse: Parse) -> None:
    event = reported(parse, status(recipient_id="123@g.us", recipient_type="group"))
    assert (event.contact.id, event.contact.addresses) == ("123@g.us", ())


def test_a_status_that_is_new_to_us_is_kept(parse: Parse) -> None:
    (event,) = parse({"statuses": [status(status="pinned")]})
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "unknown"
    assert event.notice.facts == {"status": "pinned", "platform_id": "wamid.9"}


def test_steps_of_one_message_are_events_of_their_own(parse: Parse) -> None:
    found = parse({"statuses": [status(status=each) for each in ("sent", "delivered", "read")]})
    assert len({event.id for event in found}) == 3


def test_an_unknown_part_of_a_value_is_told_beside_the_messages(parse: Parse) -> None:
    first, second, third = parse(
        {"messages": [message()], "user_actions": [{"click": 1}], "new_part": {"a": 1}}
    )
    assert isinstance(first, MessageReceived)
    for event, reason, subject in (
        (second, "unmodelled", "user_actions"),
        (third, "unknown", "new_part"),
    ):
        assert isinstance(event, PlatformNotice)
        assert (event.notice.reason, event.notice.subject) == (reason, subject)


def test_a_broken_contact_costs_only_the_name(parse: Parse) -> None:
    notice, event = parse({"contacts": [ANA | {"wa_id": 5}], "messages": [message()]})
    assert isinstance(notice, PlatformNotice)
    assert notice.notice.subject == "contacts"
    assert isinstance(event, MessageReceived)
    assert isinstance(event.message, Message)
    assert event.contact.name is None


def test_an_image_is_to_be_asked_for_by_its_id(parse: Parse) -> None:
    image = {"id": "9001", "mime_type": "image/jpeg", "sha256": "x", "url": "https://example.com"}
    content = received(parse, message(type="image", image=image)).message.content
    assert isinstance(content, Image)
    assert (content.media.platform_id, content.media.url) == ("9001", None)
