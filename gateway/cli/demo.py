"""``relevo demo``: everything on this machine, with simulated platforms and shown traffic."""

from __future__ import annotations

import asyncio
import contextlib
import io
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
import click
import msgspec

from gateway import loader
from gateway.bus.connection import Connection
from gateway.cli.console import stdout
from gateway.cli.demo_arrivals import Arrivals
from gateway.cli.demo_desk import Desk
from gateway.cli.demo_guide import Guide
from gateway.cli.demo_open_house import OpenHouse
from gateway.cli.demo_platforms import CHANNELS, WEBCHAT, WHATSAPP, Platforms
from gateway.cli.demo_tour import ANA, Tour
from gateway.cli.demo_view import Place, View
from gateway.cli.demo_visitor import Visitor
from gateway.errors import PluginError, SettingsError
from gateway.http.run import loop_factory
from gateway.http.service import Service
from gateway.settings.load import load
from gateway.telemetry.setup import configure_logs

PORTS: Final = 6


@click.command("demo")
@click.option("--once", is_flag=True, help="One tour; exits 0 if all was as expected, else 1.")
@click.option(
    "--port-base",
    type=click.IntRange(0, 65536 - PORTS),
    default=0,
    help="First of six ports: public, private, and the platforms. 0 takes free ones.",
)
def command(*, once: bool, port_base: int) -> None:
    """Start everything on this machine and show traffic flowing.

    A gateway on its embedded Valkey with an account on every channel, and simulated platforms that
    speak with it as the real ones do: people write, we answer, a window is closed and opens. All of
    it lives in a temporary folder and is gone when the demo ends.
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
    async with _everything(port_base) as scene:
        view.ready(scene.place)
        problems = await _tour(view, scene, stop)
        if stop.is_set():
            return []
        totals = await scene.guide.totals()
        problems += scene.guide.review(totals)
        view.summary(totals, scene.place)
        view.verdict(problems)
        if once:
            view.look_around()
        else:
            view.try_next(totals, scene.place)
            await scene.house.stay_open(view, stop)
    view.goodbye()
    return problems


async def _tour(view: View, scene: Scene, stop: asyncio.Event) -> list[str]:
    problems: list[str] = []
    account = ""
    random = Random(7)  # noqa: S311 - the same tour every time
    async with contextlib.aclosing(scene.tour.steps(random)) as steps:
        async for step in steps:
            if stop.is_set():
                break
            if step.account != account:
                view.channel(step.account)
                account = step.account
            taken = await scene.guide.take(step)
            view.step(taken)
            problems += taken.problems
    return problems


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is up while the demo runs."""

    place: Place
    guide: Guide
    tour: Tour
    house: OpenHouse


@asynccontextmanager
async def _everything(port_base: int) -> AsyncIterator[Scene]:
    public, private = (port_base + each if port_base else 0 for each in range(2))
    async with AsyncExitStack() as stack:
        # Short, because the path of a unix socket may have 107 bytes only.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="relevo-demo-")))
        platforms = Platforms(port=port_base + 2 if port_base else 0)
        try:
            await stack.enter_async_context(platforms)
            config = folder / "relevo.toml"
            config.write_text(platforms.settings(folder, public=public, private=private), "utf-8")
            service = await stack.enter_async_context(_service(config))
        except OSError as error:
            raise SettingsError(f"cannot listen: {error}") from error
        http = await stack.enter_async_context(aiohttp.ClientSession())
        connection = Connection(service.daemon.redis_url)
        stack.push_async_callback(connection.close)
        arrivals = Arrivals(connection, partitions=service.daemon.settings.streams.partitions)
        visitor = Visitor(http, service.public_url, WEBCHAT)
        stack.push_async_callback(visitor.go)
        guide, desk = Guide(arrivals, service.private_url), Desk(http, service.private_url)
        yield Scene(
            place=_place(service, platforms, config, await platforms.know(service.public_url)),
            guide=guide,
            tour=Tour(platforms, desk, visitor),
            house=OpenHouse(platforms.whatsapp, guide, desk),
        )


def _place(
    service: Service, platforms: Platforms, config: Path, callbacks: Mapping[str, str]
) -> Place:
    return Place(
        public=service.public_url,
        private=service.private_url,
        callbacks=callbacks,
        platforms=platforms.addresses(),
        page=f"{service.public_url}/webchat/{WEBCHAT}/",
        redis=service.daemon.redis_url,
        config=str(config),
        account=WHATSAPP,
        contact=ANA,
    )


def _service(config: Path) -> Service:
    plugins = loader.load()
    if missing := sorted(CHANNELS - plugins.channels.keys()):
        raise PluginError(f"no installed plugin offers {', '.join(missing)}; the demo needs it")
    channels = {name: channel.settings_type for name, channel in plugins.channels.items()}
    # Nothing of the user's own settings: the demo is the same everywhere.
    configuration = load(channels, config=config, environ={})
    configure_logs(configuration.settings.log, sys.stderr)
    return Service(configuration, plugins)
