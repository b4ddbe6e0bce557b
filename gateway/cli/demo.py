"""``relevo demo``: everything on this machine, with a simulated platform and shown traffic."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

import click

from gateway import loader
from gateway.bus.connection import Connection
from gateway.cli.console import stdout
from gateway.cli.demo_guide import Guide
from gateway.cli.demo_view import Place, View
from gateway.errors import PluginError, SettingsError
from gateway.http.run import loop_factory
from gateway.http.service import Service
from gateway.settings.load import load
from gateway.telemetry.setup import configure_logs
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.tour import small_talk, tour

ACCOUNT: Final = "wa-demo"
CHANNEL: Final = "whatsapp"
PAUSE_SECONDS: Final = 1.5
"""Between two people once the tour is over."""

TEMPLATE: Final = """\
# Written by `relevo demo`, gone when it ends.
data_dir = {data_dir}

[http]
public = {public}
private = {private}

[log]
level = "error"  # the demo has a stranger refused, on purpose

[[accounts]]
id = {id}
channel = "whatsapp"
phone_number_id = {phone_number_id}
business_account_id = {business_account_id}
access_token = {access_token}
app_secret = {app_secret}
verify_token = {verify_token}
api_url = {api_url}
"""


@click.command("demo")
@click.option("--once", is_flag=True, help="One tour; exits 0 if all was as expected, else 1.")
@click.option(
    "--port-base",
    type=click.IntRange(0, 65533),
    default=0,
    help="First of three ports: webhooks, private, platform. 0 takes free ones.",
)
def command(*, once: bool, port_base: int) -> None:
    """Start everything on this machine and show traffic flowing.

    A gateway on its embedded Valkey, and a simulated WhatsApp that posts signed webhooks to it.
    All of it lives in a temporary folder and is gone when the demo ends.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show an emoji shows a question mark and goes on.
        sys.stdout.reconfigure(errors="replace")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        problems = runner.run(
            _demo(View(stdout(), command=_invocation()), once=once, port_base=port_base)
        )
    sys.exit(1 if problems else 0)


def _invocation() -> str:
    """Return what to type for ``relevo``, as it was typed now: it may not be on the PATH."""
    typed = Path(sys.argv[0])
    return str(typed) if typed.name == "relevo" and len(typed.parts) > 1 else "relevo"


async def _demo(view: View, *, once: bool, port_base: int) -> list[str]:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    view.starting()
    async with _everything(port_base) as (platform, place, guide):
        view.ready(place)
        random = Random(7)  # noqa: S311 - the same tour every time
        problems: list[str] = []
        for step in tour(platform, random):
            if stop.is_set():
                return []
            taken = await guide.take(step)
            view.step(taken)
            problems += taken.problems
        totals = await guide.totals()
        problems += guide.review(totals)
        view.summary(totals, place)
        view.verdict(problems)
        if once:
            view.look_around()
        else:
            view.try_next(totals, place)
            await _go_on(view, guide, platform, stop)
    view.goodbye()
    return problems


async def _go_on(view: View, guide: Guide, platform: WhatsAppPlatform, stop: asyncio.Event) -> None:
    for step in small_talk(platform, Random()):  # noqa: S311 - people, not keys
        try:
            await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)
        except TimeoutError:
            view.step(await guide.take(step))
        else:
            return


@asynccontextmanager
async def _everything(port_base: int) -> AsyncIterator[tuple[WhatsAppPlatform, Place, Guide]]:
    public, private, graph = (port_base + each if port_base else 0 for each in range(3))
    async with AsyncExitStack() as stack:
        # Short, because the path of a unix socket may have 107 bytes only.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="relevo-demo-"))
        platform = WhatsAppPlatform(port=graph)
        try:
            await stack.enter_async_context(platform)
            config = _write_config(Path(folder), platform, public=public, private=private)
            service = await stack.enter_async_context(_service(config))
        except OSError as error:
            raise SettingsError(f"cannot listen: {error}") from error
        await platform.save_callback(f"{service.public_url}/webhooks/{CHANNEL}/{ACCOUNT}")
        connection = Connection(service.daemon.redis_url)
        stack.push_async_callback(connection.close)
        place = Place(
            callback=platform.callback_url,
            private=service.private_url,
            platform=platform.api_url,
            redis=service.daemon.redis_url,
            config=str(config),
        )
        partitions = service.daemon.settings.streams.partitions
        yield platform, place, Guide(platform, connection, place, partitions=partitions)


def _write_config(folder: Path, platform: WhatsAppPlatform, *, public: int, private: int) -> Path:
    values = {
        "data_dir": str(folder),
        "public": f"127.0.0.1:{public}",
        "private": f"127.0.0.1:{private}",
        "id": ACCOUNT,
        "phone_number_id": platform.app.number.phone_number_id,
        "business_account_id": platform.app.number.business_account_id,
        "access_token": platform.app.access_token,
        "app_secret": platform.app.app_secret,
        "verify_token": platform.app.verify_token,
        "api_url": platform.api_url,
    }
    config = folder / "relevo.toml"
    # A JSON string is a TOML string.
    config.write_text(TEMPLATE.format(**{key: json.dumps(text) for key, text in values.items()}))
    return config


def _service(config: Path) -> Service:
    plugins = loader.load()
    if CHANNEL not in plugins.channels:
        raise PluginError(f"no installed plugin offers {CHANNEL!r}, which the demo is about")
    channels = {name: channel.settings_type for name, channel in plugins.channels.items()}
    # Nothing of the user's own settings: the demo is the same everywhere.
    configuration = load(channels, config=config, environ={})
    configure_logs(configuration.settings.log, sys.stderr)
    return Service(configuration, plugins)
