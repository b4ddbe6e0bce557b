"""A small client of the simulated Graph API, and a clock that stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp

from gateway.testing.whatsapp import Timing, WhatsAppPlatform

BEARER = {"Authorization": "Bearer simulated-access-token"}
AT_ONCE = Timing(sent=timedelta(), delivered=timedelta(), read=timedelta())


class Clock:
    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


class Caller:
    def __init__(self, platform: WhatsAppPlatform, http: aiohttp.ClientSession) -> None:
        self.platform = platform
        self.http = http
        self.number = platform.app.number.phone_number_id

    async def post(self, message: dict[str, Any], *, edge: str = "messages") -> tuple[int, Any]:
        url = f"{self.platform.api_url}/{self.number}/{edge}"
        async with self.http.post(url, json=message) as answer:
            return answer.status, await answer.json()

    async def send(self, kind: str, value: Any, **more: Any) -> tuple[int, Any]:
        message = {"messaging_product": "whatsapp", "to": "+351911111111", "type": kind}
        return await self.post({**message, kind: value, **more})

    async def code(self, kind: str, value: Any, **more: Any) -> int:
        _, said = await self.send(kind, value, **more)
        return int(said["error"]["code"]) if "error" in said else 0
