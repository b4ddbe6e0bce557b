"""``relevo tail``: the event streams, followed by eye or by pipe."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Final, Literal

import click
import msgspec

from gateway.bus.embedded import redis_url
from gateway.cli.configuration import config_option, configured_settings
from gateway.cli.tail_view import Line, View
from gateway.client import Consumer, follow
from gateway.settings.schema import LogSettings
from gateway.telemetry.redact import Redactor
from gateway.telemetry.setup import configure_logs

START: Final = re.compile(r"now|oldest|\d+(-\d+)?")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to show; empty means all."""

    accounts: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()

    def __contains__(self, line: Line) -> bool:
        return (not self.accounts or line.account in self.accounts) and (
            not self.types or line.type in self.types
        )


@click.command("tail")
@config_option
@click.option("--redis", "url", help="Redis to read, instead of the one of the settings.")
@click.option("--json", "as_json", is_flag=True, help="One event a line, whole, as JSON.")
@click.option("--group", help="Read as a member of this consumer group, and acknowledge.")
@click.option("--name", default="tail", show_default=True, help="Name of the group's member.")
@click.option(
    "--from", "start", default="now", show_default=True, help="now, oldest, or an entry id."
)
@click.option("--account", "accounts", multiple=True, help="Only this account; repeatable.")
@click.option("--type", "types", multiple=True, help="Only this type of event; repeatable.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many events.")
@click.option("--show-contacts", is_flag=True, help="Show names and numbers in full.")
def command(  # noqa: PLR0913 - one for each option
    *,
    config: Path | None,
    url: str | None,
    as_json: bool,
    group: str | None,
    name: str,
    start: str,
    accounts: tuple[str, ...],
    types: tuple[str, ...],
    count: int | None,
    show_contacts: bool,
) -> None:
    """Follow the event streams until Ctrl-C.

    Without --group nothing is remembered and nobody else notices. With it each event shown is
    acknowledged: the group will not see it again.
    """
    if not START.fullmatch(start):
        raise click.UsageError(f"--from takes now, oldest or an entry id, not {start!r}")
    if group and start not in ("now", "oldest"):
        raise click.UsageError("--from takes now or oldest with --group: the group knows the rest")
    url = url or redis_url(configured_settings(config))
    # What the client has to tell must not stand between the events.
    configure_logs(LogSettings(level="warning"), sys.stderr)
    lines = _of_group(url, group, name, start) if group else _of_all(url, start)
    redactor = Redactor(secrets.token_bytes(16), personal_data=show_contacts)
    show = _print_json if as_json else View(redactor, show_contacts=show_contacts).show
    wanted = Wanted(accounts=frozenset(accounts), types=frozenset(types))
    try:
        asyncio.run(_show(lines, wanted, show, count))
    except KeyboardInterrupt:
        sys.exit(130)


async def _show(
    lines: AsyncGenerator[Line, None],
    wanted: Wanted,
    show: Callable[[Line], None],
    count: int | None,
) -> None:
    shown = 0
    async with contextlib.aclosing(lines):
        async for line in lines:
            if line in wanted:
                show(line)
                shown += 1
            if shown == count:
                return


async def _of_all(url: str, start: str) -> AsyncGenerator[Line, None]:
    async with contextlib.aclosing(follow(url, start=start)) as entries:
        async for seen in entries:
            yield Line(seen.event)


async def _of_group(url: str, group: str, name: str, start: str) -> AsyncGenerator[Line, None]:
    begins: Literal["now", "oldest"] = "oldest" if start == "oldest" else "now"
    async with Consumer(url, group=group, name=name, start=begins) as consumer:
        async for delivery in consumer:
            # Acknowledged once it is shown: the loop has come back for the next one, or ended.
            try:
                yield Line(delivery.event)
            finally:
                await delivery.done()


def _print_json(line: Line) -> None:
    sys.stdout.buffer.write(line.json() + b"\n")
    sys.stdout.buffer.flush()
