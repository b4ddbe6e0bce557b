"""Flows answered by a service of yours: what phones ask arrives there opened, as plain JSON."""

from __future__ import annotations

from typing import Final

import msgspec

from gateway.api import (
    FlowAnswer,
    FlowDone,
    FlowExpired,
    FlowRequest,
    FlowScreen,
    FlowScreens,
    Host,
    Json,
    PlatformError,
    Temporary,
)
from gateway_meta.signature import Signer
from gateway_whatsapp.settings import WhatsAppSettings

SIGNATURE: Final = "X-Relevo-Signature-256"
_SECONDS: Final = 8.0


class _Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is posted."""

    account: str
    action: str
    token: str
    screen: str | None = None
    data: dict[str, Json] = {}
    error: str | None = None


class _Reply(msgspec.Struct, frozen=True):
    """What comes back; one of ``screen``, ``done`` and ``expired``."""

    screen: str | None = None
    data: dict[str, Json] = {}
    error: str | None = None
    done: dict[str, Json] | None = None
    expired: str | None = None


class ForwardedScreens(FlowScreens):
    """Asks the account's ``flow_url``.

    Args:
        settings: The account's.
    """

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._url = settings.flow_url
        secret = settings.flow_url_secret
        self._signer = None if secret is None else Signer(secret.reveal())

    async def answer(self, request: FlowRequest, host: Host) -> FlowAnswer | None:
        """Ask for the next screen; see ``FlowScreens.answer``."""
        question = _Question(
            request.account, request.action, request.token, request.screen, request.data
        )
        reply = _read(await self._post(question, host))
        if reply.done is not None:
            return FlowDone(data=reply.done)
        if reply.expired is not None:
            return FlowExpired(text=reply.expired or None)
        if reply.screen is None:
            return None
        return FlowScreen(screen=reply.screen, data=reply.data, error=reply.error)

    async def failed(self, request: FlowRequest, error: str, host: Host) -> None:
        """Tell that the phone could not show the last answer."""
        question = _Question(
            request.account, "failed", request.token, request.screen, request.data, error
        )
        await self._post(question, host)

    async def _post(self, question: _Question, host: Host) -> bytes:
        body = msgspec.json.encode(question)
        headers = {"Content-Type": "application/json"}
        if self._signer is not None:
            headers[SIGNATURE] = self._signer.sign(body)
        answer = await host.request(
            "POST", self._url, headers=headers, body=body, timeout_seconds=_SECONDS
        )
        if not 200 <= answer.status < 300:
            raise _trouble(f"it answered {answer.status}")
        return answer.body


def _read(body: bytes) -> _Reply:
    try:
        return msgspec.json.decode(body, type=_Reply)
    except msgspec.DecodeError as error:
        raise _trouble(str(error)) from error


def _trouble(why: str) -> Temporary:
    told = f"The service at flow_url cannot answer a Flow: {why}."
    return Temporary(PlatformError(code="flow_url", explanation=told))
