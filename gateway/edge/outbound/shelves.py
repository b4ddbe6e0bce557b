"""What the accounts' own templates say of messages: checked before they are taken, named after.

Only a channel knows its templates, and asking it awaits; the sending side's other checks are pure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

import msgspec
import structlog

from gateway.channel.channel import Channel
from gateway.channel.host import Host, Method
from gateway.channel.outbound import Answer
from gateway.edge.outbound.news import facts
from gateway.edge.turns import in_turns
from gateway.errors import PlatformFailure, StoreError, Temporary
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import FieldProblem, Refused, Submitted, all_told
from gateway.model.status import Failure, PlatformError
from gateway.model.template_content import Template
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

T = TypeVar("T")

NEEDS_TEMPLATE: Final = frozenset({"window_closed", "no_fallback"})
MOST_NAMED: Final = 20
KNOWN_SECONDS: Final = 5.0
ASKING_SECONDS: Final = 5.0
"""For all messages that are given together: whoever gives them waits, and so do those behind."""
_LATE: Final = PlatformError(code="late", explanation="The platform did not answer in time.")


class Shelves:
    """The templates of every account.

    Args:
        channels: Which know their templates, by the account's id.
        hosts: What each works with.
    """

    def __init__(self, channels: Mapping[str, Channel[Any]], hosts: Mapping[str, Host]) -> None:
        self._channels = channels
        self._hosts = hosts
        self._approved: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def problems(
        self, messages: Sequence[OutboundMessage]
    ) -> dict[int, tuple[FieldProblem, ...]]:
        """Tell what does not fit the account's templates, by the place of the message.

        Nothing is wrong with a message whose platform cannot be asked, or does not answer soon: it
        decides when the message is sent.

        Raises:
            StoreError: What is known of templates cannot be read now.
        """
        found: dict[int, tuple[FieldProblem, ...]] = {}
        until = asyncio.get_running_loop().time() + ASKING_SECONDS
        hosts = {name: _Remembering(host, until) for name, host in self._hosts.items()}
        async for piece in in_turns(enumerate(messages)):
            for place, message in piece:
                for template, path in _templates(message):
                    host = cast(Host, hosts.get(message.account))
                    told = await self._problems(message.account, template, host, path)
                    if told:
                        found[place] = (*found.get(place, ()), *told)
        return found

    async def filed(self, messages: Sequence[OutboundMessage]) -> list[OutboundMessage]:
        """Return messages whose templates say what the platform files them under, where it is known.

        What a contact wishes is decided by that, and not by what the caller says.

        Raises:
            StoreError: What is known of templates cannot be read now.
        """
        return [await self._filed(each) async for piece in in_turns(messages) for each in piece]

    async def _filed(self, message: OutboundMessage) -> OutboundMessage:
        content, channel = message.content, self._channels.get(message.account)
        if not isinstance(content, Template) or channel is None or channel.templates is None:
            return message
        asking = channel.templates.category(content, self._hosts[message.account])
        category = await self._answered(message.account, asking, None)
        if category is None or category == content.category:
            return message
        filed = msgspec.structs.replace(content, category=category)
        return msgspec.structs.replace(message, content=filed)

    async def advised(
        self, messages: Sequence[OutboundMessage], answers: Sequence[Submitted]
    ) -> list[Submitted]:
        """Return the answers to messages, naming approved templates where one is wanted."""
        told: list[Submitted] = []
        for message, answer in zip(messages, answers, strict=True):
            if isinstance(answer, Refused) and answer.reason in NEEDS_TEMPLATE:
                named = await self.approved(message.account)
                told.append(msgspec.structs.replace(answer, templates=named))
            else:
                told.append(answer)
        return told

    async def explained(self, failure: Failure, message: OutboundMessage) -> Failure:
        """Return why the platform refused a template, with what does not fit and what may go."""
        try:
            problems = (await self.problems([message])).get(0, ())
        except StoreError:
            problems = ()
        return msgspec.structs.replace(
            failure,
            explanation=f"{failure.explanation} {all_told(problems)}".rstrip(),
            data=facts(problems, await self.approved(message.account)),
        )

    async def approved(self, account: str) -> tuple[str, ...]:
        """Return the names of an account's templates that may be sent, of many the first.

        What was found is known for some seconds: a campaign may be refused a thousand times. None
        are named while they cannot be looked up.
        """
        now = asyncio.get_running_loop().time()
        until, names = self._approved.get(account, (0.0, ()))
        if now >= until:
            names = await self._names(account)
            self._approved[account] = now + KNOWN_SECONDS, names
        return names

    async def _names(self, account: str) -> tuple[str, ...]:
        shelf = self._channels[account].templates
        if shelf is None:
            return ()
        try:
            records = await shelf.records(self._hosts[account])
        except (PlatformFailure, StoreError):
            return ()
        names = {each.definition.name for each in records if each.sendable}
        return tuple(sorted(names))[:MOST_NAMED]

    async def _problems(
        self, account: str, template: Template, host: Host, path: str
    ) -> tuple[FieldProblem, ...]:
        channel = self._channels.get(account)
        if channel is None or channel.templates is None:
            return ()
        asking = channel.templates.check(template, host, path=path)
        return tuple(await self._answered(account, asking, ()))

    @staticmethod
    async def _answered(account: str, asking: Awaitable[T], otherwise: T) -> T:
        """Return an answer, or something else where a platform cannot be asked or a plugin errs.

        A plugin's mistake must not keep back the messages that were given with this one.
        """
        try:
            return await asking
        except PlatformFailure:
            return otherwise
        except StoreError:
            raise
        except Exception as error:
            log.exception(
                logs.CHANNEL_FAILED, account=account, message=None, error=type(error).__name__
            )
            return otherwise


class _Remembering:
    """A host that looks up each thing of a shelf once: a batch has one template a thousand times.

    Args:
        host: The account's.
        until: On the loop's clock; the platform is waited for no longer.
    """

    def __init__(self, host: Host, until: float) -> None:
        self._host = host
        self._until = until
        self._items: dict[tuple[str, str], bytes | None] = {}
        self._shelves: dict[str, dict[str, bytes]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)

    async def request(self, method: Method, url: str, **more: Any) -> Answer:
        try:
            async with asyncio.timeout_at(self._until):
                return await self._host.request(method, url, **more)
        except TimeoutError:
            raise Temporary(_LATE) from None

    async def item(self, shelf: str, name: str) -> bytes | None:
        place = shelf, name
        if place not in self._items:
            self._items[place] = await self._host.item(shelf, name)
        return self._items[place]

    async def shelf(self, shelf: str) -> dict[str, bytes]:
        if shelf not in self._shelves:
            self._shelves[shelf] = await self._host.shelf(shelf)
        return dict(self._shelves[shelf])

    async def shelve(
        self, shelf: str, items: Mapping[str, bytes | None], *, replace: bool = False
    ) -> None:
        await self._host.shelve(shelf, items, replace=replace)
        self._items = {place: kept for place, kept in self._items.items() if place[0] != shelf}
        self._shelves.pop(shelf, None)


def _templates(message: OutboundMessage) -> Iterator[tuple[Template, str]]:
    if isinstance(message.content, Template):
        yield message.content, "$.content"
    if message.fallback is not None:
        yield message.fallback.template, "$.fallback.template"
