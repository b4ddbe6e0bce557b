"""How the demo looks: the platform on the left, the stream on the right.

One below the other where the terminal is narrow or the output goes into a pipe. What was printed
stays, so that it can be scrolled and read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gateway.cli.demo_arrivals import Arrival
from gateway.cli.demo_lines import what, who
from gateway.model.event import type_of
from gateway.testing.delivery import Attempt
from gateway.testing.whatsapp.tour import Step

WIDE: Final = 100
"""Columns from which on both sides fit beside each other."""
WIDEST: Final = 140
"""Lines longer than this are hard to read."""
STYLES: Final = {
    "message.received": "bold green",
    "message.status": "bold cyan",
    "message.media_stored": "bold magenta",
    "message.media_failed": "bold red",
    "window.opened": "bold blue",
    "platform.notice": "bold yellow",
}


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step after it was taken.

    Attributes:
        posted_at: ``time.monotonic`` when it was posted.
        problems: What was otherwise than expected.
    """

    step: Step
    posted_at: float
    attempts: Sequence[Attempt]
    arrivals: Sequence[Arrival]
    problems: Sequence[str]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parts of the demo are."""

    callback: str
    private: str
    platform: str
    redis: str
    config: str


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo came to.

    Attributes:
        webhooks: Posted, every copy counted.
        answers: How many of each status.
        carried: Messages and statuses in them, copies not counted.
        events: Seen on the streams.
        stream: The one they were on.
        duplicates: Recognised by the gateway, by its own count.
        median_ms: Time to an answer.
        media_id: Of a stored file, to be looked at.
        ready: Whether ``/readyz`` answers 200.
    """

    webhooks: int
    answers: dict[str, int]
    carried: int
    events: int
    stream: str
    duplicates: int
    median_ms: float
    media_id: str | None
    ready: bool


