"""Message templates and Flows: what there is, and making more."""

from __future__ import annotations

from typing import Final

from gateway.channel.administration import TemplateShelf
from gateway.channel.host import Host
from gateway.daemon.daemon import Daemon
from gateway.http.api.accounts import AccountPath
from gateway.http.api.operation import Call, Nothing, Reply, operation
from gateway.http.api.platform import REFUSALS, asking, offered, opened, require_right
from gateway.model.account import FlowRecord
from gateway.model.template import TemplateDefinition, TemplateRecord
from gateway.model.value import Value

GROUP: Final = "Templates"
EXAMPLE: Final = {
    "name": "order_ready",
    "language": "es",
    "category": "utility",
    "body": "Hola {{1}}, tu pedido {{2}} ya está listo.",
    "examples": {"1": "Ana", "2": "A-17"},
    "footer": "Panadería Relevo",
    "buttons": [{"type": "quick_reply", "text": "Gracias"}],
}


class WhichTemplates(Value, frozen=True, kw_only=True):
    """Which templates.

    Attributes:
        account: Id of the account, as the settings name it.
        status: Only those of this status, such as `approved`.
        name: Only those of this name, in all languages.
    """

    account: str
    status: str | None = None
    name: str | None = None


class TemplateList(Value, frozen=True, kw_only=True):
    """Message templates.

    Attributes:
        templates: By name and language.
    """

    templates: tuple[TemplateRecord, ...]


def _shelf(daemon: Daemon, account: str) -> tuple[TemplateShelf, Host]:
    channel, host = opened(daemon, account)
    return offered(channel.templates, channel, "message templates"), host


@operation(
    "GET",
    "/v1/accounts/{account}/templates",
    group=GROUP,
    scope="templates",
    answers={200: TemplateList},
    problems={404: REFUSALS[404]},
)
async def list_templates(call: Call[WhichTemplates, Nothing]) -> Reply:
    """List templates.

    As the platform last told of them: it is asked regularly, and tells of changes.
    """
    asked = call.parameters
    shelf, host = _shelf(call.daemon, asked.account)
    found = [
        each
        for each in await shelf.records(host)
        if asked.status in (None, each.status) and asked.name in (None, each.definition.name)
    ]
    return Reply(TemplateList(templates=tuple(found)))


@operation(
    "POST",
    "/v1/accounts/{account}/template-sync",
    group=GROUP,
    scope="templates",
    answers={200: TemplateList},
    problems=REFUSALS,
)
async def sync_templates(call: Call[AccountPath, Nothing]) -> Reply:
    """Ask the platform for all templates.

    Seldom needed: the gateway does so by itself.
    """
    shelf, host = _shelf(call.daemon, call.parameters.account)
    with asking():
        return Reply(TemplateList(templates=tuple(await shelf.sync(host))))


@operation(
    "POST",
    "/v1/accounts/{account}/templates",
    group=GROUP,
    scope="templates",
    answers={201: TemplateRecord},
    problems=REFUSALS,
    example=EXAMPLE,
)
async def create_template(call: Call[AccountPath, TemplateDefinition]) -> Reply:
    """Hand a template in for review.

    What the platform would refuse is told with its field, before it is asked. A media header needs a sample:
    upload it (`POST /v1/media`) and name its `stored_id`. The event `template.updated` tells how the
    review ends.
    """
    shelf, host = _shelf(call.daemon, call.parameters.account)
    require_right(shelf.check_definition(call.body))
    with asking():
        return Reply(await shelf.create(call.body, host), 201)


@operation(
    "PUT",
    "/v1/accounts/{account}/templates",
    group=GROUP,
    scope="templates",
    answers={200: TemplateRecord},
    problems=REFUSALS,
    example=EXAMPLE,
)
async def edit_template(call: Call[AccountPath, TemplateDefinition]) -> Reply:
    """Change a template.

    The one of the body's name and language; it is reviewed again. Platforms allow few changes
    of an approved one: WhatsApp one a day, ten in 30 days.
    """
    shelf, host = _shelf(call.daemon, call.parameters.account)
    require_right(shelf.check_definition(call.body))
    with asking():
        return Reply(await shelf.edit(call.body, host))


class WhichTemplate(Value, frozen=True, kw_only=True):
    """Which template.

    Attributes:
        account: Id of the account, as the settings name it.
        name: Of the template.
        language: Only in this language; in all otherwise.
    """

    account: str
    name: str
    language: str | None = None


@operation(
    "DELETE",
    "/v1/accounts/{account}/templates/{name}",
    group=GROUP,
    scope="templates",
    answers={204: None},
    problems=REFUSALS,
)
async def delete_template(call: Call[WhichTemplate, Nothing]) -> Reply:
    """Delete a template.

    WhatsApp blocks the name of an approved one for 30 days.
    """
    asked = call.parameters
    shelf, host = _shelf(call.daemon, asked.account)
    with asking():
        await shelf.delete(asked.name, host, language=asked.language)
    return Reply(status=204)


class FlowList(Value, frozen=True, kw_only=True):
    """Forms (Flows).

    Attributes:
        flows: As the platform tells them.
    """

    flows: tuple[FlowRecord, ...]


@operation(
    "GET",
    "/v1/accounts/{account}/flows",
    group=GROUP,
    scope="templates",
    answers={200: FlowList},
    problems=REFUSALS,
)
async def list_flows(call: Call[AccountPath, Nothing]) -> Reply:
    """List Flows.

    The platform is asked. Making and publishing them is `relevo flows`.
    """
    channel, host = opened(call.daemon, call.parameters.account)
    desk = offered(channel.flows, channel, "Flows")
    with asking():
        return Reply(FlowList(flows=tuple(await desk.records(host))))
