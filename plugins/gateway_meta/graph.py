"""The Graph API as one page or account asks it: where it is, and with which token and proof."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

import msgspec

from gateway.api import Answer, Call, Host, Json
from gateway_meta import answers, refusals
from gateway_meta.calls import path
from gateway_meta.errors import Table
from gateway_meta.proof import PARAMETER, proof
from gateway_meta.tokens import Token

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Graph:
    """Makes calls.

    Args:
        api_url: The Graph API and its version.
        token: Its value goes into a header, so that it shows in no address.
        proof_secret: The app's secret, which proves that the token is used by its app; None to
            leave the proof out.
        table: What error codes mean on the channel.

    Attributes:
        api_url: The Graph API and its version.
        host_name: Where it is, without scheme and port.
    """

    def __init__(
        self, *, api_url: str, token: Token, proof_secret: str | None, table: Table
    ) -> None:
        parts = urlsplit(api_url)
        self.api_url = api_url
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self.host_name = parts.hostname or ""
        self._token = token
        self._proof_secret = proof_secret
        self._table = table
        self._bear(token.value)

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make a call that was rendered; see ``Channel.deliver``."""
        token = await self._token.current(host)
        if token != self._borne:
            self._bear(token)
        query = {**call.query, **self._proof}
        answer = await host.request(
            call.method,
            f"{self._origin}{call.path}" + (f"?{urlencode(query)}" if query else ""),
            headers=self._headers,
            json=call.body,
            files=call.files,
        )
        if "tag" not in (call.body or {}):
            return answer
        # A permission that only this message lacks must not pause the account.
        return msgspec.structs.replace(answer, headers={**answer.headers, answers.TAGGED: "1"})

    def _bear(self, token: str) -> None:
        """Bear a token from now on."""
        self._borne = token
        self._headers = {"Authorization": f"Bearer {token}"}
        secret = self._proof_secret
        self._proof = {} if secret is None else {PARAMETER: proof(token, secret)}

    async def ask(
        self,
        host: Host,
        method: Literal["GET", "POST", "DELETE"],
        node: str,
        edge: str = "",
        *,
        query: Mapping[str, str] = _NONE,
        body: dict[str, Json] | None = None,
        files: Mapping[str, str] = _NONE,
    ) -> dict[str, Any]:
        """Make a call that may be made again, and return the object it is answered with.

        Args:
            host: Makes it.
            method: Of HTTP.
            node: Whom it is about.
            edge: What of it; empty for itself.
            query: Parameters.
            body: JSON.
            files: Files of our store, by the name of their field.

        Raises:
            PlatformFailure: It was refused, or there is no answer; never in doubt.
        """
        where = path(self.api_url, node) + (f"/{edge}" if edge else "")
        call = Call(method=method, path=where, query=dict(query), body=body, files=dict(files))
        answer = await refusals.again(self.deliver(call, host))
        return answers.object_of(answer, self._table)
