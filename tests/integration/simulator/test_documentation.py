from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from gateway.testing.telegram import Person, TelegramPlatform
from gateway.testing.whatsapp import Contact, WhatsAppPlatform

TESTS: Final = Path(__file__).parents[2]
PAGE: Final = TESTS.parent / "docs" / "testing-a-plugin.md"
EXAMPLES: Final = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    folder = tmp_path / "recorded"
    folder.mkdir()
    for each in (TESTS / "corpus/whatsapp", TESTS / "plugins/whatsapp/recorded"):
        for file in each.glob("*.json"):
            (folder / file.name).symlink_to(file)
    return tmp_path


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_a_test_file_that_passes(recorded: Path, number: int) -> None:
    (recorded / "test_example.py").write_text(EXAMPLES[number])
    environ = {name: os.environ[name] for name in os.environ if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-o", "asyncio_mode=auto"],
        cwd=recorded,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


def test_every_verb_and_method_the_page_names_exists() -> None:
    whatsapp, _, telegram = PAGE.read_text().partition("## The Telegram simulator")
    told = (
        (whatsapp, r"platform\.(\w+)\(", WhatsAppPlatform),
        (whatsapp, r"contact\.(\w+)\(", Contact),
        (telegram, r"platform\.(\w+)\(", TelegramPlatform),
        (telegram, r"person\.(\w+)\(", Person),
    )
    for text, named, has in told:
        names = re.findall(named, text)
        assert names
        assert [each for each in names if not hasattr(has, each)] == []
