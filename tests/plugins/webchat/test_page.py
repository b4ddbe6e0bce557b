"""What the channel's page says must be so."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from gateway.api import ChannelSettings
from gateway_webchat import errors, frames, wire
from gateway_webchat.settings import WebchatSettings

PAGE = (Path(__file__).parents[3] / "docs" / "channels" / "webchat.md").read_text("utf-8")


@pytest.mark.parametrize("action", get_args(errors.Action))
def test_the_page_tells_what_every_action_means(action: str) -> None:
    assert f"`{action}`" in PAGE


@pytest.mark.parametrize(
    "name", sorted(set(WebchatSettings.__struct_fields__) - set(ChannelSettings.__struct_fields__))
)
def test_the_page_names_every_setting(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("kind", get_args(wire.Sent))
def test_the_page_names_every_content_of_a_visitor(kind: type[msgspec.Struct]) -> None:
    assert f"`{kind.__struct_config__.tag}`" in PAGE


def test_the_page_tells_of_the_codes_that_a_frame_can_be_refused_with() -> None:
    assert [each for each in get_args(frames.Code) if f"`{each}`" not in PAGE] == []


@pytest.mark.parametrize("kind", get_args(wire.Sent))
def test_the_page_names_every_field_of_a_visitors_contents(kind: type[msgspec.Struct]) -> None:
    (row,) = [
        each
        for each in PAGE.splitlines()
        if each.startswith(f"| `{kind.__struct_config__.tag}` | `")
    ]
    assert [each for each in kind.__struct_fields__ if f"`{each}`" not in row] == []
