"""What ``relevo doctor`` says of a spool that a killed daemon left behind."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gateway.edge.spoolfile import FORM
from gateway.testing.process import RelevoProcess
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.command import Ended, relevo


class Left(NamedTuple):
    """A daemon that took webhooks while its Redis was away."""

    daemon: RelevoProcess
    server: ValkeyServer
    folder: Path

    @property
    def file(self) -> Path:
        (file,) = (each for each in self.spool.glob("*.spool") if each.stat().st_size > len(FORM))
        return file

    @property
    def spool(self) -> Path:
        return self.daemon.data_dir / "spool"

    async def doctor(self) -> list[Any]:
        """Return what is found of the spool; no file may change by that."""
        before = self._files()
        done = await self._doctor("--json")
        assert self._files() == before
        found = [json.loads(each) for each in done.out.splitlines()]
        return [each for each in found if each["part"] == "spool"]

    async def plain(self) -> str:
        return (await self._doctor()).out

    async def _doctor(self, *words: str) -> Ended:
        return await relevo("doctor", "--config", str(self.folder / "relevo.toml"), *words)

    def _files(self) -> dict[str, tuple[bytes, int]]:
        files = [each for each in self.spool.iterdir() if each.is_file()]
        return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in files}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    folder = tmp_path / "valkey"
    folder.mkdir()
    with ValkeyServer(directory=folder) as made:
        yield made


@pytest.fixture
async def left(server: ValkeyServer, tmp_path: Path) -> AsyncIterator[Left]:
    """Three webhooks are taken without Redis; the daemon runs on."""
    async with WhatsAppPlatform() as platform:
        app = platform.app
        accounts = f"""
[redis]
url = "unix://{server.socket}"

[[accounts]]
id = "wa-main"
channel = "whatsapp"
phone_number_id = "{app.number.phone_number_id}"
business_account_id = "{app.number.business_account_id}"
access_token = "{app.access_token}"
app_secret = "{app.app_secret}"
verify_token = "{app.verify_token}"
api_url = "{platform.api_url}"
"""
        with RelevoProcess(tmp_path, accounts=accounts) as daemon:
            platform.callback_url = f"{daemon.public_url}/webhooks/whatsapp/wa-main"
            server.kill()
            for text in ("Olá", "Está aberto?", "Até amanhã"):
                await platform.post(platform.contact("351911111111", name="Ana").writes(text))
            yield Left(daemon, server, tmp_path)


async def test_what_waits_is_told_until_a_daemon_has_drained_it(left: Left) -> None:
    (running,) = await left.doctor()
    assert (running["state"], "The daemon runs." in running["told"]) == ("warning", True)
    left.daemon.kill()
    (waiting,) = await left.doctor()
    size = left.file.stat().st_size - len(FORM)
    assert waiting["state"] == "warning"
    assert f"3 events, {size / 1024:.1f} KiB, since 20" in waiting["told"]
    assert waiting["remedy"].startswith("Start relevo run")
    left.server.start()
    left.daemon.start()
    left.daemon.wait_until_drained()
    (drained,) = await left.doctor()
    assert (drained["state"], drained["told"]) == (
        "good",
        "Nothing waits on the disk; the daemon runs.",
    )
    left.daemon.stop()
    assert [each["told"] for each in await left.doctor()] == ["Nothing waits on the disk."]


async def test_half_a_record_is_told_and_needs_nothing(left: Left) -> None:
    left.daemon.kill()
    os.truncate(left.file, left.file.stat().st_size - 5)
    cut, waiting = await left.doctor()
    assert cut["state"] == "warning"
    assert f"{left.file.name} ends within a record" in cut["told"]
    assert "the platform delivers it again" in cut["remedy"]
    assert ": 2 events, " in waiting["told"]
    with left.file.open("ab") as file:
        file.write(bytes(4_000_000))
    long, _ = await left.doctor()
    assert (long["state"], "is damaged" in long["told"]) == ("bad", True)


async def test_damage_is_told_with_what_to_do(left: Left) -> None:
    left.daemon.kill()
    file = left.file
    content = bytearray(file.read_bytes())
    content[len(FORM) + 100] ^= 1
    file.write_bytes(content)
    damaged, waiting = await left.doctor()
    assert damaged["state"] == "bad"
    assert f"{file.name} is damaged: " in damaged["told"]
    assert f"the first of them at byte {len(FORM)}." in damaged["told"]
    assert f"Copy {left.spool}" in damaged["remedy"]
    assert ": 2 events, " in waiting["told"]
    left.server.start()
    left.daemon.start()
    left.daemon.wait_until_drained()
    assert left.daemon.metric("relevo_events_total") == 2
    left.daemon.stop()
    (aside,) = await left.doctor()
    assert (aside["state"], f"{file.stem}.torn holds" in aside["told"]) == ("warning", True)


async def test_files_that_keep_the_daemon_from_starting_are_told(left: Left) -> None:
    left.daemon.kill()
    left.file.rename(left.spool / "kept.spool")
    (left.spool / "05.spool").write_bytes(b"not ours at all, by the look of it")
    (left.spool / "06.spool").mkdir()
    other, folder, name = await left.doctor()
    assert {each["state"] for each in (other, folder, name)} == {"bad"}
    assert "05.spool is not a spool file of this version of relevo." in other["told"]
    assert "06.spool cannot be read: Is a directory." in folder["told"]
    assert "kept.spool is not a spool file: its name is no partition" in name["told"]
    assert "BAD   spool:" in await left.plain()


async def test_events_of_a_partition_that_is_no_more_stop_the_start_and_are_told(
    left: Left,
) -> None:
    left.daemon.kill()
    left.file.rename(left.spool / "11.spool")
    stranded, _ = await left.doctor()
    assert stranded["state"] == "bad"
    assert "11.spool holds 3 events, but streams.partitions is 8" in stranded["told"]
    assert "set streams.partitions to what it was" in stranded["remedy"]
    done = await relevo("run", "--config", str(left.folder / "relevo.toml"))
    assert done.code != 0
    assert "11.spool holds events, but streams.partitions is 8" in done.err
    assert (left.spool / "11.spool").exists()
