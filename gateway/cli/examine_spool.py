"""What ``relevo doctor`` says of the spool: read from the disk, whether or not the daemon runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from gateway.cli.console import minute_of
from gateway.cli.examine import Finding, sentence
from gateway.edge import spoolfile
from gateway.edge.spool import STRANDED, is_used
from gateway.edge.spoolfile import FORM, TORN, Content
from gateway.errors import StoreError
from gateway.settings.schema import Settings

PART: Final = "spool"
WAITS: Final = "What came while Redis was away waits on the disk"
NOT_OURS: Final = (
    "relevo run does not start with it. Let the version that wrote it drain it, or move it away."
)
UNITS: Final = ("bytes", "KiB", "MiB", "GiB")


def spool(settings: Settings) -> Iterator[Finding]:
    """Look at what waits on the disk; no file is changed."""
    folder = Path(settings.data_dir).absolute() / "spool"
    try:
        paths = spoolfile.files(folder)
        if is_used(folder):
            yield _being_used(paths)
            return
        aside = sorted(each for each in folder.iterdir() if each.suffix == TORN)
    except FileNotFoundError:  # there was no daemon yet
        paths = aside = []
    except OSError as error:
        yield _unread(error)
        return
    found: list[Content] = []
    problems = [_put_aside(each) for each in aside]
    for path in paths:
        try:
            found.append(content := spoolfile.content(path))
        except StoreError as error:
            problems.append(_bad(sentence(error), NOT_OURS))
        except OSError as error:
            problems.append(_unread(error))
        else:
            problems += _of_file(path, content, settings)
    yield from problems
    if full := [each for each in found if each.events]:
        yield _waiting(full)
    elif not problems:
        yield Finding(part=PART, state="good", told="Nothing waits on the disk.")


def _waiting(full: Sequence[Content]) -> Finding:
    events, size = (sum(each.events for each in full), sum(each.whole_bytes for each in full))
    since = min((each.since for each in full if each.since is not None), default=None)
    begin = f", since {minute_of(since)}" if since is not None else ""
    told = f"{WAITS}: {_events(events)}, {_size(size)}{begin}."
    remedy = "Start relevo run: it puts them on the streams, in order."
    return Finding(part=PART, state="warning", told=told, remedy=remedy)


def _being_used(paths: Sequence[Path]) -> Finding:
    """Say how much a running relevo has in the files; it reads and writes them this moment."""
    size = sum(spoolfile.size(each) for each in paths)
    if not size:
        return Finding(part=PART, state="good", told="Nothing waits on the disk; the daemon runs.")
    told = f"{WAITS}: {_size(size)}. The daemon runs."
    remedy = "It goes to the streams by itself when Redis confirms: see redis and daemon below."
    return Finding(part=PART, state="warning", told=told, remedy=remedy)


def _of_file(path: Path, content: Content, settings: Settings) -> Iterator[Finding]:
    partitions = settings.streams.partitions
    if content.events and content.partition >= partitions:
        yield _bad(
            f"{path.name} holds {_events(content.events)}, but streams.partitions is {partitions}, "
            f"so that there is no partition {content.partition}.",
            f"relevo run does not start with it: {STRANDED}.",
        )
    aside = f"{path.stem}{TORN}"
    damaged, begin, cut = content.damaged_bytes, content.damaged_at, content.cut
    # A record is one webhook's events: more than that is no half of one, whatever its head says.
    if cut is not None and cut.end - cut.start > settings.http.body_limit_bytes:
        damaged, begin = damaged + cut.end - cut.start, cut.start if begin is None else begin
        cut = None
    if begin is not None:
        yield _bad(
            f"{path.name} is damaged: {_size(damaged)} cannot be read, the first of them at byte "
            f"{len(FORM) + begin}.",
            f"Copy {path.parent}, and check the disk. relevo run puts every record that is whole "
            f"on the streams, and the rest aside as {aside}, which nobody reads.",
        )
    if cut is not None:
        rest = _size(cut.end - cut.start)
        told = f"{path.name} ends within a record ({rest}), as a crash in mid-write leaves it."
        remedy = f"It was not confirmed, so the platform delivers it again; relevo run puts it aside as {aside}."
        yield Finding(part=PART, state="warning", told=told, remedy=remedy)


def _put_aside(path: Path) -> Finding:
    told = f"{path.name} holds {_size(path.stat().st_size)} that an earlier start could not read."
    remedy = "After a crash it was not confirmed: delete it. Without one, check the disk."
    return Finding(part=PART, state="warning", told=told, remedy=remedy)


def _unread(error: OSError) -> Finding:
    told = f"{error.filename} cannot be read: {error.strerror}."
    if isinstance(error, PermissionError):
        return _bad(told, "Run this as the user of relevo run, who must own its data_dir.")
    return _bad(told, "Copy data_dir to another disk: this one may be at fault.")


def _bad(told: str, remedy: str) -> Finding:
    return Finding(part=PART, state="bad", told=told, remedy=remedy)


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _size(count: int) -> str:
    size = float(count)
    for unit in UNITS[:-1]:
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == UNITS[0] else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} {UNITS[-1]}"
