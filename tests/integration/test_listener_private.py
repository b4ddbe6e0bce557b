"""Health and metrics as a load balancer and Prometheus see them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry

from gateway.daemon.health import Health
from gateway.http.listener import Listener
from gateway.http.private import application
from gateway.settings.schema import HttpSettings
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.registry import new_registry

NOW = 1_700_000_000_000


class Private:
    def __init__(self, registry: CollectorRegistry, metrics: Metrics, health: Health) -> None:
        self.registry = registry
        self.metrics = metrics
        self.health = health
        self.base = ""

    async def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        async with ClientSession() as client, client.get(self.base + path, headers=headers) as got:
            return got.status, got.headers["Content-Type"], await got.text()

    async def ready(self) -> tuple[int, Any]:
        async with ClientSession() as client, client.get(f"{self.base}/readyz") as got:
            return got.status, await got.json()


@pytest.fixture
async def private() -> AsyncIterator[Private]:
    async def more(request: web.Request) -> web.Response:
        return web.Response(text=request.match_info["id"])

    registry = new_registry()
    metrics = Metrics(registry)
    made = Private(registry, metrics, Health(metrics, clock=lambda: NOW))
    app = application(made.health, registry, [web.get("/v1/media/{id}", more)])
    listener = Listener("private", "127.0.0.1:0", settings=HttpSettings(), metrics=metrics, app=app)
    await listener.start()
    made.base = f"http://{listener.address}"
    yield made
    await listener.stop(1)


async def test_livez_answers(private: Private) -> None:
    assert await private.get("/livez") == (200, "text/plain; charset=utf-8", "live\n")


async def test_a_part_that_has_not_reported_yet_makes_the_daemon_unready(private: Private) -> None:
    private.health.component("redis")
    status, report = await private.ready()
    assert status == 503
    assert report["components"]["redis"] == {"state": "down", "since": NOW, "cause": "starting"}


async def test_readyz_names_each_part_with_its_cause(private: Private) -> None:
    private.health.component("redis").up()
    account = private.health.component("account:wa-main", essential=False)
    account.down("auth", "the access token expired")
    status, report = await private.ready()
    assert status == 200
    assert report == {
        "ready": True,
        "stopping": False,
        "components": {
            "redis": {"state": "up", "since": NOW},
            "account:wa-main": {
                "state": "down",
                "since": NOW,
                "cause": "auth",
                "detail": "the access token expired",
            },
        },
    }


async def test_a_part_that_something_stands_in_for_leaves_the_daemon_ready(
    private: Private,
) -> None:
    private.health.component("redis").degraded("network", "events go to the spool")
    assert (await private.ready())[0] == 200


async def test_a_stop_makes_the_daemon_unready(private: Private) -> None:
    private.health.stopping()
    status, report = await private.ready()
    assert (status, report["stopping"]) == (503, True)


async def test_a_gauge_shows_what_readyz_shows(private: Private) -> None:
    redis = private.health.component("redis")
    shown = []
    for say in (redis.up, lambda: redis.degraded("network"), lambda: redis.down("redis")):
        say()
        labels = {"component": "redis"}
        shown.append(private.registry.get_sample_value("relevo_component_up", labels))
    assert shown == [1, 0, 0]


def test_since_is_when_the_state_changed_not_when_it_was_last_said() -> None:
    times = iter((1, 2, 3, 4))
    health = Health(Metrics(CollectorRegistry()), clock=lambda: next(times))
    redis = health.component("redis")
    redis.down("network", "first")
    redis.down("network", "again")
    assert (redis.condition.since, redis.condition.detail) == (2, "again")
    redis.up()
    assert redis.condition.since == 3


async def test_other_parts_add_their_routes(private: Private) -> None:
    assert (await private.get("/v1/media/abc"))[2] == "abc"


async def test_an_unknown_page_is_a_problem(private: Private) -> None:
    status, content_type, text = await private.get("/nothing")
    assert (status, content_type) == (404, "application/problem+json")
    assert text == '{"title":"Not Found","status":404,"detail":"there is nothing at this address"}'


async def test_metrics_come_in_the_format_that_is_asked_for(private: Private) -> None:
    _, plain, text = await private.get("/metrics")
    assert plain.startswith("text/plain; version=")
    assert "process_resident_memory_bytes" in text
    asked = "application/openmetrics-text; version=1.0.0"
    _, openmetrics, text = await private.get("/metrics", Accept=asked)
    assert openmetrics.startswith(asked)
    assert text.endswith("# EOF\n")


async def test_zeros_show_before_anything_has_happened(private: Private) -> None:
    private.metrics.touch([("whatsapp", "wa-main")], 2)
    _, _, text = await private.get("/metrics")
    labels = 'account="wa-main",channel="whatsapp",outcome="refused"'
    assert f"relevo_webhooks_total{{{labels}}} 0.0" in text
    assert 'relevo_redis_up{partition="01"} 0.0' in text
    assert 'relevo_http_cut_total{cause="head",listener="private"} 0.0' in text


async def test_promtool_finds_nothing_to_say_about_the_metrics(private: Private) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian package prometheus)")
    private.metrics.touch([("whatsapp", "wa-main")], 2)
    private.health.component("redis").up()
    _, _, text = await private.get("/metrics")
    checked = subprocess.run(  # noqa: ASYNC221, S603 - nothing else runs; a tool of ours
        [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
