"""``relevo plugins``: what is loaded, from where, and what it offers."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec
from rich import box
from rich.table import Table
from rich.text import Text

from gateway import loader
from gateway.channel.channel import Channel
from gateway.channel.rules import WindowRule, every_message
from gateway.cli.console import stdout
from gateway.loader import Plugin
from gateway.settings.keys import keys


@click.command("plugins")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(*, as_json: bool) -> None:
    """List the loaded plugins and what they offer."""
    plugins = loader.load().plugins
    if as_json:
        for plugin in plugins:
            sys.stdout.buffer.write(msgspec.json.encode(_described(plugin)) + b"\n")
        return
    if not plugins:
        stdout().print("No plugin is installed.")
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("plugin", "distribution", "offers"):
        table.add_column(heading, overflow="fold")
    for plugin in plugins:
        offers = "\n".join(_line(each) for each in plugin.channels) or "nothing"
        table.add_row(Text(plugin.name, "bold"), Text(plugin.distribution), Text(offers))
    stdout().print(table)


def _described(plugin: Plugin) -> dict[str, Any]:
    return {
        "plugin": plugin.name,
        "distribution": plugin.distribution,
        "channels": [
            {
                "type": channel.type,
                "title": channel.title,
                "window_seconds": channel.window and int(channel.window.length.total_seconds()),
                "settings": [key.dotted for key in keys(channel.settings_type)],
            }
            for channel in plugin.channels
        ],
    }


def _line(channel: type[Channel[Any]]) -> str:
    return f"channel {channel.type} ({channel.title}), {window_words(channel.window)}"


def window_words(rule: WindowRule | None) -> str:
    """Return a window rule in a few words."""
    if rule is None:
        return "no window"
    hours = rule.length.total_seconds() / 3600
    words = f"window of {hours:g} h"
    return words if rule.concerns is every_message else f"{words} for some messages"
