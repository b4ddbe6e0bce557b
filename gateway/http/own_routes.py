"""What channels answer themselves on the public listener: Flows, web chats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.channel.channel import WEBHOOKS, Channel
from gateway.channel.host import Host
from gateway.errors import PluginError
from gateway.http.listener import Handler


def routes(
    channels: Mapping[str, Channel[Any]], hosts: Mapping[str, Host]
) -> dict[str, dict[str, Handler]]:
    """Return the handlers of all channels, by path and method.

    Args:
        channels: By the account's id.
        hosts: What each works with, by the account's id.

    Raises:
        PluginError: A path is not below the account's own, or is given twice.
    """
    made: dict[str, dict[str, Handler]] = {}
    for account, channel in channels.items():
        own = f"/{channel.type}/{account}/"
        for route in channel.routes(hosts[account]):
            if not route.path.startswith((own, f"{WEBHOOKS}{own}")):
                raise PluginError(
                    f"the {channel.type} plugin wants to answer {route.path}, which is not below "
                    f"{own} or {WEBHOOKS}{own}"
                )
            methods = made.setdefault(route.path, {})
            if route.method in methods:
                raise PluginError(
                    f"the {channel.type} plugin answers {route.method} {route.path} twice"
                )
            methods[route.method] = route.handle
    return made
