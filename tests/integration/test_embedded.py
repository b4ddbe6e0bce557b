"""The embedded Valkey, through the ends of its daemon and of itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from gateway.bus.connection import Connection
from gateway.bus.embedded import EmbeddedValkey, embedded_url
from gateway.bus.socketpath import socket_path
from gateway.cli import examine
from gateway.cli.examine import Finding
from gateway.errors import StoreError
from gateway.settings.schema import RedisSettings, Settings
from gateway.telemetry import logs
from gateway.testing.valkey import ValkeyServer
from tests.waiting import until

DAEMON = """
import asyncio, sys
from pathlib import Path
from gateway.bus.embedded import EmbeddedValkey

async def main():
    server = EmbeddedValkey(Path(sys.argv[1]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(data_dir)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def killed_daemon(data_dir: Path) -> int:
    """Start a daemon, write through its server, kill -9 it; return the orphan's process id."""
    daemon = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DAEMON, str(data_dir), stdout=asyncio.subprocess.PIPE
    )
    assert daemon.stdout is not None
    pid = int(await daemon.stdout.readline())
    async with Redis.from_url(embedded_url(data_dir), protocol=2) as client:
        await client.set("kept", "yes")
    daemon.kill()
    await daemon.wait()
    return pid


async def value(url: str, key: str = "kept") -> bytes | str | None:
    connection = Connection(url)
    try:
        return await connection.client.get(key)
    finally:
        await connection.close()


async def keep(url: str) -> None:
    connection = Connection(url)
    await connection.client.set("kept", "yes")
    await connection.close()


def once(url: str) -> Redis:
    """Return a client that tries nothing twice."""
    return Redis.from_url(url, protocol=2, socket_timeout=5, retry=Retry(NoBackoff(), 0))


async def until_replaced(server: EmbeddedValkey, pid: int) -> None:
    async def replaced() -> bool:
        return server.pid != pid and await _answers(server.url)

    await until(replaced, what="another server")


async def _answers(url: str) -> bool:
    async with once(url) as client:
        try:
            return bool(await client.ping())
        except (RedisError, OSError):
            return False


@contextlib.contextmanager
def strangers_server(path: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        yield


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # An orphan's new parent may leave it a zombie (Z): that one is dead.
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or ") Z " not in state.read_text()


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        await keep(server.url)
        pid = server.pid
    assert not alive(pid)
    async with running(tmp_path / "data") as server:
        assert await value(server.url) == b"yes"


async def test_nobody_else_on_the_machine_can_reach_it(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        client = Redis.from_url(server.url, protocol=2)
        assert (await client.config_get("port"))["port"] == "0"
        await client.aclose()
        mode = (tmp_path / "data" / "valkey.sock").stat().st_mode
        assert stat.S_IMODE(mode) == 0o700


@pytest.fixture
def slow_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever is started from now on wait long for its disk."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("a slow disk needs Linux and a C compiler (Debian packages gcc, libc6-dev)")
    library, source = tmp_path / "slow_disk.so", Path(__file__).with_name("slow_disk.c")
    subprocess.run(  # noqa: S603 - our own source
        [compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True
    )
    monkeypatch.setenv("LD_PRELOAD", str(library))


@pytest.mark.crash
@pytest.mark.usefixtures("slow_disk")
async def test_what_was_confirmed_survives_a_kill_on_a_slow_disk(tmp_path: Path) -> None:
    confirmed = 0

    async def count(client: Redis) -> None:
        nonlocal confirmed
        with contextlib.suppress(RedisConnectionError):
            while True:
                await client.incr("counter")
                confirmed += 1

    async with running(tmp_path / "data") as server:
        async with once(server.url) as client:
            counting = asyncio.create_task(count(client))
            await asyncio.sleep(1.5)  # by then an fsync is under way that began after a command
            await until(lambda: confirmed >= 2)
            killed = server.pid
            os.kill(killed, signal.SIGKILL)
            await counting
        await until_replaced(server, killed)
        assert int(await value(server.url, "counter") or 0) >= confirmed


async def test_it_fsyncs_as_the_settings_say(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "data", appendfsync="everysec")
    await server.start()
    client = Redis.from_url(server.url, protocol=2)
    told = await client.config_get("append*")
    await client.aclose()
    await server.stop()
    assert (told["appendonly"], told["appendfsync"]) == ("yes", "everysec")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"appendonly": "no"}, "appendonly is off"),
        ({"appendonly": "yes", "appendfsync": "everysec"}, "appendfsync is not always"),
        ({"appendonly": "yes", "appendfsync": "always"}, ""),
    ],
)
async def test_the_doctor_tells_whether_what_redis_confirms_is_on_the_disk(
    options: dict[str, str], said: str
) -> None:
    with ValkeyServer(options=options) as server:
        settings = Settings(redis=RedisSettings(url=server.url))
        found = [each async for each in examine.redis(settings)]
    warned = [each for each in found if each.state == "warning"]
    assert len(warned) == (1 if said else 0)
    assert all(said in each.told for each in warned)


