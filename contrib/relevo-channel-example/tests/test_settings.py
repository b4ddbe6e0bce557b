from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[1] / "README.md"
RELEVO: Final = Path(sys.executable).with_name("relevo")


def check(folder: Path, settings: str) -> subprocess.CompletedProcess[str]:
    file = folder / "relevo.toml"
    file.write_text(settings, "utf-8")
    return subprocess.run(  # noqa: S603 - the installed command
        [RELEVO, "check", "--config", file],
        env={**os.environ, "POSTBOX_SECRET": "a-secret", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_settings_of_the_readme_are_good(tmp_path: Path) -> None:
    (settings,) = re.findall(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    done = check(tmp_path, f'data_dir = "{tmp_path}"\n{settings}')
    assert (done.returncode, done.stderr) == (0, "")
    assert "/webhooks/postbox/postbox-main" in done.stdout
    assert "a-secret" not in done.stdout


def test_a_wrong_setting_is_told_by_its_path(tmp_path: Path) -> None:
    done = check(tmp_path, '[[accounts]]\nid = "a"\nchannel = "postbox"\napi_url = "chat"\n')
    assert done.returncode == 2
    assert "accounts[0].api_url" in done.stderr
    assert "accounts[0].signing_secret" in done.stderr
