"""The command ``relevo``; each subcommand is a module that is imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from gateway import __version__
from gateway.cli.console import complain, stderr
from gateway.errors import PlatformFailure, RelevoError

COMMANDS: Final = {
    "run": "Start the daemon.",
    "demo": "Start everything on this machine and show traffic flowing.",
    "check": "Tell what is wrong with the settings, without starting.",
    "plugins": "List the loaded plugins and what they offer.",
    "parse": "Print the events that webhook bodies become, one JSON object a line.",
    "render": "Print the platform calls that a message becomes, one JSON object a line.",
    "send": "Send a message through a running daemon.",
    "tail": "Follow the event streams.",
    "doctor": "Tell what is wrong around the daemon, why, and what to do.",
    "accounts": "Show what waits in accounts; pause and resume them.",
    "templates": "List, create, change and delete message templates.",
    "numbers": "Show how numbers are, activate them, change what people see, block.",
    "flows": "List and publish forms (WhatsApp Flows), and make their keys.",
    "replay": "List failed messages, and send them again.",
    "keys": "Make, list and revoke keys of the HTTP API.",
    "new-channel": "Write the starting folder of a channel plugin.",
    "docs": "Write the reference pages of a source checkout from its code.",
}


class LazyGroup(click.Group):
    """Imports a command's module on demand, so that light commands start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"gateway.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)  # noqa: S101 - our own modules, by name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # From the table: the help needs no command's imports.
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RelevoError as error:
            complain(error)
            if isinstance(error, PlatformFailure) and (said := platform_said(error)):
                stderr().print(f"The platform said: {said}", markup=False, soft_wrap=True)
            ctx.exit(2)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package in {"", "gateway"}:  # a fault of ours
                raise
            complain(
                f"the package {package} is not installed: install relevo again (in a checkout: "
                "make setup)"
            )
            ctx.exit(2)


def platform_said(failure: PlatformFailure) -> str | None:
    """Return the platform's own words, which no log may have and the one who asked may."""
    return failure.error.detail or failure.error.title


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="relevo")
def relevo() -> None:
    """WhatsApp, Messenger, Instagram, Telegram and web chat on Redis streams."""


def main() -> None:
    """Run the command line; the console script calls this."""
    relevo()
