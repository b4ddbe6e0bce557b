"""``relevo docs``: the reference pages of a source checkout, rendered from its code."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from gateway.cli.console import stderr, stdout
from gateway.cli.reference import PAGES


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
    stale = [path for path, rendered in rendered_pages() if _text(root / path) != rendered]
    if check:
        _tell(root, stale)
        return
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(PAGES[path](), "utf-8")
        stdout().print(f"written: {path}")
    stdout().print(f"{len(PAGES)} pages are true.")


def rendered_pages() -> list[tuple[str, str]]:
    """Return every page's path with its text as it should be."""
    return [(path, render()) for path, render in PAGES.items()]


def _tell(root: Path, stale: list[str]) -> None:
    for path in stale:
        before, after = _text(root / path).splitlines(), PAGES[path]().splitlines()
        lines = difflib.unified_diff(before, after, path, "as the code says", lineterm="", n=0)
        stderr().print("\n".join(lines), markup=False, soft_wrap=True)
    if stale:
        stderr().print("Run `relevo docs` and commit what it writes.")
        sys.exit(1)
    stdout().print(f"{len(PAGES)} pages are true.")


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""