class View:
    """Prints the demo.

    Args:
        console: Where to.
        command: What the reader has to type for ``relevo``.
    """

    def __init__(self, console: Console, *, command: str) -> None:
        console.width = min(console.width, WIDEST)
        self._console = console
        self._command = command
        self._wide = console.is_terminal and console.width >= WIDE

    def starting(self) -> None:
        """Say what is about to happen."""
        sides = ("on the left", "on the right") if self._wide else ("first", "below")
        self._console.print(
            Panel(
                Text.assemble(
                    "A simulated WhatsApp posts real, signed webhooks; the gateway answers 200 "
                    "once they are safe on a Redis stream.\n\n",
                    (f"{sides[0].capitalize()}", "bold"),
                    ": what the platform posts, and the answer.\n",
                    (f"{sides[1].capitalize()}", "bold"),
                    ": the events that arrive on the stream, and how long after the post.",
                ),
                title="[bold]Relevo[/] demo",
                padding=(1, 2),
                width=min(self._console.width, WIDE),
            )
        )

    def ready(self, place: Place) -> None:
        """Tell that the gateway answers and the platform has checked its callback."""
        self._console.print(
            Text.assemble(
                ("✓ ", "bold green"),
                "Gateway, Valkey and platform are up. The platform checked the callback: ",
                ("GET hub.challenge → 200", "green"),
            )
        )
        self._console.print(Text(f"  {place.callback}\n", style="cyan"), soft_wrap=True)

    def step(self, taken: Taken) -> None:
        """Show one webhook and what came of it."""
        left, right = _posted(taken), _arrived(taken)
        if self._wide:
            grid = Table.grid(expand=True, padding=(0, 2))
            grid.add_column(ratio=2)
            grid.add_column(ratio=3)
            grid.add_row(Text("\n").join(left), Text("\n").join(right))
            self._console.print(grid)
        else:
            for line in left:
                self._print(line)
            for line in right:
                self._print(line, indent=4)
        self._console.print()

    def _print(self, line: Text, *, indent: int = 0) -> None:
        if self._console.is_terminal:
            self._console.print(Padding(line, (0, 0, 0, indent), expand=False))
        else:  # one event a line, for grep
            self._console.print(Text(" " * indent) + line, soft_wrap=True)

    def summary(self, totals: Totals, place: Place) -> None:
        """Tell what the tour came to."""
        answers = ", ".join(f"{count} with {status}" for status, count in totals.answers.items())
        rows = {
            "posted": f"{totals.webhooks} webhooks with {totals.carried} messages and statuses",
            "answered": f"{answers}; half of them within {totals.median_ms:.1f} ms",
            "on the stream": f"{totals.events} events",
            "recognised": f"{totals.duplicates} duplicates, left out",
            "webhooks": place.callback,
            "private": f"{place.private} (metrics, health, media)",
            "platform": f"{place.platform} (simulated Graph API)",
            "stream": f"{totals.stream} of {place.redis}",
        }
        self._heading("The tour")
        for name, told in rows.items():
            self._print(Text.assemble((f"{name:<15}", "bold"), told))
        self._console.print()

    def try_next(self, totals: Totals, place: Place) -> None:
        """Give commands to type into another terminal, each on one line to be copied."""
        commands = [
            f"{self._command} tail --config {place.config}",
            f"curl -s {place.private}/readyz",
            f"curl -s {place.private}/metrics | grep relevo_events_total",
        ]
        if totals.media_id:
            commands.append(f"curl -so picture.png {place.private}/v1/media/{totals.media_id}")
        self._heading("Try next, in another terminal")
        for each in commands:
            self._console.print(Text(f"  {each}", style="cyan"), soft_wrap=True)
        self._console.print("\nPeople go on writing. Ctrl-C ends it all.\n")

    def look_around(self) -> None:
        """Tell how to keep it running."""
        self._print(Text(f"To keep it running and look around: {self._command} demo"))

    def _heading(self, title: str) -> None:
        if self._console.is_terminal:
            self._console.print(Rule(f"[bold]{title}[/]", align="left"))
        else:
            self._console.print(f"{title}:")

    def verdict(self, problems: Sequence[str]) -> None:
        """Say whether everything was as expected."""
        if not problems:
            self._print(Text("✓ Everything arrived as expected.", style="bold green"))
        for each in problems:
            self._print(Text(f"✗ {each}", style="bold red"))

    def goodbye(self) -> None:
        """Tell that everything is stopped."""
        self._print(Text("Stopped; nothing is left behind.", style="dim"))


def _posted(taken: Taken) -> list[Text]:
    step = taken.step
    lines = [Text.assemble(("▸ ", "bold cyan"), (step.title, "bold"))]
    if step.said:
        lines.append(Text(f"  «{step.said}»", style="italic"))
    lines.append(_answer(taken))
    if step.shows:
        lines.append(Text(f"  {step.shows}", style="dim"))
    return lines


def _answer(taken: Taken) -> Text:
    step = taken.step
    text = Text(f"  POST {len(step.webhook.body)} bytes")
    if step.copies > 1:
        text.append(f", {step.copies} times")
    text.append(" → ")
    for attempt in taken.attempts:
        fine = attempt.status == step.status
        text.append(f"{attempt.status or attempt.error} ", "bold green" if fine else "bold red")
    slowest = max(each.answered_at - each.posted_at for each in taken.attempts)
    text.append(f"in {slowest * 1000:.1f} ms", "dim")
    return text


def _arrived(taken: Taken) -> list[Text]:
    lines = [_event(each, taken.posted_at) for each in taken.arrivals]
    if not lines:
        lines.append(Text("nothing, as it should be", style="dim"))
    return lines + [Text(f"✗ {each}", style="bold red") for each in taken.problems]


def _event(arrival: Arrival, posted_at: float) -> Text:
    kind = type_of(arrival.event)
    style = STYLES.get(kind, "bold")
    text = Text.assemble(("● ", style), (kind, style))
    for each in (who(arrival.event), what(arrival.event)):
        if each:
            text.append(f"  {each}")
    text.append(f"  +{(arrival.seen_at - posted_at) * 1000:.0f} ms", "dim")
    return text
