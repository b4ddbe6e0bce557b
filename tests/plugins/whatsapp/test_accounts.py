from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from gateway.api import Event, PlatformNotice
from gateway_whatsapp.channel import WhatsAppChannel

Parse = Callable[..., Sequence[Event]]

KNOWN = {
    "106540352242922": ("spain",),
    "2": ("brazil",),
    "waba:102290129340398": ("spain", "brazil", "plain"),
    "display:15550783881": ("spain",),
    "display:5511999990000": ("brazil",),
}
MESSAGE = {"from": "1", "id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "a"}}


def accounts(found: Sequence[Event]) -> list[str]:
    return [event.account for event in found]


def test_an_account_is_named_by_its_number_and_its_business() -> None:
    settings = WhatsAppChannel.example()
    assert WhatsAppChannel(settings).identities() == ("106540352242922", "waba:102290129340398")
    dialled = msgspec.structs.replace(settings, display_phone_number="+1 555-078-3881")
    assert "display:15550783881" in WhatsAppChannel(dialled).identities()


def test_a_message_goes_to_the_account_of_its_number(parse: Parse) -> None:
    value: dict[str, Any] = {"metadata": {"phone_number_id": "2"}, "messages": [MESSAGE]}
    assert accounts(parse(value, accounts=KNOWN)) == ["brazil"]


def test_a_number_configured_twice_gives_each_account_its_event(parse: Parse) -> None:
    first, second = parse({"messages": [MESSAGE]}, accounts={"106540352242922": ("a", "b")})
    assert (first.account, second.account) == ("a", "b")
    assert first.id != second.id


@pytest.mark.parametrize("field", ["messages", "smb_message_echoes", "calls", "user_preferences"])
def test_an_unknown_number_becomes_a_notice(parse: Parse, field: str) -> None:
    value = {"metadata": {"phone_number_id": "404"}, "messages": [MESSAGE]}
    (event,) = parse(value, field, accounts=KNOWN)
    assert isinstance(event, PlatformNotice)
    assert (event.account, event.notice.reason) == ("whatsapp", "unknown_account")
    assert event.notice.facts["phone_number_id"] == "404"
    assert event.notice.raw["messages"] == [MESSAGE]


def test_with_no_account_at_hand_everything_is_taken(parse: Parse) -> None:
    value = {"metadata": {"phone_number_id": "404"}, "messages": [MESSAGE]}
    assert accounts(parse(value)) == ["whatsapp"]


def test_a_notice_about_a_business_goes_to_each_of_its_accounts(parse: Parse) -> None:
    found = parse({"event": "ACCOUNT_DELETED"}, "account_update", accounts=KNOWN)
    assert accounts(found) == ["spain", "brazil", "plain"]
    assert len({event.id for event in found}) == 3


def test_a_business_told_as_a_number_is_found_as_well(parse: Parse) -> None:
    found = parse(
        {"event": "ACCOUNT_DELETED"}, "account_update", accounts=KNOWN, id=102290129340398
    )
    assert accounts(found) == ["spain", "brazil", "plain"]


def test_a_notice_about_one_number_goes_to_its_account_only(parse: Parse) -> None:
    value = {"event": "FLAGGED", "display_phone_number": "+55 11 99999-0000"}
    found = parse(value, "phone_number_quality_update", accounts=KNOWN)
    assert accounts(found) == ["brazil"]


def test_a_number_that_nobody_claims_may_be_that_of_an_account_that_tells_none(
    parse: Parse,
) -> None:
    value = {"event": "FLAGGED", "display_phone_number": "34600000000"}
    found = parse(value, "phone_number_quality_update", accounts=KNOWN)
    assert accounts(found) == ["plain"]


def test_a_partner_event_goes_to_the_business_it_is_about(parse: Parse) -> None:
    known = {"waba:5": ("client",), "waba:102290129340398": ("ours",)}
    value = {"event": "PARTNER_REMOVED", "waba_info": {"waba_id": "5"}}
    assert accounts(parse(value, "account_update", accounts=known)) == ["client"]


def test_a_handover_goes_to_the_number_it_names(parse: Parse) -> None:
    value = {"recipient": {"phone_number_id": "2"}, "control_taken": {"metadata": "m"}}
    assert accounts(parse(value, "messaging_handovers", accounts=KNOWN)) == ["brazil"]


def test_an_unknown_business_becomes_a_notice(parse: Parse) -> None:
    known = {"waba:404": ("other",)}
    (event,) = parse({"event": "ACCOUNT_DELETED"}, "account_update", accounts=known)
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "unknown_account"
    assert event.notice.facts == {"business_account_id": "102290129340398"}
