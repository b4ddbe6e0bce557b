from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
import pytest

from gateway.cli.demo_step import Did, Step, problems_of
from gateway.cli.demo_visitor import Visitor

RELEVO: Final = str(Path(sys.executable).with_name("relevo"))


def environment(folder: Path) -> dict[str, str]:
    # Settings of whoever runs the tests must not reach the demo, nor its files stay.
    return {**os.environ, "TMPDIR": str(folder), "RELEVO_CONFIG": "/nowhere", "COLUMNS": "80"}


def demo(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [RELEVO, "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(folder),
    )


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d")


CIRCLE: Final = (
    # A contact writes on each channel, we answer, and it is on their screen.
    "● message.received  Ana García  «¿Y a qué hora abrís?»",
    "▣ on Ana's phone  «A las 8. ¿Te lo reservamos?»",
    "● message.status  Ana García  read",
    "▣ on Carla's phone  «Sí, en toda la ciudad. ¿Cuándo?»",
    "▣ on Iris's phone  «Sí, en toda la ciudad. ¿Cuándo?»",
    "▣ on Bruno's phone  «Olá Bruno! O que deseja?»",
    "quick_reply today: «Hoy»",
    "callback menu: «Ver o menu»",
    "▣ on the page  «¡Claro! ¿A las 21:00?»",
    "button nine: «Perfecto»",
    # A closed window: the fallback goes, the message is held and released by the answer.
    "● message.held  Marta Ruiz",
    "▣ on Marta's phone  «Hola Marta, tenemos novedades de tu pedido. ¿Nos respondes?»",
    "▣ on Marta's phone  «Tu tarta está lista: te esperamos hasta las 20:00 🎂»",
    # What goes wrong, does not matter.
    "● message.media_stored  Ana García  image/png",
    "2 duplicates, left out",
    "POST 562 bytes → 403",
)


def test_one_tour_verifies_itself_and_leaves_nothing_behind(folder: Path) -> None:
    process = demo(folder, "--once")
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    assert "✓ Everything arrived as expected." in printed
    assert [each for each in CIRCLE if each not in printed] == [], printed
    assert "\x1b[" not in printed
    assert list(folder.iterdir()) == []


@pytest.fixture
def running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with demo(folder) as process:
        yield process
        process.kill()


def printed_until(process: subprocess.Popen[str], end: str) -> str:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if end in line:
            return text
    raise AssertionError(f"it ended before {end!r}:\n{text}")


async def visit(gateway: str, text: str) -> list[str]:
    """Open the page with the chat, write something, and return what is answered."""
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{gateway}/webchat/web-demo/") as page:
            assert page.status == 200
            assert "widget.js" in await page.text()
        visitor = Visitor(http, gateway, "web-demo")
        await visitor.come()
        await visitor.write(text)
        async with asyncio.timeout(20):
            while not visitor.screen:  # noqa: ASYNC110 - a screen tells nobody that it changed
                await asyncio.sleep(0.05)
        await visitor.go()
        return visitor.screen


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_goes_on_until_it_is_told_to_stop(
    running: subprocess.Popen[str], folder: Path, number: signal.Signals
) -> None:
    text = printed_until(running, "Ctrl-C ends it all")
    printed_until(running, "writes")
    [ready] = re.findall(r"curl -s (http://\S+/readyz)", text)
    [file] = re.findall(r"curl -so picture.png (http://\S+)", text)
    with urllib.request.urlopen(ready) as answer:  # noqa: S310 - of our own loopback
        assert answer.status == 200
    with urllib.request.urlopen(file) as answer:  # noqa: S310 - the same
        assert answer.read(4) == b"\x89PNG"
    [page] = re.findall(r"(http://\S+)/webchat/web-demo/", text)
    assert "Esto es una demostración, pero te leo: «¿Hola?»" in asyncio.run(visit(page, "¿Hola?"))
    running.send_signal(number)
    assert running.wait(timeout=30) == 0
    assert list(folder.iterdir()) == []


def test_the_ports_can_be_chosen_and_a_taken_one_is_told(folder: Path) -> None:
    with demo(folder) as first:
        text = printed_until(first, "/webhooks/whatsapp/")
        [port] = re.findall(r"http://127.0.0.1:(\d+)/webhooks/whatsapp", text)
        second = demo(folder, "--once", "--port-base", port)
        told, _ = second.communicate(timeout=60)
        first.terminate()
    assert second.returncode == 2
    # Its platforms come first: a neighbour of the taken port may be taken as well.
    [taken] = re.findall(r"error: (?:http\.|cannot listen).*127\.0\.0\.1\D{1,4}(\d+)", told)
    assert int(taken) in range(int(port), int(port) + 6)


async def nothing() -> Sequence[Did]:
    return ()


STEP: Final = Step(account="pigeon", title="Ana writes", act=nothing, events=("a", "b"))


@pytest.mark.parametrize(
    ("answers", "labels", "told"),
    [
        (("200",), ["b", "a"], []),
        (("503", "200"), ["a", "b"], ["answered 503, not 200"]),
        (("gone",), ["a", "b"], ["answered gone, not 200"]),
        (("200",), ["a"], ["b did not arrive"]),
        (("200",), ["a", "b", "b"], ["b arrived and should not have"]),
    ],
)
def test_whatever_differs_from_the_script_is_told(
    answers: tuple[str, ...], labels: list[str], told: list[str]
) -> None:
    found = problems_of(STEP, [Did(what="POST", answers=answers)], labels)
    assert found == [f"Ana writes: {each}" for each in told]


def test_what_is_not_on_the_screen_is_told() -> None:
    seen = ["Hello"]
    step = msgspec.structs.replace(STEP, screen=("Ana's phone", "Hi"), look=lambda: seen)
    assert problems_of(step, (), ["a", "b"]) == ["Ana writes: Ana's phone does not show «Hi»"]
    seen.append("Hi")
    assert problems_of(step, (), ["a", "b"]) == []
