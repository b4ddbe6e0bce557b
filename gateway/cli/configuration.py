"""What commands that need settings have in common: the option, and loading in the right order."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gateway import loader
from gateway.channel.channel import ChannelSettings
from gateway.loader import Plugins
from gateway.settings.load import Configuration, disabled_plugins, load

F = TypeVar("F", bound=Callable[..., Any])


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
