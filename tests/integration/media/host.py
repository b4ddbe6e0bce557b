"""A host of files on loopback: answers are scripted, the last one for ever."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def says(status: int, **headers: str) -> Answer:
    """Answer with a status and no file."""

    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, headers=named)

    return answer


def gives(data: bytes, content_type: str = "application/octet-stream") -> Answer:
    """Answer with a file."""

    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(body=data, content_type=content_type)

    return answer


class FilesHost:
    """Files by name, each with a script of answers.

    Attributes:
        url: Where it listens.
        asked: Every request, as (name, headers).
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._scripts: dict[str, list[Answer]] = {}

    def on(self, name: str, *answers: Answer) -> None:
        """Script what is answered when a file is asked for."""
        self._scripts[name] = list(answers)

    def application(self) -> web.Application:
        """Return what listens."""
        application = web.Application()
        application.router.add_get("/{name}", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.asked.append((name, dict(request.headers)))
        script = self._scripts[name]
        return await (script.pop(0) if len(script) > 1 else script[0])(request)
