from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from gateway.channel.channel import ChannelSettings
from gateway.model.outbound import Fallback
from gateway.model.template_content import Template
from gateway.settings.keys import keys
from gateway.settings.load import load
from gateway.settings.render import example_file, reference_page
from gateway.settings.schema import Settings
from gateway.settings.secret import Secret, Secrets

Feather: TypeAlias = Literal["grey", "white"]


class PigeonSettings(ChannelSettings, frozen=True, kw_only=True):
    loft: Annotated[str, Meta(description="Where it | lives.", examples=["roof"])]
    token: Annotated[Secret, Meta(description="Opens the door.")]
    rings: tuple[str, ...] = ()
    color: Annotated[Feather, Meta(description="Of the wings.")] = "grey"
    flock: Annotated[tuple[Feather, ...], Meta(description="Who flies along.")] = ()
    names: Annotated[str | dict[Feather, str], Meta(description="One, or one for each.")] = ""
    key: Annotated[Secrets, Meta(description="Opens letters.")] = Secrets()


CHANNELS = {"pigeon": PigeonSettings}


def test_the_example_file_as_it_is_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "relevo.toml"
    file.write_text(example_file(CHANNELS), "utf-8")
    configuration = load(CHANNELS, config=file, environ={})
    assert (configuration.settings, configuration.accounts) == (Settings(), ())


def test_the_example_file_with_everything_uncommented_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "relevo.toml"
    uncommented = re.sub(r"^# (?=\w+ = |\[\[)", "", example_file(CHANNELS), flags=re.MULTILINE)
    file.write_text(uncommented, "utf-8")
    configuration = load(CHANNELS, config=file, environ={"PIGEON_TOKEN": "t", "PIGEON_KEY": "k"})
    assert configuration.settings == Settings()
    assert configuration.accounts == (
        PigeonSettings(
            id="pigeon-main",
            channel="pigeon",
            # Without a default, its example stands there.
            fallback=Fallback(template=Template(name="we_have_news", language="es")),
            loft="roof",
            token=Secret("t"),
            key=Secrets("k"),
        ),
    )


def test_the_page_names_every_key_with_its_variable() -> None:
    page = reference_page(CHANNELS)
    for key in keys(Settings):
        assert f"| `{key.path[-1]}` |" in page
        assert f"`RELEVO_{key.environment}`" in page
    assert "| `loft` | required | Where it \\| lives. | `RELEVO_ACCOUNTS_<ID>_LOFT` |" in page


def test_the_page_tells_one_word_several_and_the_names_in_a_table_apart() -> None:
    page = reference_page(CHANNELS)
    assert '| Of the wings. One of `"grey"`, `"white"`. |' in page
    assert '| Who flies along. Any of `"grey"`, `"white"`. |' in page
    assert "| One, or one for each. |" in page


def test_a_secret_that_need_not_be_given_has_no_default_to_show() -> None:
    assert "| `key` | none | Opens letters. |" in reference_page(CHANNELS)
