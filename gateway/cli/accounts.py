"""``relevo accounts``: what waits in accounts, and the brake."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import click
import msgspec

from gateway.cli.asking import Asking, ProblemAnswered, asking, daemon_options, tell
from gateway.cli.configuration import config_option
from gateway.cli.console import minute_of, stderr, stdout
from gateway.cli.hosted import print_json
from gateway.http.api.accounts import Account, Accounts, PauseReason
from gateway.model.outbox import AccountState

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

COUNTS: Final = ("live", "bulk", "held", "scheduled", "failed")
SPANS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@click.group("accounts")
def command() -> None:
    """Show what waits in accounts; pause and resume them.

    Asks a running daemon. How the platforms see the accounts is told by relevo numbers health.
    """


def _asks(subcommand: F) -> F:
    return daemon_options(config_option(subcommand))


@command.command("list", short_help="Show whether accounts work, and what waits in them.")
@click.option("--json", "as_json", is_flag=True, help="One account a line, whole, as JSON.")
@_asks
def list_accounts(*, as_json: bool, url: str | None, key: str | None, config: Path | None) -> None:
    """Show whether accounts work, and what waits in them.

    Live and bulk are messages that wait to be sent, held those that wait for their contact to
    write, failed those that relevo replay can send again. Oldest: for how long the first waits.
    """

    async def ask(daemon: Asking) -> tuple[Account, ...]:
        return (await daemon.get("/v1/accounts", Accounts)).accounts

    found = _answered(ask, config, url, key)
    if as_json:
        for each in found:
            print_json(each)
    elif found:
        _show(found)
    else:
        stderr().print("There is no account in the settings of the daemon.", markup=False)


@command.command("pause")
@click.argument("account")
@click.option("--reason", required=True, help="For whoever asks later; up to 200 characters.")
@_asks
def pause(
    *, account: str, reason: str, url: str | None, key: str | None, config: Path | None
) -> None:
    """Send nothing for an account until it is resumed.

    Messages are still taken, and wait. What is under way to the platform is not called back.
    """
    body = msgspec.json.encode(PauseReason(reason=reason))
    found = _changed(account, "pause", body, config, url, key)
    _say(f"{account} is paused; {_waiting(found.queues)}.")
    _say(f"Resume it with: relevo accounts resume {account}")


@command.command("resume")
@click.argument("account")
@_asks
def resume(*, account: str, url: str | None, key: str | None, config: Path | None) -> None:
    """Send for an account again, whoever paused it.

    One that the platform still refuses pauses again by itself.
    """
    found = _changed(account, "resume", b"", config, url, key)
    _say(f"{account} is not paused; {_waiting(found.queues)}.")


def _changed(
    account: str,
    verb: str,
    body: bytes,
    config: Path | None,
    url: str | None,
    key: str | None,
) -> Account:
    async def ask(daemon: Asking) -> Account:
        _, answer = await daemon.post(f"/v1/accounts/{quote(account, safe='')}/{verb}", body)
        return msgspec.json.decode(answer, type=Account)

    return _answered(ask, config, url, key)


def _answered(
    ask: Callable[[Asking], Awaitable[T]], config: Path | None, url: str | None, key: str | None
) -> T:
    async def run() -> T:
        async with asking(config, url, key) as daemon:
            return await ask(daemon)

    try:
        return asyncio.run(run())
    except ProblemAnswered as problem:
        tell(problem.details)
        sys.exit(1)


def _say(told: str) -> None:
    stdout().print(told, markup=False, soft_wrap=True)


def _waiting(queues: AccountState) -> str:
    lanes = [f"{count} {lane}" for lane in ("live", "bulk") if (count := getattr(queues, lane))]
    return f"messages waiting: {', '.join(lanes) or 'none'}"


def _show(found: Sequence[Account]) -> None:
    from rich.table import Table  # noqa: PLC0415 - loading rich takes time
    from rich.text import Text  # noqa: PLC0415 - the same

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("account", overflow="fold")
    table.add_column("state")
    for heading in (*COUNTS, "oldest"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in found:
        table.add_row(*(Text(cell) for cell in _row(each)))
    stdout().print(table)
    for each in found:
        for told in _more(each):
            _say(f"{each.id}: {told}")


def _row(account: Account) -> Iterator[str]:
    queues = account.queues
    yield from (account.id, _state(account))
    for count in (queues.live, queues.bulk, queues.held, queues.scheduled, queues.dead):
        yield str(count)
    yield "" if queues.oldest_at is None else _age(queues.oldest_at)


def _state(account: Account) -> str:
    if account.queues.paused is not None:
        return "paused"
    return "unknown" if account.condition is None else account.condition.state


def _more(account: Account) -> Iterator[str]:
    """Say what a word in the table does not."""
    queues, condition = account.queues, account.condition
    if queues.paused is not None:
        since = f" since {minute_of(queues.paused_at)}" if queues.paused_at else ""
        yield f"paused{since}: {queues.paused}"
    if condition is not None and condition.state != "up" and condition.detail != queues.paused:
        yield f"{condition.state} since {minute_of(condition.since)}: {condition.detail}"
    if queues.pace is not None and queues.pace < 1:
        yield f"sends at {queues.pace:.0%} of its rate, for the platform said it is too fast"


def _age(at: int) -> str:
    seconds = max(0, time.time_ns() // 1_000_000 - at) // 1000
    return next((f"{seconds // size} {unit}" for size, unit in SPANS if seconds >= size), "0 s")
