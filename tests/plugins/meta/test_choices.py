"""What buttons, lists, links, cards and products become."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    Button,
    Buttons,
    Card,
    Carousel,
    ContactRequest,
    Link,
    ListMenu,
    Media,
    MediaHeader,
    Product,
    Products,
    ProductSection,
    Row,
    Section,
    TextHeader,
)
from tests.plugins.meta.rendering import (
    BOTH,
    PHOTO,
    Name,
    body,
    paths,
    rendered,
    sent,
)

YES = Button(id="yes", title="Yes")


def buttons(number: int, **other: Any) -> Buttons:
    some = tuple(Button(id=f"b{each}", title=f"Button {each}") for each in range(number))
    return Buttons(**({"text": "Which?", "buttons": some} | other))


def menu(*rows: Row, **other: Any) -> ListMenu:
    return ListMenu(text="Where?", button="Choose", sections=(Section(rows=rows),), **other)


def postback(title: str, payload: str) -> dict[str, str]:
    return {"type": "postback", "title": title, "payload": payload}


def template(kind: str, **payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}


@pytest.mark.parametrize("name", BOTH)
def test_up_to_three_buttons_stand_below_a_short_text(name: Name) -> None:
    content = buttons(2, header=TextHeader(text="Order"), footer="Thanks")
    found = rendered(name, content)
    assert found.downgraded == "header and footer are lines of the text"
    assert sent(name, content) == [
        template(
            "button",
            text="Order\n\nWhich?\n\nThanks",
            buttons=[postback("Button 0", "b0"), postback("Button 1", "b1")],
        )
    ]


@pytest.mark.parametrize("content", [buttons(4), buttons(2, text="x" * 641)])
@pytest.mark.parametrize("name", BOTH)
def test_more_of_them_become_quick_replies(name: Name, content: Buttons) -> None:
    (found,) = sent(name, content)
    assert found["quick_replies"][1] == {
        "content_type": "text",
        "title": "Button 1",
        "payload": "b1",
    }
    told = rendered(name, content).downgraded
    assert told == f"{len(content.buttons)} buttons became quick replies"


@pytest.mark.parametrize("name", BOTH)
def test_quick_replies_stand_below_the_end_of_a_long_text(name: Name) -> None:
    *before, last = sent(name, buttons(5, text="word " * 500))
    assert before
    assert not [each for each in before if "quick_replies" in each]
    assert len(last["quick_replies"]) == 5


@pytest.mark.parametrize("name", BOTH)
def test_a_picture_above_goes_before(name: Name) -> None:
    header = MediaHeader(format="image", media=Media(stored_id="file-1"))
    first, second = rendered(name, buttons(1, header=header)).calls
    assert first.files == {"filedata": "file-1"}
    assert body(first)["message"] == {"attachment": {"type": "image", "payload": {}}}
    assert body(second)["message"]["attachment"]["payload"]["text"] == "Which?"


@pytest.mark.parametrize("name", BOTH)
def test_a_short_list_becomes_quick_replies(name: Name) -> None:
    found = rendered(name, menu(*(Row(id=f"r{each}", title=f"Row {each}") for each in range(13))))
    assert found.downgraded == "a list became quick replies"
    assert len(body(found.calls[0])["message"]["quick_replies"]) == 13


@pytest.mark.parametrize("name", BOTH)
def test_a_list_with_more_words_becomes_cards(name: Name) -> None:
    content = menu(Row(id="lis", title="Lisbon", description="2 h"), Row(id="opo", title="Porto"))
    assert sent(name, content) == [
        {"text": "Where?"},
        template(
            "generic",
            elements=[
                {"title": "Lisbon", "subtitle": "2 h", "buttons": [postback("Choose", "lis")]},
                {"title": "Porto", "buttons": [postback("Choose", "opo")]},
            ],
        ),
    ]
    many = menu(*(Row(id=f"{each}", title="x" * 21) for each in range(11)))
    assert paths(name, many) == ["$.content.sections[0].rows"]


@pytest.mark.parametrize("name", BOTH)
def test_a_link_is_a_button(name: Name) -> None:
    content = Link(text="Look", title="Open", url="https://shop.example")
    button = {"type": "web_url", "title": "Open", "url": "https://shop.example"}
    assert sent(name, content) == [template("button", text="Look", buttons=[button])]
    assert paths(name, Link(text="a", title="b", url="shop")) == ["$.content.url"]


@pytest.mark.parametrize("name", BOTH)
def test_a_long_text_stands_before_a_link(name: Name) -> None:
    content = Link(text="word " * 300, title="Open", url="https://shop.example")
    *before, last = sent(name, content)
    assert before
    assert "attachment" in last
    assert (
        rendered(name, content).downgraded == f"a long text is sent as {len(before) + 1} messages"
    )


@pytest.mark.parametrize("name", BOTH)
def test_a_carousel_is_cards_side_by_side(name: Name) -> None:
    cards = (
        Card(title="One", text="First", media=PHOTO, link="https://a.example", buttons=(YES,)),
        Card(text="Two", link="https://b.example", link_title="Open"),
    )
    assert sent(name, Carousel(text="New", cards=cards)) == [
        {"text": "New"},
        template(
            "generic",
            elements=[
                {
                    "title": "One",
                    "subtitle": "First",
                    "image_url": PHOTO.url,
                    "default_action": {"type": "web_url", "url": "https://a.example"},
                    "buttons": [postback("Yes", "yes")],
                },
                {
                    "title": "Two",
                    "buttons": [{"type": "web_url", "title": "Open", "url": "https://b.example"}],
                },
            ],
        ),
    ]


@pytest.mark.parametrize(
    ("card", "path"),
    [
        (Card(buttons=(YES,)), ".title"),
        (Card(title="One"), ""),
        (Card(title="One", media=Media(platform_id="1")), ".media.url"),
        (Card(title="One", media=PHOTO, media_format="video"), ".media_format"),
        (Card(title="One", text="a", link="shop"), ".link"),
        (Card(title="One", text="a", link_title="Open"), ".link"),
        (
            Card(title="One", link="https://a.b", link_title="Open", buttons=(YES,) * 3),
            ".buttons",
        ),
    ],
)
@pytest.mark.parametrize("name", BOTH)
def test_a_card_that_cannot_be_shown_is_refused(name: Name, card: Card, path: str) -> None:
    assert paths(name, Carousel(cards=(card,))) == [f"$.content.cards[0]{path}"]


@pytest.mark.parametrize("name", BOTH)
def test_products_are_shown_from_the_catalogue(name: Name) -> None:
    one = Product(catalog_id="7", product_id="11", text="New")
    assert sent(name, one) == [{"text": "New"}, template("product", elements=[{"id": "11"}])]
    some = Products(
        catalog_id="7",
        header="New",
        text="Look",
        sections=(ProductSection(title="A", product_ids=("11", "12")),),
    )
    assert sent(name, some)[1] == template("product", elements=[{"id": "11"}, {"id": "12"}])
    cards = tuple(Card(catalog_id="7", product_id=each) for each in ("11", "12"))
    assert sent(name, Carousel(cards=cards)) == [
        template("product", elements=[{"id": "11"}, {"id": "12"}])
    ]
    mixed = Carousel(cards=(cards[0], Card(title="One", text="a")))
    assert paths(name, mixed) == ["$.content.cards[1].product_id"]


def test_products_need_the_page_of_an_instagram_account() -> None:
    alone = {"settings": {"login": "instagram"}}
    assert paths("instagram", Product(catalog_id="7", product_id="1"), **alone) == [
        "$.content.kind"
    ]
    cards = Carousel(cards=(Card(product_id="1"),))
    assert paths("instagram", cards, **alone) == ["$.content.cards"]


def test_messenger_asks_for_a_number_with_a_quick_reply() -> None:
    assert sent("messenger", ContactRequest(text="Your number?")) == [
        {"text": "Your number?", "quick_replies": [{"content_type": "user_phone_number"}]}
    ]


@pytest.mark.parametrize("media_format", ["image", "video"])
def test_a_card_of_nothing_but_a_file_and_buttons_is_a_media_template(media_format: str) -> None:
    card = Card(
        media=Media(platform_id="321"),
        media_format=media_format,  # type: ignore[arg-type]  # one of the two
        buttons=(YES,),
        link="https://shop.example/1",
        link_title="Open",
    )
    assert sent("messenger", Carousel(cards=(card,))) == [
        template(
            "media",
            elements=[
                {
                    "media_type": media_format,
                    "attachment_id": "321",
                    "buttons": [
                        {"type": "web_url", "title": "Open", "url": "https://shop.example/1"},
                        postback("Yes", "yes"),
                    ],
                }
            ],
        )
    ]


def test_a_media_template_shows_files_of_the_platform_only() -> None:
    elsewhere = Card(media=Media(url="https://shop.example/a.jpg"), buttons=(YES,))
    assert paths("messenger", Carousel(cards=(elsewhere,))) == ["$.content.cards[0].media.url"]
    there = Card(media=Media(url="https://www.facebook.com/shop/photos/1"), buttons=(YES,))
    (message,) = sent("messenger", Carousel(cards=(there,)))
    (element,) = message["attachment"]["payload"]["elements"]
    assert element["url"] == "https://www.facebook.com/shop/photos/1"


def test_instagram_has_no_media_templates() -> None:
    card = Card(media=Media(platform_id="321"), buttons=(YES,))
    assert "$.content.cards[0].title" in paths("instagram", Carousel(cards=(card,)))
