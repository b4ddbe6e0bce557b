"""What one process does for a page or account all the time: is the token good, do webhooks come?

Meta takes a page off a webhook that failed for an hour, and says so to nobody. So it is asked,
and put back; and a token that died is told before the first message fails.

Source: Meta for Developers, Messenger Platform, "Webhooks"; Instagram Platform, "Webhooks".
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final, Literal

import msgspec

from gateway.api import (
    AccountAlert,
    AccountBroken,
    AccountHealth,
    Alert,
    HealthProblem,
    Host,
    NumberDesk,
    PlatformError,
    PlatformFailure,
    Rejected,
    event_id,
)
from gateway_meta.graph import Graph
from gateway_meta.tokens import Token

AGAIN: Final = timedelta(days=1)
"""A trouble that lasts is told once a day."""
SEEN: Final = timedelta(days=30)
_TOKEN: Final = "upkeep.token"  # noqa: S105 - the name of a key
_SUBSCRIBED: Final = "upkeep.subscribed"
_EDGE: Final = "subscribed_apps"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Whose upkeep it is.

    Attributes:
        channel: Type of the channel.
        account: Its id.
        node: Whose token it is: the id of a page, or of an Instagram account.
        subscribes: The node that is subscribed.
        name: The field that holds its name.
    """

    channel: str
    account: str
    node: str
    subscribes: str
    name: str = "name"


