"""What creates a template, as Meta's pages show it: component by component.

Source: Meta for Developers, WhatsApp Business Platform, "Template components" and a page for each
kind of template.
"""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    CodeApp,
    DefinedButton,
    DefinedCard,
    DefinedHeader,
    Media,
    Offer,
    TemplateDefinition,
)
from gateway_whatsapp import definitions, records

HANDLES = {"0-0": "4::aW"}


def created(**parts: Any) -> dict[str, Any]:
    words: dict[str, Any] = {"name": "ready", "language": "pt_PT", "category": "marketing"}
    return definitions.created(TemplateDefinition(**{**words, "body": "Olá!", **parts}), HANDLES)


def components(**parts: Any) -> list[dict[str, Any]]:
    """All but the body, which each template has."""
    return [each for each in created(**parts)["components"] if each["type"] != "BODY"]


def test_the_head_of_a_template() -> None:
    made = created(ttl_seconds=43_200)
    assert made == {
        "name": "ready",
        "language": "pt_PT",
        "category": "MARKETING",
        "parameter_format": "POSITIONAL",
        "components": [{"type": "BODY", "text": "Olá!"}],
        "message_send_ttl_seconds": 43_200,
    }


@pytest.mark.parametrize(
    ("parts", "form", "expected"),
    [
        (
            {"body": "Olá {{1}}, são {{2}}.", "examples": {"1": "Ana", "2": "9 €"}},
            "POSITIONAL",
            {
                "type": "BODY",
                "text": "Olá {{1}}, são {{2}}.",
                "example": {"body_text": [["Ana", "9 €"]]},
            },
        ),
        (
            {"body": "Olá {{name}}, são {{sum}}.", "examples": {"sum": "9 €", "name": "Ana"}},
            "NAMED",
            {
                "type": "BODY",
                "text": "Olá {{name}}, são {{sum}}.",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "name", "example": "Ana"},
                        {"param_name": "sum", "example": "9 €"},
                    ]
                },
            },
        ),
    ],
)
def test_a_body_has_an_example_of_each_variable(
    parts: dict[str, Any], form: str, expected: dict[str, Any]
) -> None:
    made = created(**parts)
    assert (made["parameter_format"], made["components"]) == (form, [expected])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            DefinedHeader(format="text", text="Our {{1}} is on!", example="Spring Sale"),
            {
                "type": "HEADER",
                "format": "TEXT",
                "text": "Our {{1}} is on!",
                "example": {"header_text": ["Spring Sale"]},
            },
        ),
        (
            DefinedHeader(format="text", text="Our {{what}} is on!", example="Spring Sale"),
            {
                "type": "HEADER",
                "format": "TEXT",
                "text": "Our {{what}} is on!",
                "example": {
                    "header_text_named_params": [{"param_name": "what", "example": "Spring Sale"}]
                },
            },
        ),
        (
            DefinedHeader(format="image", media=Media(stored_id="0-0")),
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}},
        ),
        (
            DefinedHeader(format="video", handle="4::own"),
            {"type": "HEADER", "format": "VIDEO", "example": {"header_handle": ["4::own"]}},
        ),
        (
            DefinedHeader(format="gif", handle="4::own"),
            {"type": "HEADER", "format": "GIF", "example": {"header_handle": ["4::own"]}},
        ),
        (
            DefinedHeader(format="document", handle="4::own"),
            {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["4::own"]}},
        ),
        (DefinedHeader(format="location"), {"type": "HEADER", "format": "LOCATION"}),
        (DefinedHeader(format="product"), {"type": "HEADER", "format": "PRODUCT"}),
    ],
    ids=lambda given: given.format if isinstance(given, DefinedHeader) else "",
)
def test_a_header(header: DefinedHeader, expected: dict[str, Any]) -> None:
    assert components(header=header) == [expected]


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        (
            DefinedButton(type="quick_reply", text="Stop"),
            {"type": "QUICK_REPLY", "text": "Stop"},
        ),
        (
            DefinedButton(type="url", text="Shop", url="https://a.example"),
            {"type": "URL", "text": "Shop", "url": "https://a.example"},
        ),
        (
            DefinedButton(
                type="url",
                text="Shop",
                url="https://a.example/{{1}}",
                example="https://a.example/A-17",
            ),
            {
                "type": "URL",
                "text": "Shop",
                "url": "https://a.example/{{1}}",
                "example": ["https://a.example/A-17"],
            },
        ),
        (
            DefinedButton(type="phone_number", text="Call", phone_number="15550051310"),
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550051310"},
        ),
        (
            DefinedButton(type="copy_code", example="250FF"),
            {"type": "COPY_CODE", "example": "250FF"},
        ),
        (
            DefinedButton(type="flow", text="Open", flow="12"),
            {"type": "FLOW", "text": "Open", "flow_id": "12", "flow_action": "navigate"},
        ),
        (
            DefinedButton(type="flow", text="Open", flow="form", flow_by="name", screen="ONE"),
            {
                "type": "FLOW",
                "text": "Open",
                "flow_name": "form",
                "flow_action": "navigate",
                "navigate_screen": "ONE",
            },
        ),
        (DefinedButton(type="catalog", text="See"), {"type": "CATALOG", "text": "See"}),
        (DefinedButton(type="products", text="See"), {"type": "MPM", "text": "See"}),
        (DefinedButton(type="product", text="View"), {"type": "SPM", "text": "View"}),
        (
            DefinedButton(type="voice_call", text="Call", ttl_minutes=100),
            {"type": "VOICE_CALL", "text": "Call", "ttl_minutes": 100},
        ),
        (DefinedButton(type="contact_request"), {"type": "REQUEST_CONTACT_INFO"}),
        (DefinedButton(type="order_details", text="Pay"), {"type": "ORDER_DETAILS", "text": "Pay"}),
    ],
    ids=lambda given: given.type if isinstance(given, DefinedButton) else "",
)
def test_a_button(button: DefinedButton, expected: dict[str, Any]) -> None:
    assert components(buttons=(button,)) == [{"type": "BUTTONS", "buttons": [expected]}]


