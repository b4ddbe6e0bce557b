"""Server processes on a core of their own, and what they use."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from gateway.testing.valkey import wait_until

SERVER_CORE: Final = 0
LOAD_CORE: Final = 1
"""Of the load generator, Valkey and the bench itself."""


class Server:
    """A process pinned to a core; a context manager.

    Args:
        command: What to run.
        core: Which one.
        ready: Address that answers GET, whatever it answers, once the server listens.
        folder: Where it runs; its output goes to ``server.log`` there.
        environment: Of the process.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        ready: str,
        folder: Path,
        environment: Mapping[str, str],
        core: int = SERVER_CORE,
    ) -> None:
        self._command = ["taskset", "-c", str(core), *command]
        self._ready = ready
        self._folder = folder
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own servers
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_until(self._answers, f"{self._ready} to answer")
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """Process id; taskset has become the server."""
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server has printed."""
        return self._log.read_text(errors="replace")

    def cpu_seconds(self) -> float:
        """Return CPU time of all threads so far, by the scheduler's nanosecond counters."""
        return cpu_seconds(self.pid)

    def rss_mib(self) -> float:
        """Return the resident memory in MiB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def _log(self) -> Path:
        return self._folder / "server.log"

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise TimeoutError(f"the server ended at once:\n{self.log}")
        try:
            get(self._ready)
        except ConnectionError:
            return False
        return True


def cpu_seconds(pid: int) -> float:
    """Return CPU time of all threads of a process so far."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9


def get(url: str) -> str:
    """Return what a server of ours answers.

    Raises:
        ConnectionError: Nobody listens.
    """
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
            return str(answer.read().decode())
    except HTTPError as error:
        return error.read().decode()
    except URLError as error:
        raise ConnectionError(str(error)) from error
