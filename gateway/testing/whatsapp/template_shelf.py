"""The platform's templates: listed, created, edited, deleted, found for a send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from random import Random
from typing import Any, Final

from gateway.testing.delivery import Clock
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.errors import GraphError
from gateway.testing.whatsapp.graph import Call, Endpoints, Route
from gateway.testing.whatsapp.pages import choose, page
from gateway.testing.whatsapp.template import Template, stored, text_template
from gateway.testing.whatsapp.template_rules import check_components, check_new, refuse

NAME_BLOCKED_FOR: Final = timedelta(days=30)
MOST_TEMPLATES: Final = 6000
EDITS_APART: Final = timedelta(days=1)
_USUAL: Final = (
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "previous_category",
)
_FILTERS: Final = ("name", "status", "category", "language")


class TemplateShelf:
    """Holds the templates of every account.

    Args:
        random: For ids.
        clock: Names are blocked and edits counted by it.
        url: Returns the address of the Graph API, for paging.
    """

    def __init__(
        self,
        *,
        random: Random,
        clock: Clock,
        url: Callable[[], str],
    ) -> None:
        self._random = random
        self._clock = clock
        self._url = url
        self._templates: dict[str, Template] = {}
        self._deleted: dict[tuple[str, str], float] = {}

    def __contains__(self, template_id: object) -> bool:
        return template_id in self._templates

    def add(self, account: str, created: dict[str, Any], *, status: str = "APPROVED") -> Template:
        """Add a template as its owner would create it, reviewed at once.

        Args:
            account: The business account.
            created: The body of the creating call; ``text_template`` writes simple ones.
            status: The outcome of the review.

        Raises:
            GraphError: The platform would not take it.
        """
        check_new(created)
        if self.find(account, created["name"], created["language"]) is not None:
            raise refuse(2388024, "Content exists", "This language of the template exists.")
        template = Template(
            business_account_id=account,
            id=ids.digits(self._random),
            name=created["name"],
            language=created["language"],
            category=created["category"],
            components=stored(created["components"], created["category"]),
            parameter_format=created.get("parameter_format", "POSITIONAL").upper(),
            status=status,
            rated_at=int(self._clock()),
            send_ttl_seconds=created.get("message_send_ttl_seconds"),
        )
        self._templates[template.id] = template
        return template

    def add_text(self, account: str, name: str, body: str, **more: Any) -> Template:
        """Add an approved template of one text; see ``text_template``."""
        return self.add(account, text_template(name, body, **more))

    def find(self, account: str, name: str, language: str) -> Template | None:
        """Return the template a send names."""
        return next((each for each in self.all(account, name) if each.language == language), None)

    def all(self, account: str, name: str | None = None) -> list[Template]:
        """Return an account's templates, or all languages of one."""
        return [
            each
            for each in self._templates.values()
            if each.business_account_id == account and name in {None, each.name}
        ]

    def endpoints(self) -> Endpoints:
        """Return what answers at accounts and templates."""
        return {
            Route("account", "GET", "message_templates"): self._list,
            Route("account", "POST", "message_templates"): self._create,
            Route("account", "DELETE", "message_templates"): self._delete,
            Route("template", "GET"): self._show,
            Route("template", "POST"): self._edit,
            Route("template", "POST", "unpause"): self._unpause,
        }

    async def _list(self, call: Call) -> Any:
        wanted = {name: call.parameters[name] for name in _FILTERS if name in call.parameters}
        nodes = [each.node() for each in self.all(call.node)]
        found = [
            each
            for each in nodes
            if all(_matches(name, str(each[name]), value) for name, value in wanted.items())
        ]
        rows = [choose(each, call.fields(), usual=_USUAL) for each in found]
        listed = page(call, rows, url=self._url())
        if "summary" in call.parameters:
            listed["summary"] = {
                "total_count": len(rows),
                "message_template_count": len(nodes),
                "message_template_limit": MOST_TEMPLATES,
                "are_translations_complete": True,
            }
        return listed

    async def _create(self, call: Call) -> Any:
        name = str(call.parameters.get("name", ""))
        blocked = self._deleted.get((call.node, name), 0.0) + NAME_BLOCKED_FOR.total_seconds()
        if self._clock() < blocked:
            words = "The name of a deleted template is free again after 30 days."
            raise refuse(2388023, "Language is being deleted", words)
        template = self.add(call.node, call.parameters, status="PENDING")
        return {"id": template.id, "status": template.status, "category": template.category}

    async def _show(self, call: Call) -> Any:
        template = self._templates[call.node]
        health: dict[str, Any] = {
            "can_send_message": "AVAILABLE" if template.status == "APPROVED" else "BLOCKED",
            "entities": [],
        }
        return choose({**template.node(), "health_status": health}, call.fields(), usual=_USUAL)

    async def _edit(self, call: Call) -> Any:
        template = self._templates[call.node]
        if template.status not in {"APPROVED", "REJECTED", "PAUSED"}:
            raise refuse(2388025, "Can't be edited", f"The template is {template.status}.")
        now = self._clock()
        recent = [at for at in template.edited_at if at > now - EDITS_APART.total_seconds()]
        if template.status == "APPROVED" and recent:
            raise refuse(2388025, "Can't be edited", "Approved templates change once a day.")
        if "category" in call.parameters and template.status == "APPROVED":
            raise refuse(2388025, "Can't be edited", "The category of an approved one is fixed.")
        if "components" in call.parameters:
            check_components(
                call.parameters["components"],
                named=template.parameter_format == "NAMED",
                authentication=template.category == "AUTHENTICATION",
            )
            template.components = list(call.parameters["components"])
        template.category = str(call.parameters.get("category", template.category))
        template.status = "APPROVED" if template.approved_at_once else "PENDING"
        template.edited_at = [*template.edited_at, now]
        return {"success": True}

    async def _delete(self, call: Call) -> Any:
        doomed = self._doomed(call)
        if not doomed:
            raise GraphError(100, message="Message template was not found")
        if any(each.status == "DISABLED" for each in doomed):
            raise refuse(2388026, "Can't be deleted", "Disabled templates stay.")
        for each in doomed:
            del self._templates[each.id]
            if each.status in {"APPROVED", "PAUSED"}:
                self._deleted[each.business_account_id, each.name] = self._clock()
        return {"success": True}

    def _doomed(self, call: Call) -> list[Template]:
        chosen: Iterable[str] = ()
        if "hsm_ids" in call.parameters:
            given = call.parameters["hsm_ids"]
            chosen = [
                str(each) for each in (json.loads(given) if isinstance(given, str) else given)
            ]
        elif "hsm_id" in call.parameters:
            chosen = [str(call.parameters["hsm_id"])]
        else:
            return self.all(call.node, call.text("name"))
        return [each for each in self.all(call.node) if each.id in chosen]

    async def _unpause(self, call: Call) -> Any:
        template = self._templates[call.node]
        if template.status != "PAUSED":
            return {"success": False, "reason": "The template is not paused."}
        template.status = "APPROVED"
        return {"success": True}


def _matches(field: str, value: str, wanted: Any) -> bool:
    """Tell whether a field is as a filter wants; names match in part, as on the platform."""
    if field == "name":
        return str(wanted) in value
    return value.upper() == str(wanted).upper()
