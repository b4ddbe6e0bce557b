"""Real servers for tests: the bundled Valkey alone, as a cluster, and under a sentinel."""

from __future__ import annotations

import abc
import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from redis import Redis
from redis.exceptions import RedisError

from gateway.bus.binary import server_binary

PATIENCE_SECONDS: Final = 20.0
SLOTS: Final = 16384


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on, nor on port + 10000."""
    while True:
        with socket.socket() as one, socket.socket() as bus:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                bus.bind(("127.0.0.1", port + 10_000))
                return port


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Wait for something outside this process.

    Raises:
        TimeoutError: It did not happen in 20 seconds.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_SECONDS:.0f} s for {what}")
        time.sleep(0.01)


class Started(abc.ABC):
    """A context manager of what is started and stopped."""

    @abc.abstractmethod
    def start(self) -> None:
        """Start, and wait until it can be used."""

    @abc.abstractmethod
    def stop(self) -> None:
        """Stop, and leave nothing behind."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class ValkeyServer(Started):
    """One Valkey in a folder of its own; nothing is kept on disk unless options ask for it.

    Attributes:
        directory: Its files; a temporary folder, removed by ``stop``, unless given.
        port: TCP port on 127.0.0.1, or 0 for the unix socket alone.
        socket: Path of the unix socket.
        url: For ``redis.url``: the TCP address where there is one, else the socket.
    """

    def __init__(
        self,
        *,
        directory: Path | None = None,
        port: int = 0,
        options: Mapping[str, str] | None = None,
        binary: Path | None = None,
    ) -> None:
        self._binary = binary or server_binary()
        self._temporary = directory is None
        # Short, because the path of a unix socket may have 107 bytes only.
        self.directory = directory or Path(tempfile.mkdtemp(prefix="valkey-", dir="/tmp"))
        self.port = port
        self.socket = self.directory / "test.sock"
        self.url = f"redis://127.0.0.1:{port}" if port else f"unix://{self.socket}"
        self._options = dict(options or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers.

        Raises:
            TimeoutError: It does not answer in 20 seconds; ``log`` says why.
        """
        configuration = self.directory / "test.conf"
        configuration.write_text(self._configuration())
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and file
                [str(self._binary), str(configuration)],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_until(self._answers, f"{self.url} to answer; see {self._log}")
        except TimeoutError:
            self._end(signal.SIGKILL)
            raise

    def stop(self) -> None:
        """Stop and, if it was made for this server, remove the folder."""
        self._end(signal.SIGTERM)
        if self._temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def kill(self) -> None:
        """End it as a crash would; the files stay, ``start`` takes them up again."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Let it hang: connections stay open and nothing is answered."""
        self._running.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after ``pause``."""
        self._running.send_signal(signal.SIGCONT)

    def client(self) -> Redis:
        """Return a plain, blocking client; close it after use."""
        return Redis(unix_socket_path=str(self.socket), protocol=2)

    def log(self) -> str:
        """Return what the server has printed."""
        return self._log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """Process id while it runs."""
        return self._running.pid

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process

    @property
    def _log(self) -> Path:
        return self.directory / "test.log"

    def _configuration(self) -> str:
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "unixsocket": str(self.socket),
            "dir": str(self.directory),
            "save": '""',
            **self._options,
        }
        return "".join(f"{name} {value}\n" for name, value in options.items())

    def _answers(self) -> bool:
        if self._running.poll() is not None:
            raise TimeoutError(f"the server ended at once:\n{self.log()}")
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)  # a paused one takes no other signal
        process.send_signal(number)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class ValkeyCluster(Started):
    """Three masters that share the slots, with ``replicas`` more servers behind each.

    Attributes:
        servers: All of them, the masters first.
        url: For ``redis.url``.
    """

    def __init__(self, *, replicas: int = 0) -> None:
        options = {"cluster-enabled": "yes", "cluster-node-timeout": "1000"}
        self.servers = [
            ValkeyServer(port=free_port(), options=options) for _ in range(3 * (1 + replicas))
        ]
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.servers)
        self.url = f"redis+cluster://{hosts}"

    def start(self) -> None:
        """Start all, share the slots, and wait until everyone knows everyone.

        Raises:
            TimeoutError: They do not agree in 20 seconds.
        """
        for server in self.servers:
            server.start()
        first = self.servers[0]
        for index, server in enumerate(self.servers[:3]):
            low, high = (SLOTS * index // 3, SLOTS * (index + 1) // 3 - 1)
            self.command(server, "CLUSTER", "ADDSLOTSRANGE", str(low), str(high))
        for server in self.servers[1:]:
            self.command(server, "CLUSTER", "MEET", "127.0.0.1", str(first.port))
        wait_until(self._all_met, "the cluster to meet")
        for index, server in enumerate(self.servers[3:]):
            master = self.command(self.servers[index % 3], "CLUSTER", "MYID")
            self.command(server, "CLUSTER", "REPLICATE", master.decode())
        wait_until(self._all_well, "the cluster to be well")

    def stop(self) -> None:
        """Stop all and remove their folders."""
        for server in self.servers:
            server.stop()

    def command(self, server: ValkeyServer, *words: str) -> bytes:
        """Return what one server answers to a command."""
        with server.client() as client:
            # redis-py reads some answers into other shapes; callers here want the words.
            client.response_callbacks.clear()
            return bytes(client.execute_command(*words))

    def move_slot(self, slot: int, target: ValkeyServer) -> None:
        """Give an empty slot to another master, as a resharding does, and wait until all agree.

        Raises:
            TimeoutError: They do not agree in 20 seconds.
        """
        masters = self.servers[:3]
        names = {self.command(each, "CLUSTER", "MYID").decode(): each for each in masters}
        losing = self._owner(slot, as_seen_by=target)
        (gaining,) = (name for name, each in names.items() if each is target)
        # Announced first, since only then the new owner takes a later epoch than the old one;
        # with an earlier one, what the old one said before would win again.
        self.command(target, "CLUSTER", "SETSLOT", str(slot), "IMPORTING", losing)
        self.command(names[losing], "CLUSTER", "SETSLOT", str(slot), "MIGRATING", gaining)
        for server in sorted(masters, key=lambda each: each is not target):
            self.command(server, "CLUSTER", "SETSLOT", str(slot), "NODE", gaining)
        wait_until(
            lambda: {self._owner(slot, as_seen_by=each) for each in masters} == {gaining},
            f"the cluster to agree about slot {slot}",
        )

    def flush(self) -> None:
        """Empty every master."""
        for server in self.servers[:3]:
            self.command(server, "FLUSHALL")

    def _owner(self, slot: int, *, as_seen_by: ValkeyServer) -> str:
        """Return the name of the master that one server takes for the owner of a slot."""
        for line in self.command(as_seen_by, "CLUSTER", "NODES").decode().splitlines():
            name, *words = line.split()
            for each in words[7:]:
                low, _, high = each.partition("-")
                if low.isdigit() and int(low) <= slot <= int(high or low):
                    return name
        return ""

    def _all_met(self) -> bool:
        known = f"cluster_known_nodes:{len(self.servers)}".encode()
        return all(
            known in self.command(each, "CLUSTER", "INFO")
            and b"handshake" not in self.command(each, "CLUSTER", "NODES")
            for each in self.servers
        )

    def _all_well(self) -> bool:
        return all(
            b"cluster_state:ok" in self.command(each, "CLUSTER", "INFO") for each in self.servers
        ) and all(
            b"master_link_status:up" in self.command(each, "INFO", "replication")
            for each in self.servers[3:]
        )


class ValkeySentinel(Started):
    """A master, a replica of it, and one sentinel that may decide alone.

    Attributes:
        master: Who starts as the master.
        replica: Who takes over.
        url: For ``redis.url``.
    """

    SERVICE: Final = "relevo"

    def __init__(self) -> None:
        self.master = ValkeyServer(port=free_port())
        behind = {"replicaof": f"127.0.0.1 {self.master.port}", "repl-diskless-sync-delay": "0"}
        self.replica = ValkeyServer(port=free_port(), options=behind)
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="sentinel-"))
        self.url = f"redis+sentinel://127.0.0.1:{self.port}/{self.SERVICE}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start all three and wait until the sentinel knows the other two.

        Raises:
            TimeoutError: They do not find each other in 20 seconds.
        """
        self.master.start()
        self.replica.start()
        wait_until(self._linked, "the replica to follow the master")
        configuration = self.directory / "sentinel.conf"
        configuration.write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {self.directory}\n"
            f"sentinel monitor {self.SERVICE} 127.0.0.1 {self.master.port} 1\n"
            f"sentinel down-after-milliseconds {self.SERVICE} 500\n"
            f"sentinel failover-timeout {self.SERVICE} 2000\n"
        )
        with (self.directory / "sentinel.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and file
                [str(server_binary()), str(configuration), "--sentinel"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self._watching, "the sentinel to know the replica")

    def stop(self) -> None:
        """Stop all and remove their folders."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        self.replica.stop()
        self.master.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def fail_over(self) -> None:
        """Kill the master and wait until the replica has taken over.

        Raises:
            TimeoutError: It does not in 20 seconds.
        """
        self.master.kill()
        wait_until(lambda: self._told_master() == self.replica.port, "the failover")

    def _linked(self) -> bool:
        with self.replica.client() as client:
            return bool(client.info("replication")["master_link_status"] == "up")

    def _state(self) -> Mapping[str, str]:
        with Redis(port=self.port, protocol=2, decode_responses=True) as client:
            client.response_callbacks.clear()
            answer = client.execute_command("SENTINEL", "MASTER", self.SERVICE)
        return dict(zip(answer[::2], answer[1::2], strict=True))

    def _watching(self) -> bool:
        try:
            return self._state()["num-slaves"] == "1"
        except RedisError:
            return False

    def _told_master(self) -> int:
        state = self._state()
        return int(state["port"]) if state["flags"] == "master" else 0
