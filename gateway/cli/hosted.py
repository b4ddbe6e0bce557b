"""One account with its host, for commands that ask a platform without the daemon."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
import msgspec

from gateway.bus.connection import Connection
from gateway.bus.embedded import redis_url
from gateway.bus.keys import partition_of
from gateway.channel.channel import Channel, ChannelSettings
from gateway.channel.host import Host
from gateway.cli.configuration import configured
from gateway.edge.calls.http import platform_http
from gateway.edge.host import AccountHost
from gateway.errors import CodecError, SettingsError, StoreError
from gateway.model.event import Event
from gateway.settings.load import Configuration
from gateway.settings.schema import Settings
from gateway.store.files import FileStore
from gateway.store.media import MediaStore

T = TypeVar("T")


class WithoutMemory(AccountHost):
    """A host without Redis: nothing is kept, and the platform can be asked all the same."""

    async def remember(self, key: str, value: bytes, *, time: timedelta) -> None:
        del key, value, time

    async def recall(self, key: str) -> bytes | None:
        del key
        return None

    async def shelve(
        self, shelf: str, items: Mapping[str, bytes | None], *, replace: bool = False
    ) -> None:
        del shelf, items, replace

    async def item(self, shelf: str, name: str) -> bytes | None:
        del shelf, name
        return None

    async def shelf(self, shelf: str) -> dict[str, bytes]:
        del shelf
        return {}


@asynccontextmanager
async def hosts(settings: Settings) -> AsyncIterator[Callable[[str], Host]]:
    """Return what makes the host of an account.

    While the daemon runs, what is kept here it knows as well.
    """
    connection = Connection(redis_url(settings), timeout_seconds=settings.redis.timeout_seconds)
    media = MediaStore(FileStore.open(settings.media.url, folder=Path(settings.data_dir) / "media"))
    try:
        await connection.check_version()
    except (StoreError, SettingsError):  # away, too old, or it does not let us in
        kind: type[AccountHost] = WithoutMemory
    else:
        kind = AccountHost
    async with platform_http() as http:

        def made(account: str) -> Host:
            return kind(
                account,
                partition=partition_of(account, settings.streams.partitions),
                http=http,
                connection=connection,
                media=media,
                commit=_uncommitted,
            )

        try:
            yield made
        finally:
            await connection.close()


async def _uncommitted(events: Sequence[Event]) -> None:
    raise NotImplementedError(f"a command commits no events, and there are {len(events)}")


def asked(
    config: Path | None, account: str, ask: Callable[[Channel[Any], Host], Awaitable[T]]
) -> T:
    """Ask the platform of one account, and return what came of it.

    Raises:
        click.BadParameter: There is no such account.
        RelevoError: Whatever went wrong.
    """
    configuration, plugins = configured(config)
    channel = plugins.open(chosen(configuration, account))

    async def run() -> T:
        async with hosts(configuration.settings) as host_of:
            return await ask(channel, host_of(account))

    return asyncio.run(run())


def chosen(configuration: Configuration[ChannelSettings], account: str) -> ChannelSettings:
    """Return the settings of an account.

    Raises:
        click.BadParameter: There is none of this id; the text names the nearest.
    """
    known = {each.id: each for each in configuration.accounts}
    if found := known.get(account):
        return found
    guess = get_close_matches(account, list(known), n=1)
    hint = f"; did you mean {guess[0]}?" if guess else "."
    raise click.BadParameter(
        f"there is no account {account!r}{hint} There are: {', '.join(sorted(known)) or 'none'}.",
        param_hint="ACCOUNT",
    )


def decoded(file: BinaryIO, wanted: type[T]) -> T:
    """Return the value of a JSON file.

    Raises:
        CodecError: It is none; the text names the path.
    """
    try:
        return msgspec.json.decode(file.read(), type=wanted, strict=True)
    except msgspec.DecodeError as error:
        name = getattr(file, "name", "standard input")
        raise CodecError(f"{name}: {error}") from error


def print_json(value: object) -> None:
    """Print a value, one line."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()
