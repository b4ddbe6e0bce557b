from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from gateway_whatsapp import errors
from gateway_whatsapp.fields import LISTED, WHOLE
from gateway_whatsapp.settings import WhatsAppSettings

PAGE = (Path(__file__).parents[3] / "docs" / "channels" / "whatsapp.md").read_text()


@pytest.mark.parametrize("field", sorted({*LISTED, *WHOLE}))
def test_the_page_tells_what_becomes_of_every_field(field: str) -> None:
    short = field.removeprefix("message_template")
    assert f"`{field}`" in PAGE or f"`…{short}`" in PAGE


@pytest.mark.parametrize("action", get_args(errors.Action))
def test_the_page_tells_what_every_action_means(action: str) -> None:
    assert f"`{action}`" in PAGE


@pytest.mark.parametrize("name", WhatsAppSettings.__struct_fields__)
def test_the_page_shows_every_setting_that_must_be_given(name: str) -> None:
    assert name in PAGE or name == "api_url"
