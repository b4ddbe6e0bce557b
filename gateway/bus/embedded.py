"""The embedded Valkey: the bundled server in the data directory, looked after.

Nothing of it is reachable from elsewhere: it listens on ``data_dir/valkey.sock`` only. What it
was told is on the disk in ``data_dir/valkey`` before it confirms it, so that its end, however it
comes, loses nothing that was confirmed. ``appendfsync`` "everysec" gives that up: see
``docs/decisions/0022-on-the-disk.md``.

Two locks keep the data whole. ``data_dir/relevo.lock`` is held by the daemon: a second one is
refused. ``data_dir/valkey/valkey.lock`` is held by the server itself, which inherits it: when a
daemon was killed and its server lives on, the next daemon sees that, stops the old server
cleanly and starts its own. Two servers never write one file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Final, Literal

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError

from gateway.bus.binary import server_binary
from gateway.bus.lockfile import LockFile
from gateway.bus.socketpath import remove_link, socket_path
from gateway.bus.tasks import end, heeded
from gateway.errors import SettingsError, StoreError
from gateway.settings.schema import EMBEDDED, Settings
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

START_SECONDS: Final = 30.0
"""For the first answer of a server that has nothing to load."""
STOP_SECONDS: Final = 30.0
"""For a clean stop; the append-only file is then complete on disk."""
LOG_BYTES: Final = 1024 * 1024
RESTART_SECONDS: Final = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before restarts that follow one another; the last one repeats."""
CALM_SECONDS: Final = 60.0
"""Who has run so long starts over at the first pause."""


def embedded_url(data_dir: Path) -> str:
    """Return the ``redis.url`` by which others on this machine reach the embedded Valkey.

    Raises:
        StoreError: See ``gateway.bus.socketpath.socket_path``.
    """
    return f"unix://{socket_path(data_dir)}"


def redis_url(settings: Settings) -> str:
    """Return where Redis is, whether it is the embedded one or another.

    Raises:
        StoreError: See ``gateway.bus.socketpath.socket_path``.
    """
    if settings.redis.url == EMBEDDED:
        return embedded_url(Path(settings.data_dir))
    return settings.redis.url


