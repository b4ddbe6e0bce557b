"""``relevo run``: the daemon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from gateway.cli.configuration import config_option, configured
from gateway.errors import SettingsError
from gateway.settings.load import Configuration
from gateway.settings.schema import ROLES, Role


@click.command("run")
@config_option
@click.option(
    "--roles",
    metavar="ROLE,…",
    help="What this process does, instead of the settings' roles: ingress, egress, or both.",
)
def command(config: Path | None, roles: str | None) -> None:
    """Start the daemon.

    Takes webhooks on the public listener and answers operators on the private one, until SIGINT
    or SIGTERM. With no configuration at all it starts on an embedded Valkey, without accounts.
    """
    configuration, plugins = configured(config)
    if roles is not None:
        configuration = _with_roles(configuration, roles)
    from gateway.http.run import run  # noqa: PLC0415 - heavy, and useless when settings are wrong

    run(configuration, plugins)


def _with_roles(configuration: Configuration[Any], told: str) -> Configuration[Any]:
    names = tuple(each.strip() for each in told.split(","))
    if unknown := sorted({*names} - {*ROLES}):
        told = ", ".join(repr(each) for each in unknown)
        raise SettingsError(f"--roles: there is no role {told}; give some of {', '.join(ROLES)}")
    roles: tuple[Role, ...] = tuple(each for each in ROLES if each in names)
    settings = msgspec.structs.replace(configuration.settings, roles=roles)
    return msgspec.structs.replace(configuration, settings=settings)
