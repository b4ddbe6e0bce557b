"""What Meta's Graph API does on every simulated platform: who may call, and how calls go wrong."""

from __future__ import annotations

import abc
import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web

from gateway.testing.faults import AnyFault, FaultQueue, broken_off

API_VERSION: Final = "v26.0"


class GraphApp(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform and the gateway know of each other: an application's settings.

    Attributes:
        app_secret: Signs webhooks.
        verify_token: Is shown to the callback when it is saved.
        app_id: The application's own id.
        needs_proof: Calls without ``appsecret_proof`` are refused.
    """

    app_secret: str = "simulated-app-secret"  # noqa: S105 - the simulator's own, of no value
    verify_token: str = "simulated-verify-token"  # noqa: S105 - the same
    app_id: str = "634974688087057"
    needs_proof: bool = False

    def proof_fault(self, proof: str | None, token: str) -> str | None:
        """Return what is wrong with the proof that came beside a token, in the platform's words."""
        if proof is None:
            missing = "API calls from the server require an appsecret_proof argument"
            return missing if self.needs_proof else None
        right = hmac.new(self.app_secret.encode(), token.encode(), sha256).hexdigest()
        return None if proof == right else "Invalid appsecret_proof provided in the API argument"


def token_of(request: web.Request) -> str | None:
    """Return the token that a call bears; None where it comes in no way the platform takes."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return request.query.get("access_token", "")
    return token if scheme in {"Bearer", "OAuth"} else None


class GraphRefusal(Exception, abc.ABC):
    """A call is refused.

    Attributes:
        http_status: Of the answer.
    """

    http_status: int

    @abc.abstractmethod
    def answer(self, trace_id: str) -> dict[str, Any]:
        """Return the body of the answer."""


class GraphFault(AnyFault, frozen=True, kw_only=True):
    """What goes wrong with a call of the Graph API.

    Attributes:
        code: Answer with this error; None for none of the platform's.
        http_status: Of the answer instead of the usual; without a ``code``, the answer is a page
            of a proxy and no JSON.
        headers: Of the answer, such as ``Retry-After``.
        edge: Only calls of this name (``messages``, ``media`` …; empty for nodes themselves); None
            for all.
        to: Only messages to this recipient.
    """

    code: int | None = None
    http_status: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    edge: str | None = "messages"
    to: str | None = None


G = TypeVar("G", bound=GraphFault)


class GraphFaults(FaultQueue[G]):
    """The faults that wait for a call.

    Args:
        fault: Of the platform.
    """

    def __init__(self, fault: type[G]) -> None:
        super().__init__(fault(edge=None, times=None))
        self._fault = fault

    def take(self, edge: str, to: str = "") -> G:
        """Return what goes wrong with a call, and count it."""
        return self.first(lambda fault: fault.edge in {None, edge} and fault.to in {None, to})

    def drop(self, *, accepted: bool, times: int | None, edge: str | None) -> None:
        """Break the connection of the next calls: after they took effect, or before."""
        self.add(self._fault(drop="after" if accepted else "before", times=times, edge=edge))


async def answered(
    request: web.Request,
    fault: GraphFault,
    run: Callable[[], Awaitable[Any]],
    *,
    trace_id: Callable[[], str],
) -> web.StreamResponse:
    """Answer a call, or let it go wrong.

    Args:
        request: The call.
        fault: What goes wrong with it.
        run: Makes the call take effect and returns its answer; may raise ``GraphRefusal``.
        trace_id: Draws what a refusal is known by to the platform's support.
    """
    await asyncio.sleep(fault.delay.total_seconds())
    if fault.drop == "before":
        return broken_off(request)
    if fault.http_status is not None and fault.code is None:
        page = "<html><body>upstream error</body></html>"
        answer = web.Response(status=fault.http_status, text=page, content_type="text/html")
    else:
        try:
            answer = web.json_response(await run())
        except GraphRefusal as refusal:
            told = refusal.answer(trace_id())
            answer = web.json_response(told, status=refusal.http_status)
        else:
            if fault.drop == "after":
                return broken_off(request)
    answer.headers.update(fault.headers)
    return answer
