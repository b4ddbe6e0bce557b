"""What is needed to send: the platform and Valkey on one core, Relevo or the reference on the other."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from redis import Redis

from bench.machine import ROOT
from bench.process import LOAD_CORE, Server, get
from gateway.bus import keys
from gateway.bus.keys import partition_of
from gateway.edge.outbound.rounds import LEVEL
from gateway.settings.schema import StreamSettings
from gateway.testing.valkey import ValkeyServer, free_port, wait_until

ACCOUNTS: Final = 16
"""Meta lets a number send 1 000 messages a second at most; the core shall be the limit, not that."""
RELEVO: Final = str(Path(sys.executable).with_name("relevo"))


class Counts(msgspec.Struct, frozen=True):
    """What the platform counted; see ``servers/platform.py``."""

    messages: int
    different: int
    seconds: float
    live_ms: list[float]


class Platform(msgspec.Struct, frozen=True):
    """The simulated platform."""

    url: str

    def counts(self) -> Counts:
        """Ask what came."""
        return msgspec.json.decode(get(f"{self.url}/counts"), type=Counts)


def accounts() -> list[str]:
    """Return the ids of the accounts that send."""
    return [f"wa-{number:02d}" for number in range(ACCOUNTS)]


def python(*arguments: str, folder: Path, ready: str, core: int) -> Server:
    """Return a program of the bench's own."""
    return Server(
        [sys.executable, "-m", *arguments],
        ready=ready,
        folder=folder,
        environment={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
        core=core,
    )


@contextlib.contextmanager
def platform(folder: Path) -> Iterator[Platform]:
    """Start the platform and end it."""
    own = folder / "platform"
    own.mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with python(
        *("bench.outbound.servers.platform", str(port)),
        folder=own,
        ready=f"{url}/counts",
        core=LOAD_CORE,
    ):
        yield Platform(url)


@contextlib.contextmanager
def valkey(folder: Path) -> Iterator[ValkeyServer]:
    """Start an empty Valkey and end it."""
    own = folder / "valkey"
    own.mkdir()
    options = {"appendonly": "yes", "appendfsync": "always", "auto-aof-rewrite-percentage": "0"}
    with ValkeyServer(directory=own, options=options) as server:
        yield server


class Relevo(msgspec.Struct, frozen=True):
    """A running daemon."""

    server: Server
    private: str


@contextlib.contextmanager
def relevo(folder: Path, role: str, *, redis_url: str, platform_url: str) -> Iterator[Relevo]:
    """Start a daemon that only takes messages (``ingress``) or only sends them (``egress``)."""
    own = folder / role
    own.mkdir(exist_ok=True)
    private = f"127.0.0.1:{free_port()}"
    text = _settings(own, role, private, redis_url)
    for number, account in enumerate(accounts()):
        text += _account(account, number, platform_url)
    (own / "relevo.toml").write_text(text)
    with Server(
        [RELEVO, "run", "--config", "relevo.toml"],
        ready=f"http://{private}/readyz",
        folder=own,
        environment=os.environ,
    ) as server:
        yield Relevo(server, private)


def learn_speeds(folder: Path, *, valkey: ValkeyServer, platform: Platform) -> None:
    """Let Relevo ask once how fast each number may send, as it has long done in real life."""
    with (
        relevo(folder, "egress", redis_url=valkey.url, platform_url=platform.url),
        Redis(unix_socket_path=str(valkey.socket)) as client,
    ):
        partitions = StreamSettings().partitions
        wanted = [keys.kept(partition_of(each, partitions), each, LEVEL) for each in accounts()]
        wait_until(lambda: client.exists(*wanted) == len(wanted), "every number's speed")


def _settings(folder: Path, role: str, private: str, redis_url: str) -> str:
    return f"""\
data_dir = "{folder / "data"}"
roles = ["{role}"]
[http]
public = "127.0.0.1:{free_port()}"
private = "{private}"
[redis]
url = "{redis_url}"
[log]
format = "json"
level = "warning"
"""


def _account(account: str, number: int, platform_url: str) -> str:
    return f"""
[[accounts]]
id = "{account}"
channel = "whatsapp"
phone_number_id = "{106540352242900 + number}"
business_account_id = "102290129340398"
access_token = "unused"
app_secret = "unused"
verify_token = "unused"
api_url = "{platform_url}/v26.0"
"""
