"""Reads the parameters of path and query into a struct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from multidict import MultiMapping

from gateway.codec.shape import nearest
from gateway.errors import FieldsWrong
from gateway.model.outbox import FieldProblem

P = TypeVar("P", bound=msgspec.Struct)


def read_parameters(wanted: type[P], path: Mapping[str, str], query: MultiMapping[str]) -> P:
    """Return the parameters of a request.

    Args:
        wanted: Their struct.
        path: Those of the path.
        query: Those of the query; each may be given once.

    Raises:
        FieldsWrong: With everything that is wrong: unknown, missing, twice, of the wrong type.
    """
    fields = {each.encode_name: each for each in msgspec.structs.fields(wanted)}
    problems = []
    values = {}
    known = [name for name in fields if name not in path]
    for name in dict.fromkeys(query):
        if name not in known:
            hint = f"; {nearest(name, known)}" if known else ", which takes none"
            told = f"is no parameter of this{hint}"
            problems.append(FieldProblem(path=name, explanation=told))
        elif len(query.getall(name)) > 1:
            problems.append(FieldProblem(path=name, explanation="is given more than once"))
    for name, field in fields.items():
        given = path.get(name, query.get(name))
        if given is None:
            if field.required:
                problems.append(FieldProblem(path=name, explanation="is missing"))
            continue
        try:
            values[field.name] = msgspec.convert(given, field.type, strict=False)
        except msgspec.ValidationError as error:
            problems.append(FieldProblem(path=name, explanation=_words(str(error))))
    if problems:
        raise FieldsWrong(problems)
    return wanted(**values)


def _words(text: str) -> str:
    """Say in our words what msgspec says of a value from a query, which is always a text."""
    expected = text.removeprefix("Expected ").partition(", got")[0]
    if expected == text:
        return text[:1].lower() + text[1:]
    names = {"`int`": "a whole number", "`bool`": "true or false", "`str`": "a text"}
    for name, told in names.items():
        expected = expected.replace(f"{name} | null", told).replace(name, told)
    for sign, told in ((" >= ", "at least"), (" <= ", "at most")):
        kind, found, bound = expected.partition(sign)
        expected = f"{kind}, {bound} {told}" if found else expected
    return f"must be {expected}"