class EmbeddedValkey:
    """The server of one data directory; start it before anything that needs Redis, stop it after."""

    def __init__(
        self, data_dir: Path, *, appendfsync: Literal["always", "everysec"] = "always"
    ) -> None:
        """Prepare; nothing is started yet.

        Raises:
            SettingsError: This platform has no embedded server.
        """
        if sys.platform == "win32":
            raise SettingsError("redis.url: embedded needs Linux or macOS; set the URL of a server")
        self._data_dir = data_dir.absolute()
        self._directory = self._data_dir / "valkey"
        # As the server tells it.
        self._real_directory = os.path.realpath(self._directory)
        self._appendfsync = appendfsync
        self._daemon_lock = LockFile(self._data_dir / "relevo.lock")
        self._server_lock = LockFile(self._directory / "valkey.lock")
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """For ``Connection``."""
        return embedded_url(self._data_dir)

    @property
    def pid(self) -> int:
        """Process id of the server while it runs."""
        if self._process is None:
            raise RuntimeError("the embedded Valkey is not running")
        return self._process.pid

    async def start(self) -> None:
        """Start the server, wait until it answers, and look after it from now on.

        Raises:
            StoreError: Another daemon uses the data directory, something else listens on its
                socket, or the server does not start; the text has the end of its log.
        """
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._daemon_lock.acquire():
            raise StoreError(
                f"{self._data_dir} is in use by another relevo "
                f"(process {self._daemon_lock.signed_by()}); stop it, or set another data_dir"
            )
        try:
            self._daemon_lock.sign(os.getpid())
            await self._take_over()
            await self._launch()
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._look_after(), name="embedded valkey")

    async def stop(self) -> None:
        """Stop the server cleanly: everything it was told is on disk afterwards."""
        if self._watch is not None:
            await end(self._watch)
            self._watch = None
        if self._process is not None:
            await self._end(self._process)
            self._process = None
        remove_link(self._data_dir)
        self._server_lock.release()
        self._daemon_lock.release()

    async def _take_over(self) -> None:
        """Get the folder for ourselves from the server of a daemon that was killed."""
        if not self._server_lock.acquire():
            # Whoever holds the lock is of the group that this process led when it was started.
            for number in (signal.SIGTERM, signal.SIGKILL):
                if await self._ended(number):
                    break
            else:
                raise StoreError(
                    f"{self._directory} is in use by a Valkey that cannot be stopped "
                    f"(process {self._server_lock.signed_by()}); stop it by hand"
                )
        if await listens(socket_path(self._data_dir)):
            raise StoreError(
                f"another server listens on {self._data_dir / 'valkey.sock'}; stop it, "
                "set redis.url to it, or set another data_dir"
            )

    async def _ended(self, number: signal.Signals) -> bool:
        """Signal the old server and tell whether it let go of the folder in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + STOP_SECONDS
        told: int | None = None
        while loop.time() < deadline:
            # A daemon killed right after it started its server had no time to write down which
            # one: then the server itself tells, once it listens.
            process = self._server_lock.signed_by() or await self._server_there()
            if process is not None and process != told:
                log.warning(logs.VALKEY_TAKEN_OVER, pid=process)
                _signal_group(process, number)
                told = process
            await asyncio.sleep(0.02)
            if self._server_lock.acquire():
                return True
        return False

    async def _server_there(self) -> int | None:
        """Return the process that answers on our socket for our folder, or None."""
        with contextlib.suppress(RedisError, OSError):
            async with _once(socket_path(self._data_dir)) as client:
                with heeded():
                    folder = await client.config_get("dir")
                    server = await client.info("server")
            if folder["dir"] == self._real_directory:
                return int(server["process_id"])
        return None

    async def _launch(self) -> None:
        """Start a server and wait until it answers."""
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        self._server_lock.sign(None)
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(server_binary()),
                *self._options(),
                cwd=self._directory,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(self._server_lock.descriptor,),
                # A group of its own: Ctrl-C in the terminal is for us, who stop it last.
                start_new_session=True,
            )
        self._server_lock.sign(self._process.pid)
        await self._answers(self._process)

    def _options(self) -> list[str]:
        options = {
            "dir": str(self._directory),
            "port": "0",
            "unixsocket": str(socket_path(self._data_dir)),
            "unixsocketperm": "700",
            "appendonly": "yes",
            "appendfsync": self._appendfsync,
            "aof-use-rdb-preamble": "yes",
            "save": "",
            "daemonize": "no",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    async def _answers(self, process: asyncio.subprocess.Process) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while (answer := await _ping(socket_path(self._data_dir))) != "ready":
            if process.returncode is not None:
                raise StoreError(f"the embedded Valkey ended at once: {self._end_of_log()}")
            now = asyncio.get_running_loop().time()
            if answer == "loading":
                deadline = now + START_SECONDS
            elif now > deadline:
                raise StoreError(f"the embedded Valkey does not answer: {self._end_of_log()}")
            await asyncio.sleep(0.01)

    async def _look_after(self) -> None:
        """Start the server again whenever it ends; the append-only file brings everything back."""
        loop = asyncio.get_running_loop()
        deaths = 0
        while self._process is not None:
            since = loop.time()
            code = await self._process.wait()
            deaths = 0 if loop.time() - since > CALM_SECONDS else deaths
            log.error(logs.VALKEY_DIED, code=code, end_of_log=self._end_of_log())
            # A rewrite of the append-only file may outlive its server.
            _signal_group(self._process.pid, signal.SIGKILL)
            await asyncio.sleep(RESTART_SECONDS[min(deaths, len(RESTART_SECONDS) - 1)])
            deaths += 1
            try:
                await self._launch()
            except (StoreError, OSError) as error:
                log.error(logs.VALKEY_NOT_BACK, error=str(error))  # noqa: TRY400 - expected
                await self._end(self._process)
            else:
                log.warning(logs.VALKEY_BACK, seconds=round(loop.time() - since, 3))

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if process.returncode is None:
                _signal_group(process.pid, number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
                    return

    @property
    def _log(self) -> Path:
        return self._directory / "valkey.log"

    def _end_of_log(self) -> str:
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - 2000))
            lines = file.read().decode(errors="replace").splitlines()
        return " | ".join(lines[-3:])


def _signal_group(process: int | None, number: signal.Signals) -> None:
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, number)


async def listens(path: Path) -> bool:
    """Tell whether anything listens on a unix socket, well or not."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True


def _once(path: Path) -> Redis:
    """Return a client that tries once and does not wait long."""
    return Redis(
        unix_socket_path=str(path),
        socket_timeout=1.0,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


async def _ping(path: Path) -> Literal["ready", "loading", "silent"]:
    async with _once(path) as client:
        try:
            with heeded():
                await client.ping()
        except BusyLoadingError:
            return "loading"
        except (RedisError, OSError):
            return "silent"
    return "ready"
