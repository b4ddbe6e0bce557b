"""What ``relevo doctor`` looks at: each part yields what it found, with a remedy."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import aiohttp
import msgspec
from redis.exceptions import ResponseError

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.bus.embedded import listens, redis_url
from gateway.bus.layout import Layout
from gateway.bus.socketpath import socket_path
from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.daemon.health import ACCOUNT
from gateway.daemon.standing import recalled
from gateway.errors import RedisUnavailable, RelevoError, SendError, SettingsError, StoreError
from gateway.model.account import AccountHealth, HealthProblem
from gateway.settings import address
from gateway.settings.schema import EMBEDDED, Settings
from gateway.store.files import FileStore
from gateway.store.folder import existing, unusable

State: TypeAlias = Literal["good", "warning", "bad"]

LITTLE_BYTES: Final = 1024**3
SKEW_SECONDS: Final = 5.0
WRONG_SECONDS: Final = 60.0
DATA: Final = ("not", "a", "file")
WAITING: Final = "See relevo accounts list: whether it is paused, and what waits."


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found of one part.

    Attributes:
        part: Which: ``disk``, ``redis``, ``account wa-main`` …
        told: What is so, in plain words.
        remedy: What to do about it.
    """

    part: str
    state: State
    told: str
    remedy: str = ""


def sentence(error: Exception) -> str:
    """Return an error as a sentence: whether or not its text ends like one."""
    return f"{str(error).rstrip('.')}."


def disk(settings: Settings) -> Iterator[Finding]:
    """Look at the data folder."""
    folder = Path(settings.data_dir).absolute()
    if problem := unusable(folder):
        remedy = "Give the user that runs relevo its data_dir."
        yield Finding(part="disk", state="bad", told=f"{problem}.", remedy=remedy)
        return
    place = existing(folder)
    free = shutil.disk_usage(place).free
    room = f"{free / LITTLE_BYTES:.1f} GiB free at {place}"
    needed = LITTLE_BYTES + settings.spool.max_bytes
    if free < LITTLE_BYTES:
        yield Finding(
            part="disk", state="bad", told=f"Only {room}.", remedy="Make room, or move data_dir."
        )
    elif free < needed:
        told = f"{room}: a full spool (spool.max_bytes) would fill the disk."
        remedy = "Make room, or lower spool.max_bytes."
        yield Finding(part="disk", state="warning", told=told, remedy=remedy)
    else:
        yield Finding(part="disk", state="good", told=f"{room}.")


