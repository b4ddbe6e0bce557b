"""``relevo new-channel`` writes a folder that works at once; the page about it shows that code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "contrib/relevo-channel-example"
PAGE: Final = ROOT / "docs/writing-a-channel.md"
SHOWN: Final = re.compile(r"^`([\w./-]+)`:\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BIN: Final = Path(sys.executable).parent


def run(*arguments: str | Path, folder: Path, path: str = "") -> str:
    """Run a tool in a folder and return what it printed; it must succeed."""
    own = {name: each for name, each in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(  # noqa: S603 - our own tools
        [BIN / arguments[0], *arguments[1:]],
        cwd=folder,
        env=own | {"PYTHONPATH": path, "MYPYPATH": f"{path}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def written(tmp_path: Path) -> Path:
    run("relevo", "new-channel", "carrier_pigeon", folder=tmp_path)
    return tmp_path / "relevo-channel-carrier-pigeon"


def test_what_it_writes_can_be_installed_and_passes_its_contract_and_its_types(
    written: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    pip = ("-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps")
    run("python", *pip, "--no-build-isolation", "--target", site, ".", folder=written)
    told = run("pytest", "-q", "-p", "no:cacheprovider", folder=written, path=str(site))
    assert re.search(r"^\d\d+ passed", told, re.MULTILINE), told
    run("mypy", folder=written, path=str(site))
    run("ruff", "check", "--no-cache", ".", folder=written)
    assert "carrier_pigeon" in run("relevo", "plugins", folder=written, path=str(site))


def test_nothing_of_the_example_is_left_in_it(written: Path) -> None:
    files = [each for each in written.rglob("*") if each.is_file()]
    assert files
    left = [each for each in files if "postbox" in f"{each} {each.read_text('utf-8')}".lower()]
    assert left == []


def test_its_comments_lead_through_every_step_once(written: Path) -> None:
    text = "\n".join(each.read_text("utf-8") for each in written.rglob("*.py"))
    steps = sorted(int(each) for each in re.findall(r"# Yours \((\d+)\):", text))
    assert steps == list(range(1, len(steps) + 1))
    headings = re.findall(r"^## .*\(([\d, ]+)\)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [int(each) for numbers in headings for each in numbers.split(", ")] == steps


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Big",), "small letters"),
        (("whatsapp",), "there is a channel 'whatsapp' already"),
        (("pigeon", "--folder", "."), "is not empty"),
    ],
)
def test_what_cannot_be_written_is_told(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    done = subprocess.run(  # noqa: S603 - our own command
        [BIN / "relevo", "new-channel", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_the_page_shows_the_code_of_the_example_as_it_is() -> None:
    shown = SHOWN.findall(PAGE.read_text("utf-8"))
    assert len(shown) >= 8
    for name, _, text in shown:
        assert text in (EXAMPLE / name).read_text("utf-8"), f"{name} is not like this:\n{text}"
