"""The numbers of the limits, as Meta's pages give them: a second pair of eyes on the table."""

from __future__ import annotations

import pytest

from gateway.api import Limit
from gateway_whatsapp.limits import CAPABILITIES
from gateway_whatsapp.rates import LIMITS

DOCUMENTED = [
    ("text", "text", 4096),
    ("image", "caption", 1024),
    ("video", "caption", 1024),
    ("document", "caption", 1024),
    ("contacts", "contacts", 257),
    ("buttons", "text", 1024),
    ("buttons", "header.text", 60),
    ("buttons", "footer", 60),
    ("buttons", "buttons[].title", 20),
    ("buttons", "buttons[].id", 256),
    ("list", "text", 4096),
    ("list", "header", 60),
    ("list", "footer", 60),
    ("list", "button", 20),
    ("list", "sections", 10),
    ("list", "sections[].title", 24),
    ("list", "sections[].rows", 10),
    ("list", "sections[].rows[].id", 200),
    ("list", "sections[].rows[].title", 24),
    ("list", "sections[].rows[].description", 72),
    ("link", "text", 1024),
    ("link", "title", 20),
    ("flow", "text", 1024),
    ("flow", "title", 20),
    ("product", "text", 1024),
    ("products", "header", 60),
    ("products", "text", 1024),
    ("products", "sections", 10),
    ("products", "sections[].product_ids", 30),
    ("catalog", "text", 1024),
    ("catalog", "footer", 60),
    ("carousel", "text", 1024),
    ("carousel", "cards", 10),
    ("carousel", "cards[].text", 160),
    ("carousel", "cards[].buttons[].title", 20),
    ("carousel", "cards[].buttons[].id", 256),
    ("location_request", "text", 1024),
    ("contact_request", "text", 1024),
    ("address_request", "text", 1024),
    ("template", "name", 512),
    ("template", "header.text", 60),
    ("template", "header.fallback", 60),
    ("template", "body[].text", 1024),
    ("template", "body[].fallback", 1024),
    ("template", "buttons", 10),
    ("template", "cards", 10),
    ("template", "cards[].body[].text", 160),
    ("template", "cards[].body[].fallback", 160),
    ("template", "cards[].buttons", 2),
]


def limits(kind: str, field: str) -> list[Limit]:
    return [each for each in CAPABILITIES[kind].limits if each.field == field]


@pytest.mark.parametrize(("kind", "field", "most"), DOCUMENTED)
def test_the_table_has_the_documented_number(kind: str, field: str, most: int) -> None:
    assert {each.most for each in limits(kind, field)} == {most}


@pytest.mark.parametrize(
    ("kind", "field"), [("list", "sections[].rows"), ("products", "sections[].product_ids")]
)
def test_rows_and_products_are_counted_over_all_sections(kind: str, field: str) -> None:
    assert any(each.together for each in limits(kind, field))


@pytest.mark.parametrize(
    ("level", "most"), [(None, 80), ("standard", 80), ("high", 1000), ("coexistence", 20)]
)
def test_no_more_goes_in_any_second_than_the_number_may(level: str | None, most: int) -> None:
    limits = LIMITS.at_level(level) if level else LIMITS
    (account,) = (each for each in limits.rates if each.scope == "account")
    assert account.rate.messages / account.rate.seconds + account.rate.burst == most


def test_one_contact_gets_a_message_in_six_seconds_or_a_burst_that_is_paid_back() -> None:
    (contact,) = (each for each in LIMITS.applying("text", group=False) if each.scope == "contact")
    rate = contact.rate
    assert (rate.messages, rate.seconds, rate.burst, rate.burst_seconds) == (1, 6, 45, 6)


@pytest.mark.parametrize("kind", ["read", "typing"])
def test_what_makes_no_message_is_not_counted_for_the_contact(kind: str) -> None:
    assert [each.scope for each in LIMITS.applying(kind, group=False)] == ["account"]
