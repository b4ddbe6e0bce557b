"""The reference page of what channels can send, rendered from their capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.channel.capabilities import Capability, Limit
from gateway.channel.channel import Channel

_HEAD: Final = """\
# What channels can send

<!-- Rendered by `relevo docs` from each channel's `capabilities`: change those, not this page. -->

A message is checked against these tables before it is taken; the error names the field and the
limit. The names are those of [contents](events.md#contents). Characters are Unicode code points.
`relevo render CHANNEL` shows what a message becomes.
"""


def page(channels: Mapping[str, type[Channel[Any]]]) -> str:
    """Render ``capabilities.md``.

    Args:
        channels: Which to tell of, by name.
    """
    able = [each for _, each in sorted(channels.items()) if each.capabilities]
    return "\n".join([_HEAD, *(_channel(each) for each in able)])


def _channel(channel: type[Channel[Any]]) -> str:
    lines = [f"## {channel.title}", "", "| kind | limits | rules |", "|---|---|---|"]
    for kind, capability in channel.capabilities.items():
        limits = "<br>".join(_limit(each) for each in capability.limits)
        lines.append(f"| `{kind}` | {limits} | {' '.join(_rules(capability))} |")
    groups = sorted(kind for kind, each in channel.capabilities.items() if each.groups)
    told = ", ".join(f"`{each}`" for each in groups) or "nothing"
    return "\n".join([*lines, "", f"To groups: {told}.", ""])


def _rules(capability: Capability) -> list[str]:
    become = [f"Becomes {capability.becomes}."] if capability.becomes else []
    return [*become, *capability.rules]


def _limit(limit: Limit) -> str:
    unit = "" if limit.unit == "characters" else f" {limit.unit}"
    together = " in all" if limit.together else ""
    if limit.most is None:
        size = "not blank" if limit.unit == "characters" else f"{limit.least} or more{unit}"
    else:
        size = f"{limit.least} to {limit.most}{unit}{together}" if limit.least else ""
        size = size or f"up to {limit.most}{unit}{together}"
    return f"`{limit.field}` {size}" + (", must be given" if limit.required else "")
