"""What is measured: each variant is a server, its bodies, and what is checked afterwards."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from bench.inbound.bodies import APP_SECRET, BIG_EVENTS, NUMBER
from bench.machine import PEER_PYTHON, ROOT
from bench.outbound import scene
from bench.process import Server
from gateway.testing.valkey import ValkeyServer, free_port

PATH: Final = "/webhooks/whatsapp/wa-main"
Sort: TypeAlias = Literal["small", "big", "telegram"]
Program: TypeAlias = Literal["ceiling", "relevo", "pywa_server", "aiogram_server"]


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the result.

    Attributes:
        name: In tables and files.
        program: Which server.
        sort: Which bodies.
        appendfsync: Of Valkey, where there is one.
        roles: What Relevo's process does.
    """

    name: str
    program: Program
    sort: Sort = "small"
    appendfsync: Literal["always", "everysec"] = "always"
    roles: tuple[str, ...] = ("ingress",)

    @property
    def stores(self) -> bool:
        """Whether it keeps what it is sent; then no body may come twice."""
        return self.program == "relevo"

    @property
    def events(self) -> int:
        """How many events a body holds."""
        return BIG_EVENTS if self.sort == "big" else 1


VARIANTS: Final = (
    Variant(name="ceiling", program="ceiling"),
    Variant(name="relevo", program="relevo"),
    Variant(name="relevo everysec", program="relevo", appendfsync="everysec"),
    Variant(name="relevo, all roles", program="relevo", roles=("ingress", "egress")),
    Variant(name="pywa", program="pywa_server"),
    Variant(name="aiogram", program="aiogram_server", sort="telegram"),
    Variant(name="ceiling, 10 events", program="ceiling", sort="big"),
    Variant(name="relevo, 10 events", program="relevo", sort="big"),
    Variant(
        name="relevo, all roles, 10 events",
        program="relevo",
        sort="big",
        roles=("ingress", "egress"),
    ),
)


class Running(msgspec.Struct, frozen=True):
    """A variant that is up.

    Attributes:
        server: Its process.
        port: Where it takes webhooks.
        private: Where it tells about itself.
        valkey: Its store, for ``relevo``.
    """

    server: Server
    port: int
    private: str
    valkey: ValkeyServer | None

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return f"http://127.0.0.1:{self.port}{PATH}"


@contextlib.contextmanager
def running(variant: Variant) -> Iterator[Running]:
    """Start a variant with nothing left from before, and end it."""
    with tempfile.TemporaryDirectory(prefix="relevo-bench-", dir="/tmp") as name:
        folder = Path(name)
        port, other = free_port(), free_port()
        if variant.program != "relevo":
            with _reference(variant.program, folder, port) as server:
                yield Running(server, port, f"http://127.0.0.1:{port}", None)
            return
        with _valkey(folder, variant.appendfsync) as valkey, scene.platform(folder) as platform:
            private = f"127.0.0.1:{other}"
            configuration = folder / "relevo.toml"
            configuration.write_text(
                _configuration(folder, port, private, valkey.url, platform.url, variant.roles)
            )
            with Server(
                [str(Path(sys.executable).with_name("relevo")), "run", "--config", "relevo.toml"],
                ready=f"http://{private}/readyz",
                folder=folder,
                environment=os.environ,
            ) as server:
                yield Running(server, port, f"http://{private}", valkey)


def _reference(program: str, folder: Path, port: int) -> Server:
    python = sys.executable if program == "ceiling" else str(PEER_PYTHON)
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"}
    return Server(
        [python, "-m", f"bench.inbound.servers.{program}", str(port), PATH],
        ready=f"http://127.0.0.1:{port}/handled",
        folder=folder,
        environment=environment,
    )


def _valkey(folder: Path, appendfsync: str) -> ValkeyServer:
    directory = folder / "valkey"
    directory.mkdir()
    # No rewrite in the middle of a round: it would take the load generator's core.
    options = {"appendonly": "yes", "appendfsync": appendfsync, "auto-aof-rewrite-percentage": "0"}
    return ValkeyServer(directory=directory, options=options)


def _configuration(
    folder: Path,
    port: int,
    private: str,
    redis_url: str,
    platform_url: str,
    roles: tuple[str, ...],
) -> str:
    return f"""\
data_dir = "{folder / "data"}"
roles = {list(roles)}
[http]
public = "127.0.0.1:{port}"
private = "{private}"
[redis]
url = "{redis_url}"
[log]
format = "json"
[[accounts]]
id = "wa-main"
channel = "whatsapp"
phone_number_id = "{NUMBER.phone_number_id}"
business_account_id = "{NUMBER.business_account_id}"
access_token = "unused"
app_secret = ["{APP_SECRET}"]
verify_token = "unused"
api_url = "{platform_url}/v26.0"
"""
