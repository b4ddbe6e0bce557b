"""The reference pages, each rendered from the code that it describes.

``PAGES`` names them all, ``PARTS`` the pages written by hand of which a part is rendered;
``relevo docs`` writes both and a test keeps them true.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import click
import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from gateway import api, errors, loader
from gateway.bus.keytable import KEYS
from gateway.channel.channel import Channel
from gateway.cli import (
    reference_asyncapi,
    reference_capabilities,
    reference_channels,
    reference_events,
    reference_failures,
)
from gateway.cli.main import COMMANDS, relevo
from gateway.codec import schema
from gateway.codec.documentation import summary
from gateway.http.api import openapi as openapi_of_api
from gateway.http.api.table import OPERATIONS
from gateway.settings import render
from gateway.telemetry.logs import TABLE
from gateway.telemetry.metrics import Metrics

OURS: Final = "relevo "
"""What the distribution of a first-party plugin begins with; pages show no others."""


def metrics() -> str:
    """Render ``metrics.md``."""
    rows = (
        (f"`{_sample_name(each)}`", each.type, _words(each.labels), each.help)
        for each in metric_table()
    )
    return _page(
        "Metrics",
        "gateway/telemetry",
        "`GET /metrics` on the private listener, for Prometheus. Metrics are there with their\n"
        "zeros from the start. Labels are bounded: channels, accounts, partitions, words of ours.",
        _table(("metric", "type", "labels", "what it counts"), rows),
    )


class MetricFacts(msgspec.Struct, frozen=True):
    """A metric as its page shows it."""

    name: str
    type: str
    labels: tuple[str, ...]
    help: str


def metric_table() -> Iterator[MetricFacts]:
    """Yield every metric in the order of its definition."""
    made = Metrics(CollectorRegistry())
    for each in (*vars(made).values(), *vars(made.outbound).values()):
        if isinstance(each, MetricWrapperBase):
            (family,) = each.describe()
            # The library tells labels of samples only; an untouched metric has none yet.
            labels = tuple(each._labelnames)  # noqa: SLF001
            yield MetricFacts(family.name, family.type, labels, family.documentation)


def _sample_name(metric: MetricFacts) -> str:
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


def logs() -> str:
    """Render ``logs.md``."""
    rows = ((each.phrase, _words(each.fields), each.meaning) for each in TABLE.values())
    return _page(
        "Log events",
        "gateway/telemetry/logs.py",
        "Every event is a constant phrase with fields: search for the phrase. Logs hold no message\n"
        "text and no secret; phone numbers and contact ids only with `log.personal_data = true`.",
        _table(("event", "fields", "what happened, what to do"), rows),
    )


def keys() -> str:
    """Render ``keys.md``."""
    rows = ((f"`{each.pattern}`", each.type, each.holds, each.lives) for each in KEYS)
    return _page(
        "Keys in Redis",
        "gateway/bus/keytable.py",
        "`NN` is the partition: `crc32(account id) mod partitions`, two digits. Its braces are the\n"
        "hash tag that keeps an account's keys on one node of a cluster.",
        _table(("key", "type", "holds", "lives"), rows),
    )


def error_tree() -> str:
    """Render ``errors.md``."""
    tree = inspect.cleandoc(errors.__doc__ or "").partition("::\n\n")[2]
    found = (
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.RelevoError)
    )
    rows = ((f"`{each.__name__}`", summary(each)) for each in found)
    return _page(
        "Errors",
        "gateway/errors.py",
        "Every error Relevo raises is in one tree; each class names who must act. Commands tell\n"
        "any of them in one line and exit with 2.",
        f"```\n{inspect.cleandoc(tree)}\n```\n\n" + _table(("error", "meaning"), rows),
    )


def commands() -> str:
    """Render ``commands.md``: what ``--help`` tells."""
    blocks = [f"## `relevo {name}`\n\n```\n{told}\n```" for name, told in _helps()]
    return _page(
        "Commands",
        "gateway/cli",
        "Exit codes: 0 done, 1 not all of it could be done, 2 wrong settings, arguments or plugins.\n"
        "Output is plain in a pipe; `NO_COLOR=1` makes it plain on a terminal too.",
        "\n\n".join(blocks),
    )


def _helps() -> Iterator[tuple[str, str]]:
    """Yield what each command and subcommand tells of itself."""
    parent = click.Context(relevo, info_name="relevo", **relevo.context_settings)
    for name in COMMANDS:
        command = relevo.get_command(parent, name)
        assert command is not None  # noqa: S101 - it is in the table
        context = click.Context(command, info_name=name, parent=parent, terminal_width=96)
        yield name, command.get_help(context)
        if isinstance(command, click.Group):
            for inner, each in command.commands.items():
                below = click.Context(each, info_name=inner, parent=context, terminal_width=96)
                yield f"{name} {inner}", each.get_help(below)


def plugin_api() -> str:
    """Render ``api.md``."""
    rows = ((f"`{name}`", _api_meaning(name)) for name in api.__all__)
    return _page(
        "What a plugin may use",
        "gateway/api.py",
        "A plugin imports from `gateway.api` and nothing else of ours (its tests also from\n"
        "`gateway.testing`). What is not here may change without notice.",
        _table(("name", "meaning"), rows),
    )


_WITHOUT_DOCSTRING: Final = {
    "Capabilities": "What a channel can send: a `Capability` for each kind of content.",
    "Fact": "A text, a number, true, false or None: a leaf of what a platform told.",
    "Json": "A JSON value we do not model.",
    "hookimpl": "Marks a function of a plugin as the implementation of the hook of its name.",
}


def _api_meaning(name: str) -> str:
    found = getattr(api, name)
    if name in _WITHOUT_DOCSTRING:
        return _WITHOUT_DOCSTRING[name]
    if isinstance(found, type):
        return summary(found)
    if inspect.isfunction(found):
        return inspect.cleandoc(found.__doc__ or "").split("\n\n", 1)[0].replace("``", "`")
    members = sorted(each.__name__ for each in getattr(found, "__args__", ()))
    return f"Any of {_words(members)}."


def capabilities() -> str:
    """Render ``capabilities.md``."""
    return reference_capabilities.page({each.type: each for each in _channels()})


def platform_errors() -> str:
    """Render ``platform-errors.md``."""
    return reference_failures.page({each.type: each for each in _channels()})


def readme(text: str) -> str:
    """Return ``README.md`` with its table of channels made anew."""
    return reference_channels.fill(text, {each.type: each for each in _channels()})


def settings() -> str:
    """Render ``settings.md``."""
    return render.reference_page(_first_party())


def settings_file() -> str:
    """Render ``etc/relevo.toml``."""
    return render.example_file(_first_party())


def _first_party() -> Mapping[str, type[msgspec.Struct]]:
    return {each.type: each.settings_type for each in _channels()}


def _channels() -> Iterator[type[Channel[Any]]]:
    for plugin in loader.load().plugins:
        if plugin.distribution.startswith(OURS):
            yield from plugin.channels


def events_schema() -> str:
    """Render ``events.schema.json``."""
    return _json(schema.events())


def contents_schema() -> str:
    """Render ``contents.schema.json``."""
    return _json(schema.contents())


def openapi() -> str:
    """Render ``openapi.json``."""
    return _json(openapi_of_api.document(OPERATIONS))


def asyncapi() -> str:
    """Render ``asyncapi.json``."""
    return _json(reference_asyncapi.document())


def _json(document: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _page(title: str, source: str, start: str, body: str) -> str:
    note = f"<!-- Rendered by `relevo docs` from {source}: change that, not this page. -->"
    return f"# {title}\n\n{note}\n\n{start}\n\n{body}\n"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)


PAGES: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "docs/reference/api.md": plugin_api,
        "docs/reference/asyncapi.json": asyncapi,
        "docs/reference/capabilities.md": capabilities,
        "docs/reference/commands.md": commands,
        "docs/reference/contents.schema.json": contents_schema,
        "docs/reference/errors.md": error_tree,
        "docs/reference/events.md": reference_events.page,
        "docs/reference/events.schema.json": events_schema,
        "docs/reference/keys.md": keys,
        "docs/reference/logs.md": logs,
        "docs/reference/metrics.md": metrics,
        "docs/reference/openapi.json": openapi,
        "docs/reference/platform-errors.md": platform_errors,
        "docs/reference/settings.md": settings,
        "etc/relevo.toml": settings_file,
    }
)
"""Every rendered file by its path in a source checkout."""

PARTS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType({"README.md": readme})
"""Every file of which a part is rendered, by its path; given the whole text, the whole comes back."""
