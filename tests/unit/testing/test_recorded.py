"""Recorded payloads are files that say where they are from."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.recorded import bodies, recorded


def test_bodies_come_by_name_and_as_they_would_arrive(tmp_path: Path) -> None:
    (tmp_path / "2.json").write_text('{"source": "a page", "body": "no JSON", "notes": "cut"}')
    (tmp_path / "1.json").write_text('{"source": "a page", "body": {"a": [1, "ñ"]}}')
    assert bodies(tmp_path) == ['{"a":[1,"ñ"]}'.encode(), b"no JSON"]
    assert [each.source for each in recorded(tmp_path)] == ["a page", "a page"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"body": {}}', "source"),
        ('{"source": " ", "body": {}}', "says no source"),
        ('{"source": "a page"}', "body"),
        ("not JSON", "malformed"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "odd.json").write_text(content)
    with pytest.raises(ValueError, match=told) as refused:
        recorded(tmp_path)
    assert "odd.json" in str(refused.value)


def test_a_folder_without_payloads_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no"):
        bodies(tmp_path)
