"""The Flows of an account: listed, made, given their screens, published; and their key.

Source: Meta for Developers, WhatsApp Flows, "Flows API" and "Flows encryption".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import uuid4

from gateway.api import Call, FlowDesk, FlowRecord, Host, PlatformError, Rejected
from gateway_whatsapp import graph, sealed
from gateway_whatsapp.graph import Graph
from gateway_whatsapp.settings import WhatsAppSettings

_FIELDS: Final = "id,name,status,categories,validation_errors,endpoint_uri"


class WhatsAppFlows(FlowDesk):
    """The Flows of a WhatsApp Business Account.

    Args:
        settings: The account's.
        graph: Whom to ask.
    """

    def __init__(self, settings: WhatsAppSettings, graph: Graph) -> None:
        self._settings = settings
        self._number = f"/{quote(settings.phone_number_id, safe='')}"
        self._path = f"/{quote(settings.business_account_id, safe='')}/flows"
        self._graph = graph

    async def records(self, host: Host) -> Sequence[FlowRecord]:
        """Return all Flows; see ``FlowDesk.records``."""
        call = Call(method="GET", path=self._path, query={"fields": _FIELDS, "limit": "100"})
        return [_record(each) async for each in self._graph.pages(call, host)]

    async def publish(
        self,
        host: Host,
        *,
        screens: bytes | None = None,
        name: str | None = None,
        flow: str | None = None,
        categories: Sequence[str] = (),
        endpoint: str | None = None,
        draft: bool = False,
    ) -> FlowRecord:
        """Make, change and publish a Flow; see ``FlowDesk.publish``."""
        if flow is None:
            flow = await self._create(name or "", list(categories) or ["OTHER"], endpoint, host)
        elif endpoint is not None:
            await self._graph.ask(
                Call(method="POST", path=_of(flow), body={"endpoint_uri": endpoint}), host
            )
        if screens is not None:
            await self._draw(flow, screens, host)
        if not draft:
            await self._graph.ask(Call(method="POST", path=f"{_of(flow)}/publish"), host)
        return await self._shown(flow, host)

    async def retire(self, flow: str, host: Host) -> str:
        """Delete or deprecate a Flow; see ``FlowDesk.retire``."""
        if (await self._shown(flow, host)).status == "draft":
            await self._graph.ask(Call(method="DELETE", path=_of(flow)), host)
            return "deleted"
        await self._graph.ask(Call(method="POST", path=f"{_of(flow)}/deprecate"), host)
        return "deprecated"

    async def _shown(self, flow: str, host: Host) -> FlowRecord:
        call = Call(method="GET", path=_of(flow), query={"fields": _FIELDS})
        return _record(await self._graph.ask(call, host))

    async def _create(
        self, name: str, categories: list[str], endpoint: str | None, host: Host
    ) -> str:
        body: dict[str, Any] = {"name": name, "categories": categories}
        if endpoint is not None:
            body["endpoint_uri"] = endpoint
        made = await self._graph.ask(Call(method="POST", path=self._path, body=body), host)
        return str(made.get("id", ""))

    async def _draw(self, flow: str, screens: bytes, host: Host) -> None:
        """Give a Flow its screens.

        Raises:
            Rejected: The platform finds fault with them; all its faults are in the text.
        """
        mime_type, body = _form(screens)
        call = Call(method="POST", path=f"{_of(flow)}/assets")
        answer = await self._graph.raw(call, host, body=body, mime_type=mime_type)
        faults = _faults(graph.read(answer).get("validation_errors"))
        if faults:
            told = "The platform finds fault with the screens: " + "; ".join(faults)
            raise Rejected(PlatformError(code="flow_json", explanation=told))

    async def upload_key(self, host: Host) -> str:
        """Upload the public half of ``flow_key``; see ``FlowDesk.upload_key``.

        Raises:
            Rejected: There is no key, or the platform does not take it.
        """
        keys = self._settings.flow_key.reveal()
        if not keys:
            told = "The account has no flow_key; make one with `relevo flows keygen`."
            raise Rejected(PlatformError(code="no_key", explanation=told))
        public = sealed.public_key(sealed.private_key(keys[0]))
        call = Call(method="POST", path=f"{self._number}/whatsapp_business_encryption")
        answer = await self._graph.raw(
            call,
            host,
            body=urlencode({"business_public_key": public}).encode(),
            mime_type="application/x-www-form-urlencoded",
        )
        graph.read(answer)
        return public

    def new_key(self) -> str:
        """Return a new private key; see ``FlowDesk.new_key``."""
        return sealed.new_key()


def _of(flow: str) -> str:
    return f"/{quote(flow, safe='')}"


def _record(node: dict[str, Any]) -> FlowRecord:
    categories = node.get("categories")
    return FlowRecord(
        platform_id=str(node.get("id", "")),
        name=str(node.get("name", "")),
        status=str(node.get("status", "unknown")).lower(),
        categories=tuple(map(str, categories)) if isinstance(categories, list) else (),
        endpoint=str(node["endpoint_uri"]) if node.get("endpoint_uri") else None,
        problems=_faults(node.get("validation_errors")),
    )


def _faults(errors: Any) -> tuple[str, ...]:
    found = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    return tuple(
        f"line {each['line_start']}: {each.get('message', '')}"
        if "line_start" in each
        else str(each.get("message", each.get("error", "")))
        for each in found
    )


def _form(screens: bytes) -> tuple[str, bytes]:
    """Return a form with the one file, which is no file of our store."""
    border = f"relevo-{uuid4().hex}"
    fields = {"name": "flow.json", "asset_type": "FLOW_JSON"}
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="flow.json"\r\n'
        "Content-Type: application/json\r\n\r\n"
    )
    parts += [head.encode(), screens, f"\r\n--{border}--\r\n".encode()]
    return f"multipart/form-data; boundary={border}", b"".join(parts)
