"""What is said of a wrong field reads on after its path: ``$.to: must be a phone number``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from gateway import loader

ROOT: Final = Path(__file__).parents[2]
BY_PLACE: Final = {"_problem", "_fields_wrong"}
"""Functions that take the explanation behind the path; classes take it by its name."""
LAYERS: Final = ("channel", "codec", "edge/outbound", "http/api")
OPENINGS: Final = {
    *("is", "are", "has", "have", "must", "may", "cannot", "does", "needs", "lacks"),
    *("becomes", "makes", "there", "template"),
    *(each.title.split()[0] for each in loader.load().channels.values()),  # does not carry that
}
VALUE: Final = "…"
"""Stands for what is only known when the text is made."""


def files() -> list[Path]:
    ours = [file for each in LAYERS for file in (ROOT / "gateway" / each).rglob("*.py")]
    plugins = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "contrib").rglob("gateway_*/*.py")]
    return sorted([*ours, *plugins])


def explanations(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield what is given to problems as their explanation, with its line."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            named = dict(assigned(function))
            for call in (each for each in ast.walk(function) if isinstance(each, ast.Call)):
                for given in explained(call):
                    texts = named.get(given.id, []) if isinstance(given, ast.Name) else [given]
                    yield from ((each.lineno, said) for each in texts if (said := text(each)))


def explained(call: ast.Call) -> Iterator[ast.expr]:
    match call.func:
        case ast.Name(id="Problem" | "FieldProblem"):
            yield from (each.value for each in call.keywords if each.arg == "explanation")
        case ast.Name(id=name) if name in BY_PLACE:
            yield from call.args[1:2]


def assigned(function: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    found: dict[str, list[ast.expr]] = {}
    for each in ast.walk(function):
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            found.setdefault(each.targets[0].id, []).append(each.value)
    yield from found.items()


def text(node: ast.expr) -> str:
    """Return what a text says, where it says anything by itself."""
    match node:
        case ast.Constant(value=str(said)):
            return said
        case ast.JoinedStr(values=parts):
            return "".join(text(each) or VALUE for each in parts)
        case _:
            return ""


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_an_explanation_begins_with_what_is_wrong_and_has_no_full_stop(file: Path) -> None:
    for line, said in explanations(ast.parse(file.read_text("utf-8"))):
        first = said.split(maxsplit=1)[0].strip(":,;")
        place = f"{file.name}:{line}: {said}"
        assert first in OPENINGS or first.startswith((VALUE, f"'{VALUE}")), place
        assert not said.endswith("."), place


def test_explanations_are_found_where_they_are_written() -> None:
    found = [said for file in files() for _, said in explanations(ast.parse(file.read_text()))]
    assert len(found) > 150
    assert "is missing: give to, or to_group for a group" in found
