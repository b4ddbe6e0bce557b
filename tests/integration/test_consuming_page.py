"""The examples of docs/consuming.md, run as they stand against a real server with real events."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from gateway.bus import keys
from gateway.codec import stream
from gateway.model.contact import Contact
from gateway.model.content import Text
from gateway.model.event import MessageReceived
from gateway.model.message import Message
from gateway.testing.valkey import ValkeyServer, wait_until

PAGE = Path(__file__).parents[2] / "docs" / "consuming.md"
EXAMPLES = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
EVENT = MessageReceived(
    id="0199" * 8,
    at=1_760_000_000_000,
    channel="whatsapp",
    account="wa-main",
    contact=Contact(id="34600111222"),
    message=Message(id="1", platform_id="w", timestamp=1, content=Text(text="hola")),
)


def examples(language: str) -> list[str]:
    return [text for kind, text in EXAMPLES if kind == language]


@pytest.fixture
def client(valkey_server: ValkeyServer) -> Iterator[Redis]:
    with valkey_server.client() as client:
        client.flushall()
        client.hset(keys.layout(), "partitions", "4")
        yield client


def publish(client: Redis) -> None:
    client.xadd(keys.events(3), dict(stream.fields(EVENT).items()))


def consumed(client: Redis, group: str, command: list[str], env: dict[str, str]) -> str:
    """Run a consumer until it has acknowledged one event; return what it printed."""
    process = subprocess.Popen(  # noqa: S603 - the page's own example
        command, stdout=subprocess.PIPE, env=os.environ | env
    )

    def joined() -> bool:
        if not client.exists(keys.events(3)):
            return False
        groups = client.xinfo_groups(keys.events(3))
        return any(each["name"] == group.encode() for each in groups)

    def acknowledged() -> bool:
        told = client.xinfo_groups(keys.events(3))
        [mine] = [each for each in told if each["name"] == group.encode()]
        return bool(mine["last-delivered-id"] != b"0-0" and mine["pending"] == 0)

    try:
        wait_until(joined, f"{group} to join")
        publish(client)
        wait_until(acknowledged, f"{group} to acknowledge")
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=20)
    return output.decode()


@pytest.mark.parametrize(
    ("number", "group", "printed"),
    [(0, "crm", "34600111222"), (1, "search", "MessageReceived("), (2, "mailer", EVENT.id)],
)
def test_the_python_examples_consume(
    client: Redis,
    valkey_server: ValkeyServer,
    tmp_path: Path,
    number: int,
    group: str,
    printed: str,
) -> None:
    example = tmp_path / "example.py"
    text = examples("python")[number]
    assert "redis://localhost:6379" in text
    example.write_text(text.replace("redis://localhost:6379", valkey_server.url))
    command = [sys.executable, str(example)]
    assert printed in consumed(client, group, command, {"PYTHONUNBUFFERED": "1"})


def test_the_redis_cli_commands_work(client: Redis, valkey_server: ValkeyServer) -> None:
    if not (cli := shutil.which("redis-cli") or shutil.which("valkey-cli")):
        pytest.skip("neither redis-cli nor valkey-cli is installed")
    publish(client)
    [commands] = examples("sh")
    script = commands.replace("redis-cli", f"{cli} -s {valkey_server.socket}")
    done = subprocess.run(  # noqa: S603 - the page's own commands
        ["/bin/sh", "-e", "-c", script], capture_output=True, check=True, timeout=30
    )
    output = done.stdout.decode(errors="replace").splitlines()
    assert output[:2] == ["4", "1"]
    assert "message.received" in output
    assert "OK" in output
    assert "crm" in output
    assert not [line for line in output if line.startswith(("ERR", "WRONG"))]


def test_the_node_example_consumes(
    client: Redis, valkey_server: ValkeyServer, tmp_path: Path
) -> None:
    modules = os.environ.get("NODE_MODULES_FOR_TESTS")
    if not (node := shutil.which("node")) or not modules:
        pytest.skip("needs node, and NODE_MODULES_FOR_TESTS with ioredis and @msgpack/msgpack")
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "example.mjs").write_text(examples("js")[0])
    command = [node, str(tmp_path / "example.mjs")]
    assert EVENT.id in consumed(client, "crm-js", command, {"REDIS_URL": valkey_server.url})
