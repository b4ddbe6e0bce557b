"""The Graph API's outside: who may call, which node and edge is meant, how an answer looks.

The platform's parts offer their ``Endpoints``; nothing here knows what they do.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
from aiohttp import web

from gateway.testing.graph import answered, token_of
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.app import App
from gateway.testing.whatsapp.errors import GraphError
from gateway.testing.whatsapp.faults import Fault, Faults

Json: TypeAlias = Any
MAXIMUM_BODY: Final = 120 * 1024 * 1024
"""Documents may have 100 MB."""

_SENDS: Final = {"messages", "marketing_messages"}


class Upload(msgspec.Struct, frozen=True):
    """A file in a form."""

    data: bytes
    mime_type: str
    filename: str


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call, read.

    Attributes:
        node: What it is about: a number, a template, a file …
        edge: What of it; empty for the node itself.
        method: In capitals.
        parameters: Of the address and of the body, which the platform takes as one.
        files: Of a form.
        raw: The body's bytes.
        headers: With names in lower case.
        fault: What is to go wrong with it.
    """

    node: str
    edge: str
    method: str
    parameters: dict[str, Json]
    files: dict[str, Upload] = {}
    raw: bytes = b""
    headers: Mapping[str, str] = {}
    fault: Fault = Fault()

    def text(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises:
            GraphError: 100.
        """
        value = self.parameters.get(name)
        if value is None or value == "":
            raise GraphError(100, message=f"The parameter {name} is required.")
        return str(value)

    def fields(self) -> tuple[str, ...]:
        """Return the names in ``fields``; empty for the platform's own choice."""
        asked = str(self.parameters.get("fields", ""))
        return tuple(each.partition(".")[0].strip() for each in asked.split(",") if each.strip())


Endpoint: TypeAlias = Callable[[Call], Awaitable[Json]]


class Route(NamedTuple):
    """What an endpoint answers: the kind of node, the method, the edge."""

    kind: str
    method: str
    edge: str = ""


Endpoints: TypeAlias = Mapping[Route, Endpoint]


class Graph:
    """Takes every call, checks the token, finds the endpoint.

    Args:
        app: Whose token a caller must bear, with the proof where the app demands it.
        faults: What goes wrong.
        random: For trace ids.

    Attributes:
        calls: How often each endpoint was called, refused or not.
    """

    def __init__(self, app: App, *, faults: Faults, random: Random) -> None:
        self.calls: dict[Route, int] = {}
        self._app = app
        self._faults = faults
        self._random = random
        self._endpoints: dict[Route, Endpoint] = {}
        self._kinds: list[tuple[str, Callable[[str], bool]]] = []

    def offer(self, kind: str, knows: Callable[[str], bool], endpoints: Endpoints) -> None:
        """Add the endpoints of a kind of node; ``knows`` tells whether an id is one of them."""
        self._kinds.append((kind, knows))
        self._endpoints.update(endpoints)

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses: nodes and edges under any version."""
        root = r"/{version:v\d+\.\d+}/{node:[^/]+}"
        return [
            web.route("*", root, self._answer),
            web.route("*", root + "/", self._answer),
            web.route("*", root + "/{edge:[a-z_]+}", self._answer),
        ]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        edge = request.match_info.get("edge", "")
        call = await _read(request, edge)
        fault = self._faults.take(edge, str(call.parameters.get("to", "")))
        return await answered(
            request,
            fault,
            lambda: self._run(request, msgspec.structs.replace(call, fault=fault)),
            trace_id=lambda: ids.token(self._random, 23),
        )

    async def _run(self, request: web.Request, call: Call) -> Json:
        self._authorize(request)
        if call.fault.error is not None and not call.fault.later:
            raise call.fault.error
        kind = next((kind for kind, knows in self._kinds if knows(call.node)), None)
        if kind is None:
            raise _no_such_object(call)
        route = Route(kind, call.method, call.edge)
        self.calls[route] = self.calls.get(route, 0) + 1
        endpoint = self._endpoints.get(route)
        if endpoint is None:
            raise GraphError(100, message=f"Unsupported {call.method.lower()} request.")
        return await endpoint(call)

    def _authorize(self, request: web.Request) -> None:
        token = token_of(request)
        if token != self._app.access_token:
            raise GraphError(190)
        if wrong := self._app.proof_fault(request.query.get("appsecret_proof"), token):
            raise GraphError(100, message=wrong)


def _no_such_object(call: Call) -> GraphError:
    """Sends to a number nobody has are known by 33, everything else by 100."""
    if call.edge in _SENDS:
        return GraphError(33, f"Object with ID '{call.node}' does not exist")
    words = (
        f"Unsupported {call.method.lower()} request. Object with ID '{call.node}' does not exist"
    )
    return GraphError(100, message=words, more={"error_subcode": 33})


async def _read(request: web.Request, edge: str) -> Call:
    parameters: dict[str, Json] = dict(request.query)
    for secret in ("access_token", "appsecret_proof"):
        parameters.pop(secret, None)
    files: dict[str, Upload] = {}
    raw = b""
    if request.content_type.startswith("multipart/"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = Upload(value.file.read(), value.content_type, value.filename)
            else:
                parameters[name] = value
    elif request.content_type == "application/x-www-form-urlencoded":
        parameters.update({name: str(value) for name, value in (await request.post()).items()})
    else:
        raw = await request.read()
        parameters.update(_json(raw, request.content_type))
    return Call(
        node=request.match_info["node"],
        edge=edge,
        method=request.method,
        parameters=parameters,
        files=files,
        raw=raw,
        headers={name.lower(): value for name, value in request.headers.items()},
    )


def _json(raw: bytes, content_type: str) -> dict[str, Json]:
    """Return a body's object; a body that is none leaves the parameters missing."""
    if content_type != "application/json" or not raw:
        return {}
    try:
        value = json.loads(raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
