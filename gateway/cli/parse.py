"""``relevo parse``: what webhook bodies become, with no server and no account."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from gateway.channel.channel import Channel
from gateway.channel.request import WebhookRequest
from gateway.channel.unread import unread
from gateway.cli.channels import chosen
from gateway.cli.console import complain
from gateway.errors import BodyMalformed
from gateway.model.event import Event

STDIN: Final = "-"
RECORDED: Final = {"source", "body"}
"""The keys that make a file a recorded payload."""
REMARKS: Final = {"kind", "notes", "expect"}
"""What a recorded payload may say besides."""


@click.command("parse")
@click.argument("channel")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
def command(channel: str, files: tuple[str, ...]) -> None:
    """Print the events that webhook bodies become, one JSON object a line.

    CHANNEL is the type of a channel, for example whatsapp. A FILE holds the body of one webhook
    request, or a recorded payload: {"source": "…", "body": {…}}. No file, or -, is standard input.

    A body that the platform cannot have sent becomes a platform.notice. The exit code is 1 when
    a file cannot be read, after the others are done.
    """
    offered = chosen(channel)
    reader = offered(offered.example())
    failed = False
    for file in files or (STDIN,):
        try:
            content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
        except OSError as error:
            complain(f"{file} cannot be read: {error.strerror}")
            failed = True
            continue
        for line in lines(reader, file, body_of(content), now=time.time_ns() // 1_000_000):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    if failed:
        sys.exit(1)


def body_of(content: bytes) -> bytes:
    """Return the body that a file holds: itself, or what a recorded payload recorded."""
    try:
        decoded = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return content
    if not isinstance(decoded, dict) or decoded.keys() - REMARKS != RECORDED:
        return content
    body = decoded["body"]
    return body.encode() if isinstance(body, str) else msgspec.json.encode(body)


def lines(channel: Channel[Any], file: str, body: bytes, *, now: int) -> Iterator[bytes]:
    """Yield each event of a body as one line of JSON.

    Args:
        channel: Who reads the body.
        file: Put first into each line.
        body: One webhook request's.
        now: Milliseconds since 1970; becomes ``at``.
    """
    head = b'{"file":' + msgspec.json.encode(file) + b","
    for event in _events(channel, body, now):
        yield head + msgspec.json.encode(event)[1:] + b"\n"


def _events(channel: Channel[Any], body: bytes, now: int) -> Sequence[Event]:
    request = WebhookRequest(body=body, received_at=now)
    try:
        return channel.parse(request)
    except BodyMalformed as error:
        return (unread(channel, request, error=str(error)),)
    except Exception as error:  # noqa: BLE001 - a plugin's mistake must show, and the rest go on
        told = f"the {channel.type} plugin failed: {type(error).__name__}: {error}"
        return (unread(channel, request, error=told),)
