"""``relevo templates``: message templates, as the platform has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click

from gateway.channel.administration import TemplateShelf
from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.cli.configuration import config_option
from gateway.cli.console import complain, stderr, stdout
from gateway.cli.hosted import asked, decoded, print_json
from gateway.errors import NotCarried
from gateway.model.template import TemplateDefinition, TemplateRecord

account = click.argument("account")
json_option = click.option("--json", "as_json", is_flag=True, help="One template a line, as JSON.")


@click.group("templates")
def command() -> None:
    """List, create, change, unpause and delete message templates, and ask the platform for them.

    Works with and without a running daemon; while it runs, it knows at once.
    """


def _shelf(channel: Channel[Any]) -> TemplateShelf:
    if channel.templates is None:
        raise NotCarried(f"{channel.title} has no message templates")
    return channel.templates


@command.command("list")
@account
@click.option("--status", help="Only those of this status, such as approved.")
@json_option
@config_option
def list_templates(*, account: str, status: str | None, as_json: bool, config: Path | None) -> None:
    """Show what is kept of the account's templates."""

    async def ask(channel: Channel[Any], host: Host) -> Sequence[TemplateRecord]:
        return await _shelf(channel).records(host)

    kept = asked(config, account, ask)
    found = [each for each in kept if status in (None, each.status)]
    if found:
        _show(found, as_json=as_json)
    else:
        why = f"None is {status}" if kept else "Nothing is kept"
        hint = f"{why}; ask the platform: relevo templates sync {account}"
        stderr().print(hint, markup=False, soft_wrap=True)


@command.command("sync")
@account
@json_option
@config_option
def sync(*, account: str, as_json: bool, config: Path | None) -> None:
    """Ask the platform for all templates, keep them and show them."""

    async def ask(channel: Channel[Any], host: Host) -> Sequence[TemplateRecord]:
        return await _shelf(channel).sync(host)

    _show(asked(config, account, ask), as_json=as_json)


@command.command("create")
@account
@click.argument("file", type=click.File("rb"))
@click.option("--edit", is_flag=True, help="Change the template of this name and language.")
@click.option("--check", is_flag=True, help="Only tell what the platform would refuse.")
@config_option
def create(*, account: str, file: BinaryIO, edit: bool, check: bool, config: Path | None) -> None:
    """Hand in a template for review.

    FILE holds its definition as JSON, as the API takes it; - reads standard input. Samples of
    media headers are files of the media store (POST /v1/media).
    """
    definition = decoded(file, TemplateDefinition)

    async def ask(channel: Channel[Any], host: Host) -> tuple[TemplateRecord | None, bool]:
        shelf = _shelf(channel)
        problems = shelf.check_definition(definition)
        for each in problems:
            complain(str(each))
        if problems or check:
            return None, not problems
        return await (shelf.edit if edit else shelf.create)(definition, host), True

    made, good = asked(config, account, ask)
    if made is not None:
        print_json(made)
    click.get_current_context().exit(0 if good else 1)


@command.command("delete")
@account
@click.argument("name")
@click.option("--language", help="Only in this language; in all otherwise.")
@config_option
def delete(*, account: str, name: str, language: str | None, config: Path | None) -> None:
    """Delete a template.

    The platform blocks the name of an approved one for 30 days.
    """

    async def ask(channel: Channel[Any], host: Host) -> None:
        await _shelf(channel).delete(name, host, language=language)

    asked(config, account, ask)
    stderr().print("Deleted.")


@command.command("unpause", short_help="Let a paused template be sent again.")
@account
@click.argument("name")
@click.option("--language", required=True, help="Of the template.")
@config_option
def unpause(*, account: str, name: str, language: str, config: Path | None) -> None:
    """Let a template be sent again that the platform paused until somebody says so.

    Pauses for bad quality end by themselves.
    """

    async def ask(channel: Channel[Any], host: Host) -> TemplateRecord:
        return await _shelf(channel).unpause(name, language, host)

    print_json(asked(config, account, ask))


def _show(found: Sequence[TemplateRecord], *, as_json: bool) -> None:
    if as_json:
        for each in found:
            print_json(each)
        return
    from rich import box  # noqa: PLC0415 - loading rich takes time
    from rich.table import Table  # noqa: PLC0415 - the same

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("template", "language", "category", "status", "quality", "reason"):
        table.add_column(heading, overflow="fold")
    for each in found:
        defined = each.definition
        reason = each.reason or ""
        table.add_row(
            defined.name, defined.language, defined.category, each.status, each.quality, reason
        )
    stdout().print(table)
