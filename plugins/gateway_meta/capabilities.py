"""What both of Meta's chats carry, and how much of it: made into a table for each of them.

Source: Meta for Developers, Messenger Platform, "Send API reference", "Quick replies", a page per
template; Instagram Platform, "Messaging API". Characters are taken for Unicode code points.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from gateway.api import Capability, Limit, Rate, RateLimit
from gateway_meta.menus import LONGEST_REPLY, MOST_CARDS, MOST_REPLIES
from gateway_meta.recipients import POSTED
from gateway_meta.rendering import TEMPLATE_BUTTONS, TEMPLATE_TEXT
from gateway_meta.sendable import Files
from gateway_meta.splitting import Measure

Table: TypeAlias = dict[str, Capability]

TEXTS: Final = 10
"""Into so many messages a long text is taken apart; a longer one is no chat message."""
WHOLE: Final = TEXTS + 2
"""A header and a footer may add one each."""
_PAYLOAD: Final = 1000
_TITLE: Final = 20
_CARD: Final = 80

_NAMED: Final = (
    "A file is named by `media.stored_id` (in our media store; uploaded once), `media.platform_id` "
    "(uploaded before) or `media.url` (http or https)."
)


RATES: Final = (
    RateLimit(scope="account", rate=Rate(messages=285, burst=15)),
    RateLimit(
        scope="account",
        rate=Rate(messages=8, burst=2),
        kinds=frozenset({"audio", "video"}),
    ),
    RateLimit(
        scope="account",
        rate=Rate(messages=600, seconds=3600, burst=150),
        recipients=POSTED,
    ),
)
"""How fast both take messages. Source: "Rate limiting".

