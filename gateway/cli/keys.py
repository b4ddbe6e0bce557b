"""``relevo keys``: the keys of the API."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from gateway.bus.apikeys import SCOPES, ApiKey, ApiKeys
from gateway.bus.connection import Connection
from gateway.bus.embedded import redis_url
from gateway.cli.asking import NotAnswered
from gateway.cli.configuration import config_option, configured_settings
from gateway.cli.console import complain, minute_of, stderr, stdout
from gateway.errors import RedisUnavailable
from gateway.settings.schema import EMBEDDED

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([hdwy])")
_UNITS: Final = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}


@click.group("keys")
def command() -> None:
    """Make, list and revoke keys of the API.

    A key is rlv_ID_SECRET. Only its digest is kept, in Redis: what create prints cannot be shown
    again. The daemon notices a new or revoked key within seconds.
    """


def _redis_options(subcommand: F) -> F:
    url = click.option("--redis", "url", help="Redis to use, instead of the one of the settings.")
    return config_option(url(subcommand))


def _expiry(ctx: click.Context, option: click.Parameter, given: str | None) -> datetime | None:
    """Read ``90d`` or ``2027-01-31``."""
    del ctx, option
    if given is None:
        return None
    if found := _SPAN.fullmatch(given):
        return datetime.now(UTC) + int(found[1]) * _UNITS[found[2]]
    try:
        day = datetime.fromisoformat(given)
    except ValueError:
        told = f"{given!r} is neither a time like 12h, 90d, 8w, 1y nor a day like 2027-01-31"
        raise click.BadParameter(told) from None
    when = day if day.tzinfo else day.replace(tzinfo=UTC)
    if when <= datetime.now(UTC):
        raise click.BadParameter(f"{given} is over")
    return when


@command.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(list(SCOPES)),
    help="What it may do; repeatable.",
)
@click.option(
    "--expires", callback=_expiry, help="When it ends: 12h, 90d, 8w, 1y or a day, 2027-01-31."
)
@_redis_options
def create(
    *,
    name: str,
    scopes: tuple[str, ...],
    expires: datetime | None,
    config: Path | None,
    url: str | None,
) -> None:
    """Make a key and print it, this once.

    NAME is yours to choose: what uses the key. Only the key goes to standard output, so that
    KEY=$(relevo keys create shop --scope messages:send) works.
    """
    until = None if expires is None else int(expires.timestamp() * 1000)

    async def make(keys: ApiKeys) -> tuple[ApiKey, str]:
        return await keys.create(name, scopes, now=_now(), expires_at=until)

    try:
        key, secret = _run(make, config, url)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(secret)
    ends = f"until {_day(key.expires_at)}" if key.expires_at else "until revoked"
    told = f"{key.name} ({key.id}) may {', '.join(key.scopes)}, {ends}. Keep the key safe: only "
    stderr().print(f"{told}its digest is kept here.", markup=False, soft_wrap=True)


@command.command("list")
@_redis_options
def list_(*, config: Path | None, url: str | None) -> None:
    """List the keys, with what they may do and when they were last used."""

    async def found(keys: ApiKeys) -> tuple[list[ApiKey], dict[str, int]]:
        return await keys.all(), await keys.used()

    every, used = _run(found, config, url)
    if not every:
        stderr().print("There is no key yet; make one with `relevo keys create`.", markup=False)
        return
    from rich.table import Table  # noqa: PLC0415 - slow to load, and not needed by the others

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "id", "may", "made", "last used", "ends"):
        table.add_column(heading, overflow="fold")
    now = _now()
    for key in every:
        style = "dim" if key.expired(now) else None
        table.add_row(*_row(key, used.get(key.id), now), style=style)
    stdout().print(table)


def _row(key: ApiKey, used_at: int | None, now: int) -> Iterator[str]:
    yield key.name
    yield key.id
    yield ", ".join(key.scopes)
    yield _day(key.created_at)
    yield "never" if used_at is None else minute_of(used_at)
    if key.expires_at is None:
        yield "when revoked"
    else:
        yield f"{'ended ' if key.expired(now) else ''}{_day(key.expires_at)}"


@command.command("revoke")
@click.argument("named", metavar="NAME|ID")
@_redis_options
def revoke(*, named: str, config: Path | None, url: str | None) -> None:
    """Forget a key: whoever uses it is refused within seconds."""

    async def forget(keys: ApiKeys) -> ApiKey | None:
        return await keys.revoke(named)

    key = _run(forget, config, url)
    if key is None:
        complain(f"there is no key {named!r}; `relevo keys list` shows them")
        sys.exit(1)
    stdout().print(f"revoked: {key.name} ({key.id})", markup=False)


def _run(work: Callable[[ApiKeys], Awaitable[T]], config: Path | None, url: str | None) -> T:
    settings = configured_settings(config)

    async def run() -> T:
        connection = Connection(url or redis_url(settings))
        try:
            return await work(ApiKeys(connection))
        except RedisUnavailable as error:
            if url is None and settings.redis.url == EMBEDDED:
                told = str(error).rstrip(".")
                raise NotAnswered(f"{told}; is relevo run running?") from error
            raise
        finally:
            await connection.close()

    return asyncio.run(run())


def _now() -> int:
    return time.time_ns() // 1_000_000


def _day(at: int) -> str:
    return minute_of(at).partition(" ")[0]
