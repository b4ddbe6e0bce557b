"""One round of one variant: start, warm up, measure, check that nothing was lost, stop."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from bench.inbound.bodies import Bodies, telegram_request, whatsapp_request, write
from bench.inbound.load import CONNECTIONS, LoadFailed, drive
from bench.inbound.paced import pace
from bench.inbound.variants import PATH, Running, Sort, Variant, running
from bench.process import cpu_seconds, get
from gateway.bus import keys

PARTITIONS: Final = 8
PER_SECOND: Final[Mapping[Sort, int]] = {"small": 36_000, "big": 13_000, "telegram": 9_000}
"""How many bodies to have ready for a second; more than the machine can take."""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one round showed.

    Attributes:
        per_second: Requests answered.
        cpu_us: CPU time of the server's process per request, in microseconds.
        valkey_us: CPU time of Valkey per request, in microseconds.
        rss_mib: Resident memory of the server at the end.
    """

    per_second: float
    cpu_us: float
    valkey_us: float
    rss_mib: float


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Times to an answer at half load, in milliseconds, from when a request was due."""

    per_second: float
    p50_ms: float
    p99_ms: float


class Bench:
    """Measures variants with bodies made beforehand.

    Args:
        folder: Where the bodies are kept.
        warm_seconds: Of load before each measurement.
        seconds: Of load that is measured.
    """

    def __init__(self, folder: Path, *, warm_seconds: int, seconds: int) -> None:
        self._folder = folder
        self.warm_seconds = warm_seconds
        self.seconds = seconds
        self.body_bytes: dict[Sort, float] = {}

    def prepare(self, sort: Sort) -> None:
        """Write the bodies of a sort: one file to warm up with, one to measure with."""
        if sort in self.body_bytes:
            return
        bodies = Bodies(seed=("small", "big", "telegram").index(sort))
        make = {"small": bodies.small, "big": bodies.big, "telegram": bodies.telegram}[sort]
        to_request = telegram_request if sort == "telegram" else whatsapp_request
        for name, seconds in (("warm", self.warm_seconds), ("measured", self.seconds)):
            self.body_bytes[sort] = write(
                self.file(sort, name),
                PER_SECOND[sort] * seconds,
                make,
                lambda content: to_request(content, PATH),
            )

    def round(self, variant: Variant) -> Round:
        """Measure at full speed.

        Raises:
            LoadFailed: An answer was not 200, or what was answered 200 was not handled once.
        """
        with running(variant) as up:
            again = not variant.stores
            warm, measured = (self.file(variant.sort, each) for each in ("warm", "measured"))
            served = drive(up.url, warm, seconds=self.warm_seconds, again=again).requests
            _settled(variant, up)
            before, valkey_before = up.server.cpu_seconds(), _valkey_seconds(up)
            result = drive(up.url, measured, seconds=self.seconds, again=again)
            taken = _settled(variant, up)  # aiogram answers first and handles later
            after, valkey_after = up.server.cpu_seconds(), _valkey_seconds(up)
            _check(variant, up, served=served + result.requests, taken=taken)
            return Round(
                per_second=result.requests / result.seconds,
                cpu_us=(after - before) / result.requests * 1e6,
                valkey_us=(valkey_after - valkey_before) / result.requests * 1e6,
                rss_mib=up.server.rss_mib(),
            )

    def latency(self, variant: Variant, *, per_second: float) -> Latency:
        """Measure times to an answer at a steady rate with random (Poisson) arrivals.

        Raises:
            LoadFailed: An answer was not 200.
        """
        with running(variant) as up:
            times = pace(
                up.port,
                self.file(variant.sort, "measured"),
                per_second=per_second,
                warm_seconds=self.warm_seconds,
                seconds=self.seconds,
            )
            _check_log(up)
        times.sort()
        return Latency(
            per_second=per_second,
            p50_ms=times[len(times) // 2] * 1000,
            p99_ms=times[len(times) * 99 // 100] * 1000,
        )

    def file(self, sort: Sort, name: str) -> Path:
        """Return the file of bodies to ``warm`` up with or to have ``measured``."""
        return self._folder / f"{sort}-{name}.requests"


def _check(variant: Variant, up: Running, *, served: int, taken: int) -> None:
    """Compare what wrk counted with what the server took, and that with what is stored."""
    if variant.program == "ceiling":
        return
    # wrk does not count what is under way when its time is over, once per run of it.
    if not served <= taken <= served + 2 * CONNECTIONS:
        raise LoadFailed(f"{variant.name}: {served} answered, but {taken} taken")
    if up.valkey is None:
        return
    opened = _metric(up, "relevo_windows_opened_total")
    with up.valkey.client() as client:
        stored = sum(int(client.xlen(keys.events(each))) for each in range(PARTITIONS))
    if stored - opened != taken * variant.events:
        raise LoadFailed(
            f"{variant.name}: {taken} webhooks taken with {variant.events} events each, "
            f"but {stored} on the streams, {opened} of them window.opened"
        )
    _check_log(up)


def _check_log(up: Running) -> None:
    bad = [line for line in up.server.log.splitlines() if re.search('"level":"(warn|err)', line)]
    if bad:
        raise LoadFailed("the server complained:\n" + "\n".join(bad[:5]))


def _settled(variant: Variant, up: Running) -> int:
    """Return how many webhooks the server took, once that number stays; 0 for the ceiling."""
    last, taken = -1, 0
    while taken != last:
        time.sleep(0.1)
        last = taken
        if variant.stores:
            taken = _metric(up, "relevo_webhooks_total", 'outcome="ok"')
        elif variant.program != "ceiling":
            taken = int(get(f"{up.private}/handled"))
    return taken


def _metric(up: Running, name: str, label: str = "") -> int:
    lines = get(f"{up.private}/metrics").splitlines()
    found = [line for line in lines if line.startswith(f"{name}{{") and label in line]
    return int(sum(float(line.rpartition(" ")[2]) for line in found))


def _valkey_seconds(up: Running) -> float:
    return cpu_seconds(up.valkey.pid) if up.valkey else 0.0
