"""``relevo check``: everything that can be known without starting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gateway.bus import url
from gateway.channel.channel import Channel, ChannelSettings
from gateway.cli.configuration import config_option, configured, unread_file
from gateway.cli.console import stdout
from gateway.errors import SettingsError
from gateway.http.webhooks import tell_apart
from gateway.loader import Plugins, installed
from gateway.settings.keys import nearest
from gateway.settings.load import Configuration
from gateway.settings.schema import EMBEDDED
from gateway.store.files import recognised
from gateway.store.folder import unusable


@click.command("check")
@config_option
def command(config: Path | None) -> None:
    """Tell what is wrong with the settings, without starting anything.

    Reads the settings, their secrets and the plugins, and tells what the daemon would run with.
    The exit code is 0 when it could start, 2 when not; nothing is written and no server asked.
    """
    configuration, plugins = configured(config)
    channels = [plugins.open(each) for each in configuration.accounts]
    if problem := unusable(Path(configuration.settings.data_dir)):
        raise SettingsError(f"data_dir: {problem}")
    recognised(configuration.settings.media.url)
    tell_apart(channels)
    console = stdout()
    console.print(_facts(configuration, plugins))
    if channels:
        console.print(_accounts(channels))
    for each in _doubtful(configuration, channels):
        console.print(f"[yellow]warning[/]: {escape(each)}", soft_wrap=True)
    console.print("[green]The settings are good.[/]")


def _doubtful(
    configuration: Configuration[ChannelSettings], channels: list[Channel[Any]]
) -> Iterator[str]:
    """Find what can be run with, and is hardly meant."""
    if unread := unread_file(configuration):
        yield unread
    known = installed()
    for name in configuration.settings.plugins.disabled:
        if name not in known:
            told = f"no plugin {name!r} is installed; {nearest(name, known)}"
            yield f"plugins.disabled: {told}"
    yield from _twins(channels)


def _twins(channels: list[Channel[Any]]) -> Iterator[str]:
    """Find accounts that stand for the same number, page or bot."""
    first: dict[tuple[str, frozenset[str]], str] = {}
    for channel in channels:
        owner = first.setdefault((channel.type, frozenset(channel.identities())), channel.account)
        if owner != channel.account:
            yield (
                f"accounts {owner!r} and {channel.account!r} are one and the same on "
                f"{channel.title}: each event will come once for either"
            )


def _facts(configuration: Configuration[ChannelSettings], plugins: Plugins) -> Table:
    settings = configuration.settings
    redis = settings.redis.url
    facts = {
        "settings file": str(configuration.file or "none: defaults and environment"),
        "data folder": str(Path(settings.data_dir).absolute()),
        "public listener": settings.http.public,
        "private listener": settings.http.private,
        "redis": "embedded Valkey" if redis == EMBEDDED else str(url.parse(redis)),
        "partitions": str(settings.streams.partitions),
        "roles": ", ".join(settings.roles),
        "plugins": ", ".join(f"{p.name} ({p.distribution})" for p in plugins.plugins) or "none",
        "accounts": str(len(configuration.accounts)),
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts.items():
        table.add_row(Text(name, "bold"), Text(value, overflow="fold"))
    return table


def _accounts(channels: list[Channel[Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("account", "channel", "public path"):
        table.add_column(heading, overflow="fold")
    for each in channels:
        table.add_row(Text(each.account, "bold"), Text(each.title), Text(each.public_path))
    return table