APP = CodeApp(package_name="com.example.relevo", signature_hash="K8a/AINcGX7")
APPS = [{"package_name": "com.example.relevo", "signature_hash": "K8a/AINcGX7"}]


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        (
            DefinedButton(type="one_time_code", code="copy_code", text="Copiar"),
            {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copiar"},
        ),
        (
            DefinedButton(
                type="one_time_code", code="one_tap", autofill_text="Preencher", apps=(APP,)
            ),
            {
                "type": "OTP",
                "otp_type": "ONE_TAP",
                "autofill_text": "Preencher",
                "supported_apps": APPS,
            },
        ),
        (
            DefinedButton(
                type="one_time_code", code="zero_tap", apps=(APP,), zero_tap_terms_accepted=True
            ),
            {
                "type": "OTP",
                "otp_type": "ZERO_TAP",
                "supported_apps": APPS,
                "zero_tap_terms_accepted": True,
            },
        ),
    ],
    ids=["copy_code", "one_tap", "zero_tap"],
)
def test_a_one_time_code(button: DefinedButton, expected: dict[str, Any]) -> None:
    made = created(
        category="authentication",
        body="",
        security_recommendation=True,
        code_minutes=5,
        buttons=(button,),
    )
    assert made["category"] == "AUTHENTICATION"
    assert made["components"] == [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [expected]},
    ]


def test_a_limited_time_offer_stands_before_the_body() -> None:
    made = created(header=DefinedHeader(format="image", handle="4::own"), offer=OFFER)
    assert [each["type"] for each in made["components"]] == ["HEADER", "LIMITED_TIME_OFFER", "BODY"]
    assert made["components"][1] == {
        "type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": "Expiring offer!", "has_expiration": True},
    }


OFFER = Offer(text="Expiring offer!", expires=True)


def test_a_carousel_has_components_in_each_card() -> None:
    card = DefinedCard(
        header=DefinedHeader(format="image", handle="4::own"),
        body="Pão de {{1}} hoje.",
        examples={"1": "centeio"},
        buttons=(DefinedButton(type="quick_reply", text="Este"),),
    )
    parts = [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::own"]}},
        {"type": "BODY", "text": "Pão de {{1}} hoje.", "example": {"body_text": [["centeio"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Este"}]},
    ]
    cards = [{"components": parts}, {"components": parts}]
    assert components(cards=(card, card)) == [{"type": "CAROUSEL", "cards": cards}]


def test_a_request_to_call_is_a_component_of_its_own() -> None:
    assert components(footer="Relevo", call_permission=True) == [
        {"type": "FOOTER", "text": "Relevo"},
        {"type": "CALL_PERMISSION_REQUEST"},
    ]


def test_a_template_is_read_in_small_letters_as_well() -> None:
    """Meta's pages write the types of one and the same component in both."""
    found = records.record(
        {
            "id": "1",
            "name": "offer",
            "language": "en_US",
            "status": "APPROVED",
            "category": "MARKETING",
            "components": [
                {"type": "header", "format": "image", "example": {"header_handle": ["4::aW"]}},
                {
                    "type": "limited_time_offer",
                    "limited_time_offer": {"text": "Expiring offer!", "has_expiration": True},
                },
                {"type": "body", "text": "Hi {{1}}!", "example": {"body_text": "Pablo"}},
                {"type": "buttons", "buttons": [{"type": "copy_code", "example": "CARIBE25"}]},
            ],
        },
        at=0,
    )
    assert found is not None
    assert found.definition == TemplateDefinition(
        name="offer",
        language="en_US",
        category="marketing",
        header=DefinedHeader(format="image", handle="4::aW"),
        offer=OFFER,
        body="Hi {{1}}!",
        examples={"1": "Pablo"},
        buttons=(DefinedButton(type="copy_code", example="CARIBE25"),),
    )
