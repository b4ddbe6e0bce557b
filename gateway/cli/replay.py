"""``relevo replay``: failed messages, seen and sent again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from gateway.cli.asking import Asking, ProblemAnswered, asking, daemon_options, tell
from gateway.cli.configuration import config_option
from gateway.cli.console import complain, minute_of, stderr, stdout
from gateway.http.api.messages import Records, Replay
from gateway.http.api.sending import BatchAnswer
from gateway.model.outbox import OutboundRecord, Refused

PAGE: Final = 500


@click.command("replay")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--account", help="Whose failed messages to list, or with --all to send again.")
@click.option("--all", "everything", is_flag=True, help="All of the account's.")
@daemon_options
@config_option
def command(
    *,
    ids: tuple[str, ...],
    account: str | None,
    everything: bool,
    url: str | None,
    key: str | None,
    config: Path | None,
) -> None:
    """Send failed messages again, under their old ids.

    With --account alone: list them, with why they failed, and send nothing. With ids, or with
    --account and --all: send them again.
    """
    if ids and (account or everything):
        raise click.UsageError("give ids, or --account (with --all), not both")
    if not ids and account is None:
        raise click.UsageError("give ids, or --account")

    async def run() -> bool:
        async with asking(config, url, key) as daemon:
            if account is not None and not everything:
                return _list(await _dead(daemon, account))
            wanted = [each.id for each in await _dead(daemon, account)] if account else ids
            return await _replay(daemon, wanted)

    try:
        good = asyncio.run(run())
    except ProblemAnswered as problem:
        tell(problem.details)
        sys.exit(1)
    if not good:
        sys.exit(1)


async def _dead(daemon: Asking, account: str) -> list[OutboundRecord]:
    found: list[OutboundRecord] = []
    after: str | None = ""
    while after is not None:
        page = await daemon.get(
            "/v1/messages/dead", Records, account=account, after=after, limit=PAGE
        )
        found += page.messages
        after = page.next
    return found


def _list(dead: Sequence[OutboundRecord]) -> bool:
    if not dead:
        stderr().print("No failed message waits to be sent again.", markup=False)
        return True
    from rich.table import Table  # noqa: PLC0415 - slow to load, and not always needed

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("id", "failed", "kind", "reason", "what it means"):
        table.add_column(heading, overflow="fold")
    for each in dead:
        reason = each.failure.reason if each.failure else "unknown"
        told = each.failure.explanation if each.failure else ""
        table.add_row(each.id, minute_of(each.updated_at), each.kind, reason, told)
    stdout().print(table)
    return True


async def _replay(daemon: Asking, ids: Sequence[str]) -> bool:
    refused = accepted = 0
    for start in range(0, len(ids), PAGE):
        several = ids[start : start + PAGE]
        body = msgspec.json.encode(Replay(ids=tuple(several)))
        _, content = await daemon.post("/v1/messages/replay", body)
        answer = msgspec.json.decode(content, type=BatchAnswer)
        accepted, refused = accepted + answer.accepted, refused + answer.refused
        for wanted, result in zip(several, answer.results, strict=True):
            if isinstance(result, Refused):
                complain(f"{wanted}: {result.explanation}")
    stdout().print(f"{accepted} wait to be sent again", markup=False)
    return not refused
