"""Every error of the Bot API in one table: what it means and what is to be done.

The code comes first, then a part of the description: Telegram changes its wording and its case,
so the parts are short and lower case, and the first that fits decides.

Source: Telegram Bot API, "Making requests" and "ResponseParameters"; descriptions as the clients
teloxide and aiogram know them.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import PlatformError

Action: TypeAlias = Literal[
    "retry",  # temporary: the same call again, later
    "throttle_account",  # slow down what the bot sends, for as long as retry_after says
    "reject",  # permanent: this message will never go
    "window_closed",  # the customer of a connected account wrote more than 24 hours ago
    "unreachable",  # this contact cannot be reached by this bot
    "pause_account",  # nothing goes until a person has mended the account
    "move_contact",  # the same call again, to the chat that migrate_to_chat_id names
    "send_plain",  # once more, without formatting
    "send_unquoted",  # once more, without the message that was to be answered
    "send_file",  # once more, an uploaded picture as a document
    "none",  # nothing is wrong: what was asked for is so already, or no longer matters
]


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """What an error means.

    Attributes:
        action: What the gateway does about it.
        explanation: For people: what happened, and what they can do.
        tries: How often another try makes sense; None as often as the engine likes.
    """

    action: Action
    explanation: str
    tries: int | None = None


_NO_CONTACT: Final = Meaning("unreachable", "No such chat, or the bot never met this person.")
_NO_RIGHT: Final = Meaning("reject", "The bot lacks a right in this chat; ask its administrators.")
_TOO_LONG: Final = Meaning("reject", "The text or caption is too long.")
_BUTTON: Final = Meaning("reject", "A button is refused: its link, its data or its kind is wrong.")
_FILE: Final = Meaning(
    "reject", "Telegram could not use the file at this address; store it and send it from there."
)
_SILENT: Final = Meaning(
    "retry",
    "The file's address did not answer Telegram; tried once more. Better store it and send it from "
    "there.",
    tries=1,
)
_NO_PHOTO: Final = Meaning(
    "send_file", "The picture is too large, too narrow or damaged; send it as a document."
)
_GONE: Final = Meaning("reject", "The message is gone, or cannot be changed any more.")
_LEFT_OUT: Final = Meaning("unreachable", "The bot is not in this chat any more.")

_TABLE: Final[tuple[tuple[int, str, Meaning], ...]] = (
    (400, "upgraded to a supergroup", Meaning("move_contact", "The group has a new id.")),
    (400, "business_peer_usage_missing", Meaning("window_closed", "The customer has not written "
     "within 24 hours.")),
    (400, "business_connection", Meaning("reject", "The business connection ended or is limited.")),
    (400, "business connection", Meaning("reject", "The business connection ended or is limited.")),
    (400, "chat not found", _NO_CONTACT),
    (400, "user not found", _NO_CONTACT),
    (400, "peer_id_invalid", _NO_CONTACT),
    (400, "message text is empty", Meaning("reject", "The text is empty.")),
    (400, "message is too long", _TOO_LONG),
    (400, "message_too_long", _TOO_LONG),
    (400, "caption_too_long", _TOO_LONG),
    (400, "caption is too long", _TOO_LONG),
    (400, "parse entities", Meaning("send_plain", "The text's formatting could not be read.")),
    (400, "button_", _BUTTON),
    (400, "file is too big", Meaning("reject", "The file is larger than Telegram hands out or "
     "takes: 20 MB to fetch, 50 MB to send.")),
    (400, "temporarily unavailable", Meaning("retry", "Telegram cannot hand the file out now.")),
    (400, "wrong file identifier", _FILE),
    (400, "remote file id", Meaning("reject", "Telegram does not know this file, or another bot "
     "got it.")),
    (400, "wrong file_id", Meaning("reject", "Telegram does not know this file, or another bot "
     "got it.")),
    (400, "invalid file_id", Meaning("reject", "Telegram does not know this file, or another bot "
     "got it.")),
    (400, "http url", _SILENT),
    (400, "wrong type of the web page", _FILE),
    (400, "image_process_failed", _NO_PHOTO),
    (400, "photo_invalid_dimensions", _NO_PHOTO),
    (400, "message to be replied not found", Meaning("send_unquoted", "The message to be "
     "answered is gone.")),
    (400, "message not found", _GONE),
    (400, "message is not modified", Meaning("none", "The message says this already.")),
    (400, "message to edit not found", _GONE),
    (400, "message to delete not found", Meaning("none", "The message is gone already.")),
    (400, "message can't be", _GONE),
    (400, "query is too old", Meaning("none", "The tap was answered too late; its spinner ended "
     "by itself.")),
    (400, "not enough rights", _NO_RIGHT),
    (400, "chat_write_forbidden", _NO_RIGHT),
    (400, "chat_admin_required", _NO_RIGHT),
    (400, "topic_closed", Meaning("reject", "The topic is closed.")),
    (400, "message thread not found", Meaning("reject", "The topic does not exist any more.")),
    (400, "voice_messages_forbidden", Meaning("reject", "The person takes no voice messages.")),
    (400, "bad webhook", Meaning("pause_account", "Telegram does not accept the webhook's "
     "address.")),
    (400, "reaction_", Meaning("reject", "The chat does not allow this reaction.")),
    (400, "user_is_blocked", Meaning("unreachable", "The person blocked the bot.")),
    (400, "input_user_deactivated", Meaning("unreachable", "The person's account is gone.")),
    (400, "", Meaning("reject", "Telegram does not accept the request; the title says why.")),
    (401, "", Meaning("pause_account", "The bot's token is not valid any more; BotFather has the "
     "new one.")),
    (403, "blocked by the user", Meaning("unreachable", "The person blocked the bot.")),
    (403, "user is deactivated", Meaning("unreachable", "The person's account is gone.")),
    (403, "initiate conversation", Meaning("unreachable", "The person has not started the bot "
     "yet.")),
    (403, "to bots", Meaning("unreachable", "The recipient is a bot.")),
    (403, "kicked", _LEFT_OUT),
    (403, "not a member", _LEFT_OUT),
    (403, "", _NO_RIGHT),
    (404, "method not found", Meaning("reject", "The Bot API has no such method.")),
    (404, "", Meaning("pause_account", "The token is malformed, or the Bot API server is too "
     "old.")),
    (409, "", Meaning("pause_account", "Webhook and long polling exclude each other, and only one "
     "may poll.")),
    (413, "", Meaning("reject", "The file is larger than the Bot API takes.")),
    (429, "", Meaning("throttle_account", "Too many requests.")),
)  # fmt: skip
"""Code, part of the description, meaning; an empty part is any other description of the code."""

_SERVERS: Final = Meaning("retry", "Telegram fails; the message may have been sent all the same.")


def meaning(code: int, description: str) -> Meaning | None:
    """Return what an error means, or None for one that is new to us.

    Args:
        code: ``error_code`` of the answer; the HTTP status is the same.
        description: As Telegram wrote it.
    """
    if 500 <= code <= 599:
        return _SERVERS
    said = description.lower()
    return next((found for known, part, found in _TABLE if known == code and part in said), None)


def known() -> tuple[PlatformError, ...]:
    """Return the whole table; the part of the description that tells an error is its title."""
    return tuple(
        PlatformError(
            code=str(code), title=part, explanation=found.explanation, action=found.action
        )
        for code, part, found in _TABLE
    )
