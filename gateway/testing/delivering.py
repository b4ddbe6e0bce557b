"""What every channel must do when it makes a call, as tests; ``ChannelContract`` has them.

The platform is a server on this machine that writes down what it gets.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import msgspec
import pytest
from aiohttp import web

from gateway.channel.capabilities import kind_of
from gateway.channel.channel import Channel, ChannelSettings
from gateway.channel.outbound import Answer, Call
from gateway.errors import InDoubt, PlatformFailure, Temporary
from gateway.testing.host import stage
from gateway.testing.subject import WritingSubject, secrets
from gateway.testing.valkey import ValkeyServer, free_port

_QUIET: Final = frozenset({"read", "typing"})
"""Kinds that make no message: a second time harms nobody, so they need not be in doubt."""
_WAIT_SECONDS: Final = 30.0


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the platform got it.

    Attributes:
        method: Of HTTP.
        path: With the query, as it was sent.
        headers: Names in lower case.
        body: The raw bytes.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answerer: TypeAlias = Callable[[web.BaseRequest, Sent], Awaitable[web.StreamResponse]]


class DeliveringContract(WritingSubject):
    """Tests of a channel's calls."""

    def settings_at(self, url: str) -> ChannelSettings:
        """Return the account's settings with its platform at another address.

        By default the setting ``api_url`` is changed, and its path kept.

        Args:
            url: Scheme, host and port.
        """
        own: Any = self.settings()
        if "api_url" not in own.__struct_fields__:
            pytest.fail("no setting api_url: override settings_at(), or set calls_platform = False")
        path = urlsplit(own.api_url).path
        changed: ChannelSettings = msgspec.structs.replace(own, api_url=f"{url}{path}")
        return changed

    def authorised(self, sent: Sent) -> bool:
        """Whether a request proves that the account sent it; by default it shows a secret."""
        told = " ".join((sent.path, *sent.headers.values(), sent.body.decode(errors="replace")))
        return any(each in told for each in secrets(self.settings()))

    def test_every_call_goes_to_the_accounts_address_with_its_credentials(
        self, valkey_server: ValkeyServer, tmp_path: Path
    ) -> None:
        received: list[Sent] = []
        good = next((each for each in self.answers() if each.status < 300), Answer(status=200))

        async def answer(request: web.BaseRequest, sent: Sent) -> web.StreamResponse:
            del request
            received.append(sent)
            return web.Response(status=good.status, body=good.body, headers=good.headers)

        for call in self._calls():
            received.clear()
            self._deliver(call, answer, valkey_server, tmp_path)
            assert received, f"nothing came to the account's address: {call}"
            for sent in received:
                assert self.authorised(sent), f"{sent.method} {sent.path} shows no credentials"
            assert any(_is(call, sent) for sent in received), f"came otherwise: {call}"

    def test_a_platform_that_is_not_there_got_nothing(
        self, valkey_server: ValkeyServer, tmp_path: Path
    ) -> None:
        for call in self._calls()[:1]:
            failure = self._deliver(call, None, valkey_server, tmp_path)
            assert isinstance(failure, Temporary), repr(failure)

    def test_a_platform_that_breaks_off_may_have_got_it(
        self, valkey_server: ValkeyServer, tmp_path: Path
    ) -> None:
        for call in self._calls()[:1]:
            failure = self._deliver(call, _break_off, valkey_server, tmp_path)
            assert isinstance(failure, InDoubt), repr(failure)

    def test_no_failure_of_a_call_shows_a_secret(
        self,
        valkey_server: ValkeyServer,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        hidden = secrets(self.settings())
        told: list[str] = []
        for call in self._calls()[:1]:
            for answer in (None, _break_off, *(_echo(status) for status in (400, 401, 500))):
                found = self._deliver(call, answer, valkey_server, tmp_path)
                if isinstance(found, Answer):
                    found = self._refused(found)
                told.append("".join(traceback.format_exception(found)))
        printed = capsys.readouterr()
        told += [printed.out, printed.err, caplog.text]
        assert not [each for each in hidden if any(each in text for text in told)]

    # The steps of the tests.

    def _calls(self) -> Sequence[Call]:
        """Return calls of every kind, those that make messages first."""
        if not self.calls_platform:
            return ()
        rendered = sorted(self._rendered(), key=lambda pair: kind_of(pair[0]) in _QUIET)
        return [call for _, each in rendered for call in each.calls if not call.files]

    def _deliver(
        self, call: Call, answer: Answerer | None, valkey_server: ValkeyServer, folder: Path
    ) -> Answer | PlatformFailure:
        """Make a call to a platform that answers so; to one that is not there for None."""

        async def deliver() -> Answer | PlatformFailure:
            async with (
                _platform(answer) as url,
                stage(self.settings().id, redis_url=valkey_server.url, folder=folder) as made,
            ):
                channel: Channel[Any] = self.channel_type(self.settings_at(url))
                try:
                    async with asyncio.timeout(_WAIT_SECONDS):
                        return await channel.deliver(call, made.host)
                except PlatformFailure as failure:
                    return failure

        return asyncio.run(deliver())

    def _refused(self, answer: Answer) -> PlatformFailure:
        with pytest.raises(PlatformFailure) as refused:
            self._channel().read_answer(answer)
        return refused.value


@asynccontextmanager
async def _platform(answer: Answerer | None) -> AsyncIterator[str]:
    if answer is None:
        yield f"http://127.0.0.1:{free_port()}"
        return

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        sent = Sent(method=request.method, path=request.raw_path, headers=headers, body=body)
        return await answer(request, sent)

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _break_off(request: web.BaseRequest, sent: Sent) -> web.StreamResponse:
    del sent
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _echo(status: int) -> Answerer:
    """Answer with everything that came, as a careless platform or its proxy would."""

    async def answer(request: web.BaseRequest, sent: Sent) -> web.StreamResponse:
        del request
        told = (
            f"{sent.method} {sent.path} {dict(sent.headers)} {sent.body.decode(errors='replace')}"
        )
        body = {"error": {"code": 1, "message": told}, "ok": False, "description": told}
        return web.json_response(body, status=status)

    return answer


def _is(call: Call, sent: Sent) -> bool:
    """Whether a request is a call, with or without what the channel adds to it."""
    path = urlsplit(sent.path).path
    if call.method != sent.method or not path.endswith(call.path):
        return False
    if call.body is None:
        return True
    try:
        body = msgspec.json.decode(sent.body)
    except msgspec.DecodeError:
        return False
    return isinstance(body, dict) and call.body.items() <= body.items()
