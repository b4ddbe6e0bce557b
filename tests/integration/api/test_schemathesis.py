"""Whatever the OpenAPI document allows is answered as it says, and nothing makes a 500."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gateway.testing.process import RelevoProcess

CONFIGURATION = Path(__file__).parent / "schemathesis.toml"
ACCOUNT = """
[[accounts]]
id = "wa-main"
channel = "whatsapp"
phone_number_id = "106540352242922"
business_account_id = "102290129340398"
access_token = "token"
app_secret = "secret"
verify_token = "word"
api_url = "http://127.0.0.1:9"
"""


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "120"},
    )


def test_schemathesis_finds_nothing_that_the_document_does_not_say(tmp_path: Path) -> None:
    environ = {"RELEVO_HTTP_API_KEYS": "required"}
    with RelevoProcess(tmp_path, accounts=ACCOUNT, environ=environ) as relevo:
        config = str(tmp_path / "relevo.toml")
        made = run(
            *("-m", "gateway.cli", "keys", "create", "schemathesis", "--scope", "admin"),
            *("--config", config),
            folder=tmp_path,
        )
        assert made.returncode == 0, made.stderr
        checked = run(
            *("-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
            *("run", f"{relevo.private_url}/openapi.json"),
            *("--header", f"Authorization: Bearer {made.stdout.strip()}"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1"),
            folder=tmp_path,
        )
        log = relevo.log()
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "request failed" not in log
