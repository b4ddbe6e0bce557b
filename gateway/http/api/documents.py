"""``/openapi.json`` and ``/docs``: what the API is, for programs and for people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import hdrs, web

from gateway.http.api.openapi import document
from gateway.http.api.operation import Operation
from gateway.http.api.page import page, policy
from gateway.http.api.routes import JSON

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def documents(operations: Sequence[Operation]) -> list[web.RouteDef]:
    """Return the routes of the documents; they tell nothing of this installation, so all may read.

    Each is made when it is first asked for, and kept.
    """
    made: dict[str, bytes] = {}

    def openapi() -> bytes:
        if "openapi" not in made:
            made["openapi"] = msgspec.json.encode(document(operations))
        return made["openapi"]

    def docs() -> bytes:
        if "docs" not in made:
            made["docs"] = page(document(operations)).encode()
        return made["docs"]

    async def get_openapi(request: web.Request) -> web.Response:
        del request
        return web.Response(body=openapi(), content_type=JSON)

    async def get_docs(request: web.Request) -> web.Response:
        del request
        headers: dict[str, str] = {
            "Content-Security-Policy": policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            hdrs.CACHE_CONTROL: "no-cache",
        }
        return web.Response(body=docs(), content_type="text/html", charset="utf-8", headers=headers)

    return [
        web.get("/openapi.json", get_openapi, allow_head=True),
        web.get("/docs", get_docs, allow_head=True),
    ]