Rate and burst together are what Meta takes: 300 in a second, 10 of sound and film, 750 in an hour.
So no second and no hour has more.
"""


def limit(
    field: str,
    most: int | None = None,
    *,
    least: int = 1,
    unit: Literal["characters", "bytes", "items"] = "characters",
) -> Limit:
    """Return a limit of something that must not be empty, unless ``least`` says so."""
    return Limit(field=field, most=most, least=least, unit=unit)


def items(field: str, most: int | None = None, *, least: int = 1) -> Limit:
    """Return how many items there may be."""
    return Limit(field=field, most=most, least=least, unit="items")


def table(text: Measure, files: Files) -> Table:
    """Return what a channel carries.

    Args:
        text: How long one text may be.
        files: What files it takes.
    """
    words = Limit(field="text", most=text.most * TEXTS, least=1, unit=text.unit)
    return {
        "text": Capability(
            limits=(words,),
            rules=(
                (
                    f"More than {text.most} {text.unit} are sent as several messages, cut at a line's "
                    "or a word's end and never inside a character; refused instead when the "
                    'account\'s `long_text` is "reject".'
                ),
                "`spans` are shown plain; a link is written behind its words.",
            ),
        ),
        **_files(text, files),
        **_plain(),
        **_choices(words),
        **_shop(words),
        "reaction": Capability(
            limits=(limit("to"),), rules=("Without `emoji` the reaction is taken away.",)
        ),
        "typing": Capability(rules=("Shown for some 20 seconds, or until a message goes.",)),
        "read": Capability(rules=("Marks everything of the contact's as seen, not `to` alone.",)),
        "raw": Capability(
            rules=(
                (
                    "The body of `/messages`, sent as it is, `recipient` and all; with `edge` that of "
                    "`pass_`, `take_`, `release_`, `request_` or `extend_thread_control`."
                ),
            )
        ),
    }


def _files(text: Measure, files: Files) -> Table:
    caption = Limit(field="caption", most=text.most * TEXTS, unit=text.unit)
    follows = "A caption follows as a text of its own: there are none below files."
    more = {"video": ("An animation or a round video is sent as a plain one.",)}
    found = {
        kind: Capability(
            limits=(caption,), rules=(_NAMED, files.rule(kind), follows, *more.get(kind, ()))
        )
        for kind in ("image", "video", "audio", "document")
    }
    sticker = Capability(becomes="a picture", rules=(_NAMED, files.rule("sticker")))
    return {**found, "sticker": sticker}


def _plain() -> Table:
    whole = f"All of it together becomes {WHOLE} messages at most."
    return {
        "location": Capability(becomes="a text with a link to the map", rules=(whole,)),
        "contacts": Capability(
            limits=(items("contacts"),),
            becomes="a text with names, numbers and addresses",
            rules=("A card needs a name.", whole),
        ),
        "poll": Capability(
            limits=(limit("question"), items("options"), limit("options[].text")),
            becomes="a text with numbered options",
            rules=(whole,),
        ),
    }


def _around(words: Limit, header: str) -> tuple[Limit, Limit]:
    """Return the limits of a line above and a line below a text: one message each."""
    most = (words.most or 0) // TEXTS
    return tuple(  # type: ignore[return-value]
        Limit(field=field, most=most, least=1, unit=words.unit) for field in (header, "footer")
    )


def _choices(words: Limit) -> Table:
    lines = "Header and footer are lines of the text; a file in the header goes before it."
    return {
        "buttons": Capability(
            limits=(
                words,
                *_around(words, "header.text"),
                items("buttons", MOST_REPLIES),
                limit("buttons[].title", _TITLE),
                limit("buttons[].id", _PAYLOAD),
            ),
            rules=(
                (
                    f"Up to {TEMPLATE_BUTTONS} stand below a text of up to {TEMPLATE_TEXT} characters "
                    "for good; taps come back with source `postback`."
                ),
                (
                    "More of them, or a longer text, become quick replies, which go away with the next "
                    "message; taps come back with source `quick_reply`."
                ),
                lines,
            ),
        ),
        "list": Capability(
            limits=(
                words,
                *_around(words, "header"),
                limit("button", _TITLE),
                items("sections"),
                items("sections[].rows"),
                Limit(
                    field="sections[].rows", most=MOST_REPLIES, least=1, unit="items", together=True
                ),
                limit("sections[].rows[].id", _PAYLOAD),
                limit("sections[].rows[].title", _CARD),
                limit("sections[].rows[].description", _CARD),
            ),
            becomes="quick replies, or a card for each row",
            rules=(
                (
                    f"Quick replies when no row has a description or a title over {LONGEST_REPLY} "
                    f"characters; else cards with `button` below each, {MOST_CARDS} rows at most."
                ),
                "Titles of sections are left out.",
                lines,
            ),
        ),
        "link": Capability(
            limits=(words, *_around(words, "header.text"), limit("title", _TITLE), limit("url")),
            rules=(
                "The address begins with http:// or https://.",
                (
                    f"The last {TEMPLATE_TEXT} characters at most stand above the button; what is "
                    "before them goes as a text of its own."
                ),
                lines,
            ),
        ),
        "carousel": Capability(
            limits=(
                words,
                items("cards", MOST_CARDS),
                limit("cards[].title", _CARD),
                limit("cards[].text", _CARD),
                limit("cards[].link_title", _TITLE),
                Limit(field="cards[].buttons", most=TEMPLATE_BUTTONS, unit="items"),
                limit("cards[].buttons[].title", _TITLE),
                limit("cards[].buttons[].id", _PAYLOAD),
            ),
            rules=(
                "The text goes before the cards.",
                (
                    "A card has a title (or a text in its place) and beside it a text, a picture or a "
                    f"button; with `link_title` its link is one of {TEMPLATE_BUTTONS} buttons, without "
                    "one it opens at a tap on the card."
                ),
                "Pictures are named by `media.url`; there are no films.",
                "Products go with products only.",
            ),
        ),
    }


def _shop(words: Limit) -> Table:
    ids = "Ids are the platform's own of products, which are not the shop's numbers."
    return {
        "product": Capability(
            limits=(words, limit("product_id")),
            rules=("The text goes before the product.", ids),
        ),
        "products": Capability(
            limits=(
                words,
                items("sections"),
                items("sections[].product_ids"),
                Limit(
                    field="sections[].product_ids",
                    most=MOST_CARDS,
                    least=1,
                    unit="items",
                    together=True,
                ),
            ),
            rules=("The text goes before the products; titles of sections are left out.", ids),
        ),
    }
