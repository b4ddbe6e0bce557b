"""The real daemon as a process of its own: started, killed, asked how it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.error import URLError
from urllib.request import urlopen

from gateway.testing.valkey import free_port, wait_until

STOP_SECONDS: Final = 30.0


class RelevoProcess:
    """``relevo run`` with a settings file of its own.

    Args:
        folder: Its data directory, settings and log are put there.
        accounts: The ``[[accounts]]`` part of the settings, as TOML.
        environ: Further settings as ``RELEVO_…`` variables.

    Attributes:
        public_url: Where webhooks go.
        private_url: Where it answers operators.
        data_dir: With the embedded Valkey's socket.
    """

    def __init__(
        self, folder: Path, *, accounts: str, environ: Mapping[str, str] | None = None
    ) -> None:
        public, private = free_port(), free_port()
        self.public_url = f"http://127.0.0.1:{public}"
        self.private_url = f"http://127.0.0.1:{private}"
        self.data_dir = folder / "data"
        self._settings = folder / "relevo.toml"
        self._log = folder / "relevo.log"
        self._environ = {"RELEVO_LOG_FORMAT": "json", **(environ or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._settings.write_text(
            f'data_dir = "{self.data_dir}"\n'
            f'[http]\npublic = "127.0.0.1:{public}"\nprivate = "127.0.0.1:{private}"\n'
            f"{accounts}",
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def start(self) -> None:
        """Start, and wait until it says that it is ready.

        Raises:
            TimeoutError: It does not in 20 seconds; the text has its log.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "gateway.cli", "run", "--config", str(self._settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | self._environ,
            )
        wait_until(self.is_ready, f"relevo to be ready:\n{self.log()}")

    def stop(self) -> int:
        """Ask it to stop, as a service manager does, and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def is_ready(self) -> bool:
        """Tell whether ``/readyz`` says so."""
        try:
            with urlopen(f"{self.private_url}/readyz", timeout=2) as answer:  # noqa: S310 - ours
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False

    def metric(self, name: str) -> float:
        """Return the sum of a metric over all its labels."""
        with urlopen(f"{self.private_url}/metrics", timeout=5) as answer:  # noqa: S310 - ours
            lines = answer.read().decode().splitlines()
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith((f"{name} ", f"{name}{{"))
        )

    def wait_until_drained(self) -> None:
        """Wait until nothing waits on its disk.

        Raises:
            TimeoutError: Something does after 20 seconds.
        """
        time.sleep(0.2)
        wait_until(
            lambda: self.is_ready() and self.metric("relevo_spool_bytes") == 0,
            "the spool to be drained",
        )

    def log(self) -> str:
        """Return what it has printed."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            raise RuntimeError("relevo is not running")
        self._process.send_signal(number)
        return self._process.wait(STOP_SECONDS)
