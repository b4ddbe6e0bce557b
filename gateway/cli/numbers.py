"""``relevo numbers``: phone numbers as their owner administers them."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import click
import msgspec

from gateway.channel.administration import NumberDesk
from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.cli.configuration import config_option, configured
from gateway.cli.console import complain, stderr, stdout
from gateway.cli.hosted import asked, chosen, hosts, print_json
from gateway.daemon.standing_table import csv_of
from gateway.errors import NotCarried
from gateway.model.account import AccountHealth, BlockOutcome, Profile

T = TypeVar("T")
account = click.argument("account")
PROFILE: Final = ("about", "address", "description", "email", "vertical", "picture")


@click.group("numbers")
def command() -> None:
    """Show how numbers are, activate them, change what people see, block.

    Works with and without a running daemon.
    """


def _asked(config: Path | None, account: str, ask: Callable[[NumberDesk, Host], Awaitable[T]]) -> T:
    async def of_channel(channel: Channel[Any], host: Host) -> T:
        if channel.number is None:
            raise NotCarried(f"{channel.title} has no number that could be administered here")
        return await ask(channel.number, host)

    return asked(config, account, of_channel)


@command.command("health", short_help="Ask the platforms how the accounts are.")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--csv", "as_csv", is_flag=True, help="As a table for spreadsheets.")
@click.option("--json", "as_json", is_flag=True, help="One account a line, whole, as JSON.")
@config_option
def health(*, accounts: tuple[str, ...], as_csv: bool, as_json: bool, config: Path | None) -> None:
    """Ask the platforms how the accounts are; all of them unless some are named."""
    configuration, plugins = configured(config)
    wanted = [chosen(configuration, each) for each in accounts] or configuration.accounts

    async def run() -> list[AccountHealth]:
        async with hosts(configuration.settings) as host_of:
            channels = [plugins.open(each) for each in wanted]
            return [
                await each.number.check(host_of(each.account))
                for each in channels
                if each.number is not None
            ]

    found = asyncio.run(run())
    if as_csv:
        sys.stdout.write(csv_of(found))
    elif as_json:
        for each in found:
            print_json(each)
    else:
        _show(found)


@command.command("subscribe", short_help="Have the webhooks of the account's business posted.")
@account
@config_option
def subscribe(*, account: str, config: Path | None) -> None:
    """Have the webhooks of the account's business posted to the app of its token.

    Where to is set in the platform's dashboard. Once for a business is enough, and again is no harm.
    """
    _asked(config, account, lambda number, host: number.subscribe(host))
    stderr().print("Webhooks of its business come now.")


@command.command("code")
@account
@click.option(
    "--method",
    type=click.Choice(["sms", "voice"]),
    default="sms",
    show_default=True,
    help="How the code comes.",
)
@click.option("--language", default="es", show_default=True, help="Of the text or the call.")
@config_option
def code(
    *, account: str, method: Literal["sms", "voice"], language: str, config: Path | None
) -> None:
    """Have the code sent that shows that the number is yours."""

    async def ask(number: NumberDesk, host: Host) -> None:
        await number.request_code(host, method=method, language=language)

    _asked(config, account, ask)
    stderr().print(f"Sent by {method}. Tell it with: relevo numbers verify {account} CODE")


@command.command("verify")
@account
@click.argument("code")
@config_option
def verify(*, account: str, code: str, config: Path | None) -> None:
    """Tell the code that was sent."""
    _asked(config, account, lambda number, host: number.verify_code(code, host))
    stderr().print(f"Verified. Connect it with: relevo numbers register {account}")


@command.command("register")
@account
@click.option("--pin", help="Of two-step verification, 6 digits; a new one is made and printed.")
@config_option
def register(*, account: str, pin: str | None, config: Path | None) -> None:
    """Connect the number, so that it can send and receive.

    Meta allows ten tries in 72 hours. A number that has a PIN wants the same one again.
    """
    made = pin or f"{secrets.randbelow(1_000_000):06d}"
    _asked(config, account, lambda number, host: number.register(made, host))
    if pin is None:
        stdout().print(made)
        stderr().print("Registered. Above is its PIN: keep it, the next registration asks for it.")


@command.command("profile")
@account
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help=f"Change: {', '.join(PROFILE)}."
)
@click.option("--website", "websites", multiple=True, help="Change the addresses; two at most.")
@config_option
def profile(
    *, account: str, given: tuple[str, ...], websites: tuple[str, ...], config: Path | None
) -> None:
    """Show what people see of the business, or change it."""
    changes: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or name not in PROFILE:
            raise click.BadParameter(
                f"{each!r} is none of {', '.join(f'{one}=VALUE' for one in PROFILE)}"
            )
        changes[name] = value
    if websites:
        changes["websites"] = websites

    async def ask(number: NumberDesk, host: Host) -> Profile | None:
        profile = Profile(**changes)
        problems = number.check_profile(profile)
        for each in problems:
            complain(str(each))
        if problems:
            return None
        if changes:
            await number.change_profile(profile, host)
        return await number.profile(host)

    shown = _asked(config, account, ask)
    if shown is None:
        click.get_current_context().exit(1)
    print_json(shown)


@command.command("blocked")
@account
@config_option
def blocked(*, account: str, config: Path | None) -> None:
    """List whom the account blocks, one a line."""
    for each in _asked(config, account, lambda number, host: number.blocked(host)):
        click.echo(each)


@command.command("block")
@account
@click.argument("contacts", nargs=-1, required=True, metavar="CONTACT...")
@config_option
def block(*, account: str, contacts: tuple[str, ...], config: Path | None) -> None:
    """Block contacts; only those who wrote within 24 hours can be."""
    _told(_asked(config, account, lambda number, host: number.block(contacts, host)))


@command.command("unblock")
@account
@click.argument("contacts", nargs=-1, required=True, metavar="CONTACT...")
@config_option
def unblock(*, account: str, contacts: tuple[str, ...], config: Path | None) -> None:
    """Unblock contacts."""
    _told(_asked(config, account, lambda number, host: number.unblock(contacts, host)))


def _told(outcome: BlockOutcome) -> None:
    for each in outcome.done:
        click.echo(each)
    for failed in outcome.failed:
        complain(f"{failed.contact}: {failed.explanation}")
    if outcome.failed:
        click.get_current_context().exit(1)


def _show(found: Sequence[AccountHealth]) -> None:
    from rich import box  # noqa: PLC0415 - loading rich takes time
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("account", "number", "name", "state", "quality", "limit", "level"):
        table.add_column(heading, overflow="fold")
    for each in found:
        cells = msgspec.structs.asdict(each)
        shown = [cells[name] for name in ("account", "address", "name", "state")]
        shown += [cells[name] for name in ("quality", "limit", "level")]
        table.add_row(*(Text(str(cell or "")) for cell in shown))
    stdout().print(table)
    for each in found:
        for problem in each.problems:
            told = f"{each.account}: {problem.explanation} {problem.remedy}".strip()
            stdout().print(Text(told), soft_wrap=True)
