"""Finds the installed plugins and loads the enabled ones, naming each in what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, Final

import msgspec
import pluggy

from gateway import hookspecs
from gateway.channel.channel import Channel, ChannelSettings
from gateway.channel.flows import FlowScreens
from gateway.errors import PluginError

GROUP: Final = "gateway.plugins"


class Plugin(msgspec.Struct, frozen=True, kw_only=True):
    """A loaded plugin.

    Attributes:
        name: Its entry point's name.
        distribution: Name and version of the distribution it came with.
        channels: The channel types it offers.
        flow_screens: What answers the forms of an account.
    """

    name: str
    distribution: str
    channels: tuple[type[Channel[Any]], ...]
    flow_screens: Callable[[ChannelSettings], Sequence[FlowScreens]] = lambda _: ()


class Plugins(msgspec.Struct, frozen=True, kw_only=True):
    """All loaded plugins and what they offer together."""

    plugins: tuple[Plugin, ...]
    channels: Mapping[str, type[Channel[Any]]]

    def open(self, settings: ChannelSettings) -> Channel[Any]:
        """Make the channel of an account.

        Raises:
            PluginError: A plugin fails to say what answers its forms.
        """
        channel = self.channels[settings.channel](settings)
        channel.flow_screens = tuple(
            each for plugin in self.plugins for each in plugin.flow_screens(settings)
        )
        return channel


def load(*, disabled: Collection[str] = (), found: Sequence[EntryPoint] | None = None) -> Plugins:
    """Load every installed plugin that is not disabled.

    Args:
        disabled: Names of plugins to leave alone, unimported.
        found: Entry points to use instead of the installed ones.

    Raises:
        PluginError: Two plugins of one name or two channels of one type; a plugin that cannot be
            imported, or that implements a hook that does not exist.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    candidates = found if found is not None else entry_points(group=GROUP)
    chosen = [each for each in candidates if each.name not in disabled]
    _refuse_twins(chosen)
    plugins = tuple(_register(manager, each) for each in sorted(chosen, key=lambda e: e.name))
    _check_pending(manager)
    return Plugins(plugins=plugins, channels=_by_type(plugins))


def installed() -> list[str]:
    """Return the names of every installed plugin, sorted; none is imported."""
    return sorted({each.name for each in entry_points(group=GROUP)})


def _refuse_twins(chosen: Sequence[EntryPoint]) -> None:
    seen: dict[str, EntryPoint] = {}
    for each in chosen:
        twin = seen.setdefault(each.name, each)
        if twin is not each:
            raise PluginError(
                f"two plugins are called {each.name!r}: {twin.value} of {_distribution(twin)} and "
                f"{each.value} of {_distribution(each)}; uninstall one"
            )


def _distribution(found: EntryPoint) -> str:
    return f"{found.dist.name} {found.dist.version}" if found.dist else "an unknown distribution"


def _register(manager: pluggy.PluginManager, found: EntryPoint) -> Plugin:
    module = _import(found)
    try:
        manager.register(module, name=found.name)
        caller = manager.subset_hook_caller("gateway_channels", _others(manager, module))
        channels = tuple(each for offered in caller() for each in offered)
    except Exception as error:
        raise PluginError(f"plugin {found.name!r} cannot be registered: {error}") from error
    for each in channels:
        _check_channel(found.name, each)
    return Plugin(
        name=found.name,
        distribution=_distribution(found),
        channels=channels,
        flow_screens=_flow_screens(manager, found.name, module),
    )


def _flow_screens(
    manager: pluggy.PluginManager, name: str, module: ModuleType
) -> Callable[[ChannelSettings], Sequence[FlowScreens]]:
    def offered(settings: ChannelSettings) -> Sequence[FlowScreens]:
        caller = manager.subset_hook_caller("gateway_flow_screens", _others(manager, module))
        try:
            found = [each for several in caller(settings=settings) for each in several]
        except Exception as error:
            raise PluginError(
                f"plugin {name!r} cannot say what answers the forms of account "
                f"{settings.id!r}: {error}"
            ) from error
        for each in found:
            if not isinstance(each, FlowScreens):
                raise PluginError(f"plugin {name!r} offers {each!r}, which is no FlowScreens")
        return found

    return offered


def _import(found: EntryPoint) -> ModuleType:
    try:
        module = found.load()
    except Exception as error:
        raise PluginError(
            f"plugin {found.name!r} ({found.value} of {_distribution(found)}) cannot be "
            f"imported: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(module, ModuleType):
        raise PluginError(f"plugin {found.name!r}: {found.value} is not a module")
    return module


def _others(manager: pluggy.PluginManager, module: ModuleType) -> list[object]:
    return [each for each in manager.get_plugins() if each is not module]


def _check_channel(plugin: str, offered: object) -> None:
    if not (isinstance(offered, type) and issubclass(offered, Channel)):
        raise PluginError(f"plugin {plugin!r} offers {offered!r}, which is not a Channel class")
    if missing := sorted(offered.__abstractmethods__):
        raise PluginError(
            f"plugin {plugin!r}: {offered.__name__} does not implement {', '.join(missing)}"
        )


def _check_pending(manager: pluggy.PluginManager) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"a plugin implements a hook that does not exist: {error}") from error


def _by_type(plugins: Sequence[Plugin]) -> dict[str, type[Channel[Any]]]:
    owners: dict[str, str] = {}
    channels: dict[str, type[Channel[Any]]] = {}
    for plugin in plugins:
        for channel in plugin.channels:
            if owner := owners.get(channel.type):
                raise PluginError(
                    f"plugins {owner!r} and {plugin.name!r} both offer channel {channel.type!r}"
                )
            owners[channel.type] = plugin.name
            channels[channel.type] = channel
    return channels
