"""Bodies that went wrong, made from real ones: what a parser must survive."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

Json: TypeAlias = Any
Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
Place: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""

ODD_VALUES: Final[tuple[Json, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    1e308,
    "",
    "x",
    "\u0000",
    "\ud800",  # half a surrogate pair: legal JSON, no legal UTF-8
    "9" * 5000,
    "US.1",
    [],
    [[]],
    [None],
    {},
    {"": None},
    {"id": {}},
)


def places(tree: Json, here: Place = ()) -> Iterator[Place]:
    """Yield the place of every value inside a tree, the tree itself not counted."""
    keys: Iterator[str | int] = iter(())
    if isinstance(tree, dict):
        keys = iter(tree)
    elif isinstance(tree, list):
        keys = iter(range(len(tree)))
    for key in keys:
        yield (*here, key)
        yield from places(tree[key], (*here, key))


def _holder(tree: Json, place: Place) -> Json:
    for key in place[:-1]:
        tree = tree[key]
    return tree


def _drop(draw: Draw, tree: Json, place: Place) -> None:
    del draw
    del _holder(tree, place)[place[-1]]


def _replace(draw: Draw, tree: Json, place: Place) -> None:
    _holder(tree, place)[place[-1]] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))


def _retype(draw: Draw, tree: Json, place: Place) -> None:
    holder, key = _holder(tree, place), place[-1]
    old = holder[key]
    holder[key] = draw(st.sampled_from(([old], {"value": old}, str(old), len(str(old)))))


def _double(draw: Draw, tree: Json, place: Place) -> None:
    holder, key = _holder(tree, place), place[-1]
    twin = copy.deepcopy(holder[key])
    if isinstance(holder, list):
        holder.insert(draw(st.integers(0, len(holder))), twin)
    else:
        holder[f"{key}_"] = twin


def _move(draw: Draw, tree: Json, place: Place) -> None:
    other = draw(st.sampled_from(list(places(tree))))
    value = copy.deepcopy(_holder(tree, other)[other[-1]])
    _holder(tree, place)[place[-1]] = value


_CHANGES: Final = (_drop, _replace, _retype, _double, _move)


@st.composite
def mutated_trees(draw: Draw, tree: Json) -> Json:
    """Draw a JSON value with one to four things wrong in it."""
    tree = copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 4))):
        found = list(places(tree))
        if not found:
            return draw(st.sampled_from(ODD_VALUES))
        change = draw(st.sampled_from(_CHANGES))
        change(draw, tree, draw(st.sampled_from(found)))
    return tree


@st.composite
def damaged_bytes(draw: Draw, body: bytes) -> bytes:
    """Draw bytes that were cut short or have one byte changed."""
    at = draw(st.integers(0, max(len(body) - 1, 0)))
    if draw(st.booleans()):
        return body[:at]
    return body[:at] + bytes([draw(st.integers(0, 255))]) + body[at + 1 :]


@st.composite
def mutations(draw: Draw, body: bytes) -> bytes:
    """Draw a body that something is wrong with, made from a whole one.

    Values are dropped, doubled, moved, replaced by odd ones or by others of another type, now and
    then the bytes are cut or damaged as well. A body that is not JSON only has its bytes damaged.
    """
    try:
        tree = json.loads(body)
    except ValueError:
        return bytes(draw(damaged_bytes(body)))
    changed = json.dumps(draw(mutated_trees(tree))).encode()
    damage = draw(st.sampled_from((False, False, False, True)))
    return bytes(draw(damaged_bytes(changed))) if damage else changed
