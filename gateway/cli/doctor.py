"""``relevo doctor``: settings, disk, Redis, clocks and every account, in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click

from gateway.channel.channel import Channel, ChannelSettings
from gateway.cli import examine
from gateway.cli.configuration import config_option, configured, unread_file
from gateway.cli.examine import Finding
from gateway.cli.examine_spool import spool
from gateway.cli.hosted import hosts, print_json
from gateway.errors import SettingsError, StoreError
from gateway.http.webhooks import tell_apart
from gateway.settings.load import Configuration


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One finding a line, as JSON.")
@config_option
def command(*, as_json: bool, config: Path | None) -> None:
    """Tell what is wrong with everything around the daemon, why, and what to do.

    Looks at the disk and what waits on it, asks Redis, the media store, the daemon if it runs, and the platform of every account. The
    exit code is 0 when nothing is bad (there may be warnings), 1 when something is, and 2 when the
    settings cannot even be read.
    """
    configuration, plugins = configured(config)
    channels = [plugins.open(each) for each in configuration.accounts]
    tell_apart(channels)
    found = _findings(configuration, channels)
    bad = asyncio.run(_show(found, as_json=as_json))
    click.get_current_context().exit(1 if bad else 0)


async def _show(findings: AsyncIterator[Finding], *, as_json: bool) -> int:
    bad = 0
    async for finding in findings:
        bad += finding.state == "bad"
        if as_json:
            print_json(finding)
        else:
            click.echo(examine.plain(finding))
    return bad


async def _findings(
    configuration: Configuration[ChannelSettings], channels: list[Channel[Any]]
) -> AsyncIterator[Finding]:
    settings = configuration.settings
    yield Finding(
        part="settings", state="good", told=f"They can be read; accounts: {len(channels)}."
    )
    if unread := unread_file(configuration):
        yield Finding(part="settings", state="warning", told=f"{unread}.")
    for each in (*examine.disk(settings), *spool(settings), *examine.files(settings)):
        yield each
    for several in (examine.redis, examine.media, examine.daemon):
        async for finding in several(settings):
            yield finding
    try:
        async with hosts(settings) as host_of:
            for channel in channels:
                async for finding in examine.account(channel, host_of(channel.account)):
                    yield finding
    except (SettingsError, StoreError) as error:  # the media store; what is wrong with it was told
        told = f"They cannot be asked: {examine.sentence(error)}"
        yield Finding(part="accounts", state="bad", told=told)
