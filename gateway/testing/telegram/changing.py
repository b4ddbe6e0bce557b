"""What is done to messages that are there: edits, deletions, reactions, marks, answers to taps.

Source: Telegram Bot API, "Updating messages", "setMessageReaction", "answerCallbackQuery".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from gateway.testing.delivery import Clock
from gateway.testing.telegram import markup
from gateway.testing.telegram.call import Call
from gateway.testing.telegram.chats import Chat, Json, Sent
from gateway.testing.telegram.errors import bad
from gateway.testing.telegram.people import Connection, Queries
from gateway.testing.telegram.sending import LONGEST_CAPTION, LONGEST_TEXT, Method, Outbox

ANSWER_WITHIN: Final = timedelta(minutes=15)
"""How long a tap may wait is not told; "query is too old" comes after about that."""
DELETED_WITHIN: Final = timedelta(hours=48)
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
_SAME: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class Changes:
    """Takes what changes messages.

    Args:
        outbox: Knows chats and texts.
        queries: Taps that wait for an answer.
        connections: Accounts that the bot may answer in.
        clock: For times.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        queries: Queries,
        connections: Mapping[str, Connection],
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._queries = queries
        self._connections = connections
        self._clock = clock

    def methods(self) -> dict[str, Method]:
        """Return what changes messages, by the name of the method in lower case."""
        return {
            "editmessagetext": self._edit_text,
            "editmessagecaption": self._edit_caption,
            "editmessagereplymarkup": self._edit_keyboard,
            "deletemessage": self._delete,
            "deletemessages": self._delete_many,
            "deletebusinessmessages": self._delete_business,
            "setmessagereaction": self._react,
            "readbusinessmessage": self._read,
            "answercallbackquery": self._answer_tap,
        }

    def _edit_text(self, call: Call) -> Any:
        said = self._outbox.words(call, "text", "entities", most=LONGEST_TEXT)
        if not said:
            raise bad("message text is empty")
        sent = self._sent(call)
        if "text" not in sent.message:
            raise bad("there is no text in the message to edit")
        return self._edited(call, sent, said, ("text", "entities"))

    def _edit_caption(self, call: Call) -> Any:
        said = self._outbox.words(call, "caption", "caption_entities", most=LONGEST_CAPTION)
        sent = self._sent(call)
        if "text" in sent.message:
            raise bad("there is no caption in the message to edit")
        return self._edited(call, sent, said, ("caption", "caption_entities"))

    def _edit_keyboard(self, call: Call) -> Any:
        return self._edited(call, self._sent(call), {}, ())

    def _edited(
        self, call: Call, sent: Sent, said: dict[str, Json], replaced: tuple[str, ...]
    ) -> dict[str, Json]:
        keyboard = markup.keyboard(call, private=True)
        gone = {*replaced, "reply_markup"}
        changed = {name: each for name, each in sent.message.items() if name not in gone}
        changed |= said | ({"reply_markup": keyboard} if keyboard else {})
        before = {name: each for name, each in sent.message.items() if name != "edit_date"}
        if before == {name: each for name, each in changed.items() if name != "edit_date"}:
            raise bad(_SAME)
        sent.message = {**changed, "edit_date": int(self._clock())}
        self._outbox.chat(call).messages[sent.id] = sent.message
        return sent.message

    def _sent(self, call: Call) -> Sent:
        """Return the bot's own message that a call names."""
        chat, number = self._outbox.chat(call), call.integer("message_id")
        for each in chat.inbox:
            if each.id == number and not each.deleted:
                return each
        if number in chat.messages:
            raise bad("message can't be edited")
        raise bad("message to edit not found")

    def _delete(self, call: Call) -> bool:
        chat, number = self._outbox.chat(call), call.integer("message_id")
        if number not in chat.messages:
            raise bad("message to delete not found")
        self._take_back(chat, number)
        return True

    def _delete_many(self, call: Call) -> bool:
        chat = self._outbox.chat(call)
        for each in call.json("message_ids", "message identifiers") or ():
            if each in chat.messages:
                self._take_back(chat, each)
        return True

    def _delete_business(self, call: Call) -> bool:
        known = self._connections.get(call.text("business_connection_id"))
        if known is None or not known.enabled:
            raise bad("BUSINESS_CONNECTION_INVALID")
        for number in call.json("message_ids", "message identifiers") or ():
            for customer in known.customers:
                if number in customer.chat.messages:
                    self._take_back(customer.chat, number)
        return True

    def _take_back(self, chat: Chat, number: int) -> None:
        if chat.messages[number]["date"] < self._clock() - DELETED_WITHIN.total_seconds():
            raise bad("message can't be deleted for everyone")
        del chat.messages[number]
        for each in chat.inbox:
            if each.id == number:
                each.deleted = True

    def _react(self, call: Call) -> bool:
        chat, number = self._outbox.chat(call), call.integer("message_id")
        if number is None or number not in chat.messages:
            raise bad("message to react not found")
        reactions = call.json("reaction", "reaction") or []
        if len(reactions) > 1:
            raise bad("REACTIONS_TOO_MANY")
        for each in reactions:
            if each.get("type") == "emoji" and each.get("emoji") not in REACTIONS:
                raise bad("REACTION_INVALID")
        chat.reactions[number] = reactions
        return True

    def _read(self, call: Call) -> bool:
        chat, number = self._outbox.chat(call), call.integer("message_id")
        known = self._connections[call.text("business_connection_id")]
        for customer in known.customers:
            if customer.chat is chat and number in chat.messages:
                customer.read.append(number or 0)
                return True
        raise bad("message not found")

    def _answer_tap(self, call: Call) -> bool:
        text = call.text("text")
        if len(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        told = {"text": text, "show_alert": call.flag("show_alert")}
        within = ANSWER_WITHIN.total_seconds()
        if not self._queries.answer(call.text("callback_query_id"), told, within_seconds=within):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return True
