"""Tells the gateway how the bot is: what Telegram says of it, and what keeps updates from coming."""

from __future__ import annotations

import time
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from gateway.api import (
    AccountBroken,
    AccountHealth,
    HealthProblem,
    Host,
    NumberDesk,
    PlatformFailure,
)
from gateway_telegram import wire
from gateway_telegram.settings import TelegramSettings
from gateway_telegram.source import CHANNEL

_CONFLICT: Final = "409"
_OF_THE_TOKEN: Final = frozenset({"401", "404"})


def seconds() -> float:
    """Return seconds since 1970 by this machine's clock."""
    return time.time()


class Standing:
    """How one bot stands, as it was last told.

    Args:
        settings: Whose.
        me: The bot, as Telegram knows it.
    """

    def __init__(self, settings: TelegramSettings, me: wire.User | None = None) -> None:
        self._settings = settings
        self._me = me
        self._said: HealthProblem | None = None
        self._said_at = 0.0

    async def well(self, host: Host) -> None:
        """Say that all is well; once a minute is enough."""
        if self._said is not None or seconds() >= self._said_at + 60:
            await self._tell(host, None)

    async def failed(self, host: Host, error: PlatformFailure) -> None:
        """Say that Telegram refuses, or cannot be asked."""
        where = urlsplit(self._settings.api_url).hostname or ""
        await self._tell(host, _problem(error, where))

    async def ill(self, host: Host, explanation: str, remedy: str) -> None:
        """Say that updates do not come here."""
        found = HealthProblem(
            severity="warning", cause="silence", explanation=explanation, remedy=remedy
        )
        await self._tell(host, found)

    async def _tell(self, host: Host, problem: HealthProblem | None) -> None:
        self._said, self._said_at = problem, seconds()
        me = self._me
        found = AccountHealth(
            account=self._settings.id,
            channel=CHANNEL,
            checked_at=int(self._said_at * 1000),
            state=_state(problem),
            address=f"@{me.username}" if me and me.username else None,
            name=me.first_name if me else None,
            token_valid=None if problem and problem.cause == "network" else not _is_auth(problem),
            problems=(problem,) if problem else (),
        )
        kept = msgspec.json.encode(found)
        await host.remember(NumberDesk.health_key, kept, time=NumberDesk.kept_for)


def _problem(error: PlatformFailure, host_name: str) -> HealthProblem:
    told = error.error
    if told.code == _CONFLICT:
        return HealthProblem(
            severity="critical",
            cause="silence",
            code=told.code,
            explanation="Another program takes this bot's updates.",
            remedy="Stop it, or its webhook: Telegram gives updates to one only.",
        )
    if isinstance(error, AccountBroken):
        is_token = told.code in _OF_THE_TOKEN
        return HealthProblem(
            severity="critical",
            cause="auth" if is_token else "platform",
            code=told.code,
            explanation=told.explanation or told.title or "Telegram refuses the bot.",
            remedy="Ask BotFather for the token and set bot_token." if is_token else "",
        )
    return HealthProblem(
        severity="warning",
        cause="network",
        code=told.code,
        explanation=told.explanation or told.title or "Telegram cannot be asked.",
        remedy=f"It is asked again by itself. Is {host_name} reached from here (DNS, firewall)?",
    )


def _state(problem: HealthProblem | None) -> Literal["up", "degraded", "down", "unknown"]:
    if problem is None:
        return "up"
    if problem.cause == "network":
        return "unknown"
    return "down" if problem.severity == "critical" else "degraded"


def _is_auth(problem: HealthProblem | None) -> bool:
    return problem is not None and problem.cause == "auth"
