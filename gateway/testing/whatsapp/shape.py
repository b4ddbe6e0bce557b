"""Checks that the rules of messages are made of; each raises what the platform answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from gateway.testing.whatsapp.errors import invalid, missing

Object: TypeAlias = Mapping[str, Any]


def words(value: Object, name: str, where: str, *, at_most: int) -> str:
    """Return a text that must be there, not empty and not too long."""
    if name not in value or value[name] is None:
        raise missing(f"{where}: {name} is missing")
    text = value[name]
    if not isinstance(text, str):
        raise invalid(f"{where}: {name} must be a string")
    if not 1 <= len(text) <= at_most:
        raise invalid(f"{where}: {name} length invalid. Min length: 1, Max length: {at_most}")
    return text


def maybe_words(value: Object, name: str, where: str, *, at_most: int) -> str:
    """Return a text that may be missing; then it is empty."""
    return words(value, name, where, at_most=at_most) if value.get(name) is not None else ""


def part(value: Object, name: str, where: str) -> Object:
    """Return an object that must be there."""
    if name not in value or value[name] is None:
        raise missing(f"{where}: {name} is missing")
    inner = value[name]
    if not isinstance(inner, Mapping):
        raise invalid(f"{where}: {name} must be an object")
    return inner


def rows(value: Object, name: str, where: str, *, at_least: int, at_most: int) -> list[Object]:
    """Return a list of objects with so many of them."""
    if name not in value or value[name] is None:
        raise missing(f"{where}: {name} is missing")
    inner = value[name]
    if not isinstance(inner, list) or not all(isinstance(each, Mapping) for each in inner):
        raise invalid(f"{where}: {name} must be a list of objects")
    if not at_least <= len(inner) <= at_most:
        raise invalid(f"{where}: {name} count invalid. Min: {at_least}, Max: {at_most}")
    return inner


def one_of(value: Object, name: str, where: str, allowed: Iterable[str]) -> str:
    """Return a word that must be one of the allowed."""
    chosen = words(value, name, where, at_most=200)
    known = sorted(allowed)
    if chosen not in known:
        raise invalid(f"{where}: {name} must be one of {{{', '.join(known)}}} - got {chosen!r}")
    return chosen


def different(values: Iterable[str], where: str) -> None:
    """Refuse values that come twice."""
    seen: set[str] = set()
    for each in values:
        if each in seen:
            raise invalid(f"{where}: duplicate value {each!r}")
        seen.add(each)


def address(value: Object, name: str, where: str, *, at_most: int = 2000) -> str:
    """Return an http address."""
    text = words(value, name, where, at_most=at_most)
    if not text.startswith(("https://", "http://")):
        raise invalid(f"{where}: {name} is not a valid URL")
    return text


def coordinate(value: Object, name: str, where: str, *, limit: int) -> float:
    """Return a latitude or longitude; the platform takes numbers and strings of numbers."""
    if name not in value or value[name] is None:
        raise missing(f"{where}: {name} is missing")
    try:
        number = float(value[name])
    except (TypeError, ValueError):
        raise invalid(f"{where}: {name} must be a number") from None
    if not -limit <= number <= limit:
        raise invalid(f"{where}: {name} is out of range")
    return number
