"""The addresses of one account: sessions, messages and polls; see docs/channels/webchat.md."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final, TypeAlias

import msgspec
from aiohttp import web
from msgspec import Meta

from gateway.api import Host, RedisUnavailable, Route, SpoolFull, StoreError
from gateway_webchat import answers, forms, frames, memory, wire
from gateway_webchat.desk import Desk
from gateway_webchat.gate import Gate
from gateway_webchat.hub import Hub
from gateway_webchat.pace import Pace
from gateway_webchat.pages import Pages
from gateway_webchat.sessions import Refused, Session, Sessions
from gateway_webchat.settings import WebchatSettings
from gateway_webchat.transfers import Transfers
from gateway_webchat.visitors import Visitor, is_anonymous, log_of, new_id
from gateway_webchat.windows import Poll

DAY_SECONDS: Final = 24 * 3600
BODY_LIMIT_BYTES: Final = 64 * 1024
BODY_SECONDS: Final = 10.0
MOST_FRAMES: Final = 20
LONGEST_WAIT_SECONDS: Final = 25.0
"""Proxies often give up a request after 30 seconds."""

_Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Asked(msgspec.Struct, frozen=True):
    """What a session is begun with.

    Attributes:
        token: Of an earlier session.
        identity: The host site's token.
        language: Of the page.
        form: Answers of the form before the chat.
    """

    token: Annotated[str, Meta(max_length=2000)] | None = None
    identity: Annotated[str, Meta(max_length=8000)] | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    form: forms.Answers | None = None


class Posted(msgspec.Struct, frozen=True):
    """Frames of the HTTP fallback."""

    frames: Annotated[tuple[msgspec.Raw, ...], Meta(max_length=MOST_FRAMES)]


class Door:
    """Answers the addresses of one account.

    Args:
        settings: The account's.
        host: What it works with.

    Attributes:
        hub: Windows that look at chats.
        desk: Where frames of visitors go.
    """

    def __init__(self, settings: WebchatSettings, host: Host) -> None:
        self.settings = settings
        self.host = host
        self.hub = Hub(host.chats, settings.hours)
        self.desk = Desk(settings, host)
        self.gate = Gate(origins=settings.origins, trusted_proxies=settings.trusted_proxies)
        self._sessions = Sessions(
            settings.id,
            secrets=settings.secret.reveal(),
            identity_keys=settings.identity_keys,
        )
        self._pace = Pace(settings.sessions_per_minute)
        self._transfers = Transfers(self)
        self._pages = Pages(settings)

    def routes(self, socket: _Handler) -> Sequence[Route]:
        """Return the account's paths; ``socket`` answers the one for sockets."""
        own = f"/webchat/{self.settings.id}"
        shared = {
            f"{own}/session": {"POST": self.session},
            f"{own}/messages": {"GET": self.poll, "POST": self.post},
            f"{own}/files": {"POST": self._transfers.take},
            f"{own}/files/*": {"GET": self._transfers.give},
        }
        found = [
            Route("GET", f"{own}/widget.js", self._pages.widget),
            Route("GET", f"{own}/socket", socket),
        ]
        if self.settings.page:
            found += [
                Route("GET", f"{own}/", self._pages.page),
                Route("GET", f"{own}/page.css", self._pages.style),
            ]
        for path, methods in shared.items():
            found.append(Route("OPTIONS", path, self._guarded(_preflight)))
            for method, handle in methods.items():
                found.append(Route(method, path, self._guarded(handle)))  # type: ignore[arg-type]
        return found

    async def visitor_of(self, token: str) -> tuple[Visitor, Session]:
        """Return whose session a token is.

        Raises:
            Refused: It is none.
            RedisUnavailable: Not now.
        """
        session = self._sessions.read(token, _now())
        log = log_of(self.settings.id, session.visitor_id)
        known = await memory.visitor(self.host, log)
        return known or Visitor(id=session.visitor_id, verified=session.verified), session

    async def bearer(self, request: web.BaseRequest) -> Visitor:
        """Return whose request it is.

        Raises:
            Refused: It carries no session.
            RedisUnavailable: Not now.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused("token_invalid")
        visitor, _ = await self.visitor_of(token.strip())
        return visitor

    async def session(self, request: web.BaseRequest) -> web.StreamResponse:
        """Begin a session, or renew one."""
        if wait := self._pace.take(self.gate.address(request)):
            return answers.problem(request, 429, "slow_down", retry_after=wait)
        asked = msgspec.json.decode(await body_of(request), type=Asked)
        visitor, session = await self._who(asked)
        if asked.form is not None and not visitor.asked:
            filled = forms.read(asked.form, self.settings.form)
            visitor = msgspec.structs.replace(
                visitor, asked=True, name=visitor.name or filled.get("name"), attributes=filled
            )
            await self.desk.tell(visitor, wire.ProfileFrame(id=new_id()))
        await self.desk.remember(visitor, short=not visitor.asked and not visitor.verified)
        log = log_of(self.settings.id, visitor.id)
        return answers.json(
            request,
            {
                "token": self._sessions.token(session),
                "expires": session.expires,
                "visitor": {"id": visitor.id, "name": visitor.name, "verified": visitor.verified},
                "log": log,
                "form": bool(self.settings.form) and not visitor.asked,
                "seen": await memory.seen(self.host, log),
                "open": self.hub.is_open,
                "time": time.time_ns() // 1_000_000,
            },
        )

    async def _who(self, asked: Asked) -> tuple[Visitor, Session]:
        before = await self._before(asked.token)
        if asked.identity:
            identity = self._sessions.identify(asked.identity)
            visitor = identity.visitor
            most = _now() + self.settings.session_days * DAY_SECONDS
            session = Session(
                visitor_id=visitor.id, verified=True, expires=min(identity.expires, most)
            )
            if before and is_anonymous(before[0].id):
                await self._identified(visitor, before[0])
        elif before and before[0].verified:
            visitor, session = before
        elif self.settings.require_identity:
            raise Refused("identity_required")
        else:
            visitor = before[0] if before else Visitor(id=new_id())
            expires = _now() + self.settings.session_days * DAY_SECONDS
            session = Session(visitor_id=visitor.id, verified=False, expires=expires)
        language = visitor.language or asked.language
        return msgspec.structs.replace(visitor, language=language), session

    async def _before(self, token: str | None) -> tuple[Visitor, Session] | None:
        try:
            return await self.visitor_of(token) if token else None
        except Refused:
            return None

    async def _identified(self, visitor: Visitor, before: Visitor) -> None:
        """Tell that an anonymous visitor is somebody known, if they had said anything."""
        log = log_of(self.settings.id, before.id)
        if await self.host.chats.read(log, most=1):
            # The same id every time, so that it is told once.
            await self.desk.tell(
                visitor, wire.IdentifiedFrame(id=f"identified-{log}", previous=before.id)
            )

    async def post(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take frames of a visitor without a socket, in order."""
        visitor = await self.bearer(request)
        posted = msgspec.json.decode(await body_of(request), type=Posted)
        told = [await self.desk.take(visitor, bytes(each)) for each in posted.frames]
        return answers.json(request, frames.batch([each for each in told if each]))

    async def poll(self, request: web.BaseRequest) -> web.StreamResponse:
        """Tell what is new after a cursor, or wait for it."""
        visitor = await self.bearer(request)
        log = log_of(self.settings.id, visitor.id)
        seconds = min(_seconds(request.query.get("wait", "0")), LONGEST_WAIT_SECONDS)
        window = Poll(log=log, cursor=request.query.get("after", ""))
        try:
            await self.hub.join(window)
            await window.wait(seconds)
        finally:
            self.hub.leave(window)
        return answers.json(request, frames.batch(window.frames))

    def _guarded(self, handle: _Handler) -> _Handler:
        """Answer other sites 403, and what goes wrong with its status."""

        async def guarded(request: web.BaseRequest) -> web.StreamResponse:
            if not self.gate.allows(request):
                return _refused(request)
            try:
                return await handle(request)
            except Refused as refused:
                return answers.problem(request, 401, refused.code)
            except forms.Unfilled as unfilled:
                return answers.problem(request, 422, f"form_{unfilled.field}")
            except (msgspec.DecodeError, ValueError):
                return answers.problem(request, 400, "malformed")
            except (RedisUnavailable, SpoolFull, StoreError):
                return answers.problem(request, 503, "unavailable", retry_after=3)

        return guarded


def _refused(request: web.BaseRequest) -> web.Response:
    """Answer a page that may not show the chat; it may read that, so that it can give up."""
    if request.method == "OPTIONS":
        return web.Response(status=403, headers={"Vary": "Origin"})
    return answers.problem(request, 403, "origin_refused")


async def _preflight(request: web.BaseRequest) -> web.StreamResponse:
    return answers.preflight(request)


async def body_of(request: web.BaseRequest) -> bytes:
    """Return the whole body.

    Raises:
        ValueError: It is too large or too slow.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > BODY_LIMIT_BYTES:
                    raise ValueError("the body is too large")
    except TimeoutError:
        raise ValueError("the body is too slow") from None
    return bytes(body)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 3600:
        raise ValueError("wait is not a number of seconds")
    return seconds


def _now() -> int:
    return int(time.time())
