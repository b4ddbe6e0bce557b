"""Updates on their way to the bot: posted to its webhook, or kept until it asks.

Source: Telegram Bot API, "Getting updates", "setWebhook", "WebhookInfo".
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from gateway.testing.delivery import Attempt, Webhook, WebhookSender
from gateway.testing.telegram.call import Call
from gateway.testing.telegram.chats import Json, Update
from gateway.testing.telegram.errors import bad, conflict

UNASKED: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only when they are named."""
LONGEST_POLL: Final = 50
PORTS: Final = frozenset({80, 88, 443, 8443})
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Updates:
    """Every update that the bot has not confirmed.

    Args:
        sender: Posts webhooks.
        first: Number of the first update.
        strict: Whether a webhook must be one that Telegram's own servers post to.

    Attributes:
        pending: By number.
        webhook: What ``setWebhook`` said; None while updates are asked for.
    """

    def __init__(self, sender: Callable[[], WebhookSender], *, first: int, strict: bool) -> None:
        self.pending: dict[int, bytes] = {}
        self.webhook: dict[str, Json] | None = None
        self._sender = sender
        self._strict = strict
        self._next = first
        self._allowed: frozenset[str] | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._poll = 0
        self._came = asyncio.Event()

    def add(self, update: Update) -> int | None:
        """Take an update; return its number, or None when the bot does not want such."""
        wanted = self._allowed
        if update.kind in UNASKED if wanted is None else update.kind not in wanted:
            return None
        number, self._next = self._next, self._next + 1
        self.pending[number] = msgspec.json.encode({"update_id": number, update.kind: update.body})
        self._came.set()
        self._post(number)
        return number

    def skip(self, count: int) -> None:
        """Let Telegram count on from elsewhere."""
        self._next += count

    @property
    def busy(self) -> bool:
        """Whether webhooks are under way."""
        return bool(self._tasks)

    async def settled(self) -> None:
        """Wait until every webhook is answered 200 or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def stop(self) -> None:
        """Leave what is under way."""
        running = tuple(self._tasks.values())
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    # Methods of the Bot API.

    async def set_webhook(self, call: Call) -> bool:
        """Answer ``setWebhook``."""
        url, secret = call.text("url"), call.text("secret_token")
        if secret and not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        self._check(url)
        await self.stop()
        self._allow(call)
        if call.flag("drop_pending_updates"):
            self.pending.clear()
        self.webhook = {"url": url, "secret": secret} if url else None
        self._poll += 1
        self._came.set()
        for number in self.pending:
            self._post(number)
        return True

    async def delete_webhook(self, call: Call) -> bool:
        """Answer ``deleteWebhook``: what was not delivered waits to be asked for."""
        await self.stop()
        self.webhook = None
        if call.flag("drop_pending_updates"):
            self.pending.clear()
        return True

    async def webhook_info(self, call: Call) -> dict[str, Json]:
        """Answer ``getWebhookInfo``."""
        del call
        info: dict[str, Json] = {
            "url": self.webhook["url"] if self.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if self._allowed is not None:
            info["allowed_updates"] = sorted(self._allowed)
        failures = [
            attempt
            for delivery in self._sender().ledger.deliveries
            for attempt in delivery.attempts
            if attempt.status != HTTPStatus.OK
        ]
        if self.webhook and failures:
            last = max(failures, key=lambda each: each.answered_at)
            info |= {"last_error_date": int(last.answered_at), "last_error_message": _told(last)}
        return info

    async def get_updates(self, call: Call) -> list[Any]:
        """Answer ``getUpdates``: what is there, or what comes within the time."""
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                "the webhook first"
            )
        self._allow(call)
        self._confirm(call.integer("offset", 0) or 0)
        self._poll += 1
        mine = self._poll
        self._came.set()  # whoever waited is ended
        await self._wait(min(call.integer("timeout", 0) or 0, LONGEST_POLL), mine)
        if mine != self._poll:
            raise conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is "
                "running"
            )
        most = min(max(call.integer("limit", 100) or 100, 1), 100)
        return [msgspec.Raw(each) for _, each in sorted(self.pending.items())[:most]]

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if url and not parts.hostname:
            raise bad("bad webhook: invalid webhook URL specified")
        if url and self._strict:
            if parts.scheme != "https":
                raise bad("bad webhook: An HTTPS URL must be provided for webhook")
            if (parts.port or 443) not in PORTS:
                raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")

    def _allow(self, call: Call) -> None:
        given = call.json("allowed_updates", "allowed updates")
        if given is not None:
            self._allowed = frozenset(given) or None

    def _confirm(self, offset: int) -> None:
        known = sorted(self.pending)
        gone = known[:offset] if offset < 0 else [each for each in known if each < offset]
        for each in gone:
            del self.pending[each]

    async def _wait(self, seconds: int, mine: int) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while not self.pending and mine == self._poll:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            self._came.clear()
            try:
                async with asyncio.timeout(left):
                    await self._came.wait()
            except TimeoutError:
                return

    def _post(self, number: int) -> None:
        if self.webhook is None:
            return
        task = asyncio.create_task(self._deliver(number, self.webhook))
        self._tasks[number] = task
        task.add_done_callback(lambda _: self._tasks.pop(number, None))

    async def _deliver(self, number: int, webhook: dict[str, Json]) -> None:
        headers = {"Content-Type": "application/json"}
        if webhook["secret"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret"]
        posted = Webhook(body=self.pending[number], headers=headers, ids=(str(number),))
        await self._sender().deliver(posted, webhook["url"])
        self.pending.pop(number, None)  # answered, or given up


def _told(attempt: Attempt) -> str:
    if attempt.status is None:
        return (
            "Connection refused"
            if "ConnectorError" in (attempt.error or "")
            else "Connection timed out"
        )
    return f"Wrong response from the webhook: {attempt.status} {HTTPStatus(attempt.status).phrase}"
