"""What buttons, lists, links, Flows, products and requests become, as Meta's pages show it."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    AddressRequest,
    Button,
    Card,
    Carousel,
    Catalog,
    ContactRequest,
    Flow,
    Link,
    ListMenu,
    LocationRequest,
    Media,
    MediaHeader,
    OutboundContent,
    Product,
    Products,
    ProductSection,
    Row,
    Section,
    TextHeader,
)
from tests.plugins.whatsapp.rendering import PHOTO, buttons, sent


def carousel(*cards: Card) -> Any:
    """The cards of a carousel as they are sent."""
    found = sent(Carousel(text="Ours", cards=cards))["interactive"]
    assert found == {"type": "carousel", "body": {"text": "Ours"}, "action": found["action"]}
    return found["action"]["cards"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            buttons(1, header=TextHeader(text="Order"), footer="Relevo"),
            {
                "type": "button",
                "header": {"type": "text", "text": "Order"},
                "body": {"text": "Which?"},
                "footer": {"text": "Relevo"},
                "action": {
                    "buttons": [{"type": "reply", "reply": {"id": "b0", "title": "Button 0"}}]
                },
            },
        ),
        (
            Link(text="Look", title="Open", url="https://a.example"),
            {
                "type": "cta_url",
                "body": {"text": "Look"},
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Open", "url": "https://a.example"},
                },
            },
        ),
        (
            Flow(
                text="Book", title="Go", flow="book", by="name", action="data_exchange", draft=True
            ),
            {
                "type": "flow",
                "body": {"text": "Book"},
                "action": {
                    "name": "flow",
                    "parameters": {
                        "flow_message_version": "3",
                        "flow_name": "book",
                        "flow_cta": "Go",
                        "flow_token": "unused",
                        "flow_action": "data_exchange",
                        "mode": "draft",
                    },
                },
            },
        ),
        (
            Product(catalog_id="7", product_id="sku"),
            {"type": "product", "action": {"catalog_id": "7", "product_retailer_id": "sku"}},
        ),
        (
            Catalog(text="All"),
            {
                "type": "catalog_message",
                "body": {"text": "All"},
                "action": {"name": "catalog_message"},
            },
        ),
        (
            Catalog(text="All", thumbnail_product_id="sku", footer="Relevo"),
            {
                "type": "catalog_message",
                "body": {"text": "All"},
                "footer": {"text": "Relevo"},
                "action": {
                    "name": "catalog_message",
                    "parameters": {"thumbnail_product_retailer_id": "sku"},
                },
            },
        ),
        (
            Products(
                catalog_id="7",
                header="Bread",
                text="Ours",
                sections=(ProductSection(title="Dark", product_ids=("rye", "spelt")),),
            ),
            {
                "type": "product_list",
                "header": {"type": "text", "text": "Bread"},
                "body": {"text": "Ours"},
                "action": {
                    "catalog_id": "7",
                    "sections": [
                        {
                            "title": "Dark",
                            "product_items": [
                                {"product_retailer_id": "rye"},
                                {"product_retailer_id": "spelt"},
                            ],
                        }
                    ],
                },
            },
        ),
        (
            LocationRequest(text="Where?"),
            {
                "type": "location_request_message",
                "body": {"text": "Where?"},
                "action": {"name": "send_location"},
            },
        ),
        (
            ContactRequest(text="Your number?"),
            {
                "type": "request_contact_info",
                "body": {"text": "Your number?"},
                "action": {"name": "request_contact_info"},
            },
        ),
        (
            AddressRequest(
                text="Where?",
                country="IN",
                values={"city": "Pune"},
                errors={"in_pin_code": "unknown"},
                saved={"home": {"city": "Pune"}},
            ),
            {
                "type": "address_message",
                "body": {"text": "Where?"},
                "action": {
                    "name": "address_message",
                    "parameters": {
                        "country": "IN",
                        "values": {"city": "Pune"},
                        "saved_addresses": [{"id": "home", "value": {"city": "Pune"}}],
                        "validation_errors": {"in_pin_code": "unknown"},
                    },
                },
            },
        ),
    ],
)
def test_interactive_kinds_have_their_action(
    content: OutboundContent, expected: dict[str, Any]
) -> None:
    assert sent(content) == {"type": "interactive", "interactive": expected}


def test_a_carousel_of_links() -> None:
    card = Card(title="Rye", text="Dark", media=PHOTO, link="https://a.example", link_title="Buy")
    expected = {
        "type": "cta_url",
        "header": {"type": "image", "image": {"link": PHOTO.url}},
        "body": {"text": "Rye\nDark"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Buy", "url": "https://a.example"},
        },
    }
    assert carousel(card, card) == [{"card_index": 0, **expected}, {"card_index": 1, **expected}]


def test_a_carousel_of_quick_replies() -> None:
    film = Media(platform_id="9001")
    cards = [
        Card(media=film, media_format="video", buttons=(Button(id=each, title="This"),))
        for each in ("rye", "spelt")
    ]
    assert carousel(*cards) == [
        {
            "card_index": number,
            "type": "cta_url",
            "header": {"type": "video", "video": {"id": "9001"}},
            "action": {
                "buttons": [{"type": "quick_reply", "quick_reply": {"id": each, "title": "This"}}]
            },
        }
        for number, each in enumerate(("rye", "spelt"))
    ]


def test_a_carousel_of_products() -> None:
    cards = [Card(catalog_id="7", product_id=each) for each in ("rye", "spelt")]
    assert carousel(*cards) == [
        {
            "card_index": number,
            "type": "product",
            "action": {"product_retailer_id": each, "catalog_id": "7"},
        }
        for number, each in enumerate(("rye", "spelt"))
    ]


@pytest.mark.parametrize("form", ["image", "video", "document"])
def test_a_header_may_be_a_file(form: Any) -> None:
    header = MediaHeader(format=form, media=Media(platform_id="1", filename="a.pdf"))
    found = sent(buttons(1, header=header))["interactive"]["header"]
    name = {"filename": "a.pdf"} if form == "document" else {}
    assert found == {"type": form, form: {"id": "1", **name}}


def test_a_list_has_its_sections() -> None:
    rows = (Row(id="1", title="Lisbon", description="2 h"), Row(id="2", title="Porto"))
    menu = ListMenu(text="Where?", button="Choose", sections=(Section(rows=rows, title="Europe"),))
    assert sent(menu)["interactive"]["action"] == {
        "button": "Choose",
        "sections": [
            {
                "title": "Europe",
                "rows": [
                    {"id": "1", "title": "Lisbon", "description": "2 h"},
                    {"id": "2", "title": "Porto"},
                ],
            }
        ],
    }
