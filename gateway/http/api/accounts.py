"""Accounts and channels: what there is, how it is, and the brake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from msgspec import Meta

from gateway.channel.capabilities import Capability
from gateway.channel.channel import Channel
from gateway.channel.rules import WindowRule
from gateway.daemon.health import ACCOUNT, Condition
from gateway.http.api.contacts import NO_ACCOUNT, require_account
from gateway.http.api.operation import Call, Nothing, Reply, operation
from gateway.model.limits import Limits
from gateway.model.outbox import AccountState
from gateway.model.value import Value

GROUP: Final = "Accounts"


class AccountPath(Value, frozen=True, kw_only=True):
    """Which account.

    Attributes:
        account: Id of the account, as the settings name it.
    """

    account: str


class Account(Value, frozen=True, kw_only=True):
    """An account of ours on a platform.

    Attributes:
        id: As the settings name it.
        channel: Type of its channel.
        title: Its channel's name for people.
        condition: Whether it works, as `/readyz` tells it; absent where nothing is known.
        queues: What waits, and whether it is paused.
    """

    id: str
    channel: str
    title: str
    condition: Condition | None = None
    queues: AccountState


class Accounts(Value, frozen=True, kw_only=True):
    """Every account.

    Attributes:
        accounts: In the order of their ids.
    """

    accounts: tuple[Account, ...]


class PauseReason(Value, frozen=True, kw_only=True):
    """Why nothing is to be sent for now.

    Attributes:
        reason: For whoever asks later; up to 200 characters.
    """

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class WindowOf(Value, frozen=True, kw_only=True):
    """A platform's rule for free-form messages.

    Attributes:
        seconds: How long it stays open after what opened it.
        opens: What opens it: one sentence each.
        source: Where the platform says so.
    """

    seconds: int
    opens: tuple[str, ...]
    source: str


class ChannelInfo(Value, frozen=True, kw_only=True):
    """A kind of platform.

    Attributes:
        type: Its name in settings and events.
        title: Its name for people.
        window: The rule for free-form messages, where the platform has one.
        limits: How fast it takes messages, where it says so.
        capabilities: What it can send, and how much of it, by the kind of content.
    """

    type: str
    title: str
    window: WindowOf | None = None
    limits: Limits | None = None
    capabilities: dict[str, Capability]


class Channels(Value, frozen=True, kw_only=True):
    """Every kind of platform that is in use here.

    Attributes:
        channels: In the order of their types.
    """

    channels: tuple[ChannelInfo, ...]


@operation("GET", "/v1/accounts", group=GROUP, scope="accounts", answers={200: Accounts})
async def list_accounts(call: Call[Nothing, Nothing]) -> Reply:
    """List accounts.

    With what waits to be sent by each.
    """
    return Reply(Accounts(accounts=tuple(await _accounts(call))))


async def _accounts(call: Call[Any, Any]) -> list[Account]:
    conditions = call.daemon.health.report().components
    return [
        Account(
            id=state.id,
            channel=state.channel,
            title=call.daemon.channels[state.id].title,
            condition=conditions.get(f"{ACCOUNT}{state.id}"),
            queues=state,
        )
        for state in sorted(await call.daemon.outbox.accounts(), key=lambda each: each.id)
    ]


async def _account(call: Call[AccountPath, Any]) -> Reply:
    wanted = call.parameters.account
    return Reply(next(each for each in await _accounts(call) if each.id == wanted))


@operation(
    "GET",
    "/v1/accounts/{account}",
    group=GROUP,
    scope="accounts",
    answers={200: Account},
    problems=NO_ACCOUNT,
)
async def get_account(call: Call[AccountPath, Nothing]) -> Reply:
    """Tell what waits in an account.

    Whether it works, whether it is paused, and how much is queued, held, scheduled and dead.
    """
    require_account(call.daemon, call.parameters.account)
    return await _account(call)


@operation(
    "POST",
    "/v1/accounts/{account}/pause",
    group=GROUP,
    scope="admin",
    answers={200: Account},
    problems=NO_ACCOUNT,
    example={"reason": "wrong prices in the campaign"},
)
async def pause_account(call: Call[AccountPath, PauseReason]) -> Reply:
    """Pause an account.

    Nothing is sent until it is resumed. Messages are taken and wait. What is under way to the platform is not called back.
    """
    account = call.parameters.account
    require_account(call.daemon, account)
    await call.daemon.outbox.pause(account, reason=call.body.reason)
    return await _account(call)


@operation(
    "POST",
    "/v1/accounts/{account}/resume",
    group=GROUP,
    scope="admin",
    answers={200: Account},
    problems=NO_ACCOUNT,
)
async def resume_account(call: Call[AccountPath, Nothing]) -> Reply:
    """Resume an account.

    One that you paused, or that was paused because the platform refused it. No error when it was not paused.
    """
    account = call.parameters.account
    require_account(call.daemon, account)
    await call.daemon.outbox.resume(account)
    return await _account(call)


@operation("GET", "/v1/channels", group=GROUP, scope="accounts", answers={200: Channels})
async def list_channels(call: Call[Nothing, Nothing]) -> Reply:
    """List channels.

    The kinds of platforms in use here, and what each can send.
    """
    kinds = {each.type: each for each in call.daemon.channels.values()}
    return Reply(Channels(channels=tuple(_channel(kinds[name]) for name in sorted(kinds))))


def _channel(channel: Channel[Any]) -> ChannelInfo:
    return ChannelInfo(
        type=channel.type,
        title=channel.title,
        window=None if channel.window is None else _window(channel.window),
        limits=channel.limits,
        capabilities=_plain(channel.capabilities),
    )


def _window(rule: WindowRule) -> WindowOf:
    seconds = int(rule.length.total_seconds())
    return WindowOf(seconds=seconds, opens=rule.described, source=rule.source)


def _plain(capabilities: Mapping[str, Capability]) -> dict[str, Capability]:
    return {kind: capabilities[kind] for kind in sorted(capabilities)}
