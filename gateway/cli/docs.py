"""``relevo docs``: the reference pages of a source checkout, rendered from its code."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gateway.cli.console import stderr, stdout
from gateway.cli.reference import PAGES, PARTS


@click.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a page is not true.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    help="The source checkout; the current folder by default.",
)
def command(*, check: bool, root: Path) -> None:
    """Write the reference pages and etc/relevo.toml of a source checkout from its code."""
    if not (root / "docs" / "reference").exists():
        raise click.UsageError(f"{root.absolute()} is not a source checkout of Relevo")
    pages = rendered_pages(root)
    stale = {path: text for path, text in pages.items() if _text(root / path) != text}
    if check:
        _tell(root, stale)
    for path, text in stale.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
        stdout().print(f"written: {path}")
    stdout().print(f"{len(pages)} pages are true.")


def rendered_pages(root: Path) -> dict[str, str]:
    """Return the text of every page as it should be, by its path in a checkout.

    Args:
        root: The checkout; of pages that are written by hand, what is there is kept.
    """
    whole = {path: render() for path, render in PAGES.items()}
    return whole | {path: fill(_text(root / path)) for path, fill in PARTS.items()}


def _tell(root: Path, stale: Mapping[str, str]) -> None:
    for path, text in stale.items():
        before, after = _text(root / path).splitlines(), text.splitlines()
        lines = difflib.unified_diff(before, after, path, "as the code says", lineterm="", n=0)
        stderr().print("\n".join(lines), markup=False, soft_wrap=True)
    if stale:
        stderr().print("Run `relevo docs` and commit what it writes.")
        sys.exit(1)


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""
