"""``relevo demo``: everything on this machine, with a simulated platform and shown traffic."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

import aiohttp
import click

from gateway import loader
from gateway.bus.connection import Connection
from gateway.channel.channel import ChannelSettings
from gateway.cli.console import stdout
from gateway.cli.demo_arrivals import Arrival, Arrivals
from gateway.cli.demo_view import Place, Taken, Totals, View
from gateway.errors import PluginError, SettingsError
from gateway.http.run import loop_factory
from gateway.http.service import Service
from gateway.loader import Plugins
from gateway.model.event import MediaStored
from gateway.settings.load import Configuration, load
from gateway.telemetry.setup import configure_logs
from gateway.testing.delivery import Attempt
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.tour import Step, label, small_talk, tour

ACCOUNT: Final = "wa-demo"
PATIENCE_SECONDS: Final = 8.0
PAUSE_SECONDS: Final = 1.5

TEMPLATE: Final = """\
# Written by `relevo demo`, gone when it ends.
data_dir = {data_dir}

[http]
public = {public}
private = {private}

[log]
level = "error"  # the demo refuses a stranger on purpose

[[accounts]]
id = {account}
channel = "whatsapp"
phone_number_id = {phone_number_id}
business_account_id = {business_account_id}
access_token = {access_token}
app_secret = {app_secret}
verify_token = {verify_token}
api_url = {api_url}
"""


@click.command("demo")
@click.option("--once", is_flag=True, help="One tour; then 0 if all was as expected, else 1.")
@click.option(
    "--port-base",
    type=click.IntRange(0, 65533),
    default=0,
    help="First of three ports to use (webhooks, private, platform); 0 for free ones.",
)
def command(*, once: bool, port_base: int) -> None:
    """Start everything on this machine and show traffic flowing.

    A gateway on its embedded Valkey, and a simulated WhatsApp that posts signed webhooks to it.
    Everything lives in a temporary folder and is gone when the demo ends.
    """
    console = stdout()
    # A terminal that cannot show an emoji shows a question mark.
    if isinstance(sys.stdout, _Reconfigurable):
        sys.stdout.reconfigure(errors="replace")
    demo = Demo(View(console), ports=_ports(port_base))
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        problems = runner.run(demo.run(once=once))
    sys.exit(1 if problems else 0)
