"""What the Send API takes, by its documents: whatever else is refused with 100.

Source: Meta, Messenger Platform, "Send API reference", "Quick replies" and a page per template;
Instagram Platform, "Messaging API".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from gateway.testing.meta.account import Business
from gateway.testing.meta.errors import invalid

Object: TypeAlias = Mapping[str, Any]

RECIPIENTS: Final = frozenset(
    {"id", "user_ref", "post_id", "comment_id", "notification_messages_token"}
)
ACTIONS: Final = frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})
TYPES: Final = frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"})
_CONTENTS: Final = ("text", "attachment", "attachments", "template")
_FILES: Final = frozenset({"image", "video", "audio", "file"})
_PICTURES: Final = {"messenger": 30, "instagram": 10}
_KEYS: Final = frozenset(
    {
        *("recipient", "messaging_type", "tag", "message", "sender_action", "payload"),
        *("notification_type", "persona_id", "reply_to", "thread_control"),
    }
)


def check(body: Object, business: Business, *, files: bool = False) -> None:
    """Look at a whole request.

    Args:
        body: Of the request.
        business: Who sends.
        files: A file came along.

    Raises:
        SendRefused: 100, with what is wrong.
    """
    if unknown := sorted(body.keys() - _KEYS):
        raise invalid(f"Unknown parameters: {', '.join(unknown)}")
    _recipient(_object(body, "recipient"))
    if ("message" in body) == ("sender_action" in body):
        raise invalid("One of message and sender_action is required")
    if "sender_action" in body:
        _action(body)
        return
    kind = body.get("messaging_type", "RESPONSE")
    if kind not in TYPES:
        raise invalid(f"messaging_type must be one of {', '.join(sorted(TYPES))}")
    _tag(body, kind)
    _message(_object(body, "message"), business, files=files)


def _recipient(recipient: Object) -> None:
    if len(recipient) != 1 or not recipient.keys() <= RECIPIENTS:
        raise invalid("recipient must have exactly one of the ids")
    if not str(next(iter(recipient.values()))):
        raise invalid("recipient must not be empty")


def _action(body: Object) -> None:
    action = body["sender_action"]
    if action not in ACTIONS:
        raise invalid(f"sender_action must be one of {', '.join(sorted(ACTIONS))}")
    if body.keys() - {"recipient", "sender_action", "payload"}:
        raise invalid("A sender_action goes alone")
    if action in {"react", "unreact"}:
        payload = _object(body, "payload")
        if not payload.get("message_id"):
            raise invalid("payload.message_id is required")
        if action == "react" and not payload.get("reaction"):
            raise invalid("payload.reaction is required")


def _tag(body: Object, kind: str) -> None:
    tag = body.get("tag")
    if (tag is not None) != (kind == "MESSAGE_TAG"):
        raise invalid("tag goes with messaging_type MESSAGE_TAG")
    if tag not in {None, "HUMAN_AGENT", "CUSTOMER_FEEDBACK"}:
        raise invalid(f"Tag {tag} is no longer supported")


def _message(message: Object, business: Business, *, files: bool) -> None:
    given = [each for each in _CONTENTS if message.get(each) is not None]
    if len(given) != 1:
        raise invalid(f"message must have one of {', '.join(_CONTENTS)}, it has {given}")
    if len(str(message.get("metadata", ""))) > 1000:
        raise invalid("metadata must be at most 1000 characters")
    if "template" in given and business.channel == "instagram":
        raise invalid("There are no utility templates on Instagram")
    if "text" in given:
        _text(message["text"], business)
    if "attachment" in given:
        _attachment(_object(message, "attachment"), business, files=files)
    if "attachments" in given:
        _pictures(message["attachments"], business)
    if "quick_replies" in message:
        _quick_replies(message["quick_replies"], business)


def _text(text: Any, business: Business) -> None:
    if not isinstance(text, str) or not text.strip():
        raise invalid("text must not be empty")
    if business.channel == "messenger" and len(text) > 2000:
        raise invalid("text must be at most 2000 characters")
    if business.channel == "instagram" and len(text.encode()) > 1000:
        raise invalid("text must be at most 1000 bytes")


def _attachment(attachment: Object, business: Business, *, files: bool) -> None:
    kind = attachment.get("type")
    if kind == "like_heart" and business.channel == "instagram":
        return
    if kind == "MEDIA_SHARE" and business.channel == "instagram":
        return
    if kind == "template":
        template(_object(attachment, "payload"), business)
    elif kind in _FILES:
        payload = _object(attachment, "payload")
        named = [each for each in ("url", "attachment_id") if payload.get(each)]
        if len(named) + files != 1:
            raise invalid("payload must have one of url and attachment_id, or a file goes along")
    else:
        raise invalid(f"attachment type {kind!r} is not supported")


def _pictures(attachments: Any, business: Business) -> None:
    several = attachments if isinstance(attachments, list) else []
    if not 1 <= len(several) <= _PICTURES[business.channel]:
        raise invalid("attachments has too few or too many items")
    for each in several:
        if each.get("type") != "image":
            raise invalid("attachments must be images")


def _quick_replies(replies: Any, business: Business) -> None:
    several = replies if isinstance(replies, list) else []
    if not 1 <= len(several) <= 13:
        raise invalid("quick_replies must have 1 to 13 items")
    for each in several:
        kind = each.get("content_type")
        if kind == "text":
            words(each, "title", 20)
            words(each, "payload", 1000)
        elif kind not in {"user_phone_number", "user_email"} or business.channel == "instagram":
            raise invalid(f"content_type {kind!r} is not supported")


def template(payload: Object, business: Business) -> None:  # noqa: C901 - a line for each template
    """Look at a template of structured content."""
    match payload.get("template_type"):
        case "button":
            words(payload, "text", 640)
            _buttons(payload.get("buttons"), business)
        case "generic":
            for each in _items(payload, "elements", 10):
                _element(each, business)
        case "product":
            if business.login == "instagram":
                raise invalid("Product templates are not supported")
            for each in _items(payload, "elements", 10):
                words(each, "id", 100)
        case "media" if business.channel == "messenger":
            for each in _items(payload, "elements", 1):
                if each.get("media_type") not in {"image", "video"}:
                    raise invalid("media_type must be image or video")
        case kind if business.channel == "instagram" or not isinstance(kind, str):
            raise invalid(f"template_type {kind!r} is not supported")
        case _:
            return  # receipts, coupons and others of Messenger's: not looked into


def _element(element: Object, business: Business) -> None:
    words(element, "title", 80)
    if "subtitle" in element:
        words(element, "subtitle", 80)
    if not any(element.get(each) for each in ("subtitle", "image_url", "buttons")):
        raise invalid("An element needs a subtitle, an image or buttons")
    if "buttons" in element:
        _buttons(element["buttons"], business)


def _buttons(buttons: Any, business: Business) -> None:
    several = buttons if isinstance(buttons, list) else []
    if not 1 <= len(several) <= 3:
        raise invalid("buttons must have 1 to 3 items")
    for each in several:
        words(each, "title", 20)
        match each.get("type"):
            case "web_url":
                if not str(each.get("url", "")).startswith(("https://", "http://")):
                    raise invalid("url must be an address")
            case "postback":
                words(each, "payload", 1000)
            case "phone_number" | "account_link" | "game_play" | "audio_call":
                if business.channel == "instagram":
                    raise invalid(f"Buttons of type {each['type']} are not supported")
            case kind:
                raise invalid(f"Buttons of type {kind!r} are not supported")


def _items(value: Object, name: str, most: int) -> Sequence[Any]:
    several = value.get(name)
    if not isinstance(several, list) or not 1 <= len(several) <= most:
        raise invalid(f"{name} must have 1 to {most} items")
    return several


def words(value: Object, name: str, most: int) -> None:
    """Look at a text that must be there."""
    text = value.get(name)
    if not isinstance(text, str) or not text.strip():
        raise invalid(f"{name} is required")
    if len(text) > most:
        raise invalid(f"{name} must be at most {most} characters")


def _object(value: Object, name: str) -> Object:
    found = value.get(name)
    if not isinstance(found, dict):
        raise invalid(f"{name} is required")
    return found
