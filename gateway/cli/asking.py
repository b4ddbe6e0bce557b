"""Asks a running daemon by its API: for ``relevo send``, ``replay`` and whoever follows."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import aiohttp
import click
import msgspec

from gateway.cli.configuration import configured_settings
from gateway.cli.console import complain, stderr
from gateway.errors import RelevoError
from gateway.http.problem import Details
from gateway.model.outbox import all_told
from gateway.settings import address
from gateway.settings.environment import API_KEY

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

TIMEOUT_SECONDS: Final = 60.0
EVERYWHERE: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared
NO_VALUES: Final[Mapping[str, str]] = {}


class NotAnswered(RelevoError):
    """The daemon cannot be asked. The caller acts."""


class ProblemAnswered(RelevoError):
    """The daemon answered with a problem.

    Attributes:
        details: What it said.
    """

    def __init__(self, details: Details) -> None:
        super().__init__(details.detail or details.title)
        self.details = details


def daemon_options(command: F) -> F:
    """Add ``--url`` and ``--key`` to a command."""
    url = click.option(
        "--url", help="The private listener of a running daemon; taken from the settings otherwise."
    )
    key = click.option(
        "--key",
        envvar=API_KEY,
        help=f"API key; also {API_KEY}. On the daemon's own machine none may be needed.",
    )
    return url(key(command))


class Asking:
    """One daemon's API.

    Args:
        session: Whose base is the private listener.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str, wanted: type[T], **query: str | int) -> T:
        """Ask, and return what came.

        Raises:
            ProblemAnswered: It says no.
            NotAnswered: It says nothing.
        """
        _, body = await self._asked("GET", path, query=query)
        return msgspec.json.decode(body, type=wanted)

    async def post(
        self,
        path: str,
        body: bytes,
        *,
        headers: Mapping[str, str] = NO_VALUES,
        query: Mapping[str, str] = NO_VALUES,
    ) -> tuple[int, bytes]:
        """Send JSON, and return the status and the body of a good answer.

        Raises:
            ProblemAnswered: It says no.
            NotAnswered: It says nothing.
        """
        headers = {"Content-Type": "application/json", **headers}
        return await self._asked("POST", path, query=query, data=body, headers=headers)

    async def _asked(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int],
        data: bytes | None = None,
        headers: Mapping[str, str] = NO_VALUES,
    ) -> tuple[int, bytes]:
        try:
            async with self._session.request(
                method, path, params=query, data=data, headers=headers
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            told = f"{self._session._base_url} does not answer"  # noqa: SLF001 - for the text
            raise NotAnswered(f"{told} ({type(error).__name__}); is relevo run running?") from error
        if answer.status >= 400:
            raise ProblemAnswered(_details(answer.status, answer.reason or "", body))
        return answer.status, body


def _details(status: int, reason: str, body: bytes) -> Details:
    try:
        return msgspec.json.decode(body, type=Details)
    except msgspec.MsgspecError:
        return Details(title=reason, status=status, detail=f"{status} {reason}")


@asynccontextmanager
async def asking(config: Path | None, url: str | None, key: str | None) -> AsyncIterator[Asking]:
    """Open a client of a daemon's API.

    Args:
        config: Settings that say where it listens, unless ``url`` does.
        url: ``http://…`` or ``unix:/path``.
        key: An API key.

    Raises:
        BadParameter: ``url`` is neither.
    """
    where = _given(url) if url else _private(config)
    path = where.removeprefix("unix:") if where.startswith("unix:") else None
    async with aiohttp.ClientSession(
        "http://localhost" if path else where,
        connector=aiohttp.UnixConnector(path) if path else None,
        headers={"Authorization": f"Bearer {key}"} if key else None,
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
    ) as session:
        yield Asking(session)


def _given(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        good = False
    if not good and not url.startswith("unix:/"):
        told = f"{url!r} is no address: give http://HOST:PORT or unix:/PATH"
        raise click.BadParameter(told, param_hint="--url")
    return url


def _private(config: Path | None) -> str:
    match address.parse(configured_settings(config).http.private):
        case address.UnixAddress(path):
            return f"unix:{path}"
        case address.TcpAddress(host, port):
            return f"http://{address.TcpAddress(EVERYWHERE.get(host, host), port)}"


def tell(problem: Details) -> None:
    """Tell a problem on standard error, one field a line."""
    several = len(problem.problems) > 1
    of_fields = several and problem.detail == all_told(problem.problems)
    complain(
        f"{len(problem.problems)} fields are wrong"
        if of_fields
        else problem.detail or problem.title
    )
    if several or not all(each.explanation in problem.detail for each in problem.problems):
        for each in problem.problems:
            stderr().print(f"  {each}", markup=False, soft_wrap=True)
    if problem.templates:
        told = f"  Templates that may be sent: {', '.join(problem.templates)}"
        stderr().print(told, markup=False, soft_wrap=True)
    if problem.status == 401 and API_KEY not in os.environ:
        told = f"  Make a key with `relevo keys create`, and give it as --key or {API_KEY}."
        stderr().print(told, markup=False, soft_wrap=True)
