"""How the demo looks: the platform on the left, the stream on the right.

One below the other where the terminal is narrow or the output goes into a pipe. What was printed
stays, so that it can be scrolled and read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gateway.cli.demo_arrivals import Arrival
from gateway.cli.demo_guide import Totals
from gateway.cli.demo_platforms import TITLES
from gateway.cli.demo_step import Did, Taken
from gateway.cli.event_words import what, who
from gateway.model.contact import Contact
from gateway.model.event import type_of

WIDE: Final = 100
"""Columns from which on both sides fit beside each other."""
WIDEST: Final = 140
"""Lines longer than this are hard to read."""
STYLES: Final = {
    "message.received": "bold green",
    "message.status": "bold cyan",
    "message.accepted": "bold cyan",
    "message.held": "bold yellow",
    "message.failed": "bold red",
    "message.media_stored": "bold magenta",
    "message.media_failed": "bold red",
    "window.opened": "bold blue",
    "platform.notice": "bold yellow",
}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parts of the demo are.

    Attributes:
        public: The gateway's listener for platforms and pages.
        private: The other one: API, metrics, files.
        callbacks: Addresses that platforms checked, by account.
        platforms: Addresses of the simulators' APIs, by their names.
        page: With the web chat on it.
        redis: Where the streams are.
        config: The settings file.
        account: One to try commands with, and ``contact`` whom to write to.
    """

    public: str
    private: str
    callbacks: Mapping[str, str]
    platforms: Mapping[str, str]
    page: str
    redis: str
    config: str
    account: str
    contact: str


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
        self._names: dict[str, str] = {}

    def starting(self) -> None:
        """Say what is about to happen."""
        sides = ("On the left", "On the right") if self._wide else ("First", "Below")
        text: RenderableType = Text.assemble(
            "Simulated platforms speak their real wire formats with a gateway on this machine: "
            "people write, we answer, and every step is checked.\n\n",
            (sides[0], "bold"),
            ": what happens (▸ a person does it, ◂ we do), and what it was answered.\n",
            (sides[1], "bold"),
            ": the events that arrive on the Redis streams, how long after it began, and what is on "
            "people's screens then.",
        )
        if self._console.is_terminal:
            width = min(self._console.width, WIDE)
            text = Panel(text, title="[bold]Relevo[/] demo", padding=(1, 2), width=width)
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def ready(self, place: Place) -> None:
        """Tell that the gateway answers and platforms have checked their callbacks."""
        checked = ("GET hub.challenge → 200", "green")
        self._say(
            Text.assemble(
                ("✓ ", "bold green"),
                "Gateway, Valkey and platforms are up. Meta's checked the callbacks: ",
                checked,
            )
        )
        for url in place.callbacks.values():
            self._console.print(Text(f"  {url}", style="cyan"), soft_wrap=True)
        self._console.print()

    def channel(self, account: str) -> None:
        """Begin with an account."""
        self._heading(TITLES[account])

    def aside(self, arrivals: Sequence[Arrival]) -> None:
        """Show what arrived without a step."""
        for each in arrivals:
            self._say(
                Text.assemble("  on the page: ", _event(each, each.seen_at, self._names).text)
            )

    def step(self, taken: Taken) -> None:
        """Show one webhook and what came of it."""
        self._learn(taken)
        left, right = _happened(taken), _arrived(taken, self._names)
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

    def _learn(self, taken: Taken) -> None:
        """Keep what people are called: what is sent names them by an address only."""
        for each in taken.arrivals:
            contact: Contact | None = getattr(each.event, "contact", None)
            if contact is not None and contact.name:
                known = (contact.id, *(address.value for address in contact.addresses))
                self._names |= dict.fromkeys(known, contact.name)

    def _plain(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    def _say(self, text: Text) -> None:
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def summary(self, totals: Totals, place: Place) -> None:
        """Tell what the tour came to."""
        answers = ", ".join(f"{count} with {status}" for status, count in totals.answers.items())
        platforms = ", ".join(f"{name} {url}" for name, url in place.platforms.items())
        rows = {
            "came": f"{totals.carried} messages and statuses, in webhooks and updates",
            "answered": f"{answers}; half of them within {totals.median_ms:.1f} ms",
            "sent": f"{totals.sent} messages of ours, taken by their platforms",
            "on the streams": f"{totals.events} events, in {len(totals.streams)} partitions",
            "recognised": f"{totals.duplicates} duplicates, left out",
            "public": f"{place.public} (webhooks, web chat)",
            "private": f"{place.private} (API, metrics, health, media)",
            "platforms": f"{platforms} (simulated)",
            "redis": place.redis,
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
            f"{self._command} send --config {place.config} {place.account} {place.contact} Hola",
            f"curl -s {place.private}/readyz",
            f"curl -s {place.private}/metrics | grep relevo_events_total",
        ]
        if totals.media_id:
            commands.append(f"curl -so picture.png {place.private}/v1/media/{totals.media_id}")
        self._heading("Write to us yourself, in a browser")
        self._console.print(Text(f"  {place.page}\n", style="cyan"), soft_wrap=True)
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


def _happened(taken: Taken) -> list[Line]:
    step = taken.step
    mark, style = ("◂", "bold magenta") if step.ours else ("▸", "bold cyan")
    lines = [Line(mark, Text(step.title, style="bold"), style)]
    if step.said:
        lines.append(Line("", Text(f"«{step.said}»", style="italic")))
    for each in taken.did:
        edge = f"{each.seconds * 1000:.1f} ms" if each.answers else ""
        lines.append(Line("", _answered(each), edge=edge))
    if step.shows:
        lines.append(Line("", Text(step.shows, style="dim")))
    return lines


def _answered(did: Did) -> Text:
    text = Text(did.what)
    if did.answers:
        text.append(" →")
    for answer in did.answers:
        text.append(f" {answer}", "bold green" if answer == did.wanted else "bold red")
    return text


def _arrived(taken: Taken, names: Mapping[str, str]) -> list[Line]:
    lines = [_event(each, taken.began_at, names) for each in taken.arrivals]
    if not lines and not taken.step.events:
        lines.append(Line("○", Text("nothing, as it should be"), "dim"))
    screen = taken.step.screen
    if screen and screen[1] in taken.step.look():
        shown = Text.assemble((f"on {screen[0]}", "bold"), f"  «{screen[1]}»")
        lines.append(Line("▣", shown, "bold magenta"))
    return lines + [Line("✗", Text(each, style="bold red"), "bold red") for each in taken.problems]


def _event(arrival: Arrival, began_at: float, names: Mapping[str, str]) -> Line:
    kind = type_of(arrival.event)
    style = STYLES.get(kind, "bold")
    text = Text(kind, style=style)
    person = who(arrival.event)
    for each in (names.get(person, person), what(arrival.event)):
        if each:
            text.append(f"  {each}", "default not bold")
    return Line("●", text, style, f"+{(arrival.seen_at - began_at) * 1000:.0f} ms")
