"""One round: enqueue, drain, and the reference beside it."""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

import msgspec

from bench.outbound import scene
from bench.outbound.messages import batches, call_body
from bench.process import SERVER_CORE, cpu_seconds, get
from gateway.testing.valkey import free_port

IN_FLIGHT: Final = 512
WARM_SECONDS: Final = 1.5
LIVE_PER_SECOND: Final = 50
PATIENCE_SECONDS: Final = 120


class Failed(Exception):
    """Something was lost or doubled, or did not come to an end."""


class Bare(msgspec.Struct, frozen=True, kw_only=True):
    """What a client alone used; see ``servers.bare``."""

    client: str
    cpu_us: float
    per_second: float


class Drain(msgspec.Struct, frozen=True, kw_only=True):
    """What one round showed of Relevo.

    Attributes:
        enqueue_seconds: For all messages, through the batch API.
        enqueue_cpu_us: CPU of the daemon that took them, per message.
        cpu_us: CPU of the daemon that sent them, per message.
        per_second: Messages that reached the platform, live ones among them.
        valkey_us: CPU of Valkey per message.
        live_p99_ms: From accepted to the platform, of live messages while the backlog drained.
    """

    messages: int
    enqueue_seconds: float
    enqueue_cpu_us: float
    cpu_us: float
    per_second: float
    valkey_us: float
    live_p99_ms: float


def bare(folder: Path, client: str, *, seconds: float) -> Bare:
    """Measure a client that does nothing else.

    Args:
        folder: An empty one.
        client: ``aiohttp`` or ``relevo``.
        seconds: How long.
    """
    body = folder / "body.json"
    body.write_bytes(call_body())
    port = free_port()
    with scene.platform(folder) as platform:
        url = f"{platform.url}/v26.0/106540352242900/messages"
        with scene.python(
            *("bench.outbound.servers.bare", client, str(port), url, str(IN_FLIGHT), str(body)),
            folder=folder,
            ready=f"http://127.0.0.1:{port}/",
            core=SERVER_CORE,
        ) as server:
            time.sleep(WARM_SECONDS)
            began, used, sent = time.monotonic(), server.cpu_seconds(), _sent(port)
            time.sleep(seconds)
            done = _sent(port) - sent
            took, used = time.monotonic() - began, server.cpu_seconds() - used
    return Bare(client=client, cpu_us=used / done * 1e6, per_second=done / took)


def drain(folder: Path, *, messages: int) -> Drain:
    """Enqueue a backlog, then have it sent while live messages come.

    Args:
        folder: An empty one.
        messages: How many are in the backlog.

    Raises:
        Failed: The platform did not get each message once.
    """
    names = scene.accounts()
    with (
        scene.platform(folder) as platform,
        scene.valkey(folder) as valkey,
        scene.relevo(folder, "ingress", redis_url=valkey.url, platform_url=platform.url) as ingress,
    ):
        scene.learn_speeds(folder, valkey=valkey, platform=platform)
        api = http.client.HTTPConnection(ingress.private, timeout=30)
        bodies = list(batches(names, "bulk", messages))
        began, used = time.monotonic(), ingress.server.cpu_seconds()
        for body in bodies:
            _post(api, body)
        enqueued, took_cpu = time.monotonic() - began, ingress.server.cpu_seconds() - used
        with scene.relevo(
            folder, "egress", redis_url=valkey.url, platform_url=platform.url
        ) as egress:
            already = platform.counts().messages
            used, of_valkey = egress.server.cpu_seconds(), cpu_seconds(valkey.pid)
            live = _with_live_messages(api, platform, names, messages)
            counts = platform.counts()
            used = egress.server.cpu_seconds() - used
            of_valkey = cpu_seconds(valkey.pid) - of_valkey
    wanted = messages + live
    if (counts.messages, counts.different) != (wanted, wanted):
        raise Failed(
            f"{wanted} messages were accepted; the platform got {counts.messages}, "
            f"{counts.different} of them different"
        )
    return Drain(
        messages=messages,
        enqueue_seconds=enqueued,
        enqueue_cpu_us=took_cpu / messages * 1e6,
        cpu_us=used / (wanted - already) * 1e6,
        per_second=wanted / counts.seconds,
        valkey_us=of_valkey / (wanted - already) * 1e6,
        live_p99_ms=quantiles(counts.live_ms, n=100)[98],
    )


def _with_live_messages(
    api: http.client.HTTPConnection,
    platform: scene.Platform,
    names: list[str],
    backlog: int,
) -> int:
    """Send live messages evenly until the backlog is through; returns how many."""
    given, end = 0, time.monotonic() + PATIENCE_SECONDS
    while (counts := platform.counts()).messages - len(counts.live_ms) < backlog:
        if time.monotonic() > end:
            raise Failed(
                f"after {PATIENCE_SECONDS} s only {counts.messages} of {backlog} were sent"
            )
        for body in batches(names, "live", LIVE_PER_SECOND // 10, first=given):
            _post(api, body)
        given += LIVE_PER_SECOND // 10
        time.sleep(0.1)
    while platform.counts().messages < backlog + given:
        if time.monotonic() > end:
            raise Failed("live messages are missing")
        time.sleep(0.05)
    return given


def _post(api: http.client.HTTPConnection, body: bytes) -> None:
    api.request("POST", "/v1/messages", body, {"Content-Type": "application/json"})
    answer = api.getresponse()
    told = answer.read()
    if answer.status != 202:
        raise Failed(f"the API answered {answer.status}: {told[:500].decode(errors='replace')}")


def _sent(port: int) -> int:
    return int(get(f"http://127.0.0.1:{port}/"))
