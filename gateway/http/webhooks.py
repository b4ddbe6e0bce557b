"""Where platforms knock: the hot path, from a raw request to the 200.

Little is done here: verify, parse, commit, answer. Everything else happens after the 200.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec
import structlog
from aiohttp import web

from gateway.channel.channel import WEBHOOKS, Channel
from gateway.channel.request import NO_HEADERS, WebhookRequest
from gateway.channel.unread import unread
from gateway.errors import BodyMalformed, SettingsError, SignatureInvalid, SpoolFull
from gateway.http.body import read_body
from gateway.http.constant import OK
from gateway.http.listener import Handler
from gateway.http.problem import Problem
from gateway.model.event import Event
from gateway.settings.schema import HttpSettings
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

Commit: TypeAlias = Callable[[Sequence[Event]], Awaitable[object]]

RETRY_AFTER_SECONDS: Final = "10"
NO_SIGNATURE: Final = "not signed by an active secret"
OUTCOMES: Final = {403: "refused", 400: "malformed", 413: "malformed", 408: "slow"}
SHARED: Final = "*"
"""Label of the callback address that all accounts of a channel share."""


class Application(msgspec.Struct, frozen=True):
    """Accounts that share their secrets: one application on the platform.

    Attributes:
        channel: Any of them; it verifies and parses for all.
        accounts: Account ids by the platform's own ids.
    """

    channel: Channel[Any]
    accounts: Mapping[str, tuple[str, ...]]


class Door:
    """One callback address.

    Args:
        applications: Whose webhooks are taken here; each needs its own signature.
        account: For counting: an account's id, or ``SHARED``.
        commit: Puts events where they are safe.
        settings: Limits.
        metrics: What is counted.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self,
        applications: Sequence[Application],
        *,
        account: str,
        commit: Commit,
        settings: HttpSettings,
        metrics: Metrics,
        clock: Callable[[], int],
    ) -> None:
        self._applications = applications
        self._first = applications[0]
        self._commit = commit
        self._limit = settings.body_limit_bytes
        self._timeout = settings.body_timeout_seconds
        self._clock = clock
        self._channel = applications[0].channel.type
        self._account = account
        self._count = metrics.webhooks
        self._taken = metrics.webhooks.labels(self._channel, account, "ok")
        metrics.touch([(self._channel, account)], 0)

    async def get(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer the platform's handshake.

        Raises:
            Problem: 403, it does not know our token.
        """
        asked = WebhookRequest(
            body=b"",
            received_at=self._clock(),
            method="GET",
            headers=request.headers,
            query=request.query,
        )
        for application in self._applications:
            challenge = application.channel.challenge(asked)
            if challenge is not None:
                return web.Response(text=challenge)
        raise self._refusal(request, 403, "wrong verify token")

    async def post(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take a webhook; 200 only when all of it is safe.

        Raises:
            Problem: 400, 403, 408, 413 or 503; nothing of it was taken, or it may come again.
        """
        try:
            body = await read_body(request, limit=self._limit, timeout_seconds=self._timeout)
        except Problem as problem:
            self._told(request, problem.status, problem.reason)
            raise
        application = self._first
        received = WebhookRequest(
            body=body,
            received_at=self._clock(),
            headers=request.headers,
            query=request.query if "?" in request.raw_path else NO_HEADERS,
            accounts=application.accounts,
        )
        try:
            application.channel.verify(received)
        except SignatureInvalid:
            application = self._signer(request, received)
            received = msgspec.structs.replace(received, accounts=application.accounts)
        try:
            await self._commit(application.channel.parse(received))
        except BodyMalformed as error:
            raise self._refusal(request, 400, str(error)) from None
        except SpoolFull:
            raise self._unavailable() from None
        except Exception as error:  # a plugin's fault must not lose what was sent
            log.exception(logs.PARSE_FAILED, channel=self._channel, account=self._account)
            await self._keep(application.channel, received, error)
        self._taken.inc()
        return OK(request)

    def _signer(self, request: web.BaseRequest, received: WebhookRequest) -> Application:
        """Return who else of this address signed it."""
        for application in self._applications[1:]:
            try:
                application.channel.verify(received)
            except SignatureInvalid:
                continue
            return application
        raise self._refusal(request, 403, NO_SIGNATURE)

    async def _keep(
        self, channel: Channel[Any], received: WebhookRequest, error: Exception
    ) -> None:
        """Keep a body whole that a plugin failed on."""
        told = f"the {channel.type} plugin failed: {type(error).__name__}: {error}"
        try:
            await self._commit((unread(channel, received, error=told),))
        except SpoolFull:
            raise self._unavailable() from None

    def _unavailable(self) -> Problem:
        self._count.labels(self._channel, self._account, "unavailable").inc()
        return Problem(503, headers={"Retry-After": RETRY_AFTER_SECONDS})

    def _refusal(self, request: web.BaseRequest, status: int, reason: str) -> Problem:
        self._told(request, status, reason)
        return Problem(status)

    def _told(self, request: web.BaseRequest, status: int, reason: str) -> None:
        self._count.labels(self._channel, self._account, OUTCOMES[status]).inc()
        log.warning(
            logs.WEBHOOK_REFUSED,
            channel=self._channel,
            account=self._account,
            reason=reason,
            remote=request.remote,
        )


def routes(
    channels: Sequence[Channel[Any]],
    *,
    commit: Commit,
    settings: HttpSettings,
    metrics: Metrics,
    clock: Callable[[], int],
) -> dict[str, dict[str, Handler]]:
    """Return handlers for one address per account and one per channel type.

    ``/webhooks/CHANNEL/ACCOUNT`` takes what the account's application signed;
    ``/webhooks/CHANNEL`` what any application of the channel signed. Either way each item goes to
    the account it names, among those that share the signing secret.

    Raises:
        SettingsError: See ``tell_apart``.
    """
    tell_apart(channels)
    made: dict[str, dict[str, Handler]] = {}

    def open_door(path: str, applications: Sequence[Application], account: str) -> None:
        door = Door(
            applications,
            account=account,
            commit=commit,
            settings=settings,
            metrics=metrics,
            clock=clock,
        )
        made[path] = {"GET": door.get, "POST": door.post}

    by_type: dict[str, list[Channel[Any]]] = {}
    for channel in channels:
        by_type.setdefault(channel.type, []).append(channel)
    for type_, own in by_type.items():
        applications = _applications(own)
        open_door(f"{WEBHOOKS}/{type_}", applications, SHARED)
        for channel in own:
            secrets = tuple(channel.secrets())
            accounts = next(a.accounts for a in applications if _secrets(a) == secrets)
            only = (Application(channel, accounts),)
            open_door(f"{WEBHOOKS}/{type_}/{channel.account}", only, channel.account)
    return made


def tell_apart(channels: Sequence[Channel[Any]]) -> None:
    """Refuse accounts that nothing in a webhook would tell apart.

    Raises:
        SettingsError: Two share a secret on a channel whose webhooks name no account.
    """
    owners: dict[tuple[str, str], str] = {}
    for channel in channels:
        if channel.names_account:
            continue
        for secret in channel.secrets():
            owner = owners.setdefault((channel.type, secret), channel.account)
            if owner != channel.account:
                raise SettingsError(
                    f"accounts {owner!r} and {channel.account!r} have the same secret, and "
                    f"{channel.title} says nothing else about whose a webhook is: give each "
                    "its own"
                )


def _applications(channels: Sequence[Channel[Any]]) -> tuple[Application, ...]:
    groups: dict[tuple[str, ...], list[Channel[Any]]] = {}
    for channel in channels:
        groups.setdefault(tuple(channel.secrets()), []).append(channel)
    return tuple(Application(group[0], _identities(group)) for group in groups.values())


def _identities(group: Sequence[Channel[Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for channel in group:
        for identity in channel.identities():
            found[identity] = (*found.get(identity, ()), channel.account)
    return found


def _secrets(application: Application) -> tuple[str, ...]:
    return tuple(application.channel.secrets())
