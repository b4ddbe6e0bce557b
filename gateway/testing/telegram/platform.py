"""The simulated platform: people who write to a bot, and everything that a bot can call."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any, Final, Literal

import msgspec
from aiohttp import web

from gateway.testing.delivery import Clock, RetrySchedule
from gateway.testing.faults import broken_off
from gateway.testing.simulated import SimulatedPlatform
from gateway.testing.telegram.call import LARGEST_UPLOAD, Call, read
from gateway.testing.telegram.changing import Changes
from gateway.testing.telegram.chats import Chat, Chats, Json, Sent, Update
from gateway.testing.telegram.errors import NOT_FOUND, UNAUTHORIZED, BotApiError
from gateway.testing.telegram.faults import Fault, Faults
from gateway.testing.telegram.files import FileShelf
from gateway.testing.telegram.flood import Flood, Rules
from gateway.testing.telegram.people import Connection, Customer, Member, Person, Queries
from gateway.testing.telegram.sending import Outbox
from gateway.testing.telegram.updates import Updates

TOKEN: Final = "110201543:simulated-bot-token-of-no-value"  # noqa: S105 - the simulator's own


class TelegramPlatform(SimulatedPlatform):
    """Telegram as a bot sees it, on this machine's loopback.

    ::

        async with TelegramPlatform() as platform:
            ana = platform.person("Ana")
            platform.post(ana.starts())
            ...  # the bot asks for updates at ``platform.api_url`` and answers there
            assert ana.heard == ["Olá!"]

    Args:
        token: The bot's.
        rules: Which of Telegram's limits hold.
        schedule: When a webhook without a 200 is posted again.
        strict: Take webhooks only at addresses that Telegram's own servers post to; else, as a
            Bot API server of one's own, any.
        clock: Seconds since 1970.
        random: Every id is drawn from it: the same seed gives the same bodies.
        port: Of the server; 0 for any free one.
        timeout: After which a webhook counts as unanswered.

    Attributes:
        bot: The bot, as Telegram tells it.
        files: What was sent, both ways.
        calls: Every method that was called, in order, with its parameters.
        faults: What goes wrong with calls.
        queries: What was answered to taps.
        updates: What the bot has not confirmed, and its webhook.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        rules: Rules = Rules(),  # noqa: B008 - frozen
        schedule: RetrySchedule = RetrySchedule(),  # noqa: B008 - frozen
        strict: bool = False,
        clock: Clock = time.time,
        random: Random | None = None,
        port: int = 0,
        timeout: timedelta = timedelta(seconds=20),
    ) -> None:
        super().__init__(schedule=schedule, clock=clock, random=random, port=port, timeout=timeout)
        self.token = token
        self.bot: dict[str, Json] = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Relevo",
            "username": "relevo_bot",
        }
        self._chats = Chats()
        self._connections: dict[str, Connection] = {}
        self.calls: list[tuple[str, dict[str, Json]]] = []
        self.faults = Faults()
        self.files = FileShelf(random=self._random, clock=clock)
        self.queries = Queries(random=self._random, clock=clock)
        self.updates = Updates(
            lambda: self._sender, first=self._random.randrange(1 << 20, 1 << 29), strict=strict
        )
        self._outbox = Outbox(
            chats=self._chats,
            files=self.files,
            flood=Flood(rules),
            connections=self._connections,
            post=lambda updates: self.post(*updates),
            bot=self.bot,
            random=self._random,
            clock=clock,
        )
        changes = Changes(
            outbox=self._outbox, queries=self.queries, connections=self._connections, clock=clock
        )
        self._methods: dict[str, Any] = {
            **self._outbox.methods(),
            **changes.methods(),
            "getme": lambda _: {**self.bot, "can_join_groups": True},
            "getchat": self._get_chat,
            "getfile": self.files.locate,
            "setwebhook": self.updates.set_webhook,
            "deletewebhook": self.updates.delete_webhook,
            "getwebhookinfo": self.updates.webhook_info,
            "getupdates": self.updates.get_updates,
        }

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=2 * LARGEST_UPLOAD)
        application.router.add_route("*", "/bot{token}/{method}", self._call)
        application.router.add_get("/file/bot{token}/{path:.+}", self._download)
        return application

    async def _stop(self) -> None:
        await self.updates.stop()

    @property
    def api_url(self) -> str:
        """What an account's ``api_url`` setting must be."""
        return self.url

    @property
    def sent(self) -> list[Sent]:
        """Every message of the bot's that was ever taken."""
        return self._outbox.sent

    # Who there is.

    def person(
        self,
        name: str,
        *,
        user_id: int | None = None,
        username: str | None = None,
        known: bool = False,
    ) -> Person:
        """Return somebody with a private chat.

        Args:
            name: As they call themselves.
            user_id: Drawn when not given.
            username: Without the leading ``@``.
            known: They began the chat once; else the bot cannot write first.
        """
        user = self._user(name, user_id, username)
        about = {**user, "type": "private"}
        for each in ("is_bot", "language_code"):
            del about[each]
        chat = self._chat(about, started=known)
        return Person(
            bot=self.bot,
            user=user,
            chat=chat,
            files=self.files,
            queries=self.queries,
            clock=self._clock,
        )

    def group(self, title: str, *, topics: Iterable[int] = (), basic: bool = False) -> Chat:
        """Return a group that the bot is in.

        Args:
            title: Its name.
            topics: Numbers of its topics, of a forum.
            basic: An ordinary group, which may still become a supergroup.
        """
        drawn = self._random.randrange(10**8, 10**9)
        number = -drawn if basic else -1_000_000_000_000 - drawn
        kind = "group" if basic else "supergroup"
        chat = self._chat({"id": number, "type": kind, "title": title}, started=True)
        chat.topics = set(topics)
        return chat

    def member(self, person: Person, group: Chat, *, thread: int | None = None) -> Member:
        """Return a person as they write in a group, perhaps in one of its topics."""
        return Member(
            thread=thread,
            user=person.user,
            chat=group,
            files=self.files,
            queries=self.queries,
            clock=self._clock,
        )

    def upgrade(self, group: Chat) -> Chat:
        """Make a supergroup of an ordinary group: it has another id from now on."""
        new = self.group(str(group.about["title"]))
        group.migrated_to = new.id
        return new

    def connect(self, owner: Person) -> Connection:
        """Let the bot answer in a person's own account."""
        name = f"bc{self._random.getrandbits(48):x}"
        self._connections[name] = Connection(name, owner, clock=self._clock, meet=self._meet)
        return self._connections[name]

    # What happens.

    def post(self, *updates: Update) -> list[int]:
        """Let things happen: posted to the webhook, or kept until the bot asks.

        Returns:
            The number of each update, of those that the bot wants.
        """
        added = [self.updates.add(each) for each in updates]
        return [each for each in added if each is not None]

    async def settled(self) -> None:
        """Wait until every webhook is answered 200 or given up."""
        await self.updates.settled()

    def fail_next(
        self,
        code: int,
        description: str,
        *,
        method: str | None = None,
        chat: int | None = None,
        times: int | None = 1,
        **parameters: int,
    ) -> None:
        """Refuse the next calls.

        Args:
            code: Of the error.
            description: Telegram's words.
            method: Calls of this method only.
            chat: Calls to this chat only.
            times: How many calls; None for all.
            parameters: ``retry_after`` or ``migrate_to_chat_id``.
        """
        error = BotApiError(code, description, **parameters)
        self.faults.add(Fault(error=error, method=method, chat=chat, times=times))

    def drop_next(
        self, when: Literal["before", "after"] = "after", *, method: str | None = None
    ) -> None:
        """Break the connection of the next call: before it took effect, or after."""
        self.faults.add(Fault(drop=when, method=method))

    def called(self, method: str) -> list[dict[str, Json]]:
        """Return the parameters of every call of a method."""
        return [given for name, given in self.calls if name.lower() == method.lower()]

    # The server.

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            self._admit(request.match_info["token"])
            call = await read(request)
            self.calls.append((call.method, call.parameters))
            fault = self.faults.take(call.method, call.parameters.get("chat_id"))
            await asyncio.sleep(fault.delay.total_seconds())
            if fault.drop == "before":
                return broken_off(request)
            if fault.page is not None:
                return web.Response(status=fault.page, text="<html>a proxy</html>")
            if fault.error is not None:
                raise fault.error
            result = await self._result(call)
        except BotApiError as error:
            return _json(error.answer(), status=error.code)
        if fault.drop == "after":
            return broken_off(request)
        return _json({"ok": True, "result": result})

    async def _result(self, call: Call) -> Any:
        method = self._methods.get(call.method.lower())
        if method is None:
            raise BotApiError(404, "Not Found: method not found")
        result = method(call)
        return await result if inspect.isawaitable(result) else result

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._admit(request.match_info["token"])
        except BotApiError as error:
            return _json(error.answer(), status=error.code)
        file = self.files.download(request.match_info["path"])
        if file is None:
            return _json(NOT_FOUND.answer(), status=404)
        return web.Response(body=file.data, content_type="application/octet-stream")

    def _admit(self, token: str) -> None:
        if token == self.token:
            return
        number, _, rest = token.partition(":")
        raise UNAUTHORIZED if number.isdecimal() and rest else NOT_FOUND

    def _get_chat(self, call: Call) -> Any:
        chat = self._chats.named(call.text("chat_id"))
        kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        gifts = {**dict.fromkeys(kinds, False), "gifts_from_channels": False}
        looks = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
        return {**chat.about, **looks}

    def _user(self, name: str, user_id: int | None, username: str | None) -> dict[str, Json]:
        first, _, last = name.partition(" ")
        user = {"id": user_id or self._random.randrange(10**9, 10**10), "is_bot": False}
        named = {"first_name": first, "last_name": last, "username": username}
        return {**user, **{key: each for key, each in named.items() if each}, "language_code": "pt"}

    def _chat(self, about: dict[str, Json], *, started: bool) -> Chat:
        chat = Chat(about, started=started, first=self._random.randrange(10, 1000))
        self._chats.add(chat)
        return chat

    def _meet(self, connection: Connection, user_id: int, name: str) -> Customer:
        user = self._user(name, user_id, None)
        about = {"id": user_id, "type": "private", "first_name": user["first_name"]}
        chat = Chat(about, started=True, first=self._random.randrange(10, 1000))
        return Customer(
            connection=connection.id,
            user=user,
            chat=chat,
            files=self.files,
            queries=self.queries,
            clock=self._clock,
        )


def _json(body: Any, *, status: int = 200) -> web.Response:
    raw = msgspec.json.encode(body)
    return web.Response(body=raw, status=status, content_type="application/json")