async def test_ctrl_c_in_the_terminal_is_not_for_the_server(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        assert os.getpgid(server.pid) != os.getpgid(0)


async def test_a_second_daemon_on_one_data_dir_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        second = EmbeddedValkey(tmp_path / "data")
        with pytest.raises(StoreError, match=f"another relevo \\(process {os.getpid()}\\)"):
            await second.start()
        await keep(server.url)


async def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    expected: list[str] = []

    with capture_logs() as written:
        async with running(tmp_path / "data") as server:
            for _ in range(3):
                await keep(server.url)
                os.kill(server.pid, signal.SIGKILL)
                expected.extend([logs.VALKEY_DIED, logs.VALKEY_BACK])
                await until(lambda: [each["event"] for each in written] == expected)
                assert await value(server.url) == b"yes"
    assert written[0]["code"] == -signal.SIGKILL


async def test_it_can_be_stopped_at_whatever_moment_of_its_coming_back(tmp_path: Path) -> None:
    for moment in range(12):
        server = EmbeddedValkey(tmp_path / "data")
        await server.start()
        os.kill(server.pid, signal.SIGKILL)
        await asyncio.sleep(moment * 0.002)
        async with asyncio.timeout(20):
            await server.stop()


async def test_the_doctor_tells_a_server_that_stands_still_from_one_that_does_not_run(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=str(tmp_path), redis=RedisSettings(timeout_seconds=1))

    async def found() -> Finding:
        first, *_ = [each async for each in examine.redis(settings)]
        return first

    assert (await found()).told == (
        "The embedded Valkey does not run; it does while the daemon runs."
    )
    async with running(tmp_path) as server:
        assert (await found()).state == "good"
        os.kill(server.pid, signal.SIGSTOP)
        hangs = await found()
        os.kill(server.pid, signal.SIGCONT)
    assert (hangs.state, "does not answer" in hangs.told) == ("bad", True)
    assert "valkey.log" in hangs.remedy


async def test_the_server_of_a_killed_daemon_is_replaced_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    orphan = await killed_daemon(tmp_path / "data")
    assert alive(orphan)
    with capture_logs() as written:
        async with running(tmp_path / "data") as server:
            assert not alive(orphan)
            assert server.pid != orphan
            assert await value(server.url) == b"yes"
    assert written[0] == {
        "event": logs.VALKEY_TAKEN_OVER,
        "pid": orphan,
        "log_level": "warning",
    }


async def test_the_server_of_a_daemon_that_could_not_write_down_its_process_is_replaced(
    tmp_path: Path,
) -> None:
    orphan = await killed_daemon(tmp_path / "data")
    (tmp_path / "data" / "valkey" / "valkey.lock").write_text("")
    async with running(tmp_path / "data") as server:
        assert not alive(orphan)
        assert await value(server.url) == b"yes"


async def test_when_daemon_and_server_are_both_killed_the_next_start_is_an_ordinary_one(
    tmp_path: Path,
) -> None:
    orphan = await killed_daemon(tmp_path / "data")
    os.kill(orphan, signal.SIGKILL)
    with capture_logs() as written:
        async with running(tmp_path / "data") as server:
            assert await value(server.url) == b"yes"
    assert not [each for each in written if each["event"] == logs.VALKEY_DIED]


async def test_an_orphan_that_hangs_is_ended_by_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.bus.embedded.STOP_SECONDS", 0.3)
    orphan = await killed_daemon(tmp_path / "data")
    os.kill(orphan, signal.SIGSTOP)
    async with running(tmp_path / "data") as server:
        assert await value(server.url) == b"yes"


async def test_a_stale_socket_file_is_no_hindrance(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "valkey.sock"))
    left.close()
    async with running(tmp_path) as server:
        await keep(server.url)


async def test_a_strangers_server_on_the_socket_is_left_alone(tmp_path: Path) -> None:
    listening = strangers_server(tmp_path / "valkey.sock")
    with listening, pytest.raises(StoreError, match="another server listens"):
        await EmbeddedValkey(tmp_path).start()


async def test_a_data_dir_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 25) / ("longer" * 20)
    async with running(data_dir) as server:
        await keep(server.url)
        assert (data_dir / "valkey.sock").is_socket()
        assert len(os.fsencode(socket_path(data_dir))) < 104
        link = socket_path(data_dir).parent
    assert not link.is_symlink()
    async with running(data_dir) as server:
        assert await value(server.url) == b"yes"


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 25)
    link = socket_path(data_dir).parent
    link.unlink()
    link.symlink_to(tmp_path)
    try:
        with pytest.raises(StoreError, match="not ours"):
            socket_path(data_dir)
    finally:
        link.unlink()


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        await keep(server.url)
    (tmp_path / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(StoreError, match=r"ended at once: .*manifest"):
        await EmbeddedValkey(tmp_path).start()


async def test_a_failed_start_leaves_the_data_dir_free(tmp_path: Path) -> None:
    with strangers_server(tmp_path / "valkey.sock"), pytest.raises(StoreError):
        await EmbeddedValkey(tmp_path).start()
    (tmp_path / "valkey.sock").unlink(missing_ok=True)
    async with running(tmp_path) as server:
        await keep(server.url)
