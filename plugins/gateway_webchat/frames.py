"""What goes to visitors: frames, as the JSON that stands in their log.

A frame of the log gets its cursor when it is read; ``with_cursor`` puts it in.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from gateway.api import Content, Message, Reaction

Data = dict[str, Any]

_encode: Final = msgspec.json.Encoder().encode


def message(content: Content, *, name: str | None, reply_to: str | None) -> Data:
    """Return the frame of a message of ours; its ``id`` comes when it is delivered."""
    frame: Data = {"type": "message", "from": "agent", "content": msgspec.to_builtins(content)}
    if name:
        frame["name"] = name
    if reply_to:
        frame["reply_to"] = reply_to
    return frame


def own(told: Message) -> Data:
    """Return the frame of a message of the visitor's, as it stands in their log."""
    if isinstance(told.content, Reaction):
        reaction = told.content
        return {
            "type": "reaction",
            "from": "visitor",
            "to": reaction.to,
            "emoji": reaction.emoji,
        }
    frame: Data = {
        "type": "message",
        "from": "visitor",
        "id": told.platform_id,
        "content": msgspec.to_builtins(told.content),
    }
    if told.reply_to:
        frame["reply_to"] = told.reply_to.platform_id
    return frame


def ack(frame_id: str, message_id: str, cursor: str) -> bytes:
    """Tell that a message is safe."""
    return _encode({"type": "ack", "id": frame_id, "message_id": message_id, "cursor": cursor})


def hello(*, seen: str, is_open: bool, now: int) -> bytes:
    """Greet: up to where the visitor has seen all, whether somebody answers, our clock."""
    return _encode({"type": "hello", "seen": seen, "open": is_open, "time": now})


def opened(*, is_open: bool) -> bytes:
    """Tell whether somebody answers now."""
    return _encode({"type": "open", "open": is_open})


def seen(cursor: str) -> bytes:
    """Tell the visitor's other windows up to where they have seen all."""
    return _encode({"type": "seen", "up_to": cursor})


Code = Literal[
    "malformed",  # the frame is not of the protocol
    "slow_down",  # too many; again after retry_after seconds
    "form_required",  # the form before the chat is to be filled in first
    "unavailable",  # again after retry_after seconds
]


def error(code: Code, *, frame_id: str = "", retry_after: float = 0.0, detail: str = "") -> bytes:
    """Tell what is wrong with a frame."""
    told: Data = {"type": "error", "code": code}
    if frame_id:
        told["id"] = frame_id
    if retry_after:
        told["retry_after"] = max(0.1, round(retry_after, 1))
    if detail:
        told["detail"] = detail
    return _encode(told)


PONG: Final = _encode({"type": "pong"})


def encoded(frame: Data) -> bytes:
    """Write a frame."""
    return _encode(frame)


def with_cursor(data: bytes, cursor: str) -> bytes:
    """Return a frame of a log with its cursor in it."""
    return b'{"cursor":"%b",%b' % (cursor.encode(), data[1:])


def batch(frames: list[bytes]) -> bytes:
    """Return several frames as the answer to a poll."""
    return b'{"frames":[%b]}' % b",".join(frames)
