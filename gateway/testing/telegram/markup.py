"""Whether formatting and keyboards are as Telegram wants them.

Source: Telegram Bot API, "MessageEntity", "InlineKeyboardMarkup", "ReplyKeyboardMarkup".
"""

from __future__ import annotations

from typing import Any, Final

from gateway.testing.telegram.call import Call
from gateway.testing.telegram.errors import bad

ENTITIES: Final = frozenset(
    {
        *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"),
        *("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote"),
        *("expandable_blockquote", "code", "pre", "text_link", "text_mention", "custom_emoji"),
    }
)
_ACTIONS: Final = frozenset(
    {
        *("url", "callback_data", "web_app", "login_url", "switch_inline_query", "pay"),
        *("switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text"),
        "callback_game",
    }
)
MOST_BUTTONS: Final = 100


def units(text: str) -> int:
    """Return how long a text is in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def entities(call: Call, name: str, text: str) -> list[dict[str, Any]]:
    """Return the formatting of a text as a message has it.

    Raises:
        BotApiError: 400, it is none.
    """
    given = call.json(name, "entities")
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad("can't parse entities: expected an Array")
    size = units(text)
    return [entity for each in given if (entity := _entity(each, size)) is not None]


def _entity(given: Any, size: int) -> dict[str, Any] | None:
    if not isinstance(given, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    kind, offset, length = (given.get(each) for each in ("type", "offset", "length"))
    if kind not in ENTITIES:
        raise bad("can't parse MessageEntity: unsupported type specified")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad("can't parse MessageEntity: offset and length must be of type Number")
    if offset < 0 or length <= 0 or offset + length > size:
        raise bad("can't parse entities: entity is out of the text")
    if kind == "text_link" and not isinstance(given.get("url"), str):
        raise bad("can't parse MessageEntity: can't find field \"url\"")
    if kind == "custom_emoji" and not str(given.get("custom_emoji_id", "")).isdecimal():
        raise bad("can't parse MessageEntity: invalid custom emoji identifier specified")
    return given


def keyboard(call: Call, *, private: bool) -> dict[str, Any] | None:
    """Return what stands below a message, or in place of the phone's keyboard.

    Raises:
        BotApiError: 400.
    """
    given = call.json("reply_markup", "reply keyboard markup")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in given:
        _inline(given["inline_keyboard"])
    elif "keyboard" in given:
        _reply(given["keyboard"], private=private)
    return given


def _rows(given: Any, field: str) -> list[list[Any]]:
    if not isinstance(given, list) or not all(isinstance(each, list) for each in given):
        raise bad(f'field "{field}" must be an Array of Arrays')
    return given


def _inline(given: Any) -> None:
    keys = [each for row in _rows(given, "inline_keyboard") for each in row]
    if len(keys) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    for each in keys:
        if not isinstance(each, dict) or not str(each.get("text", "")).strip():
            raise bad("can't parse inline keyboard button: text buttons are unallowed")
        actions = [name for name in _ACTIONS if name in each]
        if len(actions) != 1:
            raise bad(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        if "callback_data" in each and not 1 <= len(str(each["callback_data"]).encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        if "url" in each and not str(each["url"]).startswith(("http://", "https://", "tg://")):
            raise bad(f"inline keyboard button URL '{each['url']}' is invalid: Wrong HTTP URL")


def _reply(given: Any, *, private: bool) -> None:
    for row in _rows(given, "keyboard"):
        for each in row:
            key = each if isinstance(each, dict) else {"text": each}
            if not str(key.get("text", "")).strip():
                raise bad("can't parse keyboard button: text is empty")
            if not private and any(name.startswith("request_") for name in key):
                name = next(name for name in key if name.startswith("request_"))
                what = {"request_contact": "phone number", "request_location": "location"}
                raise bad(f"{what.get(name, name)} can be requested in private chats only")
