"""What the accounts' own templates say of messages: checked before they are taken, named after.

Only a channel knows its templates, and asking it awaits; the sending side's checks are pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import msgspec

from gateway.channel.host import Host
from gateway.channel.outbound import Problem
from gateway.daemon.daemon import Daemon
from gateway.errors import PlatformFailure
from gateway.model.outbound import OutboundMessage
from gateway.model.outbound_content import Template
from gateway.model.outbox import FieldProblem, Refused, Submitted

NEEDS_TEMPLATE: Final = frozenset({"window_closed", "no_fallback"})
MOST_NAMED: Final = 20


class Shelves:
    """The templates of every account, for the time of one request.

    Args:
        daemon: Whose channels know their templates.
    """

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._hosts: dict[str, _Remembering] = {}
        self._approved: dict[str, tuple[str, ...]] = {}

    async def checked(
        self, messages: Iterable[OutboundMessage | Refused]
    ) -> tuple[OutboundMessage | Refused, ...]:
        """Return messages with those refused whose templates do not fit.

        Nothing is refused because the platform cannot be asked: it decides when it is sent.

        Raises:
            StoreError: What is known of templates cannot be read now.
        """
        return tuple([await self._checked(each) for each in messages])

    async def advised(
        self, messages: Iterable[OutboundMessage], answers: Sequence[Submitted]
    ) -> list[Submitted]:
        """Return the answers to messages, naming approved templates where one is wanted."""
        told: list[Submitted] = []
        for message, answer in zip(messages, answers, strict=True):
            if isinstance(answer, Refused) and answer.reason in NEEDS_TEMPLATE:
                names = answer.templates or await self._names(message.account)
                told.append(msgspec.structs.replace(answer, templates=names))
            else:
                told.append(answer)
        return told

    async def _checked(self, message: OutboundMessage | Refused) -> OutboundMessage | Refused:
        if isinstance(message, Refused):
            return message
        problems: list[Problem] = []
        for template, path in _templates(message):
            problems += await self._problems(message.account, template, path)
        if not problems:
            return message
        fields = tuple(
            FieldProblem(path=each.path, explanation=each.explanation, limit=each.limit)
            for each in problems
        )
        told = "; ".join(f"{each.path} {each.explanation}" for each in fields)
        return Refused(reason="invalid", explanation=told, problems=fields)

    async def _problems(self, account: str, template: Template, path: str) -> Sequence[Problem]:
        channel = self._daemon.channels.get(account)
        if channel is None or channel.templates is None:
            return ()
        try:
            return await channel.templates.check(template, self._host(account), path=path)
        except PlatformFailure:
            return ()

    async def _names(self, account: str) -> tuple[str, ...]:
        shelf = self._daemon.channels[account].templates
        if shelf is None:
            return ()
        if account not in self._approved:
            records = await shelf.records(self._host(account))
            names = {each.definition.name for each in records if each.sendable}
            self._approved[account] = tuple(sorted(names))[:MOST_NAMED]
        return self._approved[account]

    def _host(self, account: str) -> Host:
        if account not in self._hosts:
            self._hosts[account] = _Remembering(self._daemon.hosts[account])
        return cast(Host, self._hosts[account])


class _Remembering:
    """A host that looks up each thing of a shelf once: a batch has one template a thousand times."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._items: dict[tuple[str, str], bytes | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)

    async def item(self, shelf: str, name: str) -> bytes | None:
        place = shelf, name
        if place not in self._items:
            self._items[place] = await self._host.item(shelf, name)
        return self._items[place]

    async def shelve(
        self, shelf: str, items: Mapping[str, bytes | None], *, replace: bool = False
    ) -> None:
        await self._host.shelve(shelf, items, replace=replace)
        self._items = {place: kept for place, kept in self._items.items() if place[0] != shelf}


def _templates(message: OutboundMessage) -> Iterator[tuple[Template, str]]:
    if isinstance(message.content, Template):
        yield message.content, "$.content"
    if message.fallback is not None:
        yield message.fallback.template, "$.fallback.template"
