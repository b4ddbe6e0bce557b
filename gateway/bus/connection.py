"""One way to Redis for every form of ``redis.url``: a client, and where a key lives now."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias, TypeVar, cast

from redis import exceptions
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import ExponentialWithJitterBackoff

from gateway.bus.tasks import heeded
from gateway.bus.url import RedisUrl, parse
from gateway.errors import RedisUnavailable, SettingsError, StoreError

Client: TypeAlias = "Redis | RedisCluster"
T = TypeVar("T")

OLDEST: Final = {"valkey": 8, "redis": 7}
"""Major versions from which on everything we use is there."""
HEALTH_CHECK_SECONDS: Final = 30
AT_ONCE: Final = 64
"""Commands under way for whoever takes turns; the client refuses more than 100 connections."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One server and how to sign in there; two are equal when a connection serves both.

    Attributes:
        host: Name or address; empty for a unix socket.
        port: TCP port; 0 for a unix socket.
        path: Of the unix socket; empty for TCP.
        tls: How TLS is spoken, or None.
    """

    host: str = ""
    port: int = 0
    path: str = ""
    tls: ssl.SSLContext | None = dataclasses.field(default=None, repr=False)
    username: str | None = dataclasses.field(default=None, repr=False)
    password: str | None = dataclasses.field(default=None, repr=False)
    db: int = 0

    def __str__(self) -> str:
        return f"unix://{self.path}" if self.path else f"{self.host}:{self.port}"


class Connection:
    """A Redis server, cluster or sentinel group.

    Attributes:
        url: What was asked for; its text has no password.
        client: For ordinary commands; answers are bytes. A command is tried again once when its
            connection turns out dead, never after a time-out: it may have been done.
        turns: To be held for a command by whoever may come in thousands at the same moment.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 5.0) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            url: See ``gateway.bus.url.parse``.
            timeout_seconds: For connecting, and for each answer. A blocking command must block
                for less.

        Raises:
            SettingsError: The URL is wrong.
        """
        self.url: RedisUrl = parse(url)
        self._tls = self.url.context()
        self._timeout_seconds = timeout_seconds
        self._sentinel = self._make_sentinel() if self.url.form == "sentinel" else None
        self.client: Client = self._make_client()
        self.turns = asyncio.Semaphore(AT_ONCE)

    def __repr__(self) -> str:
        return f"Connection({str(self.url)!r})"

    async def locate(self, key: str) -> Endpoint:
        """Return the server that holds a key, as known now.

        Raises:
            RedisUnavailable: It cannot be found out at the moment.
        """
        with reported(self.url):
            if isinstance(self.client, RedisCluster):
                await self.client.initialize()
                node = self.client.get_node_from_key(key)
                if node is None:
                    raise RedisUnavailable(f"{self.url}: no server holds the slot of {key}")
                return self._endpoint(node.host, int(node.port))
            if self._sentinel is not None:
                host, port = await self._sentinel.discover_master(self.url.service)
                return self._endpoint(host, int(port))
        return self._endpoint(*self.url.hosts[0]) if self.url.hosts else self._endpoint("", 0)

    async def refresh(self) -> None:
        """Learn anew which server of a cluster holds what; elsewhere nothing is remembered.

        Raises:
            RedisUnavailable: No server of the cluster answers.
        """
        if isinstance(self.client, RedisCluster):
            with reported(self.url):
                await self.client.initialize()
                await self.client.nodes_manager.initialize()

    async def check_version(self) -> str:
        """Return the server's name and version, the oldest one of a cluster.

        Raises:
            RedisUnavailable: It does not answer.
            SettingsError: It refuses user or password.
            StoreError: It is older than Redis 7 or Valkey 8.
        """
        with reported(self.url):
            if isinstance(self.client, RedisCluster):
                told = await self.client.info("server", target_nodes=RedisCluster.ALL_NODES)
                servers = list(told.values())
            else:
                servers = [await self.client.info("server")]
        name, oldest = min(_version(each, where=str(self.url)) for each in servers)
        return f"{name} {'.'.join(map(str, oldest))}"

    async def close(self) -> None:
        """Close every connection of the client."""
        await self.client.aclose()
        if self._sentinel is not None:
            for each in self._sentinel.sentinels:
                await each.aclose()

    def _endpoint(self, host: str, port: int) -> Endpoint:
        return Endpoint(
            host=host,
            port=port,
            path=self.url.path,
            tls=self._tls,
            username=self.url.username,
            password=_revealed(self.url),
            db=self.url.db,
        )

    def _common(self) -> dict[str, Any]:
        return {
            "username": self.url.username,
            "password": _revealed(self.url),
            "decode_responses": False,
            "socket_timeout": self._timeout_seconds,
            "socket_connect_timeout": self._timeout_seconds,
            "health_check_interval": HEALTH_CHECK_SECONDS,
            "protocol": 2,
            "retry": _OneTimeOut(
                ExponentialWithJitterBackoff(base=0.05, cap=0.5),
                retries=1,
                supported_errors=(exceptions.ConnectionError,),
            ),
        }

    def _tls_options(self) -> dict[str, Any]:
        if not self.url.tls:
            return {}
        files = {
            name: path for name, path in self.url.options.items() if name != "ssl_check_hostname"
        }
        return {"ssl": True, "ssl_check_hostname": self.url.checks_hostname, **files}

    def _make_client(self) -> Client:
        common = self._common() | self._tls_options()
        match self.url.form:
            case "unix":
                return _Single(unix_socket_path=self.url.path, db=self.url.db, **common)
            case "single":
                host, port = self.url.hosts[0]
                return _Single(host=host, port=port, db=self.url.db, **common)
            case "cluster":
                nodes = [ClusterNode(host, port) for host, port in self.url.hosts]
                # A dead server is met by a new look at the cluster, which counts as a try.
                retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=3)
                return _Cluster(startup_nodes=nodes, **(common | {"retry": retry}))
            case "sentinel":
                sentinel = cast("Sentinel", self._sentinel)
                options = {"redis_class": _Single, "db": self.url.db, **common}
                return cast("Redis", sentinel.master_for(self.url.service, **options))

    def _make_sentinel(self) -> Sentinel:
        password = self.url.sentinel_password
        options = {
            "username": self.url.sentinel_username,
            "password": password.reveal() if password else None,
            "socket_timeout": self._timeout_seconds,
            "socket_connect_timeout": self._timeout_seconds,
            "protocol": 2,
            "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=0),
            **self._tls_options(),
        }
        sentinels = list(self.url.hosts)
        # redis-py types this class, but not its constructor.
        return Sentinel(sentinels, sentinel_kwargs=options)  # type: ignore[no-untyped-call]


class _OneTimeOut(Retry):
    """Tries again what failed, except for a time-out: whoever waits has waited for it already."""

    async def call_with_retry(
        self, do: Callable[[], Awaitable[T]], *rest: Any, **options: Any
    ) -> T:
        async def once() -> T:
            try:
                return await do()
            except exceptions.ConnectionError as error:
                # On a unix socket the client calls it a lost connection when nobody answers its
                # greeting.
                if isinstance(error.__cause__, exceptions.TimeoutError):
                    raise error.__cause__ from None
                raise

        # Versions of the client differ in what else they give.
        return await super().call_with_retry(once, *rest, **options)


@contextmanager
def _usual() -> Iterator[None]:
    """Let a command end as all do: when it is cancelled, and with an error of redis-py."""
    with heeded():
        try:
            yield
        except AttributeError as error:
            # Another command has closed the connection while this one was sent: the client of a
            # cluster does so when it learns the cluster anew. What is there no more is a None then.
            if error.obj is None and error.name:
                raise exceptions.ConnectionError("the connection was closed meanwhile") from error
            raise


class _Single(Redis):
    """A client whose commands end as they should."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        with _usual():
            # redis-py types the class, but not this method.
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


