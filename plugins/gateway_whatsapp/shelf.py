"""The templates of an account: asked for, kept, changed and checked against."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, Final, Literal
from urllib.parse import quote

import msgspec

from gateway.api import (
    Call,
    DefinedHeader,
    Host,
    PlatformError,
    PlatformFailure,
    Problem,
    Rejected,
    StoreError,
    Template,
    TemplateChange,
    TemplateDefinition,
    TemplateRecord,
    TemplateShelf,
)
from gateway_whatsapp import definitions, drafts, fitting, records
from gateway_whatsapp.graph import Graph
from gateway_whatsapp.settings import WhatsAppSettings

_SHELF: Final = "templates"
_SYNCED: Final = "synced"
"""Beside the templates, whose names have a slash; tells that there was a sync."""
_KNOWN_SECONDS: Final = 5.0
_ASKED_SECONDS: Final = 60.0
_DOUBTED_SECONDS: Final = 2.0
_MOST_KNOWN: Final = 1000


class WhatsAppTemplates(TemplateShelf):
    """The message templates of a WhatsApp Business Account, as one of its numbers sees them.

    What was looked up is known in this process for some seconds: a campaign checks the same
    template thousands of times.

    Args:
        settings: The account's.
        graph: Whom to ask.
    """

    def __init__(self, settings: WhatsAppSettings, graph: Graph) -> None:
        self._path = f"/{quote(settings.business_account_id, safe='')}/message_templates"
        self._marketing = settings.marketing_messages != "off"
        self._graph = graph
        self._known: OrderedDict[str, tuple[float, TemplateRecord | None]] = OrderedDict()
        self._asked: dict[str, tuple[float, PlatformFailure | None]] = {}
        self._looking: dict[str, asyncio.Task[TemplateRecord | None]] = {}

    async def sync(self, host: Host) -> Sequence[TemplateRecord]:
        """Ask for all templates; see ``TemplateShelf.sync``."""
        found = await self._ask({}, host)
        items = {_key(each): msgspec.json.encode(each) for each in found}
        marker = msgspec.json.encode({"at": _now(), "count": len(found)})
        await host.shelve(_SHELF, {**items, _SYNCED: marker}, replace=True)
        self._known.clear()
        return sorted(found, key=_key)

    async def records(self, host: Host) -> Sequence[TemplateRecord]:
        """Return what is kept; see ``TemplateShelf.records``."""
        kept = await host.shelf(_SHELF)
        kept.pop(_SYNCED, None)
        found = [_read(value) for value in kept.values()]
        return sorted((each for each in found if each is not None), key=_key)

    async def find(self, name: str, language: str, host: Host) -> TemplateRecord | None:
        """Return one template as it is kept."""
        key = f"{name}/{language}"
        until, known = self._known.get(key, (0.0, None))
        if asyncio.get_running_loop().time() < until:
            return known
        # Whoever wants the same one meanwhile is answered by the first one's look, also when that
        # fails: one after the other, each would wait for the time-outs of all before.
        task = self._looking.get(key)
        if task is None:
            task = asyncio.create_task(self._looked_up(key, host))
            self._looking[key] = task
        return await asyncio.shield(task)

    async def check(self, template: Template, host: Host, *, path: str) -> Sequence[Problem]:
        """Check a template that is to be sent; see ``TemplateShelf.check``."""
        record = await self.find(template.name, template.language, host)
        if record is None:
            if await host.item(_SHELF, _SYNCED) is None:
                return ()
            record = await self._asked_for(template, host)
        if record is None:
            told = await self._unknown(template, host)
            return (Problem(path=f"{path}.name", explanation=told),)
        return tuple(fitting.problems(template, record, path, marketing=self._marketing))

    async def category(
        self, template: Template, host: Host
    ) -> Literal["marketing", "utility", "authentication"] | None:
        """Return what Meta files a template under; see ``TemplateShelf.category``."""
        record = await self.find(template.name, template.language, host)
        return None if record is None else record.definition.category

    def check_definition(self, definition: TemplateDefinition) -> Sequence[Problem]:
        """Check a new template; see ``TemplateShelf.check_definition``."""
        return tuple(drafts.problems(definition))

    async def create(self, definition: TemplateDefinition, host: Host) -> TemplateRecord:
        """Hand a template in; see ``TemplateShelf.create``."""
        body = definitions.created(definition, await self._handles(definition, host))
        answer = await self._graph.ask(Call(method="POST", path=self._path, body=body), host)
        return await self._kept(definition, answer, host)

    async def edit(self, definition: TemplateDefinition, host: Host) -> TemplateRecord:
        """Change a template; see ``TemplateShelf.edit``."""
        known = await self._there(definition.name, definition.language, host)
        body = definitions.edited(definition, await self._handles(definition, host))
        if known.definition.category != definition.category:
            body["category"] = definition.category.upper()
        path = f"/{quote(known.platform_id, safe='')}"
        await self._graph.ask(Call(method="POST", path=path, body=body), host)
        answer = {"id": known.platform_id, "status": "PENDING"}
        kept = await self._kept(definition, answer, host)
        # Some are approved at once, and no webhook says so.
        with suppress(PlatformFailure):
            await self._look(definition.name, host)
            kept = await self.find(definition.name, definition.language, host) or kept
        return kept

    async def delete(self, name: str, host: Host, *, language: str | None = None) -> None:
        """Delete a template; see ``TemplateShelf.delete``."""
        query = {"name": name}
        if language is not None:
            query["hsm_id"] = (await self._there(name, language, host)).platform_id
        await self._graph.ask(Call(method="DELETE", path=self._path, query=query), host)
        await self._look(name, host)

    async def unpause(self, name: str, language: str, host: Host) -> TemplateRecord:
        """Let a paused template go again; see ``TemplateShelf.unpause``."""
        known = await self._there(name, language, host)
        path = f"/{quote(known.platform_id, safe='')}/unpause"
        answer = await self._graph.ask(Call(method="POST", path=path), host)
        if answer.get("success") is False:
            told = f"Template {name} ({language}) is not paused, or not for a reason that ends so."
            said = str(answer.get("reason", "")) or None
            raise Rejected(PlatformError(code="not_paused", explanation=told, detail=said))
        return await self._there(name, language, host)

    async def changed(self, change: TemplateChange, host: Host) -> None:
        """Take in what a webhook says of a template."""
        kept = None
        if change.language is not None:
            kept = _read(await host.item(_SHELF, f"{change.name}/{change.language}"))
        after = None if kept is None else _after(change, kept)
        if after is None:
            await self._look(change.name, host)
        else:
            await self._keep(after, host)

    async def doubted(self, name: str, host: Host) -> None:
        """Ask, once a minute, for a template that the platform refuses as it is kept here."""
        try:
            async with asyncio.timeout(_DOUBTED_SECONDS):
                await self._asked_anew(name, host)
        except (TimeoutError, StoreError):
            return  # the message is refused already, and those behind it wait

    async def _looked_up(self, key: str, host: Host) -> TemplateRecord | None:
        now = asyncio.get_running_loop().time()
        try:
            found = _read(await host.item(_SHELF, key))
        finally:
            del self._looking[key]
        self._known[key] = (now + _KNOWN_SECONDS, found)
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return found

    async def _ask(self, query: dict[str, str], host: Host) -> list[TemplateRecord]:
        asked = {"fields": records.FIELDS, "limit": "200", **query}
        call = Call(method="GET", path=self._path, query=asked)
        at = _now()
        nodes = [records.record(each, at=at) async for each in self._graph.pages(call, host)]
        return [each for each in nodes if each is not None]

    async def _look(self, name: str, host: Host) -> None:
        """Ask for one template, in all its languages."""
        # The platform finds names that contain this one too.
        found = [each for each in await self._ask({"name": name}, host) if _name(each) == name]
        kept = [each for each in await self.records(host) if _name(each) == name]
        items: dict[str, bytes | None] = {_key(each): None for each in kept}
        items |= {_key(each): msgspec.json.encode(each) for each in found}
        await host.shelve(_SHELF, items)
        for each in items:
            self._known.pop(each, None)

    async def _there(self, name: str, language: str, host: Host) -> TemplateRecord:
        """Ask for one template.

        Raises:
            Rejected: There is none.
        """
        await self._look(name, host)
        found = await self.find(name, language, host)
        if found is None:
            told = f"There is no template {name} in {language}."
            raise Rejected(PlatformError(code="no_template", explanation=told))
        return found

    async def _asked_for(self, template: Template, host: Host) -> TemplateRecord | None:
        """Ask for what is not kept: it may be new.

        Raises:
            PlatformFailure: The platform could not be asked: nobody knows whether it is there.
        """
        failure = await self._asked_anew(template.name, host)
        if failure is not None:
            raise failure.with_traceback(None)
        self._known.pop(f"{template.name}/{template.language}", None)
        return await self.find(template.name, template.language, host)

    async def _asked_anew(self, name: str, host: Host) -> PlatformFailure | None:
        """Ask for a template once a minute; returns why it could not be asked for."""
        now = asyncio.get_running_loop().time()
        until, failure = self._asked.get(name, (0.0, None))
        if now < until:
            return failure
        self._asked = {each: told for each, told in self._asked.items() if now < told[0]}
        self._asked[name] = now + _ASKED_SECONDS, None  # others do not ask meanwhile
        try:
            await self._look(name, host)
        except PlatformFailure as error:
            self._asked[name] = now + _ASKED_SECONDS, error
            return error
        return None

    async def _unknown(self, template: Template, host: Host) -> str:
        kept = await self.records(host)
        languages = [each.definition.language for each in kept if _name(each) == template.name]
        if languages:
            known = ", ".join(languages)
            return f"{template.name!r} is not there in {template.language}; it is in {known}"
        names = sorted({_name(each) for each in kept})
        near = get_close_matches(template.name, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"there is no template {template.name!r}{hint}"

    async def _handles(self, definition: TemplateDefinition, host: Host) -> dict[str, str]:
        headers = [definition.header, *(each.header for each in definition.cards)]
        samples = dict.fromkeys(stored for each in headers if (stored := _sample(each)))
        return {each: await self._graph.sample(each, host) for each in samples}

    async def _kept(
        self, definition: TemplateDefinition, answer: dict[str, Any], host: Host
    ) -> TemplateRecord:
        category = str(answer.get("category", definition.category)).lower()
        filed = msgspec.convert(
            {**msgspec.to_builtins(definition), "category": category}, TemplateDefinition
        )
        found = TemplateRecord(
            definition=filed,
            platform_id=str(answer.get("id", "")),
            status=str(answer.get("status", "pending")).lower(),
            named=definitions.is_named(definition),
            updated_at=_now(),
        )
        await self._keep(found, host)
        return found

    async def _keep(self, found: TemplateRecord, host: Host) -> None:
        await host.shelve(_SHELF, {_key(found): msgspec.json.encode(found)})
        self._known.pop(_key(found), None)


def _after(change: TemplateChange, kept: TemplateRecord) -> TemplateRecord | None:
    """Return a template after a change, or None where the platform must be asked."""
    new = (change.new or "").lower()
    match change.aspect:
        case "status" if new in {"reinstated", "unarchived", "deleted"}:
            return None
        case "status":
            reason = None if new == "approved" else change.reason
            return msgspec.structs.replace(kept, status=new, reason=reason, updated_at=_now())
        case "quality":
            return msgspec.structs.replace(kept, quality=new, updated_at=_now())
        case "category" if "correct_category" in change.facts:
            return kept  # it will be so in a day, and then this is told again
        case _:
            return None


def _sample(header: DefinedHeader | None) -> str | None:
    if header is None or header.handle or header.media is None:
        return None
    return header.media.stored_id


def _read(kept: bytes | None) -> TemplateRecord | None:
    if kept is None:
        return None
    try:
        return msgspec.json.decode(kept, type=TemplateRecord)
    except msgspec.DecodeError:  # of another version; the next sync writes it anew
        return None


def _key(record: TemplateRecord) -> str:
    return f"{record.definition.name}/{record.definition.language}"


def _name(record: TemplateRecord) -> str:
    return record.definition.name


def _now() -> int:
    return time.time_ns() // 1_000_000
