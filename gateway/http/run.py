"""Runs the service in the foreground until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from gateway.channel.channel import ChannelSettings
from gateway.errors import StoreError
from gateway.http.service import Service
from gateway.loader import Plugins
from gateway.settings.load import Configuration
from gateway.telemetry.setup import configure_logs


def run(configuration: Configuration[ChannelSettings], plugins: Plugins) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is under way.

    Raises:
        RelevoError: It cannot start; the text says why and what to do.
    """
    configure_logs(configuration.settings.log, sys.stdout)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(configuration, plugins))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's loop where the platform has it; it costs a third less CPU per request."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    factory: Callable[[], Any] = uvloop.new_event_loop
    return factory


def pass_over_late_lookups(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of a host name that was not found after nobody waited for it any more.

    Whoever asked has met its time-out and told it. A lookup cannot be cancelled, and what it finds
    later would be logged as an error of ours, with every try of an outage.
    """
    if not isinstance(context.get("exception"), socket.gaierror):
        loop.default_exception_handler(context)


def _spare_the_collector() -> None:
    """Have Python look for reference cycles less often.

    What is here at start stays, and events cannot form cycles (``gc=False``); with Python's own
    thresholds the collector took 8 % of the time of webhooks with ten events, finding nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def _serve(configuration: Configuration[ChannelSettings], plugins: Plugins) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(pass_over_late_lookups)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    service = Service(configuration, plugins)
    try:
        await service.__aenter__()
    except OSError as error:
        raise StoreError(f"cannot start: {error}") from error
    _spare_the_collector()
    try:
        await asked.wait()
    finally:
        await service.__aexit__(None, None, None)
