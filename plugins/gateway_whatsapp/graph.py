"""Calls of the Graph API: where it is, who asks, and what an answer says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from gateway.api import (
    Answer,
    Call,
    Host,
)
from gateway_meta import refusals, stored
from gateway_meta.proof import PARAMETER, proof
from gateway_whatsapp import answers
from gateway_whatsapp.settings import WhatsAppSettings

_MOST_PAGES: Final = 1000
"""A list that never ends is a fault of the platform's."""


class Graph:
    """The Graph API as one account asks it.

    Args:
        settings: The account's.

    Attributes:
        proof: The parameter that proves the token is used by its app; none where it is left out.
        host_name: Where it is, without scheme and port.
    """

    def __init__(self, settings: WhatsAppSettings) -> None:
        parts = urlsplit(settings.api_url)
        self.host_name = parts.hostname or ""
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._version = parts.path.rstrip("/")
        self._token = settings.access_token.reveal()
        self._headers = {"Authorization": f"Bearer {self._token}"}
        self.proof: Final[Mapping[str, str]] = (
            {PARAMETER: proof(self._token, settings.app_secret.reveal()[0])}
            if settings.appsecret_proof
            else {}
        )
        self._query = f"?{urlencode(self.proof)}" if self.proof else ""

    def deliver(self, call: Call, host: Host) -> Coroutine[Any, Any, Answer]:
        """Make a call that was rendered; see ``Channel.deliver``."""
        return host.request(
            call.method,
            f"{self._origin}{call.path}{self._asked(call.query)}",
            headers=self._headers,
            json=call.body,
            files=call.files,
        )

    async def pages(self, call: Call, host: Host) -> AsyncIterator[dict[str, Any]]:
        """Yield every row of a list, page by page; see ``ask``."""
        query = dict(call.query)
        for _ in range(_MOST_PAGES):
            page = await self.ask(msgspec.structs.replace(call, query=query), host)
            rows, paging = page.get("data"), page.get("paging")
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, dict):
                    yield row
            after = _after(paging)
            if after is None:
                return
            query["after"] = after

    async def token(self, host: Host) -> dict[str, Any]:
        """Return what the platform says of our access token.

        Raises:
            PlatformFailure: As for ``ask``.
        """
        # The one place where the token stands in an address: Meta takes it nowhere else.
        query = self._asked({"input_token": self._token})
        url = f"{self._origin}{self._version}/debug_token{query}"
        answer = await refusals.again(host.request("GET", url, headers=self._headers))
        told = read(answer).get("data")
        return told if isinstance(told, dict) else {}

    async def sample(self, stored_id: str, host: Host) -> str:
        """Upload a file of our store as a sample, and return the handle it is named by.

        Raises:
            Rejected: There is no such file.
            PlatformFailure: As for ``ask``.

        Source: Meta for Developers, Graph API, "Resumable Upload API".
        """
        file = await stored.opened(stored_id, host, lambda _: ())
        app = quote(str((await self.token(host)).get("app_id", "")), safe="")
        about = {
            "file_length": str(file.size_bytes),
            "file_type": file.mime_type,
            "file_name": file.filename or stored_id,
        }
        session = await self.ask(Call(method="POST", path=f"/{app}/uploads", query=about), host)
        url = f"{self._origin}{self._version}/{session.get('id', '')}"
        if self.proof:
            # The platform's ids of such sessions have a query of their own.
            url += ("&" if "?" in url else "?") + urlencode(self.proof)
        headers = {
            "Authorization": f"OAuth {self._token}",
            "file_offset": "0",
            "Content-Type": "application/octet-stream",
        }
        data = b"".join([piece async for piece in file.pieces])
        answer = await refusals.again(host.request("POST", url, headers=headers, body=data))
        return str(read(answer).get("h", ""))

    async def raw(
        self, call: Call, host: Host, *, body: bytes | None = None, mime_type: str = ""
    ) -> Answer:
        """Make a call that may be made again, and return whatever is answered.

        Args:
            call: Its path is below the version.
            host: Makes it.
            body: Sent as it is, instead of the call's.
            mime_type: Of that body.

        Raises:
            Temporary: There is no answer.
        """
        path = f"{self._version}{call.path}"
        if body is None:
            return await refusals.again(
                self.deliver(msgspec.structs.replace(call, path=path), host)
            )
        headers = {**self._headers, "Content-Type": mime_type}
        url = f"{self._origin}{path}{self._asked(call.query)}"
        return await refusals.again(host.request(call.method, url, headers=headers, body=body))

    async def ask(self, call: Call, host: Host) -> dict[str, Any]:
        """Make a call that may be made again, and return the object it is answered with.

        Args:
            call: Its path is below the version: ``/1065…/media``.
            host: Makes it.

        Raises:
            PlatformFailure: It was refused, or there is no answer that can be read; never in
                doubt, for asking again harms nothing.
        """
        return read(await self.raw(call, host))

    def _asked(self, query: Mapping[str, str]) -> str:
        """Return a call's query, with the proof; what every message has was written once."""
        return f"?{urlencode({**query, **self.proof})}" if query else self._query


def _after(paging: Any) -> str | None:
    """Return where the next page begins, or None after the last one."""
    if not (isinstance(paging, dict) and paging.get("next")):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return str(after) if after else None


def read(answer: Answer) -> dict[str, Any]:
    """Return the object of an answer.

    Raises:
        PlatformFailure: It is a refusal, or cannot be read; never in doubt.
    """
    return refusals.object_of(answer, answers.failure)