def files(settings: Settings) -> Iterator[Finding]:
    """Look at how many files and connections may be open."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.http.connection_limit + 1000
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        yield Finding(
            part="open files",
            state="warning",
            told=f"{allowed} may be open; http.connection_limit wants {wanted}.",
            remedy=f"Raise it (ulimit -n {wanted}, LimitNOFILE=), or lower http.connection_limit.",
        )
    else:
        yield Finding(part="open files", state="good", told=f"{allowed} may be open.")


async def redis(settings: Settings) -> AsyncIterator[Finding]:
    """Look at Redis, its layout and its clock."""
    embedded = settings.redis.url == EMBEDDED
    connection = Connection(redis_url(settings), timeout_seconds=settings.redis.timeout_seconds)
    try:
        version = await connection.check_version()
        yield Finding(part="redis", state="good", told=f"{version} answers at {connection.url}.")
        with reported(connection.url):
            used = await connection.client.exists(keys.layout())
        if used:  # an empty one is the daemon's to claim
            await Layout(connection, partitions=settings.streams.partitions).check()
        async for each in _kept(connection):
            yield each
        async for each in _clock(connection):
            yield each
    except RedisUnavailable as error:
        if embedded and not await listens(socket_path(Path(settings.data_dir))):
            told = "The embedded Valkey does not run; it does while the daemon runs."
            yield Finding(part="redis", state="warning", told=told, remedy="Start relevo run.")
        else:
            log = Path(settings.data_dir) / "valkey" / "valkey.log"
            mine = f"See the end of {log}, or restart relevo run."
            remedy = mine if embedded else "Start it, or mend redis.url."
            yield Finding(part="redis", state="bad", told=sentence(error), remedy=remedy)
    except RelevoError as error:
        yield Finding(part="redis", state="bad", told=sentence(error), remedy="See the settings.")
    finally:
        await connection.close()


async def _kept(connection: Connection) -> AsyncIterator[Finding]:
    """Look whether Redis would lose or refuse what it is given."""
    client: Any = connection.client
    with reported(connection.url):
        try:
            memory = await client.info("memory")
            persistence = await client.info("persistence")
        except Exception as error:
            if isinstance(error, StoreError | OSError):
                raise
            return  # a server may forbid it; that is no fault
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if memory.get("maxmemory") and policy != "noeviction":
        yield Finding(
            part="redis",
            state="bad",
            told=f"It throws keys away when memory is short (maxmemory-policy {policy}).",
            remedy="Set maxmemory-policy noeviction: relevo waits, and loses nothing.",
        )
    if persistence.get("aof_enabled") == 0:  # a cluster tells it by server, and is not asked
        yield Finding(
            part="redis",
            state="warning",
            told="It keeps nothing on disk at once (appendonly is off).",
            remedy="Set appendonly yes, or lose events when it is killed.",
        )
    elif persistence.get("aof_enabled") and await _syncs_late(client):
        yield Finding(
            part="redis",
            state="warning",
            told="It confirms what is not on the disk yet (appendfsync is not always).",
            remedy='Set appendfsync always (of the embedded Valkey: redis.appendfsync = "always"), '
            "or lose up to two seconds when it is killed while its disk is slow.",
        )


async def _syncs_late(client: Any) -> bool:
    try:
        return bool((await client.config_get("appendfsync"))["appendfsync"] != "always")
    except (ResponseError, KeyError):
        return False  # a hosted one does not let itself be asked


async def _clock(connection: Connection) -> AsyncIterator[Finding]:
    client: Any = connection.client
    with reported(connection.url):
        try:
            told = await client.time()
        except TypeError:  # a cluster answers for several servers
            return
    if isinstance(told, tuple):
        yield _skew("clock", float(told[0]) + float(told[1]) / 1e6, "Redis")


def _skew(part: str, theirs: float, whose: str) -> Finding:
    off = time.time() - theirs
    if abs(off) < SKEW_SECONDS:
        return Finding(part=part, state="good", told=f"It agrees with {whose}.")
    state: State = "bad" if abs(off) > WRONG_SECONDS else "warning"
    direction = "ahead of" if off > 0 else "behind"
    told = f"It is {abs(off):.0f} s {direction} {whose}: windows would open and close wrongly."
    return Finding(part=part, state=state, told=told, remedy="Let NTP set the clocks.")


async def media(settings: Settings) -> AsyncIterator[Finding]:
    """Look whether the media store can be read."""
    where = settings.media.url.partition("?")[0] or str(Path(settings.data_dir) / "media")
    try:
        store = FileStore.open(settings.media.url, folder=Path(settings.data_dir) / "media")
        await store.read("/".join(DATA))
    except (SettingsError, StoreError) as error:
        remedy = "Mend media.url and its credentials."
        yield Finding(part="media", state="bad", told=sentence(error), remedy=remedy)
    else:
        yield Finding(part="media", state="good", told=f"Files are kept at {_shown(where)}.")


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.hostname or "").geturl() if parts.netloc else url


async def daemon(settings: Settings) -> AsyncIterator[Finding]:
    """Ask the daemon of these settings, if it runs."""
    where = address.parse(settings.http.private)
    if isinstance(where, address.UnixAddress):
        connector: aiohttp.BaseConnector = aiohttp.UnixConnector(where.path)
        url = "http://relevo/readyz"
    else:
        connector = aiohttp.TCPConnector()
        url = f"http://{where}/readyz"
    timeout = aiohttp.ClientTimeout(total=5)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.get(url) as answer,
        ):
            report = msgspec.json.decode(await answer.read(), type=dict[str, Any])
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError):
        told = f"It does not run, or not here: {settings.http.private} does not answer."
        yield Finding(part="daemon", state="warning", told=told, remedy="Start relevo run.")
        return
    parts = {
        name: each
        for name, each in report.get("components", {}).items()
        if each.get("state") != "up"
    }
    for name, each in parts.items():
        why = each.get("detail") or each.get("cause") or ""
        yield Finding(
            part=f"daemon: {name}",
            state="bad" if each.get("state") == "down" else "warning",
            told=f"It is {each['state']}: {why}",
            remedy=WAITING if name.startswith(ACCOUNT) else "",
        )
    if not parts:
        yield Finding(part="daemon", state="good", told="It runs, and all of its parts are up.")


async def account(channel: Channel[Any], host: Host) -> AsyncIterator[Finding]:
    """Ask the platform how an account is, or say what was found last."""
    part = f"account {channel.account}"
    try:
        found = await (recalled(host) if channel.number is None else channel.number.check(host))
    except (SendError, StoreError) as error:
        yield Finding(part=part, state="bad", told=sentence(error))
        return
    if found is None:
        told = "Nothing was asked about it yet, or there is nothing to ask."
        yield Finding(part=part, state="good", told=told)
        return
    for problem in found.problems:
        yield _of_account(part, problem)
    if not found.problems:
        yield Finding(part=part, state="good", told=_well(found))
    async for each in _platform_clock(channel, host):
        yield each


def _of_account(part: str, problem: HealthProblem) -> Finding:
    return Finding(
        part=part,
        state="bad" if problem.severity == "critical" else "warning",
        told=problem.explanation,
        remedy=problem.remedy,
    )


def _well(found: AccountHealth) -> str:
    who = " ".join(each for each in (found.name, found.address) if each)
    quality = "" if found.quality == "unknown" else f", quality {found.quality}"
    return f"{who or 'It'} can send{quality}."


async def _platform_clock(channel: Channel[Any], host: Host) -> AsyncIterator[Finding]:
    """Compare our clock with the platform's, where the account says where that is."""
    url = getattr(channel.settings, "api_url", "")
    if not url:
        return
    try:
        answer = await host.request("GET", url, timeout_seconds=5)
        theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (SendError, KeyError, ValueError):
        return  # what keeps it from answering was told above
    finding = _skew("clock", theirs, channel.title)
    if finding.state != "good":
        yield finding


def plain(finding: Finding) -> str:
    """Return a finding as a line for people."""
    mark = {"good": "ok  ", "warning": "warn", "bad": "BAD "}[finding.state]
    remedy = f"\n       → {finding.remedy}" if finding.remedy else ""
    return f"{mark}  {finding.part}: {finding.told}{remedy}"
