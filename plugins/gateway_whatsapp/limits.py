"""What WhatsApp carries and how much of it: one table, checked before sending.

Source: Meta for Developers, WhatsApp Business Platform, "Messages" (a page per type), "Media",
"Template components". Meta counts characters without saying which; they are taken for Unicode
code points.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway.api import Capabilities, Capability, Limit

NATIVE_BUTTONS: Final = 3
"""More become a list."""
LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
LONGEST_REFERENCE: Final = 512
LONGEST_BODY_OF_CARD: Final = 160
MOST_LINES_OF_CARD: Final = 3
MOVING: Final = "moving sticker"
"""What a sticker is carried as that moves: it may be larger."""

PARAMETER_RULE: Final = (
    "Line breaks, tabs and more than four spaces in a row become one space in parameters, which "
    "the platform would refuse; the answer says so."
)


def _text(field: str = "text", most: int | None = 1024, *, required: bool = False) -> Limit:
    return Limit(field=field, least=1, most=most, required=required)


def _items(field: str, most: int, least: int = 1) -> Limit:
    return Limit(field=field, least=least, most=most, unit="items")


_CAPTION: Final = Limit(field="caption", most=LONGEST_CAPTION)
_HEADER: Final = _text("header.text", 60)
_FOOTER: Final = _text("footer", 60)
_FILE: Final = (
    "A file is named by `media.stored_id` (in our media store; uploaded once), "
    "`media.platform_id` (uploaded before) or `media.url` (http or https)."
)


def _file(kind: str, *, caption: bool, more: tuple[str, ...] = ()) -> Capability:
    types = f"of type {', '.join(sorted(MIME_TYPES[kind]))}, " if kind in MIME_TYPES else ""
    size = f"A file is {types}of {SIZES_KB[kind]} KB at most, as far as that was told."
    return Capability(
        limits=(_CAPTION,) if caption else (),
        rules=(_FILE, size, *more),
        groups=True,
    )


MIME_TYPES: Final = MappingProxyType(
    {
        "image": frozenset({"image/jpeg", "image/png"}),
        "video": frozenset({"video/mp4", "video/3gpp"}),
        "gif": frozenset({"video/mp4"}),
        "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
        "sticker": frozenset({"image/webp"}),
        MOVING: frozenset({"image/webp"}),
    }
)
"""What the platform takes; as a document it takes nearly anything."""

SIZES_KB: Final = MappingProxyType(
    {
        "image": 5 * 1024,
        "video": 16 * 1024,
        "gif": 16 * 1024,
        "audio": 16 * 1024,
        "document": 100 * 1024,
        "sticker": 100,
        MOVING: 500,
    }
)
"""Source: "Media", "Supported media types"."""

CAPABILITIES: Final[Capabilities] = MappingProxyType(
    {
        "text": Capability(
            limits=(_text(most=LONGEST_TEXT),),
            rules=(
                (
                    "`spans` become WhatsApp's own marks: `*bold*`, `_italic_`, `~struck~`, code. A "
                    "link is written behind its words. What has no mark is shown plain."
                ),
            ),
            groups=True,
        ),
        "image": _file("image", caption=True),
        "video": _file(
            "video", caption=True, more=("An animation or a round video is sent as a plain one.",)
        ),
        "audio": _file(
            "audio",
            caption=False,
            more=(
                "A caption follows as a text of its own: WhatsApp shows none below sound.",
                "`voice` needs audio/ogg (opus); above 512 KB it is shown as a file.",
            ),
        ),
        "document": _file("document", caption=True),
        "sticker": _file(
            "sticker",
            caption=False,
            more=(f"One that moves (`animated`) has {SIZES_KB[MOVING]} KB at most.",),
        ),
        "location": Capability(
            rules=(
                "A live place is sent as a fixed one.",
                "`url` and `accuracy_meters` are left out.",
            ),
        ),
        "contacts": Capability(
            limits=(_items("contacts", 257), _text("contacts[].phones[].number", None)),
            rules=("A card needs a name.", "`vcard` is left out; the fields are sent."),
        ),
        "reaction": Capability(
            limits=(_text("to", None),),
            rules=("One emoji; without it the reaction is taken away.",),
        ),
        "poll": Capability(
            limits=(
                _text("question", None),
                Limit(field="options", least=1, unit="items"),
                _text("options[].text", None),
            ),
            becomes="a text with numbered options",
        ),
        "template": Capability(
            limits=(
                _text("name", 512),
                _text("language", None),
                _text("header.text", 60),
                _text("header.fallback", 60),
                _text("body[].text"),
                _text("body[].fallback"),
                Limit(field="buttons", most=10, unit="items"),
                Limit(field="cards", most=10, unit="items"),
                _text("buttons[].text", 2000),
                _text("buttons[].payload", None),
                Limit(
                    field="buttons[].sections[].product_ids", most=30, unit="items", together=True
                ),
                Limit(field="buttons[].sections", most=10, unit="items"),
                _text("buttons[].sections[].title", 24),
                _text("cards[].body[].text", LONGEST_BODY_OF_CARD),
                _text("cards[].body[].fallback", LONGEST_BODY_OF_CARD),
                Limit(field="cards[].buttons", most=2, unit="items"),
                _text("cards[].buttons[].text", 2000),
                _text("cards[].buttons[].payload", None),
                _text("tap_target.title", None),
            ),
            rules=(
                "Parameters have all names or none.",
                PARAMETER_RULE,
                "A code to copy has 20 characters at most, a one-time code 15.",
                "One-time codes (`category` authentication) go to phone numbers only.",
                "In a group, without buttons, cards and offers; the header is text or a file.",
                (
                    "`category` marketing goes through the Marketing Messages API when the account's "
                    "`marketing_messages` says so."
                ),
            ),
            groups=True,
        ),
        "buttons": Capability(
            limits=(
                _text(),
                _HEADER,
                _FOOTER,
                _items("buttons", 10),
                _text("buttons[].title", 20),
                _text("buttons[].id", 256),
            ),
            rules=(
                (
                    "More than 3 buttons become a list, which opens at the account's `list_button`; "
                    "then `header` is text and ids have 200 characters at most."
                ),
                "Ids and titles are unique.",
            ),
        ),
        "list": Capability(
            limits=(
                _text(most=LONGEST_TEXT),
                _text("header", 60),
                _FOOTER,
                _text("button", 20),
                _items("sections", 10),
                _text("sections[].title", 24),
                _items("sections[].rows", 10),
                Limit(field="sections[].rows", most=10, unit="items", together=True),
                _text("sections[].rows[].id", 200),
                _text("sections[].rows[].title", 24),
                _text("sections[].rows[].description", 72),
            ),
            rules=("With two sections or more each has a title.", "Ids of rows are unique."),
        ),
        "link": Capability(
            limits=(_text(), _HEADER, _FOOTER, _text("title", 20), _text("url", None)),
            rules=("The address begins with http:// or https://.",),
        ),
        "flow": Capability(
            limits=(_text(), _HEADER, _FOOTER, _text("title", 20), _text("flow", None)),
            rules=(
                "`data` needs a `screen`; `data_exchange` has neither, the endpoint gives both.",
                "Without `token` the platform's own default `unused` is sent.",
                "`title` is without emoji.",
            ),
        ),
        "product": Capability(
            limits=(_text(), _FOOTER, _text("catalog_id", None), _text("product_id", None))
        ),
        "products": Capability(
            limits=(
                _text("header", 60),
                _text(),
                _FOOTER,
                _text("catalog_id", None),
                _items("sections", 10),
                _text("sections[].title", 24),
                _items("sections[].product_ids", 30),
                Limit(field="sections[].product_ids", most=30, unit="items", together=True),
            ),
        ),
        "catalog": Capability(
            limits=(_text(), _FOOTER, _text("thumbnail_product_id", None)),
        ),
        "carousel": Capability(
            limits=(
                _text(),
                _items("cards", 10),
                _text("cards[].title", LONGEST_BODY_OF_CARD),
                _text("cards[].text", LONGEST_BODY_OF_CARD),
                _text("cards[].link", None),
                _text("cards[].link_title", 20),
                _text("cards[].buttons[].title", 20),
                _text("cards[].buttons[].id", 256),
            ),
            rules=(
                (
                    "Shown as cards when there is a text, 2 to 10 cards, all with a picture (or all "
                    "with a film), each with one link or all with as many buttons, title and text "
                    "together 160 characters and 3 lines at most; or when all are products of one "
                    "catalogue. Any other carousel becomes a numbered text without its pictures."
                ),
                "Ids of buttons are unique.",
            ),
        ),
        "location_request": Capability(limits=(_text(),)),
        "contact_request": Capability(limits=(_text(),)),
        "address_request": Capability(limits=(_text(),), rules=("In India only.",)),
        "typing": Capability(
            limits=(_text("to", None, required=True),),
            rules=("Marks the message it answers as read: WhatsApp has no typing without.",),
        ),
        "read": Capability(limits=(_text("to", None),), groups=True),
        "raw": Capability(rules=("Sent as it is, `to` and all.",), groups=True),
    }
)
