"""Our side of the demo: what is sent, by the gateway's own API."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp
import msgspec

from gateway.cli.demo_step import Did

TAKEN: Final = "202"


class Desk:
    """Sends messages over HTTP, as any program would.

    Args:
        http: Asks.
        private_url: Of the gateway.
    """

    def __init__(self, http: aiohttp.ClientSession, private_url: str) -> None:
        self._http = http
        self._url = f"{private_url}/v1/messages"

    async def send(
        self, account: str, to: str, content: Mapping[str, Any], **more: Any
    ) -> Sequence[Did]:
        """Send a message.

        Args:
            account: Which account sends.
            to: Whom.
            content: What.
            more: Other keys of the message.
        """
        message = {"account": account, "to": to, "content": content, **more}
        began = time.monotonic()
        async with self._http.post(self._url, json=message) as answer:
            told = msgspec.json.decode(await answer.read())
            outcome = str(answer.status)
        if outcome != TAKEN:
            outcome = f"{outcome} {told.get('detail') or told.get('title') or told}"
        return [
            Did(
                what="POST /v1/messages",
                answers=(outcome,),
                wanted=TAKEN,
                seconds=time.monotonic() - began,
            )
        ]
