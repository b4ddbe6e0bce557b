"""What the API says of itself: ``/openapi.json`` and ``/docs``."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from typing import Any

from gateway.http.api.table import OPERATIONS
from tests.integration.api.scene import Scene


async def test_the_openapi_document_names_every_operation(scene: Scene) -> None:
    answer = await scene.get("/openapi.json")
    assert (answer.status, answer.json["openapi"]) == (200, "3.1.0")
    named = {
        operation["operationId"]
        for methods in answer.json["paths"].values()
        for operation in methods.values()
    }
    assert named == {each.name for each in OPERATIONS}


async def test_every_reference_in_the_document_leads_somewhere(scene: Scene) -> None:
    document: Any = (await scene.get("/openapi.json")).json
    named = set(re.findall(r"'#/components/(schemas|headers)/([\w-]+)'", repr(document)))
    assert named == {
        (kind, name) for kind in ("schemas", "headers") for name in document["components"][kind]
    }


async def test_the_page_shows_every_operation_and_type_once(scene: Scene) -> None:
    page = (await scene.get("/docs")).content.decode()
    document: Any = (await scene.get("/openapi.json")).json
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert {each.name for each in OPERATIONS} <= set(anchors)
    assert {f"type-{name}" for name in document["components"]["schemas"]} <= set(anchors)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)


async def test_the_page_tells_the_headers_of_an_answer(scene: Scene) -> None:
    page = (await scene.get("/docs")).content.decode()
    for name in ("Location", "Idempotent-Replayed", "ETag", "Content-Range"):
        assert f"<p><code>{name}</code> " in page


async def test_the_page_tells_limits_and_defaults(scene: Scene) -> None:
    page = (await scene.get("/docs")).content.decode()
    assert "query, whole number, 1 to 1000" in page
    assert "Most messages in an answer. <code>100</code> by default." in page
    assert re.search(r">list of <a [^>]+>OutboundMessage</a>, 1 to 1000 items", page)
    assert "text, 1 to 200 characters" in page
    assert "text, 2 or more characters" in page
    assert "<code>()</code>" not in page


async def test_the_page_runs_nothing_and_loads_nothing(scene: Scene) -> None:
    answer = await scene.get("/docs")
    page = answer.content.decode()
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!#|/openapi\.json)', page) == []
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy


async def test_a_path_of_another_method_says_which_there_are(scene: Scene) -> None:
    for path, methods in (
        ("/v1/messages", "GET, HEAD, POST"),
        ("/v1/messages/dead", "GET, HEAD"),
        ("/v1/messages/replay", "POST"),
        ("/v1/messages/0123", "DELETE, GET, HEAD"),
    ):
        answer = await scene.ask("PATCH", path)
        assert (answer.status, answer.headers["Allow"]) == (405, methods)


async def test_a_table_is_described_as_one(scene: Scene) -> None:
    document: Any = (await scene.get("/openapi.json")).json
    answer = document["paths"]["/v1/accounts/health.csv"]["get"]["responses"]["200"]
    assert list(answer["content"]) == ["text/csv"]
    assert (await scene.get("/v1/accounts/health.csv")).status == 200
