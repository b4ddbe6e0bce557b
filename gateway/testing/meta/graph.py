"""The Graph API's outside: who may call, which node and edge is meant, how an answer looks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.testing.graph import answered, token_of
from gateway.testing.meta import ids
from gateway.testing.meta.account import App, Business
from gateway.testing.meta.errors import SendRefused, invalid
from gateway.testing.meta.faults import Faults
from gateway.testing.meta.files import Attachment, Files
from gateway.testing.meta.outbox import Outbox
from gateway.testing.meta.people import People
from gateway.testing.meta.rates import Rates
from gateway.testing.meta.tokens import Tokens

CONTROLS: Final = frozenset(
    f"{each}_thread_control" for each in ("pass", "take", "release", "request", "extend")
)
MAXIMUM_BODY: Final = 40 * 1024 * 1024


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call, read.

    Attributes:
        method: In capitals.
        node: What it is about.
        edge: What of it; empty for the node itself.
        parameters: Of the address and of the body, which the platform takes as one.
        data: The file in a form; None without one.
        mime_type: Of that file.
    """

    method: str
    node: str
    edge: str
    parameters: dict[str, Any]
    data: bytes | None = None
    mime_type: str = ""


class Graph:
    """Takes every call, checks token and proof, and lets the platform's parts answer.

    Args:
        app: The application.
        businesses: Its pages and accounts.
        outbox: Takes messages.
        people: Tells profiles.
        files: Takes uploads.
        faults: What goes wrong.
        tokens: Tells whose calls are.
        rates: Counts questions.
        random: For trace ids.

    Attributes:
        calls: How often ``(method, edge)`` was called, refused or not.
    """

    def __init__(
        self,
        *,
        app: App,
        businesses: Callable[[], Sequence[Business]],
        outbox: Outbox,
        people: People,
        files: Files,
        faults: Faults,
        tokens: Tokens,
        rates: Rates,
        random: Random,
    ) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self._app = app
        self._businesses = businesses
        self._outbox = outbox
        self._people = people
        self._files = files
        self._faults = faults
        self._tokens = tokens
        self._rates = rates
        self._random = random

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses: nodes and edges under any version."""
        root = r"/{version:v\d+\.\d+}/{node:[^/]+}"
        return [
            web.route("*", root, self._answer),
            web.route("*", root + "/{edge:[a-z_]+}", self._answer),
            web.route("*", "/{edge:refresh_access_token}", self._answer),
        ]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        call = await _read(request)
        self.calls[call.method, call.edge] += 1
        recipient = call.parameters.get("recipient")
        to = str(next(iter(recipient.values()), "")) if isinstance(recipient, dict) else ""
        fault = self._faults.take(call.edge, to)

        async def run() -> dict[str, Any]:
            business = self._authorized(request)
            if fault.error is not None:
                raise fault.error
            return self._run(call, business)

        return await answered(request, fault, run, trace_id=lambda: ids.token(self._random, 23))

    def _authorized(self, request: web.Request) -> Business:
        """Return whose token a call bears."""
        token = token_of(request)
        owners = (each for each in self._businesses() if self._tokens.opens(token or "", each))
        business = next(owners, None)
        if token is None or business is None:
            raise SendRefused(190)
        if business.token_error is not None:
            raise SendRefused(*business.token_error)
        self._tokens.check(token, business)
        if wrong := self._app.proof_fault(request.query.get("appsecret_proof"), token):
            raise invalid(wrong)
        return business

    def _run(self, call: Call, business: Business) -> dict[str, Any]:  # noqa: PLR0911 - a line for each edge
        ours = call.node in {"me", business.node}
        match call.method, call.edge:
            case "GET", "" if ours:
                return {"id": business.node, "name": business.name, "username": business.name}
            case "GET", "":
                fields = str(call.parameters.get("fields", ""))
                return self._people.profile(business, call.node, fields)
            case "POST", "messages" if ours:
                return self._outbox.take(business, _sendable(call), files=call.data is not None)
            case "POST", "message_attachments" if ours:
                return self._upload(call, business)
            case "POST", edge if ours and edge in CONTROLS:
                return self._people.control(business, edge, _sendable(call))
            case "GET", "conversations" if ours:
                self._rates.ask(business.node)
                asked = str(call.parameters.get("user_id", ""))
                return self._people.conversations(business, asked)
            case "GET", "refresh_access_token":
                grant = str(call.parameters.get("grant_type", ""))
                token = str(call.parameters.get("access_token", ""))
                return self._tokens.renew(token, business, grant)
            case "GET", "subscribed_apps" if ours:
                app = {"id": self._app.app_id, "subscribed_fields": list(business.subscribed)}
                return {"data": [app] if business.subscribed else []}
            case "POST", "subscribed_apps" if ours:
                fields = str(call.parameters.get("subscribed_fields", ""))
                business.subscribed = tuple(each for each in fields.split(",") if each)
                return {"success": True}
            case _:
                raise SendRefused(100, 33)

    def _upload(self, call: Call, business: Business) -> dict[str, Any]:
        message = call.parameters.get("message")
        attachment = message.get("attachment") if isinstance(message, dict) else None
        if not isinstance(attachment, dict):
            raise invalid("message.attachment is required")
        url = str((attachment.get("payload") or {}).get("url", ""))
        if (call.data is None) == (not url):
            raise invalid("Either payload.url or filedata is required")
        given = Attachment(
            id="",
            node=business.node,
            kind=str(attachment.get("type")),
            mime_type=call.mime_type,
            data=call.data or b"",
            url=url,
        )
        return {"attachment_id": self._files.upload(given).id}


def _sendable(call: Call) -> dict[str, Any]:
    hidden = {"access_token", "appsecret_proof"}
    return {key: each for key, each in call.parameters.items() if key not in hidden}


async def _read(request: web.Request) -> Call:
    parameters: dict[str, Any] = dict(request.query)
    data, mime_type = None, ""
    if request.content_type.startswith("multipart/"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                data, mime_type = value.file.read(), value.content_type
            else:
                parameters[name] = _json(str(value))
    elif request.can_read_body:
        told = _json((await request.read()).decode("utf-8", "replace"))
        parameters |= told if isinstance(told, dict) else {}
    return Call(
        method=request.method,
        node=request.match_info.get("node", ""),
        edge=request.match_info.get("edge", ""),
        parameters=parameters,
        data=data,
        mime_type=mime_type,
    )


def _json(text: str) -> Any:
    """Return a field of a form as Meta reads it: as JSON where it is some, else as words."""
    try:
        return json.loads(text)
    except ValueError:
        return text
