"""What every file of the tree keeps to."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Final

import pytest

from gateway.settings.environment import ACCOUNTS, API_KEY, CONFIG
from gateway.settings.keys import PREFIX, keys
from gateway.settings.schema import Settings
from gateway.telemetry import logs

ROOT: Final = Path(__file__).parents[2]
LONGEST_MODULE: Final = 400
LEVELS: Final = {"debug", "info", "warning", "error", "exception", "critical"}

# In pieces, so that this file does not hold what it looks for.
NOT_HERE: Final = re.compile(
    "|".join(
        (
            "/wo" + r"rk/",
            "/ro" + r"ot/",
            "/ho" + r"me/(?!relevo\b)\w",
            "/opt/" + "pypi",
            r"pypi\.org/" + "simple",
            r"pythonhosted\." + "org",
        )
    ).encode()
)


def modules() -> list[Path]:
    folders = ("gateway", "plugins", "tests", "bench", "contrib")
    return sorted(each for top in folders for each in (ROOT / top).rglob("*.py"))


def test_no_module_is_too_long() -> None:
    lengths = {
        str(each.relative_to(ROOT)): len(each.read_text("utf-8").splitlines())
        for each in modules()
        if each != ROOT / "gateway/api.py"  # a list of names, and nothing else
    }
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"utils", "util", "common", "base", "manager", "helpers", "helper", "misc"}
    assert [each for each in modules() if each.stem in nothing] == []


def test_every_module_says_what_it_is_for() -> None:
    packages = [each for each in modules() if each.is_relative_to(ROOT / "gateway")]
    packages += [each for each in modules() if each.is_relative_to(ROOT / "plugins")]
    silent = [each for each in packages if not ast.get_docstring(ast.parse(each.read_bytes()))]
    assert silent == []


def log_calls(file: Path) -> Iterator[ast.Call]:
    """Yield the calls of loggers: ``log.info(…)``, ``self._log.warning(…)``."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.Call(func=ast.Attribute(value=logger, attr=level)) if level in LEVELS:
                name = logger.attr if isinstance(logger, ast.Attribute) else ast.unparse(logger)
                if name.strip("_") in {"log", "logger"}:
                    yield node


def test_log_calls_name_an_event_of_the_table_with_its_fields() -> None:
    constants = {name: each for name, each in vars(logs).items() if isinstance(each, str)}
    seen = 0
    for file in modules():
        if not file.is_relative_to(ROOT / "gateway"):
            continue
        for call in log_calls(file):
            seen += 1
            where = f"{file.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
            match call.args:
                case [ast.Attribute(value=ast.Name(id="logs"), attr=name)] if name in constants:
                    known = set(logs.TABLE[constants[name]].fields) | {"exc_info"}
                    given = {each.arg for each in call.keywords if each.arg}
                    assert given <= known, where
                case _:
                    pytest.fail(f"{where}: log a constant of gateway.telemetry.logs")
    assert seen > 5


def tracked() -> list[Path]:
    git = which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(  # noqa: S603 - git, with constant arguments
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [file for name in listed.decode().split("\0") if (file := ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {
        str(each.relative_to(ROOT)): match.group().decode()
        for each in tracked()
        if (match := NOT_HERE.search(each.read_bytes()))
    }
    assert found == {}


def test_every_variable_that_a_file_names_is_a_setting() -> None:
    known = {PREFIX + each.environment for each in keys(Settings)} | {CONFIG, API_KEY}
    shipped = ("Dockerfile", "README.md", "Makefile", "docs", "contrib", "etc", ".ci")
    for file in tracked():
        if file.relative_to(ROOT).parts[0] in shipped and file.suffix != ".png":
            named = set(re.findall(r"\bRELEVO_[A-Z][A-Z_]*[A-Z]\b", file.read_text("utf-8")))
            others = {each for each in named - known if not each.startswith(ACCOUNTS)}
            assert others <= {ACCOUNTS.strip("_")}, file


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) > 10
    assert [each for each in lines if "==" not in each or "--hash=sha256:" not in each] == []


def test_the_image_is_built_in_stages_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    stages = [each for each in lines if each.startswith("FROM ")]
    assert len(stages) >= 2
    last = lines[max(i for i, each in enumerate(lines) if each.startswith("FROM ")) :]
    users = [each.split()[1].partition(":")[0] for each in last if each.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0"}
    assert any(each.startswith("COPY --from=") for each in last)
    assert "relevo" in next(each for each in last if each.startswith("ENTRYPOINT "))
