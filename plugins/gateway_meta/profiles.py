"""Names and pictures of contacts, which webhooks do not tell: asked for beside the messages.

A message never waits for it: the question is asked after the message is safe, and the answer
is a ``contact.updated`` of its own. A contact is asked about once a day at most, and told of
only when something is new.

Source: Meta for Developers, Messenger Platform, "User profile API", "Rate limiting"; Instagram
Platform, "User profile".
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec

from gateway.api import (
    Contact,
    ContactChange,
    ContactReferred,
    ContactUpdated,
    Event,
    Host,
    MessageReceived,
    PlatformFailure,
    Rejected,
    StoreError,
    Unreachable,
    event_id,
)
from gateway_meta.graph import Graph
from gateway_meta.source import Dialect

ASKED: Final = timedelta(days=1)
KNOWN: Final = timedelta(days=30)
MOST_AT_ONCE: Final = 8
"""Questions under way: the platform's limits are for messages first."""
APART_SECONDS: Final = 0.6
"""Between two questions about conversations, of which Meta takes two a second."""
MOST_WAITING: Final = 1000
"""More contacts than this write at once only in a flood; they are asked about the next time."""
FRESH_SECONDS: Final = 600.0
"""So long not even Redis is asked whether the platform was: a contact seldom writes once."""
MOST_FRESH: Final = 10_000


class Profiles:
    """Looks profiles up for one page or account.

    Args:
        graph: Asks.
        dialect: Of the channel.
        fields: What is asked for, with commas.
        node: The page whose conversations tell a name where the profile does not; None without.
    """

    def __init__(
        self, graph: Graph, dialect: Dialect, *, fields: str, node: str | None = None
    ) -> None:
        self._graph = graph
        self._dialect = dialect
        self._fields = fields
        self._node = node
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._conversations = asyncio.Lock()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._fresh: OrderedDict[str, float] = OrderedDict()

    def wanted(self, event: Event, host: Host) -> None:
        """Begin to look up who an event is from, in the background; never waits."""
        if not isinstance(event, MessageReceived | ContactReferred):
            return
        person = event.contact.address(self._dialect.address)
        if person is None or person in self._asking or len(self._asking) >= MOST_WAITING:
            return
        if self._fresh.get(person, 0.0) > asyncio.get_running_loop().time():
            return
        task = asyncio.create_task(self._in_turn(person, event, host))
        self._asking[person] = task
        task.add_done_callback(lambda _: self._asking.pop(person, None))

    async def settled(self) -> None:
        """Wait until nothing is being looked up."""
        while self._asking:
            await asyncio.wait(self._asking.values())

    async def close(self) -> None:
        """Leave what is under way."""
        running = tuple(self._asking.values())
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _in_turn(
        self, person: str, event: MessageReceived | ContactReferred, host: Host
    ) -> None:
        async with self._slots:
            # Away is Redis, or the disk is full: messages have other worries then.
            with suppress(StoreError):
                await self.look(person, event, host)

    async def look(self, person: str, event: MessageReceived | ContactReferred, host: Host) -> None:
        """Look a person up, unless that was done within a day, and tell what is new.

        Raises:
            RedisUnavailable: Not now.
        """
        if await host.recall(f"profile.asked.{person}") is not None:
            self._is_fresh(person)
            return
        try:
            told = await self._asked(person, host)
        except PlatformFailure:
            return  # a limit, or the network: the next message asks again
        await host.remember(f"profile.asked.{person}", b"1", time=ASKED)
        self._is_fresh(person)
        contact = _contact(event.contact, told)
        digest = sha256(msgspec.msgpack.encode(_lasting(contact))).digest()
        if contact == event.contact or await host.recall(f"profile.known.{person}") == digest:
            return
        await host.commit([self._updated(contact, event, digest)])
        await host.remember(f"profile.known.{person}", digest, time=KNOWN)

    def _is_fresh(self, person: str) -> None:
        self._fresh[person] = asyncio.get_running_loop().time() + FRESH_SECONDS
        while len(self._fresh) > MOST_FRESH:
            self._fresh.popitem(last=False)

    async def _asked(self, person: str, host: Host) -> Mapping[str, Any]:
        try:
            return await self._graph.ask(host, "GET", person, query={"fields": self._fields})
        except (Rejected, Unreachable):
            return await self._participant(person, host)  # no consent, or not to be seen

    async def _participant(self, person: str, host: Host) -> Mapping[str, Any]:
        """Return what the conversation tells of a person; nothing where it tells nothing."""
        if self._node is None:
            return {}
        query = {"user_id": person, "fields": "participants"}
        async with self._conversations:
            try:
                found = await self._graph.ask(host, "GET", self._node, "conversations", query=query)
            except (Rejected, Unreachable):
                return {}
            finally:
                await asyncio.sleep(APART_SECONDS)
        for each in _participants(found):
            if each.get("id") == person:
                return each
        return {}

    def _updated(
        self, contact: Contact, event: MessageReceived | ContactReferred, digest: bytes
    ) -> ContactUpdated:
        own = (contact.id, "profile", digest.hex())
        return ContactUpdated(
            id=event_id(event.at, event.account, "contact.updated", *own),
            at=event.at,
            channel=event.channel,
            account=event.account,
            contact=contact,
            change=ContactChange(aspect="profile", timestamp=event.at),
        )


def _participants(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield whoever takes part in conversations; what has another form is passed over."""
    for conversation in _objects(found):
        yield from _objects(conversation.get("participants"))


def _objects(told: Any) -> list[dict[str, Any]]:
    listed = told.get("data") if isinstance(told, dict) else None
    return [each for each in listed or () if isinstance(each, dict)]


def _contact(known: Contact, told: Mapping[str, Any]) -> Contact:
    def text(name: str) -> str | None:
        value = told.get(name)
        return value if isinstance(value, str) and value.strip() else None

    whole = " ".join(each for each in (text("first_name"), text("last_name")) if each)
    return msgspec.structs.replace(
        known,
        name=text("name") or whole or known.name,
        username=text("username") or known.username,
        picture_url=text("profile_pic") or known.picture_url,
        language=_language(text("locale")) or known.language,
    )


def _lasting(contact: Contact) -> list[str | None]:
    """Return what is new only when the person changed it: a picture's address changes daily."""
    path = (contact.picture_url or "").partition("?")[0]
    return [contact.name, contact.username, path, contact.language]


def _language(locale: str | None) -> str | None:
    """Return a locale of Meta's (``es_ES``) as BCP 47 (``es-ES``)."""
    return locale.replace("_", "-") if locale else None
