"""The commands that administer accounts, run as an operator runs them, against a simulated platform."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from gateway.cli.main import relevo as group
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform

TEMPLATE: dict[str, Any] = {
    "name": "ready",
    "language": "es",
    "category": "utility",
    "body": "Tu pedido {{1}} ya está listo.",
    "examples": {"1": "A-17"},
}
SCREENS = {"version": "7.3", "screens": [{"id": "ONE"}]}


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        return [json.loads(each) for each in self.out.splitlines()]


Relevo = Callable[..., Awaitable[Done]]


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform() as platform:
        yield platform


@pytest.fixture
def settings(
    valkey: Any, valkey_server: ValkeyServer, platform: WhatsAppPlatform, tmp_path: Path
) -> Path:
    assert valkey is not None
    app = platform.app
    file = tmp_path / "relevo.toml"
    file.write_text(
        f"""
data_dir = "{tmp_path}/data"
http = {{private = "127.0.0.1:1"}}
redis = {{url = "unix://{valkey_server.socket}"}}
spool = {{max_bytes = 1000}}

[[accounts]]
id = "wa-main"
channel = "whatsapp"
phone_number_id = "{app.number.phone_number_id}"
business_account_id = "{app.number.business_account_id}"
access_token = "{app.access_token}"
app_secret = "{app.app_secret}"
verify_token = "{app.verify_token}"
api_url = "{platform.api_url}"
""",
        "utf-8",
    )
    return file


@pytest.fixture
def relevo(settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Relevo:
    """Run a command in a thread: the platform lives in the loop of the test."""
    monkeypatch.chdir(tmp_path)

    async def run(*words: str, given: bytes = b"") -> Done:
        config = [] if words[:2] == ("flows", "keygen") else ["--config", str(settings)]
        runner = CliRunner()
        done = await asyncio.to_thread(runner.invoke, group, [*words, *config], input=given)
        return Done(done.exit_code, done.stdout, done.stderr)

    return run


def change(settings: Path, old: str, new: str) -> None:
    text = settings.read_text("utf-8")
    assert old in text
    settings.write_text(text.replace(old, new), "utf-8")


async def test_a_template_is_handed_in_seen_and_deleted(
    relevo: Relevo, platform: WhatsAppPlatform
) -> None:
    made = await relevo("templates", "create", "wa-main", "-", given=json.dumps(TEMPLATE).encode())
    assert (made.code, made.rows[0]["status"]) == (0, "pending"), made.err
    (template,) = platform.templates.all(platform.app.number.business_account_id)
    template.approved()
    synced = await relevo("templates", "sync", "wa-main", "--json")
    assert synced.rows[0]["definition"]["body"] == TEMPLATE["body"]
    shown = await relevo("templates", "list", "wa-main", "--status", "approved")
    assert "ready" in shown.out
    template.paused()
    resumed = await relevo("templates", "unpause", "wa-main", "ready", "--language", "es")
    assert resumed.rows[0]["status"] == "approved"
    deleted = await relevo("templates", "delete", "wa-main", "ready")
    assert deleted.code == 0
    assert (await relevo("templates", "list", "wa-main", "--json")).rows == []


async def test_what_the_platform_says_of_a_template_that_it_refuses_is_told(relevo: Relevo) -> None:
    given = json.dumps(TEMPLATE).encode()
    assert (await relevo("templates", "create", "wa-main", "-", given=given)).code == 0
    again = await relevo("templates", "create", "wa-main", "-", given=given)
    assert again.code == 2
    assert "error: 100: A parameter is wrong; the detail names it." in again.err
    assert "The platform said: This language of the template exists." in again.err


async def test_the_app_is_linked_to_the_business(
    relevo: Relevo, platform: WhatsAppPlatform
) -> None:
    platform.cloud.numbers.subscribed.clear()
    assert "not subscribed" in (await relevo("numbers", "health", "wa-main")).out
    linked = await relevo("numbers", "subscribe", "wa-main")
    assert (linked.code, linked.err) == (0, "Webhooks of its business come now.\n")
    assert "not subscribed" not in (await relevo("numbers", "health", "wa-main")).out


async def test_a_profile_that_is_too_long_is_told_by_its_field(
    relevo: Relevo, platform: WhatsAppPlatform
) -> None:
    done = await relevo("numbers", "profile", "wa-main", "--set", f"about={'x' * 140}")
    assert (done.code, done.out) == (1, "")
    assert "$.about: has 140 characters, 139 at most" in done.err
    assert not platform.cloud.graph.calls


async def test_what_the_platform_would_refuse_is_told_without_asking_it(
    relevo: Relevo, platform: WhatsAppPlatform
) -> None:
    wrong = json.dumps({**TEMPLATE, "examples": {}}).encode()
    done = await relevo("templates", "create", "wa-main", "-", given=wrong)
    assert done.code == 1
    assert "$.examples: lacks an example for {{1}}" in done.err
    checked = await relevo("templates", "create", "wa-main", "-", "--check", given=wrong)
    assert (checked.code, "$.examples" in checked.err) == (1, True)
    good = json.dumps(TEMPLATE).encode()
    checked = await relevo("templates", "create", "wa-main", "-", "--check", given=good)
    assert (checked.code, checked.out, checked.err) == (0, "", "")
    unread = await relevo("templates", "create", "wa-main", "-", given=b'{"name": 1}')
    assert (unread.code, "$.name" in unread.err) == (2, True)
    elsewhere = await relevo("templates", "list", "wa-mian")
    assert (elsewhere.code, "did you mean wa-main?" in elsewhere.err) == (2, True)
    assert platform.templates.all(platform.app.number.business_account_id) == []


async def test_how_numbers_are_is_told_in_three_forms(
    relevo: Relevo, platform: WhatsAppPlatform
) -> None:
    platform.number.name = "=cmd|' /C calc'!A0"
    platform.number.rated("RED")
    (found,) = (await relevo("numbers", "health", "--json")).rows
    assert (found["state"], found["quality"]) == ("degraded", "red")
    (row,) = csv.DictReader(io.StringIO((await relevo("numbers", "health", "--csv")).out))
    assert (row["account"], row["quality"], row["daily_contacts"]) == ("wa-main", "red", "2000")
    assert row["name"].startswith("'="), "a spreadsheet would run it"
    assert row["address"].startswith("'+")
    assert row["checked_at"].endswith("+00:00")
    shown = await relevo("numbers", "health", "wa-main")
    assert "Meta rates the number red" in " ".join(shown.out.split())


async def test_a_number_is_activated_described_and_shut_to_some(
    relevo: Relevo, platform: WhatsAppPlatform
) -> None:
    platform.number.registered = platform.number.verified = False
    assert (await relevo("numbers", "code", "wa-main", "--language", "pt_PT")).code == 0
    code = str(platform.number.code)
    assert (await relevo("numbers", "verify", "wa-main", code)).code == 0
    registered = await relevo("numbers", "register", "wa-main")
    assert (registered.code, registered.out.strip()) == (0, platform.number.pin)
    refused = await relevo("numbers", "register", "wa-main", "--pin", "000")
    assert (refused.code, "error" in refused.err) == (2, True)
    shown = await relevo("numbers", "profile", "wa-main", "--set", "about=Pan de cada día")
    assert shown.rows[0]["about"] == "Pan de cada día"
    platform.contact("351911111111", name="Ana").writes("Olá")
    blocked = await relevo("numbers", "block", "wa-main", "351911111111", "351922222222")
    assert (blocked.code, "351911111111" in blocked.out, "351922222222" in blocked.err) == (
        1,
        True,
        True,
    )
    assert (await relevo("numbers", "blocked", "wa-main")).out == "351911111111\n"
    assert (await relevo("numbers", "unblock", "wa-main", "351911111111")).code == 0
    assert (await relevo("numbers", "blocked", "wa-main")).out == ""


async def test_a_flow_gets_its_key_and_is_published(
    relevo: Relevo, platform: WhatsAppPlatform, settings: Path, tmp_path: Path
) -> None:
    made = await relevo("flows", "keygen", "flow.pem")
    assert made.code == 0, made.err
    assert (tmp_path / "flow.pem").stat().st_mode & 0o777 == 0o600
    again = await relevo("flows", "keygen", "flow.pem")
    assert (again.code, "never overwritten" in again.err) == (2, True)
    none = await relevo("flows", "upload-key", "wa-main")
    assert (none.code, "no flow_key" in none.err) == (2, True)
    change(settings, "verify_token", 'flow_key = {file = "flow.pem"}\nverify_token')
    uploaded = await relevo("flows", "upload-key", "wa-main")
    assert uploaded.out == platform.number.public_key
    (tmp_path / "flow.json").write_text(json.dumps(SCREENS), "utf-8")
    where = ("--endpoint", "https://a.example/webhooks/whatsapp/wa-main/flows")
    published = await relevo(
        "flows", "publish", "wa-main", "--name", "Reservas", "--screens", "flow.json", *where
    )
    assert published.rows[0]["status"] == "published", published.err
    assert (await relevo("flows", "list", "wa-main")).rows == published.rows
    retired = await relevo("flows", "retire", "wa-main", published.rows[0]["platform_id"])
    assert (retired.code, retired.err) == (0, "Deprecated.\n")
    unclear = await relevo("flows", "publish", "wa-main")
    assert unclear.code == 2


async def test_the_doctor_finds_nothing_bad_where_all_is_well(relevo: Relevo) -> None:
    done = await relevo("doctor", "--json")
    found = {each["part"]: each for each in done.rows}
    assert found["account wa-main"]["state"] == "good"
    assert found["clock"]["state"] == "good"
    assert found["redis"]["state"] in {"good", "warning"}  # the tests' keeps nothing on disk
    assert (found["daemon"]["state"], found["daemon"]["remedy"]) == ("warning", "Start relevo run.")
    assert [each for each in done.rows if each["state"] == "bad"] == []
    assert done.code == 0


async def test_the_doctor_tells_what_is_bad_and_what_to_do(
    relevo: Relevo, platform: WhatsAppPlatform, settings: Path
) -> None:
    platform.number.banned()
    platform.cloud.numbers.subscribed.clear()
    change(settings, "unix://", "unix:///nowhere")
    done = await relevo("doctor")
    assert done.code == 1
    assert "BAD   account wa-main: Meta banned the number." in done.out
    assert "→ Look into WhatsApp Manager" in done.out
    assert "warn  account wa-main: The app is not subscribed" in done.out
    assert "BAD   redis:" in done.out
    assert ".." not in done.out
    change(settings, "data_dir", 'media = {url = "nonsense://x"}\ndata_dir')
    done = await relevo("doctor")
    assert (done.code, "BAD   media:" in done.out) == (1, True)
    assert "BAD   accounts: They cannot be asked" in done.out
    change(settings, "[[accounts]]", "wrong = 1\n[[accounts]]")
    assert (await relevo("doctor")).code == 2