class _Cluster(RedisCluster):
    """The same for a cluster, which is learnt anew by the next command after a time-out.

    Its pipelines are repeated all the same. All of ours may be.
    """

    # redis-py's type says which errors these are.
    ERRORS_ALLOW_RETRY = tuple(  # type: ignore[assignment]
        each for each in RedisCluster.ERRORS_ALLOW_RETRY if each is not exceptions.TimeoutError
    )

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        with _usual():
            return await super().execute_command(*args, **options)


def _revealed(url: RedisUrl) -> str | None:
    return url.password.reveal() if url.password else None


def _version(info: Mapping[str, Any], *, where: str) -> tuple[str, tuple[int, ...]]:
    name = "valkey" if "valkey_version" in info else "redis"
    text = str(info[f"{name}_version"])
    version = tuple(int(part) for part in text.split(".") if part.isdecimal())
    if version < (OLDEST[name],):
        raise StoreError(f"{where} is {name} {text}; Relevo needs Redis 7 or Valkey 8, or newer")
    return name, version


@contextmanager
def reported(where: object) -> Iterator[None]:
    """Turn the errors of redis-py into ours, with what they mean.

    Args:
        where: Which Redis, as a text without password.

    Raises:
        SettingsError: User or password are refused, or may not do this.
        RedisUnavailable: It does not answer, is loading, full or in the middle of a failover.
    """
    try:
        yield
    except (exceptions.AuthenticationError, exceptions.NoPermissionError) as error:
        raise SettingsError(f"redis.url: {where} refuses: {error}") from error
    except exceptions.ResponseError as error:
        if str(error).startswith(("NOAUTH", "WRONGPASS")):
            raise SettingsError(f"redis.url: {where} refuses: {error}") from error
        raise RedisUnavailable(f"{where}: {error}") from error
    except (exceptions.RedisError, exceptions.RedisClusterException, OSError) as error:
        raise RedisUnavailable(f"{where} does not answer: {error}") from error
