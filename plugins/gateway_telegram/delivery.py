"""Makes one call of the Bot API, and mends at once what a refusal says how to mend.

The token stands in the address and nowhere else: ``Host.request`` logs no address.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

import msgspec

from gateway.api import Answer, Call, Host
from gateway_telegram import answers, errors
from gateway_telegram.formatting import Body
from gateway_telegram.settings import TelegramSettings

PATIENCE_SECONDS: Final = 60.0
"""Telegram fetches a file by its address before it answers."""
_REMEMBERED: Final = timedelta(days=365)
_QUOTE: Final = frozenset({"reply_parameters"})
_FORMATTING: Final = frozenset({"entities", "caption_entities"})


class Floods:
    """Whom Telegram's 429 is about: it names neither the chat nor the bot.

    The first chat that is throttled is taken for the cause and waits alone. When a second one is
    throttled before the first may go on, it is the bot as a whole.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def scope(self, chat: str, wait_seconds: float, now: float) -> str:
        """Return ``contact`` or ``account``.

        Args:
            chat: Where the call went; empty for none.
            wait_seconds: As long as it must wait.
            now: Seconds of any clock.
        """
        self._until = {each: until for each, until in self._until.items() if until > now}
        self._until[chat] = now + wait_seconds
        return "contact" if chat and len(self._until) == 1 else "account"


class Delivery:
    """The calls of one bot.

    Args:
        settings: Whose.
    """

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._floods = Floods()

    async def ask(
        self,
        method: str,
        body: Body,
        host: Host,
        *,
        files: dict[str, str] | None = None,
        timeout_seconds: float = PATIENCE_SECONDS,
    ) -> Answer:
        """Call a method and return what Telegram answered."""
        server, token = self._settings.api_url.rstrip("/"), self._settings.bot_token.reveal()
        url = f"{server}/bot{token}/{method}"
        return await host.request(
            "POST", url, json=body, files=files or {}, timeout_seconds=timeout_seconds
        )

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make a call; once more where Telegram says what would be right: see ``_mended``."""
        chat = str((call.body or {}).get("chat_id", ""))
        if _may_move(chat) and (moved := await host.recall(_key(chat))):
            call = _with(call, {**(call.body or {}), "chat_id": int(moved)})
        tried: set[str] = set()
        while True:
            method = call.path.removeprefix("/")
            answer = await self.ask(method, call.body or {}, host, files=call.files)
            refusal = None if 200 <= answer.status < 300 else answers.refusal(answer)
            if refusal is None:
                return answer
            if refusal.error_code == 429:
                return self._throttled(answer, refusal, chat)
            action, call = _mended(refusal, call)
            if action in {"", *tried}:
                return answer
            tried.add(action)
            if action == "move_contact":
                moved = str((call.body or {})["chat_id"]).encode()
                await host.remember(_key(chat), moved, time=_REMEMBERED)

    def _throttled(self, answer: Answer, refusal: answers.Refusal, chat: str) -> Answer:
        wait = refusal.parameters.retry_after if refusal.parameters else None
        scope = self._floods.scope(chat, wait or 1, time.monotonic())
        headers = {**answer.headers, answers.SCOPE: scope}
        return msgspec.structs.replace(answer, headers=headers)


def _mended(refusal: answers.Refusal, call: Call) -> tuple[str, Call]:
    """Return what was done about a refusal, empty for nothing, and the call to try instead."""
    meaning = errors.meaning(refusal.error_code, refusal.description)
    action = meaning.action if meaning else ""
    body = call.body or {}
    match action:
        case "move_contact" if refusal.parameters and refusal.parameters.migrate_to_chat_id:
            return action, _with(call, {**body, "chat_id": refusal.parameters.migrate_to_chat_id})
        case "send_unquoted":
            return action, _with(call, {k: v for k, v in body.items() if k not in _QUOTE})
        case "send_plain":
            return action, _with(call, {k: v for k, v in body.items() if k not in _FORMATTING})
        case "send_file" if "photo" in call.files:
            # What Telegram or another site holds cannot change its kind; our own bytes can.
            files = {"document": call.files["photo"]}
            return action, msgspec.structs.replace(call, path="/sendDocument", files=files)
        case _:
            return "", call


def _with(call: Call, body: Body) -> Call:
    return msgspec.structs.replace(call, body=body)


def _may_move(chat: str) -> bool:
    """Whether a chat can get another id: ordinary groups do, when they become supergroups."""
    return chat.startswith("-") and not chat.startswith("-100")


def _key(chat: str) -> str:
    return f"moved:{chat}"
