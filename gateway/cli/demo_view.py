"""How the demo looks: the platform on the left, the stream on the right.

One below the other where the terminal is narrow or the output goes into a pipe. What was printed
stays, so that it can be scrolled and read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gateway.cli.demo_arrivals import Arrival
from gateway.cli.event_words import what, who
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


class Line(msgspec.Struct, frozen=True):
    """A mark, a text that may wrap beside it, and what stands at the right edge."""

    mark: str
    text: Text
    style: str = ""
    edge: str = ""

    @property
    def plain(self) -> str:
        """The line for a pipe: never wrapped, so that it can be searched."""
        return f"{self.mark or ' '} {self.text.plain}  {self.edge}".rstrip()


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
        sides = ("On the left", "On the right") if self._wide else ("First", "Below")
        text: RenderableType = Text.assemble(
            "A simulated WhatsApp posts real, signed webhooks; the gateway answers 200 once they "
            "are safe on a Redis stream.\n\n",
            (sides[0], "bold"),
            ": what the platform posts, and the answer.\n",
            (sides[1], "bold"),
            ": the events that arrive on the stream, and how long after the post.",
        )
        if self._console.is_terminal:
            width = min(self._console.width, WIDE)
            text = Panel(text, title="[bold]Relevo[/] demo", padding=(1, 2), width=width)
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def ready(self, place: Place) -> None:
        """Tell that the gateway answers and the platform has checked its callback."""
        self._say(
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
            sides = Table.grid(expand=True, padding=(0, 3, 0, 0))
            sides.add_column(ratio=2)
            sides.add_column(ratio=3)
            sides.add_row(_grid(left), _grid(right))
            self._console.print(sides)
        elif self._console.is_terminal:
            self._console.print(_grid(left), Padding(_grid(right), (0, 0, 0, 4)))
        else:
            for line in left:
                self._plain(line.plain)
            for line in right:
                self._plain(f"    {line.plain}")
        self._console.print()

    def _plain(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    def _say(self, text: Text) -> None:
        self._console.print(text, soft_wrap=not self._console.is_terminal)

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
        if self._console.is_terminal:
            facts = Table.grid(padding=(0, 2, 0, 0))
            facts.add_column(style="bold", no_wrap=True)
            facts.add_column(overflow="fold")
            for name, told in rows.items():
                facts.add_row(name, told)
            self._console.print(facts)
        else:
            for name, told in rows.items():
                self._plain(f"{name:<15}{told}")
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
        self._say(Text(f"To keep it running and look around: {self._command} demo"))

    def _heading(self, title: str) -> None:
        if self._console.is_terminal:
            self._console.print(Rule(f"[bold]{title}[/]", align="left"))
        else:
            self._console.print(f"{title}:")

    def verdict(self, problems: Sequence[str]) -> None:
        """Say whether everything was as expected."""
        if not problems:
            self._say(Text("✓ Everything arrived as expected.", style="bold green"))
        for each in problems:
            self._say(Text(f"✗ {each}", style="bold red"))

    def goodbye(self) -> None:
        """Tell that everything is stopped."""
        self._say(Text("Stopped; nothing is left behind.", style="dim"))


def _grid(lines: Sequence[Line]) -> Table:
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, width=1)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True, justify="right", style="dim")
    for line in lines:
        grid.add_row(Text(line.mark, style=line.style), line.text, line.edge)
    return grid


def _posted(taken: Taken) -> list[Line]:
    step = taken.step
    lines = [Line("▸", Text(step.title, style="bold"), "bold cyan")]
    if step.said:
        lines.append(Line("", Text(f"«{step.said}»", style="italic")))
    slowest = max(each.answered_at - each.posted_at for each in taken.attempts)
    lines.append(Line("", _answer(taken), edge=f"{slowest * 1000:.1f} ms"))
    if step.shows:
        lines.append(Line("", Text(step.shows, style="dim")))
    return lines


def _answer(taken: Taken) -> Text:
    step = taken.step
    text = Text(f"POST {len(step.webhook.body)} bytes")
    if step.copies > 1:
        text.append(f", {step.copies} times")
    text.append(" →")
    for attempt in taken.attempts:
        fine = attempt.status == step.status
        text.append(f" {attempt.status or attempt.error}", "bold green" if fine else "bold red")
    return text


def _arrived(taken: Taken) -> list[Line]:
    lines = [_event(each, taken.posted_at) for each in taken.arrivals]
    if not lines:
        lines.append(Line("○", Text("nothing, as it should be"), "dim"))
    return lines + [Line("✗", Text(each, style="bold red"), "bold red") for each in taken.problems]


def _event(arrival: Arrival, posted_at: float) -> Line:
    kind = type_of(arrival.event)
    style = STYLES.get(kind, "bold")
    text = Text(kind, style=style)
    for each in (who(arrival.event), what(arrival.event)):
        if each:
            text.append(f"  {each}", "default not bold")
    return Line("●", text, style, f"+{(arrival.seen_at - posted_at) * 1000:.0f} ms")
