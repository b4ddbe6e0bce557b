"""The command line around its commands: help, errors, check, plugins, docs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import TypeAlias

import click
import pytest
from click.testing import CliRunner

from gateway import __version__
from gateway.channel.channel import ChannelSettings
from gateway.cli.main import COMMANDS
from gateway.cli.main import relevo as group
from gateway.cli.reference_channels import BEGINS, ENDS

Relevo: TypeAlias = Callable[..., CompletedProcess[str]]

ROOT = Path(__file__).parents[3]
ACCOUNT = '[[accounts]]\nid = "{id}"\nchannel = "pigeon"\nloft = "{loft}"\nring = "hunter2"\n'


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(group, ["--version"]).output == f"relevo, version {__version__}\n"


def test_the_help_lists_every_command() -> None:
    shown = CliRunner().invoke(group, ["--help"]).output
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.name == name
    assert (command.help or "").strip()


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(group, ["rum"])
    assert (result.exit_code, "No such command 'rum'" in result.output) == (2, True)


def test_good_settings_are_told_with_what_they_mean(relevo: Relevo, tmp_path: Path) -> None:
    file = tmp_path / "relevo.toml"
    file.write_text(ACCOUNT.format(id="loft-1", loft="roof"), "utf-8")
    done = relevo("check", "--config", "relevo.toml")
    assert (done.returncode, done.stderr) == (0, "")
    for told in (
        "relevo.toml",
        "embedded Valkey",
        "/webhooks/pigeon/loft-1",
        "pigeon (relevo-pige",
    ):
        assert told in " ".join(done.stdout.split())  # a long list of plugins is broken into lines
    assert "hunter2" not in done.stdout


def test_checking_writes_nothing(relevo: Relevo, tmp_path: Path) -> None:
    assert relevo("check").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_wrong_settings_are_told_in_plain_lines(relevo: Relevo, tmp_path: Path) -> None:
    (tmp_path / "relevo.toml").write_text("[http]\npublik = 1\n[log]\nlevel = 1\n", "utf-8")
    done = relevo("check", RELEVO_CONFIG="relevo.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "error: relevo.toml: 2 settings are wrong",
        "  http.publik: unknown key; did you mean public?",
        "  log.level: must be one of debug, info, warning, error; is 1",
    ]


def test_running_with_wrong_settings_ends_before_anything_starts(relevo: Relevo) -> None:
    done = relevo("run", RELEVO_STREAMS_PARTITIONS="0")
    assert done.returncode == 2
    assert done.stderr.startswith("error: streams.partitions (RELEVO_STREAMS_PARTITIONS): must be")


def test_a_data_folder_that_cannot_be_is_told(relevo: Relevo, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = relevo("check", RELEVO_DATA_DIR="file/data")
    assert (done.returncode, "is not a folder" in done.stderr) == (2, True)


def test_a_redis_url_is_checked_whole(relevo: Relevo) -> None:
    done = relevo("check", RELEVO_REDIS_URL="redis+sentinel://host")
    assert (done.returncode, "needs the name of the service" in done.stderr) == (2, True)


def test_two_accounts_of_one_number_are_warned_of(relevo: Relevo, tmp_path: Path) -> None:
    accounts = ACCOUNT.format(id="a", loft="roof") + ACCOUNT.format(id="b", loft="roof")
    (tmp_path / "relevo.toml").write_text(accounts, "utf-8")
    done = relevo("check", "--config", "relevo.toml")
    assert done.returncode == 0
    assert "warning: accounts 'a' and 'b' are one and the same" in done.stdout


def test_plugins_are_listed_with_their_distribution(relevo: Relevo) -> None:
    shown = relevo("plugins").stdout
    assert "relevo-pigeon 1.2" in shown
    assert "channel pigeon (Pigeon post), window of 24 h" in shown


def test_plugins_are_listed_for_programs(relevo: Relevo) -> None:
    lines = [json.loads(line) for line in relevo("plugins", "--json").stdout.splitlines()]
    assert [each for each in lines if each["plugin"] == "pigeon"] == [
        {
            "plugin": "pigeon",
            "distribution": "relevo-pigeon 1.2",
            "channels": [
                {
                    "type": "pigeon",
                    "title": "Pigeon post",
                    "window_seconds": 86400,
                    "settings": [*ChannelSettings.__struct_fields__, "loft", "ring"],
                }
            ],
        }
    ]


def test_a_disabled_plugin_offers_nothing(relevo: Relevo, tmp_path: Path) -> None:
    text = '[plugins]\ndisabled = ["pigeon"]\n' + ACCOUNT.format(id="a", loft="roof")
    (tmp_path / "relevo.toml").write_text(text, "utf-8")
    done = relevo("check", "--config", "relevo.toml")
    assert (done.returncode, "no plugin offers 'pigeon'" in done.stderr) == (2, True)


def test_docs_needs_a_source_checkout(relevo: Relevo) -> None:
    done = relevo("docs", "--check")
    assert (done.returncode, "is not a source checkout" in done.stderr) == (2, True)


def test_the_committed_pages_are_what_the_code_says(relevo: Relevo) -> None:
    done = relevo("docs", "--check", "--root", str(ROOT))
    assert (done.stderr, done.returncode) == ("", 0)


def test_stale_pages_are_shown_and_written_anew(relevo: Relevo, tmp_path: Path) -> None:
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    readme = tmp_path / "README.md"
    readme.write_text(f"Before.\n\n{BEGINS}\nold\n{ENDS}\n\nAfter.\n", "utf-8")
    stale = relevo("docs", "--check")
    assert (stale.returncode, "+# Metrics" in stale.stderr) == (1, True)
    assert relevo("docs").returncode == 0
    assert relevo("docs", "--check").returncode == 0
    written = readme.read_text("utf-8")
    assert (written.startswith("Before.\n"), written.endswith("\nAfter.\n")) == (True, True)
    assert ("| [`text`](" in written, "old" in written) == (True, False)


def test_output_in_a_pipe_is_plain(relevo: Relevo) -> None:
    for arguments in (["plugins"], ["check"], ["check", "--config", "none"]):
        done = relevo(*arguments)
        assert "\x1b" not in done.stdout + done.stderr
