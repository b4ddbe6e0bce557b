"""Where messages stand: private chats, groups, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import msgspec

from gateway.testing.telegram.errors import BotApiError, bad, forbidden

Json: TypeAlias = Any

OTHER_GROUPS: Final = -1_000_000_000_000
"""Ids of supergroups and channels lie below this."""


class Update(msgspec.Struct, frozen=True):
    """Something that happened: one of an update's keys, and what is behind it."""

    kind: str
    body: dict[str, Json]


class Sent(msgspec.Struct, kw_only=True, eq=False):
    """One message of the bot's that Telegram took.

    Attributes:
        method: By which it was sent.
        message: As Telegram answered it; edits change it.
        parameters: As the caller wrote them.
        at: Seconds since 1970.
        deleted: Whether it was taken back.
    """

    method: str
    message: dict[str, Json]
    parameters: dict[str, Json]
    at: float
    deleted: bool = False

    @property
    def id(self) -> int:
        """Telegram's number of it, in its chat."""
        return int(self.message["message_id"])

    @property
    def said(self) -> str:
        """Its words, or those below its file."""
        return str(self.message.get("text", self.message.get("caption", "")))

    @property
    def buttons(self) -> dict[str, str]:
        """What stands on the buttons below it, and what is behind each."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return {
            each["text"]: each.get("callback_data", each.get("url", ""))
            for row in rows
            for each in row
        }


Script: TypeAlias = "Callable[[Sent], Update | Iterable[Update] | None]"
"""What somebody answers to a message of the bot's."""


class Chat:
    """A chat, with all that was ever said in it.

    Attributes:
        id: Negative for groups.
        about: As messages tell it.
        inbox: What the bot said in it.
        messages: By number.
        actions: What ``sendChatAction`` showed.
        reactions: The bot's, by the number of the message.
        blocked: The person blocked the bot, or the group threw it out.
        started: Whether a bot may write to it: a person must have begun.
        deactivated: The person's account is gone.
        muted: The bot may not write in the group.
        migrated_to: The group's id after it became a supergroup.
        topics: Open topics of a forum.
        script: Answers what the bot says; None to stay silent.
    """

    def __init__(self, about: dict[str, Json], *, started: bool, first: int) -> None:
        self.id: int = about["id"]
        self.about = about
        self.inbox: list[Sent] = []
        self.messages: dict[int, dict[str, Json]] = {}
        self.actions: list[str] = []
        self.reactions: dict[int, list[Json]] = {}
        self.blocked = False
        self.started = started
        self.deactivated = False
        self.muted = False
        self.migrated_to: int | None = None
        self.topics: set[int] = set()
        self.script: Script | None = None
        self._next = first

    @property
    def is_private(self) -> bool:
        """Whether it is with one person."""
        return self.id > 0

    def number(self) -> int:
        """Return the number of the next message."""
        self._next += 1
        return self._next - 1

    def check(self) -> None:
        """Find out whether the bot may write here.

        Raises:
            BotApiError: It may not.
        """
        if self.migrated_to is not None:
            told = "group chat was upgraded to a supergroup chat"
            raise bad(told, migrate_to_chat_id=self.migrated_to)
        for is_so, refusal in self._refusals():
            if is_so:
                raise refusal

    def _refusals(self) -> Iterator[tuple[bool, BotApiError]]:
        if self.is_private:
            yield self.deactivated, forbidden("user is deactivated")
            yield self.blocked, forbidden("bot was blocked by the user")
            yield not self.started, forbidden("bot can't initiate conversation with a user")
            return
        kind = "supergroup" if self.id < OTHER_GROUPS else "group"
        yield self.blocked, forbidden(f"bot was kicked from the {kind} chat")
        yield self.muted, bad("not enough rights to send text messages to the chat")


class Chats:
    """Every chat the bot knows."""

    def __init__(self) -> None:
        self._chats: dict[int, Chat] = {}

    def add(self, chat: Chat) -> None:
        """Let the bot know a chat."""
        self._chats[chat.id] = chat

    def get(self, chat_id: int) -> Chat | None:
        """Return a chat, if the bot knows it."""
        return self._chats.get(chat_id)

    def named(self, chat_id: str) -> Chat:
        """Return the chat that a call names, by its number or ``@name``.

        Raises:
            BotApiError: 400.
        """
        if not chat_id:
            raise bad("chat_id is empty")
        for each in self._chats.values():
            if str(each.id) == chat_id or f"@{each.about.get('username')}" == chat_id:
                return each
        raise bad("chat not found")