class Upkeep:
    """Looks after one page or account.

    Args:
        graph: Asks.
        token: What it asks with; renewed here.
        place: Whose it is.
        fields: Webhook fields to subscribe to; none to leave that alone.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        graph: Graph,
        token: Token,
        place: Place,
        *,
        fields: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._graph = graph
        self._secret = token
        self._place = place
        self._fields = fields
        self._clock = clock
        self._name: str | None = None
        self._silence: HealthProblem | None = None

    async def run(self, host: Host, *, minutes: int) -> None:
        """Look at once and then every so many minutes, until cancelled; never with none."""
        while minutes:
            await self.look(host)
            await asyncio.sleep(minutes * 60)

    async def look(self, host: Host) -> None:
        """Renew and check the token and check the subscription; what is wrong is told, never raised.

        Raises:
            RedisUnavailable: Not now.
        """
        await self._renewal(host)
        if await self._token(host) and self._fields:
            await self._subscription(host)

    async def _renewal(self, host: Host) -> None:
        """Renew the token when it is time, and tell when that does not go for long."""
        await self._secret.renew(host)
        over = "The access token was renewed."
        await self._tell(host, self._secret.problem, "token_renewal", over)

    async def _token(self, host: Host) -> bool:
        """Return whether the platform takes our token, and tell when that changes."""
        try:
            told = await self._graph.ask(
                host, "GET", self._place.node, query={"fields": self._place.name}
            )
        except AccountBroken as broken:
            await self._keep(host, "down", broken.error)
            await self._broken(broken.error, host)
            return False
        except PlatformFailure as failure:
            # The platform's trouble, or a limit: it says nothing of the token.
            await self._keep(host, "unknown", failure.error)
            return False
        name = told.get(self._place.name)
        self._name = name if isinstance(name, str) else None
        await self._keep(host, "up")
        if await host.recall(_TOKEN):
            await host.remember(_TOKEN, b"", time=AGAIN)
            await self._alert(host, "info", "token", "The access token works again.")
        return True

    async def _keep(
        self,
        host: Host,
        state: Literal["up", "down", "unknown"],
        error: PlatformError | None = None,
    ) -> None:
        """Keep how the account stands, where the daemon shows it."""
        problems = [self._secret.problem, self._silence]
        if error is not None:
            away = _away(error, self._graph.host_name)
            problems = [_problem(error) if state == "down" else away]
        told = tuple(each for each in problems if each is not None)
        found = AccountHealth(
            account=self._place.account,
            channel=self._place.channel,
            checked_at=int(self._clock() * 1000),
            state="degraded" if state == "up" and told else state,
            address=self._place.node,
            name=self._name,
            token_expires_at=self._secret.expires_at,
            token_valid={"up": True, "down": False, "unknown": None}[state],
            problems=told,
        )
        kept = msgspec.json.encode(found)
        await host.remember(NumberDesk.health_key, kept, time=NumberDesk.kept_for)

    async def _broken(self, error: PlatformError, host: Host) -> None:
        code = ".".join(each for each in (error.code, error.subcode) if each)
        if await host.recall(_TOKEN) == code.encode():
            return
        told = error.explanation or "The platform does not take the access token."
        await self._alert(host, "critical", code, told)
        await host.remember(_TOKEN, code.encode(), time=AGAIN)

    async def _subscription(self, host: Host) -> None:
        """Subscribe, and tell when that was lost since the last time, or is refused."""
        node, fields = self._place.subscribes, ",".join(self._fields)
        try:
            told = await self._graph.ask(host, "GET", node, _EDGE)
            await self._graph.ask(host, "POST", node, _EDGE, query={"subscribed_fields": fields})
        except (Rejected, AccountBroken) as refused:
            await self._subscribed(host, _unsubscribed(refused.error))
            return
        except PlatformFailure:
            return
        await self._subscribed(host, None)
        if await host.recall(_SUBSCRIBED) and not told.get("data"):
            lost = "Webhooks had been switched off; they are on again, what came meanwhile is lost."
            await self._alert(host, "warning", "subscription_lost", lost)
        await host.remember(_SUBSCRIBED, b"1", time=SEEN)

    async def _subscribed(self, host: Host, problem: HealthProblem | None) -> None:
        before, self._silence = self._silence, problem
        if before != problem:
            await self._keep(host, "up")
        over = "The account is subscribed to webhooks."
        await self._tell(host, problem, "subscription_refused", over)

    async def _tell(self, host: Host, problem: HealthProblem | None, code: str, over: str) -> None:
        """Tell of a trouble once a day, and when it is over."""
        key = f"upkeep.{code}"
        told = await host.recall(key)
        if problem is not None and not told:
            await self._alert(host, "warning", code, problem.explanation)
            await host.remember(key, b"1", time=AGAIN)
        elif problem is None and told:
            await host.remember(key, b"", time=AGAIN)
            await self._alert(host, "info", code, over)

    async def _alert(
        self, host: Host, severity: Literal["critical", "warning", "info"], code: str, text: str
    ) -> None:
        now = int(self._clock() * 1000)
        facts: dict[str, Any] = {"node": self._place.node}
        await host.commit(
            [
                AccountAlert(
                    id=event_id(now, self._place.account, "account.alert", code),
                    at=now,
                    channel=self._place.channel,
                    account=self._place.account,
                    alert=Alert(severity=severity, code=code, text=text, facts=facts),
                )
            ]
        )


def _unsubscribed(error: PlatformError) -> HealthProblem:
    why = error.explanation or error.title or error.code
    return HealthProblem(
        severity="warning",
        cause="silence",
        explanation=f"Meta does not subscribe the account to webhooks: {why}",
        remedy="Look at the names in subscribe, and at what the app may (its review, its token).",
        code=error.code,
    )


def _away(error: PlatformError, host: str) -> HealthProblem:
    return HealthProblem(
        severity="warning",
        cause="network",
        explanation=error.explanation or "Meta cannot be asked.",
        remedy=f"It is asked again by itself. Is {host} reached from here (DNS, firewall)?",
        code=error.code,
    )


def _problem(error: PlatformError) -> HealthProblem:
    return HealthProblem(
        severity="critical",
        cause="auth" if error.code in ("0", "102", "190") else "platform",
        explanation=error.explanation or "The platform does not take the access token.",
        remedy="Connect the account again, and give the new access_token.",
        code=error.code,
    )
