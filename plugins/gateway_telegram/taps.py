"""Answers taps on buttons, so that the button stops spinning.

Only once the tap is safe, and beside everything else: an answer that fails costs nothing but the
spinner, which Telegram ends by itself after a while.

Source: Telegram Bot API, "answerCallbackQuery".
"""

from __future__ import annotations

import asyncio
from typing import Final

from gateway.api import Choice, Event, Host, MessageReceived, PlatformFailure
from gateway_telegram import answers
from gateway_telegram.delivery import Delivery
from gateway_telegram.formatting import Body

MOST_AT_ONCE: Final = 200
"""What comes on top is left to end by itself."""
PATIENCE_SECONDS: Final = 15.0


class Taps:
    """The answers of one bot.

    Args:
        delivery: Makes the calls.
        text: What the contact sees for a moment; empty for nothing.
    """

    def __init__(self, delivery: Delivery, *, text: str) -> None:
        self._delivery = delivery
        self._text = text
        self._running: set[asyncio.Task[None]] = set()

    def answer(self, event: Event, host: Host) -> None:
        """Begin to answer, if it is a tap; returns at once."""
        match event:
            case MessageReceived(message=message) if isinstance(message.content, Choice):
                query = message.content.query_id
            case _:
                return
        if query is None or len(self._running) >= MOST_AT_ONCE:
            return
        task = asyncio.create_task(self._answer(query, host))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Leave what is under way."""
        running = tuple(self._running)
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _answer(self, query: str, host: Host) -> None:
        body: Body = {"callback_query_id": query, **({"text": self._text} if self._text else {})}
        try:
            answer = await self._delivery.ask(
                "answerCallbackQuery", body, host, timeout_seconds=PATIENCE_SECONDS
            )
            answers.result(answer)
        except PlatformFailure:
            return  # too late, or Telegram is away: health tells of that elsewhere
