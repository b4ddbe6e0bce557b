"""The command line around its commands: help, errors, check, plugins, docs."""

from __future__ import annotations

import json
import socket
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


def test_an_address_that_is_taken_is_told_with_its_setting(relevo: Relevo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        for name, other in (("public", "PRIVATE"), ("private", "PUBLIC")):
            addresses = {f"RELEVO_HTTP_{name.upper()}": where, f"RELEVO_HTTP_{other}": ":0"}
            done = relevo("run", RELEVO_REDIS_URL="redis://127.0.0.1:1", **addresses)
            assert done.returncode == 2
            assert done.stderr == (
                f"error: http.{name}: {where} is taken; stop what listens there, or set another "
                "address\n"
            )


def test_an_address_that_is_not_of_this_machine_is_told_with_its_setting(relevo: Relevo) -> None:
    done = relevo("run", RELEVO_HTTP_PRIVATE="192.0.2.1:80", RELEVO_REDIS_URL="redis://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr == (
        "error: http.private: cannot listen on 192.0.2.1:80: cannot assign requested address\n"
    )


def test_a_package_that_is_missing_is_told_with_what_installs_it(
    relevo: Relevo, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['httptools'] = None\n")
    done = relevo("run", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        "error: the package httptools is not installed: install relevo again (in a checkout: make "
        "setup)\n"
    )


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("redis", ["embedded", "redis://127.0.0.1:1"])
def test_a_data_folder_that_cannot_be_is_told(
    relevo: Relevo, tmp_path: Path, command: str, redis: str
) -> None:
    (tmp_path / "file").touch()
    done = relevo(command, RELEVO_DATA_DIR="file/data", RELEVO_REDIS_URL=redis)
    assert done.returncode == 2
    assert done.stderr == f"error: data_dir: {tmp_path / 'file'} is not a folder\n"


def test_a_redis_url_is_checked_whole(relevo: Relevo) -> None:
    done = relevo("check", RELEVO_REDIS_URL="redis+sentinel://host")
    assert (done.returncode, "needs the name of the service" in done.stderr) == (2, True)


def test_a_media_store_that_nobody_knows_is_told_without_its_password(relevo: Relevo) -> None:
    done = relevo("check", RELEVO_MEDIA_URL="ftp://me:hunter2@files.example/x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: media.url: ftp://files.example/x is no store we know; use file:///PATH, "
        "s3://BUCKET, gs://BUCKET or az://CONTAINER\n"
    )


def test_a_settings_file_that_lies_there_unread_is_told(relevo: Relevo, tmp_path: Path) -> None:
    (tmp_path / "relevo.toml").write_text("[log]\nlevel = 'debug'\n", "utf-8")
    told = "warning: relevo.toml in this folder is not read; give --config relevo.toml"
    done = relevo("check")
    assert (done.returncode, told in done.stdout) == (0, True)
    assert "warning" not in relevo("check", "--config", "relevo.toml").stdout


def test_a_plugin_that_is_disabled_but_not_there_is_warned_of(relevo: Relevo) -> None:
    done = relevo("check", RELEVO_PLUGINS_DISABLED="pidgeon,telegram")
    assert done.returncode == 0
    assert "warning: plugins.disabled: no plugin 'pidgeon' is installed; did you mean pigeon?" in (
        done.stdout
    )
    assert "'telegram'" not in done.stdout


def test_commands_that_ask_the_daemon_need_no_secrets(relevo: Relevo, tmp_path: Path) -> None:
    account = ACCOUNT.format(id="a", loft="roof").replace('"hunter2"', '{env = "NOWHERE"}')
    (tmp_path / "relevo.toml").write_text('[http]\nprivate = "127.0.0.1:1"\n' + account, "utf-8")
    assert "NOWHERE is not set" in relevo("check", "--config", "relevo.toml").stderr
    for command in (("send", "a", "b", "c"), ("replay", "--account", "a"), ("keys", "list")):
        done = relevo(*command, "--config", "relevo.toml")
        assert (done.returncode, "does not answer" in done.stderr) == (2, True), done.stderr


def test_an_embedded_valkey_that_is_not_there_is_told_with_what_starts_it(relevo: Relevo) -> None:
    done = relevo("keys", "list")
    assert (done.returncode, "is relevo run running?" in done.stderr) == (2, True)


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
