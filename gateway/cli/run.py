"""``relevo run``: the daemon."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli.configuration import config_option, configured


@click.command("run")
@config_option
def command(config: Path | None) -> None:
    """Start the daemon.

    Takes webhooks on the public listener and answers operators on the private one, until SIGINT
    or SIGTERM. With no configuration at all it starts on an embedded Valkey, without accounts.
    """
    configuration, plugins = configured(config)
    from gateway.http.run import run  # noqa: PLC0415 - heavy, and useless when settings are wrong

    run(configuration, plugins)
