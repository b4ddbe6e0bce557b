"""Calls of the Graph API: where it is, who asks, and what an answer says."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from gateway.api import Answer, Call, Host, InDoubt, PlatformError, Temporary
from gateway_whatsapp import answers
from gateway_whatsapp.settings import WhatsAppSettings


class Graph:
    """The Graph API as one account asks it.

    Args:
        settings: The account's.
    """

    def __init__(self, settings: WhatsAppSettings) -> None:
        parts = urlsplit(settings.api_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._version = parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {settings.access_token.reveal()}"}

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make a call that was rendered; see ``Channel.deliver``."""
        query = f"?{urlencode(call.query)}" if call.query else ""
        return await host.request(
            call.method,
            f"{self._origin}{call.path}{query}",
            headers=self._headers,
            json=call.body,
            files=call.files,
        )

    async def ask(self, call: Call, host: Host) -> dict[str, Any]:
        """Make a call that may be made again, and return the object it is answered with.

        Args:
            call: Its path is below the version: ``/1065…/media``.
            host: Makes it.

        Raises:
            PlatformFailure: It was refused, or there is no answer that can be read; never in
                doubt, for asking again harms nothing.
        """
        path = f"{self._version}{call.path}"
        try:
            answer = await self.deliver(msgspec.structs.replace(call, path=path), host)
            return _object(answer)
        except InDoubt as error:
            raise Temporary(error.error, retry_after=error.retry_after) from error


def _object(answer: Answer) -> dict[str, Any]:
    if not 200 <= answer.status < 300:
        raise answers.failure(answer)
    try:
        return msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = "The platform's answer cannot be read."
        raise Temporary(PlatformError(code="unreadable", explanation=told)) from None
