"""What commands that need settings have in common: the option, and loading in the right order."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from gateway import loader
from gateway.channel.channel import ChannelSettings
from gateway.loader import Plugins
from gateway.settings.environment import CONFIG
from gateway.settings.load import Configuration, disabled_plugins, load, load_settings
from gateway.settings.schema import Settings

F = TypeVar("F", bound=Callable[..., Any])

USUAL_FILE: Final = Path("relevo.toml")


def config_option(command: F) -> F:
    """Add ``--config`` to a command."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Settings file (TOML); also RELEVO_CONFIG. None is needed.",
    )(command)


def configured(config: Path | None) -> tuple[Configuration[ChannelSettings], Plugins]:
    """Load the plugins that the settings leave enabled, then the settings with their accounts.

    Raises:
        SettingsError: Settings are wrong.
        PluginError: A plugin cannot be loaded.
    """
    plugins = loader.load(disabled=disabled_plugins(config=config, environ=os.environ))
    channels = {name: channel.settings_type for name, channel in plugins.channels.items()}
    return load(channels, config=config, environ=os.environ), plugins


def configured_settings(config: Path | None) -> Settings:
    """Load all but the accounts: for commands that ask a running daemon or its Redis.

    The accounts' secrets are the daemon's; who looks at it from a second terminal has none.

    Raises:
        SettingsError: Settings are wrong.
    """
    return load_settings(config=config, environ=os.environ)


def unread_file(configuration: Configuration[ChannelSettings]) -> str | None:
    """Return a warning where no file was named and one lies in this folder."""
    if configuration.file is not None or not USUAL_FILE.is_file():
        return None
    return f"{USUAL_FILE} in this folder is not read; give --config {USUAL_FILE} or set {CONFIG}"
