"""A table of capabilities against contents of every build."""

from __future__ import annotations

import pytest

from gateway.channel.capabilities import Capability, Limit, problems
from gateway.model.content import OutboundContent, Text
from gateway.model.media import Media
from gateway.model.outbound_content import (
    Button,
    Buttons,
    ListMenu,
    MediaHeader,
    Row,
    Section,
    TextHeader,
    Typing,
)


def told(content: OutboundContent, kind: str, limit: Limit) -> list[tuple[str, str]]:
    table = {kind: Capability(limits=(limit,))}
    return [
        (each.path, each.explanation) for each in problems(content, table, channel="Pigeon post")
    ]


def menu(*sizes: int) -> ListMenu:
    row = Row(id="1", title="One")
    sections = tuple(Section(rows=(row,) * each) for each in sizes)
    return ListMenu(text="Where?", button="Choose", sections=sections)


@pytest.mark.parametrize(
    ("text", "bad"), [("é" * 5, False), ("é" * 5 + "x", True), ("👍👍👍", True)]
)
def test_bytes_are_those_of_utf8(text: str, bad: bool) -> None:  # noqa: FBT001 - a table's column
    limit = Limit(field="text", most=10, unit="bytes")
    assert bool(told(Text(text=text), "text", limit)) == bad


def test_characters_are_code_points() -> None:
    assert told(Text(text="👍" * 10), "text", Limit(field="text", most=10)) == []


def test_a_problem_names_the_item() -> None:
    buttons = (Button(id="1", title="ok"), Button(id="2", title="too long"))
    assert told(
        Buttons(text="a", buttons=buttons), "buttons", Limit(field="buttons[].title", most=7)
    ) == [("$.content.buttons[1].title", "has 8 characters, 7 at most")]


def test_items_of_several_lists_are_counted_together() -> None:
    limit = Limit(field="sections[].rows", most=4, unit="items", together=True)
    assert told(menu(2, 2), "list", limit) == []
    assert told(menu(2, 3), "list", limit) == [
        ("$.content.sections[0].rows", "has 5 items in all, 4 at most")
    ]
    assert told(menu(), "list", limit) == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, []),
        (MediaHeader(format="image", media=Media()), []),
        (TextHeader(text="abc"), ["$.content.header.text"]),
    ],
)
def test_what_another_member_of_a_union_has_is_passed_over(
    header: TextHeader | MediaHeader | None, expected: list[str]
) -> None:
    content = Buttons(text="a", buttons=(), header=header)
    found = told(content, "buttons", Limit(field="header.text", most=2))
    assert [path for path, _ in found] == expected


def test_what_the_content_leaves_open_may_be_demanded() -> None:
    assert told(Typing(), "typing", Limit(field="to", least=1)) == []
    assert told(Typing(), "typing", Limit(field="to", least=1, required=True)) == [
        ("$.content.to", "is missing")
    ]


def test_a_kind_that_is_not_in_the_table_is_refused_with_those_that_are() -> None:
    assert told(Text(text="a"), "typing", Limit(field="to")) == [
        ("$.content.kind", "Pigeon post does not carry text; it carries typing")
    ]


def test_a_limit_on_what_has_no_size_is_a_mistake_of_the_table() -> None:
    with pytest.raises(TypeError, match="preview has no size"):
        told(Text(text="a", preview=True), "text", Limit(field="preview", most=1))
