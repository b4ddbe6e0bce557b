"""What the web chat carries and how much of it: our own choice, for a panel of 380 pixels."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway.api import Capabilities, Capability, Limit

LONGEST_TEXT: Final = 10_000

_FILE: Final = (
    "A file is named by `media.stored_id` (in our media store; the visitor gets it from us) or "
    "`media.url` (the visitor's browser fetches it)."
)


def _text(field: str = "text", most: int = 4000, *, least: int = 1) -> Limit:
    return Limit(field=field, least=least, most=most)


def _items(field: str, most: int, *, together: bool = False) -> Limit:
    return Limit(field=field, least=1, most=most, unit="items", together=together)


_CAPTION: Final = _text("caption", 2000, least=0)
_FOOTER: Final = _text("footer", 200)
_BUTTONS: Final = (
    _items("buttons", 13),
    _text("buttons[].title", 80),
    _text("buttons[].id", 256),
)
_MEDIA: Final = Capability(limits=(_CAPTION,), rules=(_FILE,))
_TO: Final = _text("to", 300)

CAPABILITIES: Final[Capabilities] = MappingProxyType(
    {
        "text": Capability(
            limits=(_text(most=LONGEST_TEXT),),
            rules=(
                (
                    "`spans` bold, italic, strikethrough, underline, code, code_block and link are "
                    "shown as such, also of captions; the answer tells of others."
                ),
            ),
        ),
        "image": _MEDIA,
        "video": _MEDIA,
        "audio": _MEDIA,
        "document": _MEDIA,
        "sticker": Capability(rules=(_FILE,)),
        "location": Capability(
            rules=("Shown with a link to a map. A live place is sent as a fixed one.",)
        ),
        "contacts": Capability(limits=(_items("contacts", 20),)),
        "reaction": Capability(limits=(_TO,)),
        "buttons": Capability(
            limits=(_text(), _text("header.text", 200), _FOOTER, *_BUTTONS),
            rules=("Ids are unique. They can be tapped until the visitor answers.",),
        ),
        "list": Capability(
            limits=(
                _text(),
                _text("header", 200),
                _FOOTER,
                _text("button", 80),
                _items("sections", 20),
                _items("sections[].rows", 100, together=True),
                _text("sections[].title", 80),
                _text("sections[].rows[].title", 80),
                _text("sections[].rows[].id", 256),
                _text("sections[].rows[].description", 200),
            ),
            rules=("Ids of rows are unique.",),
        ),
        "link": Capability(
            limits=(_text(), _text("header.text", 200), _FOOTER, _text("title", 80)),
            rules=("The address begins with http:// or https://.",),
        ),
        "flow": Capability(
            limits=(
                _text(),
                _text("header.text", 200),
                _FOOTER,
                _text("title", 80),
                _text("flow", 80),
            ),
            rules=(
                (
                    "Shown as a form: `data.fields` is a list of fields like those of the "
                    "account's `form` (name, label, type, required, options); `flow` is its name "
                    "in the answer."
                ),
            ),
        ),
        "carousel": Capability(
            limits=(
                _text("text"),
                _items("cards", 10),
                _text("cards[].title", 200),
                _text("cards[].text", 1000),
                _text("cards[].link_title", 80),
                _text("cards[].buttons[].title", 80),
                _text("cards[].buttons[].id", 256),
            ),
            rules=("A card has a title, a text or a picture; product cards are not carried.",),
        ),
        "location_request": Capability(
            limits=(_text(),), rules=("A button asks the visitor's browser.",)
        ),
        "edit": Capability(limits=(_TO, _text(most=LONGEST_TEXT))),
        "delete": Capability(limits=(_TO,)),
        "typing": Capability(rules=("Shown for some seconds; kept nowhere.",)),
        "read": Capability(limits=(_TO,)),
        "raw": Capability(rules=("A frame of the protocol, as it is; it needs a `type`.",)),
    }
)
