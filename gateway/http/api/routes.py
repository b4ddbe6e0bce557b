"""From the table to routes: who asks is checked, what is asked decoded, the answer encoded."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from gateway.codec import asked
from gateway.daemon.daemon import Daemon
from gateway.errors import CodecError, FieldsWrong, PlatformFailure, StoreError
from gateway.http.api.access import Gate
from gateway.http.api.headers import HEADERS
from gateway.http.api.operation import NOTHING, Body, Call, Nothing, Operation, Reply
from gateway.http.api.parameters import read_parameters
from gateway.http.body import read_body
from gateway.http.problem import Problem, of_fields

JSON: Final = "application/json"
RETRY_AFTER_SECONDS: Final = "5"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(operations: Sequence[Operation], daemon: Daemon, gate: Gate) -> list[web.RouteDef]:
    """Return the routes of a table."""
    paths = {each.path for each in operations}
    return [
        made
        for each in operations
        for made in _routes(each, place(each.path, paths), _handler(each, daemon, gate))
    ]


def place(path: str, paths: Iterable[str]) -> str:
    """Return a path for aiohttp's router, its last parameter never one of the fixed words there.

    So that ``/v1/messages/dead`` is no message, and a wrong method there says which are right.
    """
    above, _, last = path.rpartition("/")
    if not last.startswith("{"):
        return path
    beside = (each.rpartition("/") for each in paths)
    words = sorted(word for before, _, word in beside if before == above and word != last)
    others = "|".join(re.escape(word) for word in words if not word.startswith("{"))
    return f"{above}/{{{last[1:-1]}:(?!(?:{others})$)[^/]+}}" if others else path


def _routes(operation: Operation, path: str, handler: Handler) -> list[web.RouteDef]:
    if operation.method == "GET":
        return [web.get(path, handler, allow_head=True)]
    return [web.route(operation.method, path, handler)]


def _handler(operation: Operation, daemon: Daemon, gate: Gate) -> Handler:
    count = daemon.metrics.api_requests
    seconds = daemon.metrics.api_seconds.labels(operation.name)
    for kind in ("2xx", "4xx", "5xx"):
        count.labels(operation.name, kind)  # zeros show before the first request

    async def handler(request: web.Request) -> web.StreamResponse:
        began = time.perf_counter()
        status = 500
        try:
            answer = await _answered(operation, daemon, gate, request)
            status = answer.status
        except Problem as problem:
            status = problem.status
            problem.headers.update(HEADERS)
            raise
        else:
            return answer
        finally:
            count.labels(operation.name, f"{status // 100}xx").inc()
            seconds.observe(time.perf_counter() - began)

    return handler


async def _answered(
    operation: Operation, daemon: Daemon, gate: Gate, request: web.Request
) -> web.StreamResponse:
    if operation.scope is not None:
        await gate.admit(request, operation.scope)
    try:
        parameters = read_parameters(operation.parameters, request.match_info, request.query)
        body = await _body(operation.body, request, daemon)
        answer = await operation.handle(Call(daemon, request, parameters, body))
    except FieldsWrong as error:
        raise of_fields(error.problems) from None
    except CodecError as error:
        raise Problem(400, str(error), reason="not_json") from None
    except PlatformFailure as error:
        raise Problem(502, str(error), reason="platform_refused", platform=error.error) from None
    except StoreError:
        detail = "Redis or the media store does not answer; try again"
        headers: dict[str, str] = {hdrs.RETRY_AFTER: RETRY_AFTER_SECONDS}
        raise Problem(503, detail, reason="unavailable", headers=headers) from None
    return _encoded(answer) if isinstance(answer, Reply) else answer


async def _body(wanted: type[msgspec.Struct] | Body, request: web.Request, daemon: Daemon) -> Any:
    if isinstance(wanted, Body):
        return await wanted.read(request, daemon)
    if wanted is Nothing:
        return NOTHING
    return asked.converted(await read_json(request, daemon), wanted)


async def read_json(request: web.Request, daemon: Daemon) -> Any:
    """Return a JSON body, decoded.

    Raises:
        Problem: 415 it is announced as something else, and see ``read_body``.
        CodecError: It is not JSON.
    """
    if request.content_type != JSON or hdrs.CONTENT_TYPE not in request.headers:
        # Also what keeps a page in a browser from asking without asking us first (CORS).
        raise Problem(415, f"send Content-Type: {JSON}", headers={hdrs.ACCEPT: JSON})
    refuse_encoding(request)
    http = daemon.settings.http
    content = await read_body(
        request, limit=http.body_limit_bytes, timeout_seconds=http.body_timeout_seconds
    )
    return asked.json(content)


def refuse_encoding(request: web.Request) -> None:
    """Refuse a compressed body: a small one may become huge.

    Raises:
        Problem: 415.
    """
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity") != "identity":
        raise Problem(415, "send the body as it is, without Content-Encoding")


def _encoded(reply: Reply) -> web.Response:
    headers = {**HEADERS, **reply.headers}
    if reply.value is None:
        return web.Response(status=reply.status, headers=headers)
    return web.Response(
        status=reply.status,
        body=msgspec.json.encode(reply.value),
        content_type=JSON,
        headers=headers,
    )
