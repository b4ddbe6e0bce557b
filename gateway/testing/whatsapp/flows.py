"""The platform's Flows: made, given their screens, published.

Source: Meta, "Flows API", October 2026.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

import msgspec

from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.errors import GraphError, required
from gateway.testing.whatsapp.graph import Call, Endpoints, Route
from gateway.testing.whatsapp.pages import choose, page

_DONE: Final = {"success": True}
_USUAL: Final = ("name", "status", "categories", "validation_errors")


class Flow(msgspec.Struct, kw_only=True):
    """One Flow: DRAFT, then PUBLISHED, then DEPRECATED; on trouble THROTTLED or BLOCKED."""

    business_account_id: str
    id: str
    name: str
    categories: list[str]
    status: str = "DRAFT"
    endpoint_url: str | None = None
    screens: dict[str, Any] | None = None

    def node(self) -> dict[str, Any]:
        """Return it as the Graph API shows it, with every field there is."""
        screens = self.screens or {}
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "categories": self.categories,
            "validation_errors": [],
            "json_version": screens.get("version"),
            "data_api_version": screens.get("data_api_version"),
            "endpoint_uri": self.endpoint_url,
            "preview": {"preview_url": f"https://example.com/flows/{self.id}", "expires_at": ""},
            "whatsapp_business_account": {"id": self.business_account_id},
        }


class FlowShelf:
    """Holds the Flows of every account.

    Args:
        random: For ids.
        url: Returns the address of the Graph API, for paging.
        has_key: Tells whether a number of an account has a public key.
    """

    def __init__(
        self, *, random: Random, url: Callable[[], str], has_key: Callable[[str], bool]
    ) -> None:
        self._random = random
        self._url = url
        self._has_key = has_key
        self._flows: dict[str, Flow] = {}

    def __contains__(self, flow_id: object) -> bool:
        return flow_id in self._flows

    def __getitem__(self, flow_id: str) -> Flow:
        return self._flows[flow_id]

    def endpoints(self) -> Endpoints:
        """Return what answers at accounts and Flows."""
        return {
            Route("account", "GET", "flows"): self._list,
            Route("account", "POST", "flows"): self._create,
            Route("flow", "GET"): self._show,
            Route("flow", "POST"): self._change,
            Route("flow", "DELETE"): self._delete,
            Route("flow", "GET", "assets"): self._assets,
            Route("flow", "POST", "assets"): self._upload,
            Route("flow", "POST", "publish"): self._publish,
            Route("flow", "POST", "deprecate"): self._deprecate,
        }

    async def _list(self, call: Call) -> Any:
        ours = [each for each in self._flows.values() if each.business_account_id == call.node]
        rows = [choose(each.node(), call.fields(), usual=_USUAL) for each in ours]
        return page(call, rows, url=self._url())

    async def _create(self, call: Call) -> Any:
        categories = call.parameters.get("categories")
        if isinstance(categories, str):
            categories = json.loads(categories)
        if not categories:
            raise required("categories")
        flow = Flow(
            business_account_id=call.node,
            id=ids.digits(self._random),
            name=call.text("name"),
            categories=list(categories),
            endpoint_url=call.parameters.get("endpoint_uri"),
        )
        if any(each.name == flow.name for each in self._flows.values()):
            raise GraphError(100, message="The Flow's name is taken.")
        errors: list[dict[str, Any]] = []
        if "flow_json" in call.parameters:
            flow.screens, errors = _screens(str(call.parameters["flow_json"]))
        self._flows[flow.id] = flow
        if str(call.parameters.get("publish", "")).lower() == "true":
            self._make_public(flow)
        return {"id": flow.id, "success": True, "validation_errors": errors}

    async def _show(self, call: Call) -> Any:
        return choose(self[call.node].node(), call.fields(), usual=_USUAL)

    async def _change(self, call: Call) -> Any:
        flow = self[call.node]
        if flow.status == "DEPRECATED":
            raise GraphError(139001, "A deprecated Flow stays as it is")
        flow.name = str(call.parameters.get("name", flow.name))
        flow.categories = list(call.parameters.get("categories", flow.categories))
        flow.endpoint_url = call.parameters.get("endpoint_uri", flow.endpoint_url)
        return _DONE

    async def _delete(self, call: Call) -> Any:
        if self[call.node].status != "DRAFT":
            raise GraphError(139004, "Only a draft can be deleted")
        del self._flows[call.node]
        return _DONE

    async def _assets(self, call: Call) -> Any:
        if self[call.node].screens is None:
            return {"data": []}
        address = f"https://example.com/flows/{call.node}/flow.json"
        row = {"name": "flow.json", "asset_type": "FLOW_JSON", "download_url": address}
        return page(call, [row], url=self._url())

    async def _upload(self, call: Call) -> Any:
        flow = self[call.node]
        if flow.status != "DRAFT":
            raise GraphError(139001, "Only a draft gets other screens")
        if call.text("asset_type") != "FLOW_JSON" or "file" not in call.files:
            raise required("file")
        screens, errors = _screens(call.files["file"].data.decode())
        flow.screens = screens if screens is not None else flow.screens
        return {"success": True, "validation_errors": errors}

    async def _publish(self, call: Call) -> Any:
        self._make_public(self[call.node])
        return _DONE

    def _make_public(self, flow: Flow) -> None:
        if flow.status != "DRAFT":
            raise GraphError(139002, f"The Flow is {flow.status}")
        if flow.screens is None:
            raise GraphError(139002, "The Flow has no screens")
        if "data_api_version" in flow.screens and not flow.endpoint_url:
            raise GraphError(139002, "The Flow exchanges data and has no endpoint")
        if flow.endpoint_url and not self._has_key(flow.business_account_id):
            raise GraphError(139002, "No number of the account has a public key")
        flow.status = "PUBLISHED"

    async def _deprecate(self, call: Call) -> Any:
        flow = self[call.node]
        if flow.status != "PUBLISHED":
            raise GraphError(139003, f"The Flow is {flow.status}")
        flow.status = "DEPRECATED"
        return _DONE


def _screens(text: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return a Flow's screens, or None and what is wrong with them."""
    try:
        value = json.loads(text)
        found = value["version"], value["screens"][0]["id"]
    except (ValueError, LookupError, TypeError):
        found = None
    if found is not None:
        return value, []
    error = {
        "error": "INVALID_FLOW_JSON",
        "error_type": "JSON_SCHEMA_ERROR",
        "message": "version and at least one screen with an id are needed",
        "line_start": 1,
        "line_end": 1,
        "column_start": 1,
        "column_end": 1,
    }
    return None, [error]
