"""``relevo send``: a message through a running daemon."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from gateway.cli.asking import Asking, ProblemAnswered, asking, daemon_options, tell
from gateway.cli.configuration import config_option
from gateway.cli.console import complain, stderr, stdout
from gateway.codec import asked
from gateway.http.api.accounts import Account
from gateway.http.api.sending import BatchAnswer
from gateway.model.outbox import Accepted, OutboundRecord, Refused
from gateway.model.value import Json

STDIN: Final = "-"
GOOD: Final = frozenset({"delivered", "read", "played"})
BAD: Final = frozenset({"failed", "cancelled"})
TAKEN: Final = frozenset({"accepted", "sent"})
LOOK_SECONDS: Final = 0.25
STYLES: Final = {"failed": "red", "cancelled": "red", "held": "yellow"} | dict.fromkeys(
    GOOD, "green"
)


@click.command("send")
@click.argument("account", required=False)
@click.argument("to", required=False)
@click.argument("text", required=False)
@click.option(
    "--file",
    metavar="FILE|-",
    help='The message as the API takes it (JSON), or several: {"messages": […]}. ACCOUNT and TO '
    "fill in what it leaves out.",
)
@click.option("--wait", is_flag=True, help="Follow the message until it is delivered or failed.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds to wait at most.",
)
@click.option("--dry-run", is_flag=True, help="Send nothing; print the platform calls as JSON.")
@click.option("--once", metavar="WORD", help="Idempotency key: the same again sends nothing twice.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer of the API as it is.")
@daemon_options
@config_option
def command(  # noqa: PLR0913 - one for each option
    *,
    account: str | None,
    to: str | None,
    text: str | None,
    file: str | None,
    wait: bool,
    timeout: float,
    dry_run: bool,
    once: str | None,
    as_json: bool,
    url: str | None,
    key: str | None,
    config: Path | None,
) -> None:
    """Send a message through a running daemon.

    relevo send wa-main 34600000000 "Hola" sends a text; --file sends anything. What the channel
    cannot carry is told field by field, and the exit code is 1 when the message is refused or,
    with --wait, when it fails.
    """
    body = _body(account, to, text, file)
    query = {"dry_run": "true"} if dry_run else {}
    headers = {"Idempotency-Key": once} if once else {}

    async def send() -> bool:
        async with asking(config, url, key) as daemon:
            content = msgspec.json.encode(body)
            status, answer = await daemon.post(
                "/v1/messages", content, headers=headers, query=query
            )
            if as_json or dry_run:
                sys.stdout.buffer.write(msgspec.json.format(answer, indent=2) + b"\n")
                sys.stdout.buffer.flush()
            elif "messages" in body:
                return _tell_batch(msgspec.json.decode(answer, type=BatchAnswer))
            if status != 202 or dry_run:
                return status != 207
            return await _one(daemon, answer, timeout if wait else None, quiet=as_json)

    try:
        good = asyncio.run(send())
    except ProblemAnswered as problem:
        tell(problem.details)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    if not good:
        sys.exit(1)


def _body(
    account: str | None, to: str | None, text: str | None, file: str | None
) -> dict[str, Json]:
    if file is None:
        if account is None or to is None or text is None:
            raise click.UsageError('give ACCOUNT TO "TEXT", or --file')
        return {"account": account, "to": to, "content": {"kind": "text", "text": text}}
    if text is not None:
        raise click.UsageError("give a text or --file, not both")
    try:
        content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}") from error
    body = asked.json(content)
    if not isinstance(body, dict):
        raise click.UsageError(f"{file} must hold a JSON object")
    several = body["messages"] if isinstance(body.get("messages"), list) else [body]
    for each in several:
        _fill(each, account=account, to=to)
    return body


def _fill(message: Any, **given: str | None) -> None:
    if isinstance(message, dict):
        for name, value in given.items():
            if value is not None:
                message.setdefault(name, value)


def _tell_batch(answer: BatchAnswer) -> bool:
    for number, result in enumerate(answer.results):
        match result:
            case Accepted(id=id_, state=state):
                stdout().print(f"{id_}  {state}", markup=False)
            case Refused(reason=reason, explanation=explanation):
                complain(f"messages[{number}]: {reason}: {explanation}")
    stderr().print(f"{answer.accepted} accepted, {answer.refused} refused", markup=False)
    return not answer.refused


async def _one(daemon: Asking, answer: bytes, timeout: float | None, *, quiet: bool) -> bool:  # noqa: ASYNC109 - of the whole, and no error
    accepted = msgspec.json.decode(answer, type=Accepted)
    if not quiet:
        again = " (accepted before)" if accepted.repeated else ""
        stdout().print(f"{accepted.id}  {accepted.state}{again}", markup=False)
        if accepted.downgraded:
            told = f"  the contact will see it otherwise: {accepted.downgraded}"
            stderr().print(told, markup=False, soft_wrap=True)
    if timeout is None:
        return True
    return await _follow(daemon, accepted.id, accepted.state, time.monotonic() + timeout)


async def _follow(daemon: Asking, message_id: str, seen: str, deadline: float) -> bool:
    while True:
        record = await daemon.get(f"/v1/messages/{message_id}", OutboundRecord)
        if record.state != seen:
            seen = record.state
            _tell_state(record)
        if seen in GOOD or seen in BAD:
            return seen in GOOD
        if time.monotonic() >= deadline:
            told = f"still {seen}: {await _why(daemon, record.account)}"
            stderr().print(told, markup=False, soft_wrap=True)
            return seen in TAKEN
        await asyncio.sleep(LOOK_SECONDS)


async def _why(daemon: Asking, account: str) -> str:
    """Say what keeps an account's messages waiting, where that is known to who asks."""
    try:
        found = await daemon.get(f"/v1/accounts/{account}", Account)
    except ProblemAnswered:  # a key that may send need not be one that may see accounts
        return "no more is known yet"
    paused = found.queues.paused
    return f"account {account} is paused ({paused})" if paused else "no more is known yet"


def _tell_state(record: OutboundRecord) -> None:
    from rich.text import Text  # noqa: PLC0415 - slow to load

    when = datetime.fromtimestamp(record.updated_at / 1000, UTC).astimezone()
    told = Text.assemble(
        (f"  {when:%H:%M:%S}  ", "dim"), (record.state, STYLES.get(record.state, ""))
    )
    if record.fallback:
        told.append("  (the template, for the window is closed)")
    stdout().print(told)
    if record.failure is not None:
        error = record.failure.error
        code = f" ({error.code})" if error else ""
        complain(f"{record.failure.reason}{code}: {record.failure.explanation}")
