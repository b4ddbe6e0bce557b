from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from gateway_messenger.inbound import MESSENGER
from gateway_messenger.settings import MessengerSettings
from gateway_meta.attachments import TYPES
from gateway_meta.envelope import PARTS
from gateway_meta.errors import Action

CHANNELS = Path(__file__).parents[3] / "docs" / "channels"
PAGE = (CHANNELS / "messenger.md").read_text()


@pytest.mark.parametrize("name", MessengerSettings.__struct_fields__)
def test_the_page_shows_every_setting_that_must_be_given(name: str) -> None:
    assert name in PAGE or name == "api_url"


@pytest.mark.parametrize("part", sorted(PARTS))
def test_the_page_tells_what_becomes_of_every_part(part: str) -> None:
    assert f"`{part}`" in PAGE


ELSEWHERE = {"like_heart", "media", "story", "ig_story", "story_mention", "ephemeral"}
"""Attachments of Instagram's only."""


@pytest.mark.parametrize("kind", sorted(TYPES - ELSEWHERE))
def test_the_page_tells_what_becomes_of_every_attachment(kind: str) -> None:
    assert f"`{kind}`" in PAGE


TEMPLATES = [field for field, kind in MESSENGER.fields.items() if kind == "template"]


@pytest.mark.parametrize("field", TEMPLATES)
def test_the_page_tells_what_becomes_of_news_about_templates(field: str) -> None:
    assert f"`{field}`" in PAGE


@pytest.mark.parametrize("action", get_args(Action))
def test_the_page_tells_what_every_action_means(action: str) -> None:
    assert f"`{action}`" in PAGE
