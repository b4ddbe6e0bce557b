"""``relevo render``: what a message becomes on a platform, with no server and no account."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from gateway import loader
from gateway.channel.channel import Channel, ChannelSettings
from gateway.cli.channels import chosen
from gateway.cli.console import complain, stderr
from gateway.codec import asked
from gateway.errors import SettingsError
from gateway.model.outbound import OutboundMessage
from gateway.settings.load import load

STDIN: Final = "-"


@click.command("render")
@click.argument("channel")
@click.argument("file", default=STDIN, metavar="[FILE|-]")
@click.option(
    "--account",
    "account_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Settings (TOML) with the account that sends; an example account by default.",
)
def command(channel: str, file: str, account_file: Path | None) -> None:
    """Print the platform calls that a message becomes, one JSON object a line.

    CHANNEL is the type of a channel, for example whatsapp. FILE holds one message as the API
    takes it: {"to": "…", "content": {"kind": "text", "text": "…"}}. No file, or -, is standard
    input. Nothing is sent: {"method", "path", "query", "body"} is what would be, the path
    relative to the host of the platform's API.

    What the channel cannot carry is told on standard error, one field a line, and the exit code
    is 1. What the contact would see otherwise than asked for is told there too.
    """
    offered = chosen(channel)
    message, account = _read(file, offered, account_file)
    writer = offered(account)
    if problems := writer.check(message):
        for each in problems:
            complain(str(each))
        sys.exit(1)
    rendered = writer.render(message)
    for call in rendered.calls:
        sys.stdout.buffer.write(msgspec.json.encode(call) + b"\n")
    sys.stdout.buffer.flush()
    if rendered.downgraded:
        stderr().print(f"downgraded: {rendered.downgraded}", markup=False, soft_wrap=True)


def _read(
    file: str, offered: type[Channel[Any]], account_file: Path | None
) -> tuple[OutboundMessage, ChannelSettings]:
    accounts = _accounts(offered.type, account_file) if account_file else [offered.example()]
    try:
        content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        told = f"{file} cannot be read: {error.strerror}"
        raise click.BadParameter(told, param_hint="FILE") from error
    only = accounts[0].id if len(accounts) == 1 else None
    message = asked.outbound(content, account=only)
    if account_file is None:
        return message, accounts[0]
    for each in accounts:
        if each.id == message.account:
            return message, each
    known = ", ".join(each.id for each in accounts)
    raise SettingsError(f"{account_file} has no account {message.account!r}; it has {known}")


def _accounts(channel: str, file: Path) -> list[ChannelSettings]:
    types = {name: each.settings_type for name, each in loader.load().channels.items()}
    loaded = load(types, config=file, environ=os.environ).accounts
    found = [each for each in loaded if each.channel == channel]
    if not found:
        raise SettingsError(f"{file} has no account of channel {channel}")
    return found
