"""How the demo looks: the platform on the left, the stream on the right, one below the other
where the terminal is narrow or the output goes into a pipe.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from rich.console import Console, Group, RenderableType
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
STYLES: Final = {
    "message.received": "bold green",
    "message.status": "cyan",
    "message.media_stored": "bold magenta",
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
        webhooks: Posted, copies counted each.
        answers: How many of each status.
        carried: Messages and statuses in them.
        events: Seen on the streams.
        duplicates: Recognised by the gateway, by its own count.
        median_ms: Time to an answer.
        media_id: Of a stored file, to be looked at.
    """

    webhooks: int
    answers: dict[str, int]
    carried: int
    events: int
    duplicates: int
    median_ms: float
    media_id: str | None


class View:
    """Prints the demo, line by line: what was printed stays."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._wide = console.is_terminal and console.width >= WIDE

    def starting(self) -> None:
        """Say what is about to happen."""
        self._console.print(
            Panel(
                Text.assemble(
                    "A simulated WhatsApp posts real, signed webhooks to the gateway; the "
                    "gateway answers 200 when they are safe on a Redis stream. ",
                    ("Left", "bold"),
                    " (or above): what is posted and answered. ",
                    ("Right", "bold"),
                    " (or below): the events that arrive, and after how long.",
                ),
                title="[bold]Relevo[/] demo",
                padding=(1, 2),
            )
        )

    def ready(self, place: Place) -> None:
        """Tell that the gateway answers and the platform has checked its callback."""
        self._console.print(
            Text.assemble(
                ("✓ ", "bold green"),
                "gateway, Valkey and platform are up; the platform has checked the callback ",
                (place.callback, "cyan"),
                " (hub.challenge)",
            ),
            Text(),
        )

    def step(self, taken: Taken) -> None:
        """Show one webhook and what came of it."""
        left, right = self._posted(taken), self._arrived(taken)
        if self._wide:
            grid = Table.grid(expand=True, padding=(0, 2))
            grid.add_column(ratio=2)
            grid.add_column(ratio=3)
            grid.add_row(left, right)
            self._console.print(grid, Text())
        else:
            self._console.print(left, Padding(right, (0, 0, 0, 4)), Text())

    def _posted(self, taken: Taken) -> RenderableType:
        step = taken.step
        lines = [Text.assemble(("▸ ", "bold"), (step.title, "bold"))]
        if step.said:
            lines.append(Text(f"  «{step.said}»", style="italic"))
        lines.append(self._answer(taken))
        if step.shows:
            lines.append(Text(f"  {step.shows}", style="dim"))
        return Group(*lines)

    def _answer(self, taken: Taken) -> Text:
        size = len(taken.step.webhook.body)
        text = Text(f"  POST {size} bytes", style="default")
        if taken.step.copies > 1:
            text.append(f" × {taken.step.copies}")
        text.append(" → ")
        for attempt in taken.attempts:
            fine = attempt.status == taken.step.status
            text.append(f"{attempt.status or attempt.error} ", style="green" if fine else "bold red")
        slowest = max(each.answered_at - each.posted_at for each in taken.attempts)
        text.append(f"in {slowest * 1000:.1f} ms", style="dim")
        return text

    def _arrived(self, taken: Taken) -> RenderableType:
        lines = [self._event(each, taken.posted_at) for each in taken.arrivals]
        if not lines:
            lines.append(Text("nothing", style="dim"))
        lines += [Text(f"✗ {each}", style="bold red") for each in taken.problems]
        return Group(*lines)

    def _event(self, arrival: Arrival, posted_at: float) -> Text:
        event = arrival.event
        kind = type_of(event)
        text = Text.assemble(("● ", STYLES.get(kind, "bold")), (kind, STYLES.get(kind, "bold")))
        if name := who(event):
            text.append(f"  {name}")
        if told := what(event):
            text.append(f"  {told}")
        text.append(f"  +{(arrival.seen_at - posted_at) * 1000:.0f} ms", style="dim")
        return text

    def summary(self, totals: Totals, place: Place) -> None:
        """Tell what the tour came to and what to try next."""
        answers = ", ".join(f"{count} × {status}" for status, count in totals.answers.items())
        facts = Table.grid(padding=(0, 2))
        facts.add_column(style="bold", no_wrap=True)
        facts.add_column(overflow="fold")
        rows = (
            ("posted", f"{totals.webhooks} webhooks with {totals.carried} messages and statuses"),
            ("answered", f"{answers} (half of them within {totals.median_ms:.1f} ms)"),
            ("on the stream", f"{totals.events} events"),
            ("recognised", f"{totals.duplicates} duplicates"),
            ("webhooks", place.callback),
            ("private", f"{place.private} (metrics, health, media)"),
            ("platform", f"{place.platform} (simulated Graph API)"),
            ("Redis", place.redis),
        )
        for row in rows:
            facts.add_row(*row)
        self._console.print(Rule("[bold]The tour[/]"), facts, Text())

    def try_next(self, totals: Totals, place: Place) -> None:
        """Give commands to type into another terminal, each on one line to be copied."""
        commands = [
            f"curl -s {place.private}/readyz",
            f"curl -s {place.private}/metrics | grep relevo_events_total",
            f"relevo tail --config {place.config}",
        ]
        if totals.media_id:
            commands.insert(2, f"curl -so picture.png {place.private}/v1/media/{totals.media_id}")
        self._console.print(Rule("[bold]Try next, in another terminal[/]"))
        for each in commands:
            self._console.print(Text(f"  {each}", style="cyan"), soft_wrap=True)
        self._console.print(
            Text("\nPeople go on writing. Ctrl-C ends everything and removes its files.\n")
        )

    def verdict(self, problems: Sequence[str]) -> None:
        """Say whether everything was as expected."""
        if not problems:
            self._console.print(Text("✓ everything arrived as expected", style="bold green"))
        for each in problems:
            self._console.print(Text(f"✗ {each}", style="bold red"))

    def goodbye(self) -> None:
        """Tell that everything is stopped."""
        self._console.print(Text("Stopped; nothing is left behind.", style="dim"))
