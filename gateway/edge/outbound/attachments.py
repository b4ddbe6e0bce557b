"""The files of our media store that messages name: looked for before the messages are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final

import msgspec

from gateway.codec.schema import structs
from gateway.edge.turns import in_turns
from gateway.errors import StoreError
from gateway.model.media import Media
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import FieldProblem

AT_ONCE: Final = 32
"""Files that are looked for at the same time: a store elsewhere takes a while for each."""
_UNKNOWN: Final = "is the id of no file; upload it with POST /v1/media"


class Attachments:
    """Looks for files.

    Args:
        find: Returns what is kept under an id, or None; raises ``StoreError`` when it cannot tell.
    """

    def __init__(self, find: Callable[[str], Awaitable[object | None]]) -> None:
        self._find = find

    async def problems(
        self, messages: Sequence[OutboundMessage]
    ) -> dict[int, tuple[FieldProblem, ...]]:
        """Tell which files are not there, by the place of the message.

        A file is taken to be there while the store cannot be read.
        """
        named = {
            place: found
            async for piece in in_turns(enumerate(messages))
            for place, message in piece
            if (found := list(_named(message)))
        }
        gone = await self._gone({each for several in named.values() for _, each in several})
        return {
            place: tuple(
                FieldProblem(path=path, explanation=_UNKNOWN)
                for path, stored_id in found
                if stored_id in gone
            )
            for place, found in named.items()
        }

    async def _gone(self, stored_ids: set[str]) -> set[str]:
        room = asyncio.Semaphore(AT_ONCE)

        async def is_gone(stored_id: str) -> bool:
            async with room:
                try:
                    return await self._find(stored_id) is None
                except StoreError:
                    return False

        ordered = sorted(stored_ids)
        answers = await asyncio.gather(*map(is_gone, ordered))
        return {each for each, gone in zip(ordered, answers, strict=True) if gone}


def _named(message: OutboundMessage) -> Iterator[tuple[str, str]]:
    """Yield path and id of each file of ours that a message names."""
    yield from _inside(message.content, "$.content")
    if message.fallback is not None:
        yield from _inside(message.fallback.template, "$.fallback.template")


def _inside(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case Media(stored_id=str(stored_id)):
            yield f"{path}.stored_id", stored_id
        case msgspec.Struct():
            for name, encoded in _fields(type(value)):
                yield from _inside(getattr(value, name), f"{path}.{encoded}")
        case tuple():
            for number, each in enumerate(value):
                yield from _inside(each, f"{path}[{number}]")


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a struct that may have files inside; most have none."""
    return tuple(
        (each.name, each.encode_name)
        for each in msgspec.structs.fields(kind)
        if Media in structs(each.type).values()
    )
