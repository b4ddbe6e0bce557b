"""What texts, places, cards, polls and dice become.

Source: Telegram Bot API, "sendMessage", "sendLocation", "sendVenue", "sendContact", "sendPoll",
"sendDice".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from gateway.api import AddressRequest, Contacts, Dice, Location, Poll, Text
from gateway_telegram import cards, formatting
from gateway_telegram.formatting import Body
from gateway_telegram.limits import LONGEST_TEXT
from gateway_telegram.media import Part
from gateway_telegram.words import Words, pieces

Plain: TypeAlias = Text | Location | Contacts | Poll | Dice | AddressRequest


def parts(content: Plain) -> list[Part]:
    """Return the calls of something that shows itself."""
    match content:
        case Text():
            return _texts(Words(content.text, content.spans), preview=content.preview)
        case Location():
            return [_place(content)]
        case Contacts(contacts=several):
            return [Part("sendContact", cards.contact(each)) for each in several]
        case Poll():
            return [_poll(content)]
        case Dice(emoji=emoji):
            return [Part("sendDice", {"emoji": formatting.bare(emoji)})]
        case AddressRequest(text=text):
            return _texts(Words(text))


def downgraded(content: Plain) -> Iterator[str]:
    """Yield what is shown otherwise than it was asked for."""
    match content:
        case Text():
            if lost := formatting.lost(Words(content.text, content.spans)):
                yield f"shown plain: {', '.join(lost)}"
        case Location():
            if content.live_seconds is not None and (content.name or content.address):
                yield "a live place has no name"
            if content.url:
                yield "the place's own address on the web is left out"
        case Contacts(contacts=several):
            if any(cards.is_too_large(cards.vcard(each) or "") for each in several):
                yield "a card was too large: its name and first number only"
        case AddressRequest():
            yield "an address is asked for in words"
        case _:
            return


def _texts(words: Words, *, preview: bool = False) -> list[Part]:
    several = pieces(words, LONGEST_TEXT)
    return [Part("sendMessage", formatting.text(each, preview=preview)) for each in several]


def _place(place: Location) -> Part:
    body: Body = {"latitude": place.latitude, "longitude": place.longitude}
    if place.live_seconds is None and (place.name or place.address):
        title, address = place.name or place.address, place.address or place.name
        return Part("sendVenue", {**body, "title": title, "address": address})
    if place.accuracy_meters is not None:
        body["horizontal_accuracy"] = place.accuracy_meters
    if place.live_seconds is not None:
        body["live_period"] = place.live_seconds
    return Part("sendLocation", body)


def _poll(poll: Poll) -> Part:
    body: Body = {
        "question": poll.question,
        "options": [{"text": each.text} for each in poll.options],
        # Telegram's own default hides who voted for what, and tells us no votes then.
        "is_anonymous": poll.anonymous,
    }
    if poll.multiple:
        body["allows_multiple_answers"] = True
    if poll.closed:
        body["is_closed"] = True
    return Part("sendPoll", body)
