"""The address that phones ask while a Flow is filled in.

Source: Meta for Developers, WhatsApp Flows, "Implementing endpoints for Flows": 200 with a sealed
answer, 421 when it cannot be opened (the phone fetches our key anew), 427 when the token is no
longer good, 432 when the signature is wrong; within ten seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from aiohttp import web

from gateway.api import (
    FlowAnswer,
    FlowDone,
    FlowExpired,
    FlowRequest,
    FlowScreen,
    FlowScreens,
    Host,
    PlatformFailure,
    SignatureInvalid,
)
from gateway_meta import signature
from gateway_whatsapp import sealed
from gateway_whatsapp.settings import WhatsAppSettings

CANNOT_OPEN: Final = 421
TOKEN_EXPIRED: Final = 427
WRONG_SIGNATURE: Final = 432

_READ_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 9.0
_MOST_BYTES: Final = 1024 * 1024

_Action: TypeAlias = Literal["open", "submit", "back"]
_ACTIONS: Final[Mapping[str, _Action]] = MappingProxyType(
    {"INIT": "open", "data_exchange": "submit", "BACK": "back"}
)


class FlowEndpoint:
    """Answers phones in the Flows of one account.

    Args:
        settings: The account's.
        verify: Raises ``SignatureInvalid`` for a body and a signature that do not belong together.
        screens: Returns what answers, in the order of asking.
        host: Of the account.
    """

    def __init__(
        self,
        settings: WhatsAppSettings,
        *,
        verify: Callable[[bytes, str | None], None],
        screens: Callable[[], Sequence[FlowScreens]],
        host: Host,
    ) -> None:
        self._settings = settings
        self._keys = tuple(sealed.private_key(each) for each in settings.flow_key.reveal())
        self._verify = verify
        self._screens = screens
        self._host = host

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one question."""
        try:
            async with asyncio.timeout(_READ_SECONDS):
                body = await _body(request)
        except TimeoutError:
            return web.Response(status=408)
        if body is None:
            return web.Response(status=413)
        try:
            self._verify(body, request.headers.get(signature.HEADER))
            question = sealed.opened(body, self._keys)
        except SignatureInvalid:
            return web.Response(status=WRONG_SIGNATURE)
        except sealed.CannotOpen:
            return web.Response(status=CANNOT_OPEN)
        return await self._answered(question)

    async def _answered(self, question: sealed.Opened) -> web.StreamResponse:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                status, answer = await self._answer(question.request)
        except TimeoutError:
            return web.Response(status=504)
        except PlatformFailure:  # who answers cannot, now; phones offer to try again
            return web.Response(status=503)
        if answer is None:
            return web.Response(status=status)
        return web.Response(status=status, text=sealed.closed(answer, question))

    async def _answer(self, told: dict[str, Any]) -> tuple[int, object]:
        """Return the status and what is in the answer."""
        if told.get("action") == "ping":
            return 200, {"data": {"status": "active"}}
        data = told.get("data")
        data = data if isinstance(data, dict) else {}
        asked = FlowRequest(
            account=self._settings.id,
            action=_ACTIONS.get(str(told.get("action")), "submit"),
            token=str(told.get("flow_token", "")),
            screen=str(told["screen"]) if told.get("screen") else None,
            data=data,
        )
        if "error" in data or "error_key" in data:
            await self._failed(asked, data)
            return 200, {"data": {"acknowledged": True}}
        if not self._is_genuine(told, asked.token):
            return TOKEN_EXPIRED, self._expired(FlowExpired())
        for each in self._screens():
            answer = await each.answer(asked, self._host)
            if answer is not None:
                return self._written(answer, asked)
        return 404, None

    def _is_genuine(self, told: dict[str, Any], token: str) -> bool:
        """Newer Flows have their token signed; older ones have not."""
        signed = told.get("flow_token_signature")
        if signed is None:
            return True
        return sealed.token_is_signed(token, str(signed), self._settings.app_secret.reveal())

    async def _failed(self, asked: FlowRequest, data: dict[str, Any]) -> None:
        said = (data.get("error"), data.get("error_key"), data.get("error_message"))
        told = ": ".join(str(each) for each in said if each)
        for each in self._screens():
            await each.failed(asked, told, self._host)

    def _written(self, answer: FlowAnswer, asked: FlowRequest) -> tuple[int, object]:
        match answer:
            case FlowScreen(screen=screen, data=data, error=error):
                more = {"error_message": error} if error else {}
                return 200, {"screen": screen, "data": {**data, **more}}
            case FlowDone(data=data):
                response = {"params": {**data, "flow_token": asked.token}}
                done = {"extension_message_response": response}
                return 200, {"screen": "SUCCESS", "data": done}
            case FlowExpired():
                return TOKEN_EXPIRED, self._expired(answer)

    def _expired(self, answer: FlowExpired) -> object:
        return {"error_msg": answer.text or self._settings.flow_expired}


async def _body(request: web.BaseRequest) -> bytes | None:
    """Return the whole body, or None when it is too large."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > _MOST_BYTES:
            return None
    return bytes(body)
