"""relevo tail as a process, on real streams."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from gateway.bus import keys
from gateway.codec import stream
from gateway.model.contact import Contact
from gateway.model.content import Text
from gateway.model.event import Event, MessageReceived, MessageStatus
from gateway.model.message import Message
from gateway.model.status import Status
from gateway.testing.valkey import ValkeyServer

RELEVO = [sys.executable, "-c", "from gateway.cli.main import main; main()"]
CONTACT = Contact(id="34600111222", name="Ana")


def received(number: int) -> MessageReceived:
    return MessageReceived(
        id=f"{number:032x}",
        at=1_760_000_000_000,
        channel="whatsapp",
        account="wa-main",
        contact=CONTACT,
        message=Message(id="1", platform_id="w", timestamp=1, content=Text(text=f"hola {number}")),
    )


STATUS = MessageStatus(
    id="f" * 32,
    at=1_760_000_000_000,
    channel="whatsapp",
    account="wa-other",
    contact=CONTACT,
    status=Status(status="delivered", timestamp=1, platform_id="w"),
)


@pytest.fixture
def client(valkey_server: ValkeyServer) -> Iterator[Redis]:
    with valkey_server.client() as client:
        client.flushall()
        client.hset(keys.layout(), "partitions", "2")
        yield client


def publish(client: Redis, event: Event, partition: int = 0) -> None:
    client.xadd(keys.events(partition), dict(stream.fields(event).items()))


def tail(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [*RELEVO, "tail", *words], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_an_event_is_one_readable_line_without_the_contacts_number(
    client: Redis, valkey_server: ValkeyServer
) -> None:
    publish(client, received(1))
    line = tail("--redis", valkey_server.url, "--from", "oldest", "--count", "1")
    assert "message.received" in line
    assert "wa-main" in line
    assert "«hola 1»" in line
    assert "…1222#" in line
    assert "34600111222" not in line
    assert "Ana" not in line


def test_without_a_group_looking_is_noticed_by_nobody(
    client: Redis, valkey_server: ValkeyServer
) -> None:
    publish(client, received(1))
    for _ in range(2):
        assert "hola 1" in tail("--redis", valkey_server.url, "--from", "oldest", "--count", "1")
    assert client.xinfo_groups(keys.events(0)) == []


def test_contacts_are_shown_when_asked_for(client: Redis, valkey_server: ValkeyServer) -> None:
    publish(client, received(1))
    url = valkey_server.url
    assert "34600111222 Ana" in tail(
        "--redis", url, "--from", "oldest", "--count", "1", "--show-contacts"
    )


def test_json_lines_are_whole_events(client: Redis, valkey_server: ValkeyServer) -> None:
    publish(client, received(1))
    publish(client, STATUS, 1)
    output = tail("--redis", valkey_server.url, "--from", "oldest", "--count", "2", "--json")
    lines = sorted(
        (msgspec.json.decode(each) for each in output.splitlines()), key=lambda e: e["id"]
    )
    assert [msgspec.convert(each, Event) for each in lines] == [received(1), STATUS]


def test_what_cannot_be_read_is_shown_all_the_same(
    client: Redis, valkey_server: ValkeyServer
) -> None:
    client.xadd(keys.events(0), {"type": "message.received", "data": b"\xc1\xff"})
    url = valkey_server.url
    [line] = tail("--redis", url, "--from", "oldest", "--count", "1", "--json").splitlines()
    assert msgspec.json.decode(line)["raw"] == "wf8="
    assert "cannot be read" in tail("--redis", url, "--from", "oldest", "--count", "1")


def test_only_what_is_wanted_is_shown(client: Redis, valkey_server: ValkeyServer) -> None:
    publish(client, received(1))
    publish(client, STATUS)
    publish(client, received(2))
    start = ("--redis", valkey_server.url, "--from", "oldest", "--count", "1")
    assert "delivered" in tail(*start, "--type", "message.status")
    assert "delivered" in tail(*start, "--account", "wa-other")


def test_an_entry_id_says_after_what_to_begin(client: Redis, valkey_server: ValkeyServer) -> None:
    publish(client, received(1))
    last = client.xinfo_stream(keys.events(0))["last-generated-id"].decode()
    publish(client, received(2))
    assert "hola 2" in tail("--redis", valkey_server.url, "--from", last, "--count", "1")


def test_a_group_acknowledges_what_was_shown_and_no_more(
    client: Redis, valkey_server: ValkeyServer
) -> None:
    for number in range(3):
        publish(client, received(number))
    member = ("--redis", valkey_server.url, "--group", "eyes", "--from", "oldest", "--count")
    assert "hola 0" in tail(*member, "1")
    assert client.xpending(keys.events(0), "eyes")["pending"] == 2
    rest = tail(*member, "2")
    assert "hola 0" not in rest
    assert "hola 1" in rest
    assert client.xpending(keys.events(0), "eyes")["pending"] == 0


def test_a_wrong_start_is_refused() -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [*RELEVO, "tail", "--from", "yesterday"], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert b"not 'yesterday'" in done.stderr


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl-C count for what is started, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_it_without_a_traceback(
    client: Redis, valkey_server: ValkeyServer, tmp_path: Path
) -> None:
    publish(client, received(1))
    settings = tmp_path / "relevo.toml"
    settings.write_text(f'[redis]\nurl = "{valkey_server.url}"\n')
    with subprocess.Popen(  # noqa: S603 - our own command
        [*RELEVO, "tail", "--config", str(settings), "--from", "oldest"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert b"hola 1" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == b""
