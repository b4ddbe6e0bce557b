"""``relevo new-channel``: the starting folder of a channel plugin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from gateway import loader
from gateway.cli.console import stdout

NAMED: Final = "postbox"
"""The channel of the example, for whose name the new one's is put."""
FIRST: Final = "README.md"
LEFT: Final = {"__pycache__", "dist", "build"}
"""What may lie in a checkout's example and belongs to nobody."""


@click.command("new-channel")
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write it; ./relevo-channel-NAME by default.",
)
def command(name: str, folder: Path | None) -> None:
    """Write the starting folder of a channel plugin.

    NAME is what settings and addresses will call the channel: small letters, digits, underscores.
    The folder holds a package that works, takes and sends signed webhooks, and passes its tests
    and its type check as it is. Comments that begin with "Yours" lead from there, step by step, to
    a channel of another platform; docs/writing-a-channel.md explains each.
    """
    _check(name)
    folder = folder or Path(f"relevo-channel-{name.replace('_', '-')}")
    if folder.exists() and any(folder.iterdir()):
        raise click.BadParameter(f"{folder} is not empty", param_hint="--folder")
    for file in _files(_example()):
        target = folder / _renamed(str(file.relative_to(_example())), name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_renamed(file.read_text("utf-8"), name), "utf-8")
    _tell_next(name, folder)


def _check(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise click.BadParameter(
            "small letters, digits and underscores, a letter first", param_hint="NAME"
        )
    if name in loader.load().channels:
        raise click.BadParameter(f"there is a channel {name!r} already", param_hint="NAME")


def _example() -> Path:
    """Return the folder of the example: of the checkout this runs from, else the wheel's copy."""
    package = Path(__file__).parent
    checkout = package.parents[1] / "contrib" / "relevo-channel-example"
    return checkout if (checkout / FIRST).exists() else package / "example"


def _files(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.name.startswith(".") or each.name in LEFT or each.suffix == ".egg-info":
            continue
        if each.is_dir():
            yield from _files(each)
        else:
            yield each


def _renamed(text: str, name: str) -> str:
    """Return a text with the example's name replaced, in each way it is written."""
    words = name.split("_")
    titles = {
        f"{NAMED.title()}Channel": f"{''.join(map(str.title, words))}Channel",
        f"{NAMED.title()}Settings": f"{''.join(map(str.title, words))}Settings",
        f"Test{NAMED.title()}": f"Test{''.join(map(str.title, words))}",
        f"relevo-channel-{NAMED}": f"relevo-channel-{'-'.join(words)}",
        NAMED.title(): " ".join(words).capitalize(),
        NAMED.upper(): name.upper(),
        NAMED: name,
    }
    for old, new in titles.items():
        text = text.replace(old, new)
    return text


def _tell_next(name: str, folder: Path) -> None:
    lines = (
        f"cd {folder}",
        "pip install -e '.[dev]'",
        "pytest && mypy && ruff check .",
        f"relevo parse {name} tests/recorded/text.json",
        "grep -rn Yours .",
    )
    console = stdout()
    console.print(f"Written: {folder}, a channel {name!r} that works. Next:\n", markup=False)
    for each in lines:
        console.print(f"  {each}", style="cyan", markup=False, soft_wrap=True)
    console.print("\nThe last one lists what is yours to change; the numbers are the order.")
