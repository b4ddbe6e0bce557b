"""Reference pages tell everything there is, and only that."""

from __future__ import annotations

import functools
import inspect
import re
from pathlib import Path
from typing import Final, get_args

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from gateway import api
from gateway.bus import keys as bus_keys
from gateway.bus.keytable import KEYS
from gateway.cli.reference import PAGES, PARTS, metric_table
from gateway.cli.reference_events import tag
from gateway.codec import documentation
from gateway.codec.schema import structs
from gateway.model.content import Content
from gateway.model.event import Event
from gateway.settings.keys import keys
from gateway.settings.schema import Settings
from gateway.telemetry import logs
from gateway.telemetry.logs import TABLE
from gateway.telemetry.metrics import Metrics

ROOT: Final = Path(__file__).parents[2]
REFERENCE: Final = ROOT / "docs/reference"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_what_the_code_says(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == PAGES[path](), "run `relevo docs`"


@pytest.mark.parametrize("path", PARTS)
def test_every_rendered_part_is_what_the_code_says(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    assert text == PARTS[path](text), "run `relevo docs`"


def test_no_page_is_written_by_hand() -> None:
    there = {str(each.relative_to(ROOT)) for each in REFERENCE.iterdir()}
    assert there == {path for path in PAGES if path.startswith("docs/reference/")}


def test_every_setting_is_in_the_example_file_and_explained() -> None:
    text = (ROOT / "etc/relevo.toml").read_text("utf-8")
    for key in keys(Settings):
        assert re.search(rf"^# {key.path[-1]} = ", text, re.MULTILINE), key.dotted
        assert key.description, key.dotted


def _made() -> CollectorRegistry:
    registry = CollectorRegistry()
    Metrics(registry)
    return registry


def test_every_metric_has_a_unit_or_a_plain_state_and_is_on_the_page() -> None:
    page = (REFERENCE / "metrics.md").read_text("utf-8")
    found = list(metric_table())
    assert {family.name for family in _made().collect()} == {each.name for each in found}
    for each in found:
        assert each.name.startswith("relevo_")
        assert each.help.endswith(".")
        assert each.name in page


def test_every_log_event_is_on_the_page() -> None:
    page = (REFERENCE / "logs.md").read_text("utf-8")
    assert [phrase for phrase in TABLE if f"| {phrase} |" not in page] == []


def test_every_action_on_a_platforms_error_is_explained() -> None:
    head, *channels = (REFERENCE / "platform-errors.md").read_text("utf-8").split("\n## ")
    used = {each for text in channels for each in re.findall(r"\| `(\w+)` \|$", text, re.MULTILINE)}
    assert sorted(used - set(re.findall(r"`(\w+)`", head))) == []


def test_every_name_of_a_plugin_is_explained_in_our_words() -> None:
    page = (REFERENCE / "api.md").read_text("utf-8")
    assert (
        re.findall(r"^.*(?:NoneType|`str`|`int`|unconstrained|Any of \.).*$", page, re.MULTILINE)
        == []
    )


def test_every_field_of_what_a_plugin_may_use_is_explained() -> None:
    for name in api.__all__:
        found = getattr(api, name)
        if isinstance(found, type) and issubclass(found, msgspec.Struct):
            told = documentation.field_meanings(found)
            assert [each for each in found.__struct_fields__ if each not in told] == [], name


def test_every_key_is_on_the_page() -> None:
    page = (REFERENCE / "keys.md").read_text("utf-8")
    assert [each.pattern for each in KEYS if f"| `{each.pattern}` |" not in page] == []


def test_every_key_that_is_spelled_is_in_the_table() -> None:
    words = {"partition": 0, "number": 0, "bucket": 0, "name": "seen"}
    spelled = {
        name: function(
            **{each: words.get(each, "X") for each in inspect.signature(function).parameters}
        )
        for name, function in inspect.getmembers(bus_keys, inspect.isfunction)
        if name not in {"tag", "partition_of", "windows"}  # what others begin with, and no key
    }
    known = re.compile(
        "|".join(
            re.sub(r"\b[A-Z]{2,}", r"[^:]+", re.escape(each.pattern).replace("NN", "00"))
            for each in KEYS
        )
    )
    assert {name: key for name, key in spelled.items() if not known.fullmatch(key)} == {}
    assert "events" in spelled


def test_every_event_content_and_value_is_on_the_page_once() -> None:
    headings = re.findall(
        r"^### `?(.+?)`?$", (REFERENCE / "events.md").read_text("utf-8"), re.MULTILINE
    )
    tagged = {*get_args(Event), *get_args(Content)}
    values = (structs(Event) | structs(Content)).values()
    expected = [tag(each) if each in tagged else each.__name__ for each in values]
    assert sorted(headings) == sorted(expected)
    anchors = [each.lower().replace(".", "") for each in headings]
    assert len(set(anchors)) == len(anchors)


def test_what_tells_one_form_from_the_others_is_on_the_page() -> None:
    page = (REFERENCE / "events.md").read_text("utf-8")
    _, *parts = re.split(r"^### `?(\S+?)`?$", page, flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    for each in (structs(Event) | structs(Content)).values():
        config = each.__struct_config__
        if config.tag is not None and each not in get_args(Event):
            heading = tag(each) if each in get_args(Content) else each.__name__
            assert f"| `{config.tag_field}` | `{config.tag}` | always |" in sections[heading]
    assert "| `type` | text | always |" in page.split("## Events by type")[0]


def test_every_event_and_content_says_what_it_means() -> None:
    for each in (structs(Event) | structs(Content)).values():
        assert "__doc__" in vars(each), each
        assert documentation.meaning(each), each


def test_every_field_that_is_explained_exists() -> None:
    for each in (structs(Event) | structs(Content)).values():
        told = set(documentation.field_meanings(each))
        assert told <= set(each.__struct_fields__), each


@functools.cache
def code() -> str:
    """Return what the daemon does, without the tables of what it may do."""
    tables = {"schema.py", "metrics.py", "outbound_metrics.py", "logs.py"}
    files = sorted((ROOT / "gateway").rglob("*.py"))
    return "\n".join(each.read_text("utf-8") for each in files if each.name not in tables)


def used(name: str) -> bool:
    return re.search(rf"\.{name}\b", code()) is not None


def test_every_setting_is_read_by_the_daemon() -> None:
    assert [each.dotted for each in keys(Settings) if not used(each.path[-1])] == []


def test_every_metric_is_counted_by_the_daemon() -> None:
    made = Metrics(CollectorRegistry())
    names = [name for name in (*vars(made), *vars(made.outbound)) if not name.startswith("_")]
    assert [each for each in names if not used(each)] == []


def test_every_log_event_is_logged_by_the_daemon() -> None:
    constants = [
        name for name, each in vars(logs).items() if isinstance(each, str) and each in TABLE
    ]
    assert len(constants) == len(TABLE)
    assert [each for each in constants if f"logs.{each}" not in code()] == []
