"""What templates become, and which parameters are refused or cleaned."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    CurrencyParameter,
    DateParameter,
    LocationParameter,
    Media,
    MediaParameter,
    Parameter,
    ProductParameter,
    ProductSection,
    TapTarget,
    Template,
    TemplateButton,
    TemplateCard,
    TextParameter,
)
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.rendering import message, rendered, sent


def template(**fields: Any) -> Template:
    return Template(name="order_1", language="es_ES", **fields)


def components(**fields: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sent(template(**fields))["template"]["components"]
    return found


def paths(content: Template) -> list[str]:
    channel = WhatsAppChannel(WhatsAppChannel.example())
    return [each.path for each in channel.check(message(content))]


def words(text: str, name: str | None = None) -> TextParameter:
    return TextParameter(text=text, name=name)


def button(index: int = 0, **fields: Any) -> TemplateButton:
    return TemplateButton(index=index, **fields)


def test_a_template_without_variables_has_no_components() -> None:
    assert sent(template()) == {
        "type": "template",
        "template": {"name": "order_1", "language": {"code": "es_ES"}},
    }


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (words("A-17"), {"type": "text", "text": "A-17"}),
        (words("A-17", "order"), {"type": "text", "parameter_name": "order", "text": "A-17"}),
        (
            CurrencyParameter(code="EUR", amount_1000=9500, fallback="9,50 €"),
            {
                "type": "currency",
                "currency": {"fallback_value": "9,50 €", "code": "EUR", "amount_1000": 9500},
            },
        ),
        (
            DateParameter(fallback="22 de noviembre"),
            {"type": "date_time", "date_time": {"fallback_value": "22 de noviembre"}},
        ),
    ],
)
def test_a_variable_is_filled(parameter: Parameter, expected: dict[str, Any]) -> None:
    assert components(body=(parameter,)) == [{"type": "body", "parameters": [expected]}]


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (words("News"), {"type": "text", "text": "News"}),
        (
            MediaParameter(format="document", media=Media(platform_id="1", filename="a.pdf")),
            {"type": "document", "document": {"id": "1", "filename": "a.pdf"}},
        ),
        (
            MediaParameter(format="image", media=Media(url="https://a.example/1")),
            {"type": "image", "image": {"link": "https://a.example/1"}},
        ),
        (
            MediaParameter(format="gif", media=Media(platform_id="1")),
            {"type": "gif", "gif": {"id": "1"}},
        ),
        (
            LocationParameter(latitude=38.7, longitude=-9.1, name="Here"),
            {
                "type": "location",
                "location": {"latitude": "38.7", "longitude": "-9.1", "name": "Here"},
            },
        ),
        (
            ProductParameter(catalog_id="7", product_id="sku"),
            {"type": "product", "product": {"product_retailer_id": "sku", "catalog_id": "7"}},
        ),
    ],
)
def test_a_header_is_filled(parameter: Parameter, expected: dict[str, Any]) -> None:
    assert components(header=parameter) == [{"type": "header", "parameters": [expected]}]


SECTIONS = (ProductSection(title="New", product_ids=("sku",)),)


@pytest.mark.parametrize(
    ("given", "sub_type", "parameters"),
    [
        (
            {"type": "quick_reply", "payload": "stop"},
            "quick_reply",
            [{"type": "payload", "payload": "stop"}],
        ),
        ({"type": "url", "text": "A-17"}, "url", [{"type": "text", "text": "A-17"}]),
        (
            {"type": "copy_code", "text": "SALE20"},
            "copy_code",
            [{"type": "coupon_code", "coupon_code": "SALE20"}],
        ),
        ({"type": "flow"}, "flow", [{"type": "action", "action": {"flow_token": "unused"}}]),
        (
            {"type": "flow", "token": "t1", "data": {"day": 1}},
            "flow",
            [{"type": "action", "action": {"flow_token": "t1", "flow_action_data": {"day": 1}}}],
        ),
        ({"type": "catalog"}, "catalog", None),
        (
            {"type": "catalog", "product_id": "sku"},
            "catalog",
            [{"type": "action", "action": {"thumbnail_product_retailer_id": "sku"}}],
        ),
        (
            {"type": "products", "product_id": "sku", "sections": SECTIONS},
            "mpm",
            [
                {
                    "type": "action",
                    "action": {
                        "thumbnail_product_retailer_id": "sku",
                        "sections": [
                            {"title": "New", "product_items": [{"product_retailer_id": "sku"}]}
                        ],
                    },
                }
            ],
        ),
        ({"type": "voice_call"}, "voice_call", None),
        (
            {"type": "voice_call", "ttl_minutes": 60, "payload": "sales"},
            "voice_call",
            [{"type": "ttl_minutes", "ttl_minutes": 60}, {"type": "payload", "payload": "sales"}],
        ),
    ],
)
def test_a_button_is_filled(
    given: dict[str, Any], sub_type: str, parameters: list[Any] | None
) -> None:
    (found,) = components(buttons=(button(3, **given),))
    more = {"parameters": parameters} if parameters else {}
    assert found == {"type": "button", "sub_type": sub_type, "index": "3", **more}


def test_components_stand_in_the_documented_order() -> None:
    card = TemplateCard(
        header=MediaParameter(format="image", media=Media(platform_id="1")),
        body=(words("One"),),
        buttons=(button(type="url", text="1"),),
    )
    found = components(
        header=words("News"),
        body=(words("Ana"),),
        buttons=(button(type="url", text="1"),),
        offer_expires_at=1_795_000_000_000,
        tap_target=TapTarget(url="https://a.example", title="Shop"),
        cards=(card, card),
    )
    assert [each["type"] for each in found] == [
        *("header", "body", "button", "limited_time_offer", "tap_target_configuration", "carousel")
    ]
    assert found[3]["parameters"][0]["limited_time_offer"] == {
        "expiration_time_ms": 1_795_000_000_000
    }
    assert [each["card_index"] for each in found[5]["cards"]] == [0, 1]
    assert [each["type"] for each in found[5]["cards"][0]["components"]] == [
        *("header", "body", "button")
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo", "one two"),
        ("one\r\n\r\ntwo", "one two"),
        ("one \n two", "one two"),
        ("one\ttwo", "one two"),
        ("one\u2028two", "one two"),
        ("one     two", "one two"),
        ("one\n      two", "one two"),
    ],
)
def test_white_space_that_the_platform_refuses_becomes_one_space(text: str, shown: str) -> None:
    for parameter in (
        words(text),
        CurrencyParameter(code="EUR", amount_1000=1, fallback=text),
        DateParameter(fallback=text),
    ):
        found = rendered(template(body=(parameter,)))
        assert found.downgraded == "white space in parameters was cleaned"
        assert f'"{shown}"' in str(found.calls[0].body).replace("'", '"')


@pytest.mark.parametrize("text", ["one two", "one    two", " one "])
def test_other_spaces_stay(text: str) -> None:
    found = rendered(template(header=words("News"), body=(words(text),)))
    assert found.downgraded is None
    assert repr(text) in str(found.calls[0].body)


def test_parameters_of_cards_are_cleaned_as_well() -> None:
    card = TemplateCard(body=(words("a\nb"),))
    assert rendered(template(cards=(card, card))).downgraded


URL = {"type": "url", "text": "1"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"body": (words(" "),)}, ["$.content.body[0].text"]),
        ({"header": words("x" * 61)}, ["$.content.header.text"]),
        ({"body": (words("a", "one"), words("b"))}, ["$.content.body[1].name"]),
        ({"body": (words("a", "one"), words("b", "one"))}, ["$.content.body[1].name"]),
        ({"body": (words("a", "One"),)}, ["$.content.body[0].name"]),
        ({"body": (DateParameter(fallback=" "),)}, ["$.content.body[0].fallback"]),
        ({"body": (LocationParameter(latitude=1, longitude=1),)}, ["$.content.body[0]"]),
        (
            {"header": LocationParameter(latitude=91, longitude=-181)},
            ["$.content.header.latitude", "$.content.header.longitude"],
        ),
        (
            {"buttons": (button(type="voice_call", payload="x" * 513),)},
            ["$.content.buttons[0].payload"],
        ),
        ({"buttons": (button(type="voice_call", payload="x" * 512),)}, []),
        (
            {"header": MediaParameter(format="image", media=Media())},
            ["$.content.header.media"],
        ),
        (
            {"header": ProductParameter(catalog_id="", product_id="")},
            ["$.content.header.catalog_id", "$.content.header.product_id"],
        ),
        ({"buttons": (button(type="quick_reply"),)}, ["$.content.buttons[0].payload"]),
        ({"buttons": (button(type="url"),)}, ["$.content.buttons[0].text"]),
        ({"buttons": (button(type="copy_code", text="x" * 21),)}, ["$.content.buttons[0].text"]),
        ({"buttons": (button(type="copy_code", text="x" * 20),)}, []),
        (
            {"buttons": (button(type="products"),)},
            ["$.content.buttons[0].product_id", "$.content.buttons[0].sections"],
        ),
        ({"buttons": (button(10, **URL),)}, ["$.content.buttons[0].index"]),
        ({"buttons": (button(9, **URL), button(9, **URL))}, ["$.content.buttons[1].index"]),
        (
            {"buttons": (button(type="voice_call", ttl_minutes=43_201),)},
            ["$.content.buttons[0].ttl_minutes"],
        ),
        ({"cards": (TemplateCard(),)}, ["$.content.cards"]),
        (
            {"cards": (TemplateCard(), TemplateCard(body=(words(""),)))},
            ["$.content.cards[1].body[0].text"],
        ),
        ({"offer_expires_at": 0}, ["$.content.offer_expires_at"]),
        (
            {"tap_target": TapTarget(url="a.example", title="Shop")},
            ["$.content.tap_target.url"],
        ),
    ],
)
def test_a_parameter_that_cannot_be_sent_is_named(
    fields: dict[str, Any], expected: list[str]
) -> None:
    assert paths(template(**fields)) == expected


@pytest.mark.parametrize("name", ["Order", "order-1", "órden"])
def test_a_name_has_small_letters_digits_and_underscores(name: str) -> None:
    assert paths(Template(name=name, language="es")) == ["$.content.name"]
