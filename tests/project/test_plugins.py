"""The plugins of this tree: packaged, linted, offered, and all of one shape."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import Any, Final

import pluggy
import pytest

from gateway import api, hookspecs, loader
from gateway.settings.keys import keys

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PLUGINS: Final = sorted(each.name for each in (ROOT / "plugins").glob("gateway_*") if each.is_dir())
SHARED: Final = {"gateway_meta"}
"""Packages beside the plugins that several of them use; they offer nothing themselves."""

CHANNEL_FILES: Final = ("__init__", "channel", "inbound", "outbound", "errors", "settings")
CHANNELS: Final = {
    channel.type: channel.__module__.partition(".")[0]
    for plugin in loader.load().plugins
    if plugin.distribution.startswith("relevo ")
    for channel in plugin.channels
}


def hooks() -> dict[str, Any]:
    marked = pluggy.HookspecMarker(hookspecs.PROJECT)
    assert marked.project_name == hookspecs.PROJECT
    return {
        name: each
        for name, each in vars(hookspecs).items()
        if inspect.isfunction(each) and hasattr(each, f"{hookspecs.PROJECT}_spec")
    }


def test_every_hook_has_a_page_whose_title_is_its_signature() -> None:
    assert hooks()
    for name, hook in hooks().items():
        title = (ROOT / "docs/hooks" / f"{name}.md").read_text("utf-8").splitlines()[0]
        assert title == f"# {name}{str(inspect.signature(hook)).replace(chr(39), '')}"


def test_no_page_outlives_its_hook() -> None:
    assert {each.stem for each in (ROOT / "docs/hooks").glob("*.md")} - {"README"} == set(hooks())


def test_every_hook_says_when_it_is_called_and_what_comes_back() -> None:
    for hook in hooks().values():
        assert "Called " in (hook.__doc__ or "")
        assert "Returns:" in (hook.__doc__ or "")


def test_every_hook_is_used_by_a_plugin_of_ours() -> None:
    sources = "\n".join(
        (ROOT / "plugins" / each / "__init__.py").read_text("utf-8") for each in PLUGINS
    )
    assert [name for name in hooks() if f"def {name}(" not in sources] == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_plugin_is_packaged_linted_and_offered(plugin: str) -> None:
    tool = PROJECT["tool"]
    assert f"plugins/{plugin}" in tool["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert plugin in tool["importlinter"]["root_packages"]
    assert plugin in tool["coverage"]["run"]["source_pkgs"]
    offered = set(PROJECT["project"]["entry-points"]["gateway.plugins"].values())
    assert (plugin in offered) == (plugin not in SHARED)


def test_the_daemon_is_forbidden_to_import_any_plugin() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (forbidden,) = (each for each in contracts if each["id"] == "no-plugin-inside")
    assert sorted(forbidden["forbidden_modules"]) == PLUGINS


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_the_same_files(channel: str) -> None:
    folder = ROOT / "plugins" / CHANNELS[channel]
    assert [each for each in CHANNEL_FILES if not (folder / f"{each}.py").exists()] == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_a_page_and_tests(channel: str) -> None:
    page = ROOT / "docs/channels" / f"{channel}.md"
    assert page.exists()
    assert list((ROOT / "tests/plugins" / channel).glob("test_*.py"))


def test_the_names_of_the_api_are_sorted_and_all_there() -> None:
    assert api.__all__ == sorted(api.__all__)
    public = {
        name
        for name, each in vars(api).items()
        if not name.startswith("_") and name != "annotations" and not inspect.ismodule(each)
    }
    assert public == set(api.__all__)


@pytest.mark.parametrize("name", api.__all__)
def test_every_name_of_the_api_is_documented(name: str) -> None:
    found = getattr(api, name)
    if inspect.isclass(found) or inspect.isfunction(found):
        # A struct without a docstring would inherit its parent's.
        assert "__doc__" in vars(found) or inspect.isfunction(found)
        assert (found.__doc__ or "").strip()
    page = (ROOT / "docs/reference/api.md").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    assert row.removeprefix(f"| `{name}` |").strip(" |")


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_key_of_an_account_is_explained(channel: str) -> None:
    settings = loader.load().channels[channel].settings_type
    own = [each for each in keys(settings) if each.path[0] not in {"id", "channel"}]
    assert [each.dotted for each in own if not each.description] == []
