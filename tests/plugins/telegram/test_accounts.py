"""Whose an update is: the secret token tells, for the update itself does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner
from prometheus_client import CollectorRegistry

from gateway.api import Event, Secret, Secrets
from gateway.cli.main import relevo
from gateway.errors import SettingsError
from gateway.http import webhooks
from gateway.http.listener import Listener
from gateway.settings.schema import HttpSettings
from gateway.telemetry.metrics import Metrics
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings
from tests.plugins.telegram.conftest import AT, HEAD


def bot(name: str, *secrets: str) -> TelegramChannel:
    return TelegramChannel(
        TelegramSettings(
            id=name,
            channel="telegram",
            bot_token=Secret(f"{len(name)}:token"),
            secret_token=Secrets(*secrets),
        )
    )


BOTS = (bot("sales", "s-new", "s-old"), bot("support", "p-1"), bot("press", "x-1"))


class Door:
    """A listener with the callback addresses of three bots."""

    def __init__(self, listener: Listener, taken: list[Event]) -> None:
        self._listener = listener
        self._taken = taken

    async def post(self, path: str, secret: str | None) -> tuple[int, list[str]]:
        """Return the answer's status and the accounts of the events it led to."""
        self._taken.clear()
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        body = {"update_id": 1, "message": {**HEAD, "text": "hola"}}
        async with (
            aiohttp.ClientSession() as client,
            client.post(
                f"http://{self._listener.address}{path}", json=body, headers=headers
            ) as answer,
        ):
            return answer.status, [event.account for event in self._taken]


def routes(bots: Sequence[TelegramChannel], taken: list[Event]) -> Any:
    async def commit(events: Sequence[Event]) -> None:
        taken.extend(events)

    return webhooks.routes(
        bots,
        commit=commit,
        settings=HttpSettings(),
        metrics=Metrics(CollectorRegistry()),
        clock=lambda: AT,
    )


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    taken: list[Event] = []
    listener = Listener(
        "public",
        "127.0.0.1:0",
        settings=HttpSettings(),
        metrics=Metrics(CollectorRegistry()),
        routes=routes(BOTS, taken),
    )
    await listener.start()
    yield Door(listener, taken)
    await listener.stop(1.0)


@pytest.mark.parametrize(
    ("secret", "account"),
    [("s-new", "sales"), ("s-old", "sales"), ("p-1", "support"), ("x-1", "press")],
)
async def test_at_the_shared_address_the_secret_says_which_bot_it_is(
    door: Door, secret: str, account: str
) -> None:
    assert await door.post("/webhooks/telegram", secret) == (200, [account])


@pytest.mark.parametrize(
    ("secret", "answer"),
    [("p-1", (200, ["support"])), ("s-new", (403, [])), ("", (403, [])), (None, (403, []))],
)
async def test_at_a_bots_own_address_only_its_own_secret_is_taken(
    door: Door, secret: str | None, answer: tuple[int, list[str]]
) -> None:
    assert await door.post("/webhooks/telegram/support", secret) == answer


@pytest.mark.parametrize("secrets", [("same",), ("same", "b"), ("b", "same")])
def test_two_bots_with_one_secret_are_refused(secrets: tuple[str, ...]) -> None:
    bots = (bot("sales", "a", "same"), bot("support", *secrets))
    with pytest.raises(SettingsError, match="'sales' and 'support' have the same secret") as wrong:
        routes(bots, [])
    assert "'same'" not in str(wrong.value)


def test_they_are_refused_before_anything_is_started_too(tmp_path: Path) -> None:
    file = tmp_path / "relevo.toml"
    account = '[[accounts]]\nid = "{0}"\nchannel = "telegram"\nbot_token = "{1}:x"\n'
    accounts = [account.format(name, at) for at, name in enumerate(("sales", "support"))]
    same = 'secret_token = "same"\n'
    file.write_text(f"{accounts[0]}{same}{accounts[1]}{same}")
    done = CliRunner().invoke(relevo, ["check", "--config", str(file)])
    assert done.exit_code == 2
    assert "'sales' and 'support' have the same secret" in done.output
