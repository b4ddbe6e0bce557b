"""The reference page of what platforms refuse, rendered from the tables of the channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.channel.channel import Channel
from gateway.model.status import PlatformError

LONGEST_CODE: Final = 20

_HEAD: Final = """\
# What platforms refuse

<!-- Rendered by `relevo docs` from each channel's `known_errors`: change those, not this page. -->

Every error code that a channel knows, in their order: what it means, and what is done. A second code is
the platform's finer one (`subcode`); words in quotes are of the platform's text, where its code alone
says too little. Events and records of messages carry the code, the platform's own words and these. Each
channel's page says more of the actions.

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
| `not_owner` | The message has failed: another app holds the conversation. |
| `move_contact` | The same at once, to the new id of the group. |
| `send_plain`, `send_unquoted`, `send_file` | The same at once: without formatting, without the quoted message, the picture as a document. |
| `none` | Nothing: it tells of something that is so already, or that nobody can change. |
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
    return "\n".join([*lines, *map(_row, sorted(channel.known_errors, key=_by_code)), ""])


def _by_code(error: PlatformError) -> tuple[str, str]:
    # Most codes are numbers, some are words: padded, numbers come first and in their order.
    return error.code.zfill(LONGEST_CODE), (error.subcode or "").zfill(LONGEST_CODE)


def _row(error: PlatformError) -> str:
    told = (error.explanation or "").replace("|", "\\|")
    return f"| {' '.join(_code(error))} | {told} | `{error.action}` |"


def _code(error: PlatformError) -> Iterator[str]:
    yield f"`{error.code}`"
    if error.subcode:
        yield f"`{error.subcode}`"
    if error.title:
        yield f"“{error.title}”"
