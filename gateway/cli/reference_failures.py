"""The reference page of what platforms refuse, rendered from the tables of the channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.channel.channel import Channel
from gateway.model.status import PlatformError

_HEAD: Final = """\
# What platforms refuse

<!-- Rendered by `relevo docs` from each channel's `known_errors`: change those, not this page. -->

Every error code that a channel knows: what it means, and what is done. Events and records of messages
carry the code, the platform's own words and these. Most actions are the same everywhere; each channel's
page says more of them.

| action | what is done |
|---|---|
| `retry` | The same again, later, with growing waits. |
| `throttle_account`, `throttle_contact`, `throttle_app` | Slower: all that the account sends, what goes to this contact, everything of the application. |
| `in_doubt` | Nobody knows whether it was sent: the account's `in_doubt` policy decides. |
| `reject`, `reject_template` | The message has failed. |
| `window_closed` | The policy for closed windows decides. |
| `unreachable`, `opted_out` | The message has failed, and so will others to this contact. |
| `pause_account` | Nothing goes until a person has mended the account; the queue is kept. |
| `pause_billable` | The same of templates, which are charged for; everything else goes. |
| `pause_template` | The message has failed, and so will others with this template or Flow. |
"""


def page(channels: Mapping[str, type[Channel[Any]]]) -> str:
    """Render ``platform-errors.md``.

    Args:
        channels: Which to tell of, by name.
    """
    able = sorted((each for each in channels.values() if each.known_errors), key=_title)
    return "\n".join([_HEAD, *(_channel(each) for each in able)])


def _title(channel: type[Channel[Any]]) -> str:
    return channel.title


def _channel(channel: type[Channel[Any]]) -> str:
    lines = [f"## {channel.title}", "", "| code | meaning | action |", "|---|---|---|"]
    return "\n".join([*lines, *map(_row, channel.known_errors), ""])


def _row(error: PlatformError) -> str:
    told = (error.explanation or "").replace("|", "\\|")
    return f"| {' '.join(_code(error))} | {told} | `{error.action}` |"


def _code(error: PlatformError) -> Iterator[str]:
    yield f"`{error.code}`"
    if error.subcode:
        yield f"`{error.subcode}`"
    if error.title:
        yield f"“{error.title}”"
