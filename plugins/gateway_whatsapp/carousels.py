"""What a carousel becomes, where the platform can show its cards."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.api import Card, Carousel
from gateway_whatsapp.bodies import Body, named
from gateway_whatsapp.interactive import body_of, choice, opening
from gateway_whatsapp.limits import LONGEST_BODY_OF_CARD, MOST_LINES_OF_CARD


def fits(content: Carousel) -> bool:
    """Whether the platform can show a carousel as cards."""
    if not (content.text and 2 <= len(content.cards) <= 10):
        return False
    return _all_products(content.cards) or _all_pictures(content.cards)


def _all_products(cards: Sequence[Card]) -> bool:
    bare = all(
        each.product_id and not (each.media or each.buttons or each.link or card_text(each))
        for each in cards
    )
    return bare and len({each.catalog_id for each in cards}) == 1 and bool(cards[0].catalog_id)


def _all_pictures(cards: Sequence[Card]) -> bool:
    return (
        all(each.media and not each.product_id and _fits_card(each) for each in cards)
        and len({each.media_format for each in cards}) == 1
        and len({(bool(each.link), len(each.buttons)) for each in cards}) == 1
    )


def _fits_card(card: Card) -> bool:
    words = card_text(card)
    linked = bool(card.link and card.link_title)
    return (
        len(words) <= LONGEST_BODY_OF_CARD
        and len(words.splitlines()) <= MOST_LINES_OF_CARD
        and ((linked and not card.buttons) or (bool(card.buttons) and not card.link))
    )


def card_text(card: Card) -> str:
    """Return title and text of a card, which the platform shows as one."""
    return "\n".join(each for each in (card.title, card.text) if each)


def carousel(content: Carousel) -> Body:
    """Return the body of a carousel that fits; see ``fits``."""
    cards = [_card(number, each) for number, each in enumerate(content.cards)]
    return body_of("carousel", {"cards": cards}, content.text)


def _card(number: int, card: Card) -> Body:
    if card.product_id or card.media is None:
        action = {"product_retailer_id": card.product_id, "catalog_id": card.catalog_id}
        return {"card_index": number, "type": "product", "action": action}
    words = card_text(card)
    replies = [{"type": "quick_reply", "quick_reply": choice(each)} for each in card.buttons]
    return {
        "card_index": number,
        "type": "cta_url",  # also where the card has reply buttons
        "header": {"type": card.media_format, card.media_format: named(card.media)},
        **({"body": {"text": words}} if words else {}),
        "action": {"buttons": replies} if replies else opening(card.link_title, card.link),
    }
