"""Fetches updates, for machines that Telegram cannot reach.

Nothing is lost: what was fetched is confirmed to Telegram (by asking for what follows) only after
it is safe on our side. Nothing is doubled: what is fetched again makes the same events.

Source: Telegram Bot API, "getUpdates", "deleteWebhook".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

import msgspec

from gateway.api import (
    Event,
    Host,
    InDoubt,
    PlatformFailure,
    Temporary,
    Throttled,
    WebhookRequest,
    sound_json,
)
from gateway_telegram import answers
from gateway_telegram.delivery import Delivery
from gateway_telegram.settings import TelegramSettings
from gateway_telegram.standing import Standing, seconds

Parse: TypeAlias = Callable[[WebhookRequest], Sequence[Event]]

HELD_SECONDS: Final = 25
PATIENCE_SECONDS: Final = 15.0
MOST: Final = 100
_OFFSET: Final = "offset"
_REMEMBERED: Final = timedelta(hours=24)
"""Telegram keeps what is not confirmed no longer."""
_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


class _Batch(msgspec.Struct, frozen=True):
    result: tuple[msgspec.Raw, ...]


class _Numbered(msgspec.Struct, frozen=True):
    update_id: int


class Poller:
    """Long polling for one bot; only one may do that.

    Args:
        parse: Makes events of one update.
        delivery: Makes the calls.
        settings: Whose.
        standing: Where trouble is told.
        held_seconds: After how long Telegram answers when nothing came.
    """

    def __init__(
        self,
        parse: Parse,
        delivery: Delivery,
        settings: TelegramSettings,
        standing: Standing,
        *,
        held_seconds: int = HELD_SECONDS,
    ) -> None:
        self._parse = parse
        self._delivery = delivery
        self._settings = settings
        self._standing = standing
        self._held = held_seconds

    async def run(self, host: Host) -> None:
        """Fetch until cancelled; wait and go on while Telegram fails.

        Raises:
            PlatformFailure: Telegram refuses: a wrong token, or another program polls.
        """
        # Updates that wait at a webhook stay, and come by polling then.
        answers.result(await self._delivery.ask("deleteWebhook", {}, host))
        kept = await host.recall(_OFFSET)
        offset = int(kept) if kept is not None else None
        failures = 0
        while True:
            try:
                updates = await self._fetch(offset, host)
            except (Temporary, InDoubt, Throttled) as error:
                await self._standing.failed(host, error)
                await asyncio.sleep(_wait(error, failures))
                failures += 1
                continue
            failures = 0
            await self._standing.well(host)
            offset = await self._take(updates, host)

    async def _fetch(self, offset: int | None, host: Host) -> tuple[bytes, ...]:
        body = {
            "timeout": self._held,
            "limit": MOST,
            "allowed_updates": list(self._settings.allowed_updates),
            **({} if offset is None else {"offset": offset}),
        }
        answer = await self._delivery.ask(
            "getUpdates", body, host, timeout_seconds=self._held + PATIENCE_SECONDS
        )
        answers.result(answer)
        # Each update stays as it came, for `parse` to read.
        batch = msgspec.json.decode(sound_json(answer.body), type=_Batch)
        return tuple(bytes(each) for each in batch.result)

    async def _take(self, updates: Sequence[bytes], host: Host) -> int | None:
        """Make updates safe and return what to ask for next.

        Once Telegram has answered without any, what went before is confirmed and the number is
        of no use; after a week without updates Telegram counts anew, from anywhere.
        """
        if not updates:
            return None
        now = int(seconds() * 1000)
        requests = [WebhookRequest(body=each, received_at=now) for each in updates]
        await host.commit([event for each in requests for event in self._parse(each)])
        following = max(_number(each) for each in updates) + 1
        await host.remember(_OFFSET, str(following).encode(), time=_REMEMBERED)
        return following


def _number(update: bytes) -> int:
    return msgspec.json.decode(update, type=_Numbered).update_id


def _wait(error: PlatformFailure, failures: int) -> float:
    if error.retry_after is not None:
        return error.retry_after.total_seconds()
    return _WAITS[min(failures, len(_WAITS) - 1)]
