"""What Telegram carries and how much of it: one table, checked before sending; and how fast.

Source: Telegram Bot API, "Available methods"; Telegram Bots FAQ, "Broadcasting to Users".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway.api import Capabilities, Capability, Limit, Limits, Rate, RateLimit

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
"""Both in UTF-16 code units: see ``words``."""
LONGEST_BODY: Final = 3500
"""With a header and a footer of 256 it is still one text."""
LONGEST_DATA_BYTES: Final = 64
MOST_BUTTONS: Final = 100

MEGABYTE: Final = 1024 * 1024
LARGEST_PHOTO: Final = 10 * MEGABYTE
LARGEST_FILE: Final = 50 * MEGABYTE
LARGEST_PHOTO_BY_URL: Final = 5 * MEGABYTE
LARGEST_FILE_BY_URL: Final = 20 * MEGABYTE
WIDEST_PHOTO: Final = 10_000
"""Width and height together, in pixels."""
LONGEST_RATIO: Final = 20
"""Of a photo's longer side to the shorter."""
LONGEST_NOTE_SECONDS: Final = 60
"""Of a round video."""
DOCUMENTS_BY_URL: Final = frozenset({"application/pdf", "application/zip", "image/gif"})

REACTIONS: Final = frozenset(
    [
        "❤",
        "👍",
        "👎",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)
"""Source: "ReactionTypeEmoji"."""
CUSTOM_EMOJI: Final = "custom_emoji:"
"""Begins a reaction that is no emoji of everybody's; Telegram's id of it follows."""
DICE: Final = frozenset("🎲🎯🏀⚽🎳🎰")

LIMITS: Final = Limits(
    rates=(
        RateLimit(scope="account", rate=Rate(messages=30)),
        # Telegram takes short bursts, and so "typing" does not hold up what is typed.
        RateLimit(scope="contact", rate=Rate(messages=1, burst=3)),
        RateLimit(scope="group", rate=Rate(messages=20, seconds=60)),
    ),
    source='Telegram Bots FAQ, "My bot is hitting limits, how do I avoid this?"',
)


def _text(field: str = "text", most: int | None = LONGEST_TEXT, *, required: bool = False) -> Limit:
    return Limit(field=field, least=1, most=most, required=required)


def _items(field: str, most: int, least: int = 1, *, together: bool = False) -> Limit:
    return Limit(field=field, least=least, most=most, unit="items", together=together)


def _data(field: str) -> Limit:
    return Limit(field=field, least=1, most=LONGEST_DATA_BYTES, unit="bytes")


_HEADER: Final = _text("header.text", 256)
_FOOTER: Final = _text("footer", 256)
_TO: Final = _text("to", None)
_CAPTION: Final = Limit(field="caption", most=LONGEST_TEXT)
_FILE: Final = (
    "A file is named by `media.platform_id` (a `file_id` of this bot), `media.stored_id` (ours, "
    "uploaded) or `media.url` (http or https, fetched by Telegram)."
)
_SIZES: Final = "Up to 50 MB uploaded, 20 MB by address, as far as the size was told."
_SPLIT_CAPTION: Final = (
    "A caption longer than 1024 goes on in a text that follows; the answer says so."
)
_ONE: Final = (
    "Header (bold), text and footer (italic) become one text, of 4096 at most in all, or 1024 "
    "below a header that is a file; the answer says so."
)
_TAP: Final = "A tap comes back as a `choice` of source `callback`."
_OF_A_MESSAGE: Final = "`to` is the platform id of a message (`CHAT:MESSAGE`)."


def _file(*rules: str, caption: bool = True) -> Capability:
    limits = (_CAPTION,) if caption else ()
    told = (_SPLIT_CAPTION,) if caption else ()
    return Capability(limits=limits, rules=(_FILE, *(rules or (_SIZES,)), *told), groups=True)


CAPABILITIES: Final[Capabilities] = MappingProxyType(
    {
        "text": Capability(
            limits=(_text(most=10 * LONGEST_TEXT),),
            rules=(
                (
                    "Longer than 4096 it is sent in several: cut at an empty line, a line break or "
                    "a space of a piece's second half, else between two characters."
                ),
                "`spans` become entities; what has no form is shown plain, and the answer says so.",
            ),
            groups=True,
        ),
        "image": _file(
            "Up to 10 MB uploaded, 5 MB by address; width and height 10 000 together and one 20 "
            "times the other at most; as far as that was told.",
        ),
        "video": _file(
            _SIZES,
            "An animation is sent as one. A round video lasts a minute at most and needs "
            "`platform_id` or `stored_id`; by address it is sent as a plain one. Below a round one "
            "the caption is a text of its own.",
        ),
        "audio": _file(_SIZES, "`voice` shows it as a voice message (OGG with Opus, MP3 or M4A)."),
        "document": _file(_SIZES, "By address Telegram takes PDF, ZIP and GIF only."),
        "sticker": _file(caption=False),
        "location": Capability(
            rules=(
                "With a name or an address it is a venue, else a place or a live place.",
                "A live place has no name; `url` is left out. The answer says so.",
                "`live_seconds` from 60 to 86 400, `accuracy_meters` up to 1500.",
            ),
            groups=True,
        ),
        "contacts": Capability(
            limits=(_items("contacts", 10), _items("contacts[].phones", 100)),
            rules=(
                (
                    "A message for each card. The first number is shown, all of the card goes along "
                    "as a vCard (2048 bytes; else without, and the answer says so)."
                ),
            ),
            groups=True,
        ),
        "poll": Capability(
            limits=(
                _text("question", 300),
                _items("options", 12),
                _text("options[].text", 100),
            ),
            groups=True,
        ),
        "dice": Capability(rules=("One of 🎲 🎯 🏀 ⚽ 🎳 🎰.",), groups=True),
        "reaction": Capability(
            limits=(_TO,),
            rules=(
                _OF_A_MESSAGE,
                "One of Telegram's 73 emoji, or `custom_emoji:ID`; without `emoji` it goes.",
                "Not through a business connection.",
            ),
            groups=True,
        ),
        "buttons": Capability(
            limits=(
                _text(most=LONGEST_BODY),
                _HEADER,
                _FOOTER,
                _items("buttons", MOST_BUTTONS),
                _text("buttons[].title", None),
                _data("buttons[].id"),
            ),
            rules=(
                _ONE,
                "Up to 3 titles of 24 characters in all stand side by side, else each in a line.",
                _TAP,
            ),
            groups=True,
        ),
        "list": Capability(
            limits=(
                _text(most=LONGEST_BODY),
                _text("header", 256),
                _FOOTER,
                _items("sections", MOST_BUTTONS),
                _items("sections[].rows", MOST_BUTTONS, 0, together=True),
                _text("sections[].rows[].title", None),
                _data("sections[].rows[].id"),
            ),
            becomes=(
                "a text with a button for each row; titles of sections and descriptions of rows "
                "stand in the text, `button` is left out"
            ),
            rules=(_TAP,),
            groups=True,
        ),
        "link": Capability(
            limits=(
                _text(most=LONGEST_BODY),
                _HEADER,
                _FOOTER,
                _text("title", None),
                _text("url", None),
            ),
            rules=(_ONE, "The address begins with http://, https:// or tg://."),
            groups=True,
        ),
        "carousel": Capability(
            limits=(
                _text(),
                _items("cards", 10),
                _text("cards[].title", 256),
                _text("cards[].text", 768),
                _items("cards[].buttons", 10, 0),
                _text("cards[].buttons[].title", None),
                _data("cards[].buttons[].id"),
                _text("cards[].link", None),
                _text("cards[].link_title", None),
            ),
            becomes="a message for each card",
            rules=("A card needs words or a file; products are refused.",),
            groups=True,
        ),
        "location_request": Capability(
            limits=(_text(),),
            rules=("A key in place of the phone's keyboard: see the account's `location_button`.",),
        ),
        "contact_request": Capability(
            limits=(_text(),),
            rules=("A key in place of the phone's keyboard: see the account's `contact_button`.",),
        ),
        "address_request": Capability(limits=(_text(),), becomes="a text that asks", groups=True),
        "typing": Capability(
            rules=("Shown for five seconds, or until a message comes.",), groups=True
        ),
        "read": Capability(
            limits=(_TO,),
            rules=("Through a business connection only: bots have no other read marks.",),
        ),
        "edit": Capability(
            limits=(
                _TO,
                _text(),
                _items("buttons", MOST_BUTTONS, 0),
                _text("buttons[].title", None),
                _data("buttons[].id"),
            ),
            rules=(
                _OF_A_MESSAGE,
                "With `caption` 1024 at most.",
                "What says so already is no error.",
            ),
            groups=True,
        ),
        "delete": Capability(
            limits=(_TO,),
            rules=(_OF_A_MESSAGE, "Telegram takes back what is younger than 48 hours."),
            groups=True,
        ),
        "raw": Capability(
            rules=(
                (
                    "`method` is the Bot API's, the rest goes as it is, `chat_id` and all. What "
                    "would change the bot's set-up is refused."
                ),
            ),
            groups=True,
        ),
    }
)
