"""``relevo flows``: forms of several screens inside the chat."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click

from gateway import loader
from gateway.channel.administration import FlowDesk
from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.cli.configuration import config_option
from gateway.cli.console import stderr
from gateway.cli.hosted import asked, print_json
from gateway.errors import NotCarried
from gateway.model.account import FlowRecord

account = click.argument("account")


@click.group("flows")
def command() -> None:
    """List and publish forms (WhatsApp Flows), and make the key of their endpoint.

    Works with and without a running daemon.
    """


def _desk(channel: Channel[Any]) -> FlowDesk:
    if channel.flows is None:
        raise NotCarried(f"{channel.title} has no Flows")
    return channel.flows


@command.command("list")
@account
@config_option
def list_flows(*, account: str, config: Path | None) -> None:
    """Show the account's Flows, one a line, as JSON."""

    async def ask(channel: Channel[Any], host: Host) -> Sequence[FlowRecord]:
        return await _desk(channel).records(host)

    for each in asked(config, account, ask):
        print_json(each)


@command.command("publish", short_help="Make a Flow, or change one, and publish it.")
@account
@click.option("--screens", type=click.File("rb"), help="The Flow JSON; - is standard input.")
@click.option("--name", help="Of a new Flow.")
@click.option("--flow", help="Id of the Flow to change and publish.")
@click.option("--category", "categories", multiple=True, help="Of a new one; OTHER otherwise.")
@click.option("--endpoint", help="Where phones ask for screens.")
@click.option("--draft", is_flag=True, help="Leave it unpublished.")
@config_option
def publish(
    *,
    account: str,
    screens: BinaryIO | None,
    name: str | None,
    flow: str | None,
    categories: tuple[str, ...],
    endpoint: str | None,
    draft: bool,
    config: Path | None,
) -> None:
    """Make a Flow, or change one, and publish it.

    One that is published stays as it is: make a new one.
    """
    if (name is None) == (flow is None):
        raise click.UsageError("give either --name for a new Flow or --flow for one that exists")
    if name is not None and screens is None:
        raise click.UsageError("a new Flow needs --screens")
    drawn = screens.read() if screens is not None else None

    async def ask(channel: Channel[Any], host: Host) -> FlowRecord:
        return await _desk(channel).publish(
            host,
            screens=drawn,
            name=name,
            flow=flow,
            categories=categories,
            endpoint=endpoint,
            draft=draft,
        )

    print_json(asked(config, account, ask))


@command.command("retire", short_help="Delete a draft, or deprecate a published Flow.")
@account
@click.argument("flow")
@config_option
def retire(*, account: str, flow: str, config: Path | None) -> None:
    """Delete a draft, or deprecate a published Flow: nobody can open it any more.

    FLOW is its id.
    """

    async def ask(channel: Channel[Any], host: Host) -> str:
        return await _desk(channel).retire(flow, host)

    stderr().print(f"{asked(config, account, ask).capitalize()}.")


@command.command("keygen")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--channel", "type_", default="whatsapp", show_default=True, help="Whose Flows.")
def keygen(*, file: Path, type_: str) -> None:
    """Write a new private key to FILE, readable by you alone.

    Name it in the account's settings (flow_key = {file = "…"}), then run upload-key.
    """
    channel = loader.load().channels.get(type_)
    if channel is None:
        raise click.BadParameter(f"no plugin offers {type_!r}", param_hint="--channel")
    key = _desk(channel(channel.example())).new_key()
    try:
        written = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.UsageError(f"{file} exists; a key is never overwritten") from None
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(written, "w", encoding="utf-8") as out:
        out.write(key)
    stderr().print(f"Written to {file}.", soft_wrap=True)


@command.command("upload-key", short_help="Give the platform the public half of flow_key.")
@account
@config_option
def upload_key(*, account: str, config: Path | None) -> None:
    """Give the platform the public half of the account's flow_key, and print it."""

    async def ask(channel: Channel[Any], host: Host) -> str:
        return await _desk(channel).upload_key(host)

    click.echo(asked(config, account, ask), nl=False)
