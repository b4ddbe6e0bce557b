"""Writes what operators read about settings, from the settings types themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

from gateway.settings.decode import mentions_secret
from gateway.settings.keys import PREFIX, Key, choices, environment_name, keys, nested_table
from gateway.settings.schema import Settings
from gateway.settings.secret import Secrets

_HEAD: Final = """\
# Every setting of Relevo with its default. Take the "# " away from what you change.
#
# Secrets are written plainly, as {env = "NAME"} or as {file = "PATH"} (relative to this file).
# Each key can also be set in the environment, which wins over this file:
#   RELEVO_HTTP_PUBLIC=0.0.0.0:8080        RELEVO_PLUGINS_DISABLED=one,two
#   RELEVO_ACCOUNTS_<ID>_<KEY>=…           the id in capitals, everything else as _
# `relevo check --config FILE` tells what is wrong without starting anything.
#
# Rendered by `relevo docs`: change the settings types, not this file.
"""

_PAGE_HEAD: Final = """\
# Settings

<!-- Rendered by `relevo docs` from gateway/settings/schema.py and the channels' settings. -->

`relevo run --config FILE` (or `RELEVO_CONFIG=FILE`) reads a TOML file; [etc/relevo.toml](../../etc/relevo.toml)
is one with every setting commented out. No configuration at all is valid too: no accounts, an
embedded Valkey. `relevo check --config FILE` tells everything that is wrong, without starting.

**Environment.** Every key has a name in the environment, which wins over the file. Lists are
comma separated or JSON. Unknown `RELEVO_…` variables are errors, so that a mistyped one shows.

**Secrets** are written plainly, as `{env = "NAME"}` or as `{file = "PATH"}`, relative to the
settings file. Where two may be active (while one is being changed) give a list:
`["new", "old"]`. In the environment: the secret itself, or any of these as JSON. Secrets never
appear in errors, logs or `repr`.
"""

_ACCOUNTS: Final = """\
## Accounts

One `[[accounts]]` table for each number, page or bot. `id` is yours to choose (1 to 64 of
`a-z 0-9 . _ -`, beginning with a letter or digit) and names the account in events, keys and
metrics; `channel` says which plugin serves it and so which further keys there are.

In the environment a key is `RELEVO_ACCOUNTS_<ID>_<KEY>`, the id in capitals with everything but
letters and digits as `_`: `RELEVO_ACCOUNTS_WA_MAIN_ACCESS_TOKEN` belongs to `wa-main`. An account
that the file does not know is made by its `RELEVO_ACCOUNTS_<ID>_CHANNEL`.
"""

Channels = Mapping[str, type[msgspec.Struct]]


def example_file(channels: Channels) -> str:
    """Return ``etc/relevo.toml``: every setting commented out, with its default and meaning."""
    blocks = [_HEAD]
    for table, members in _tables(Settings):
        heading = f"[{table}]\n" if table else ""
        blocks.append(heading + "\n".join(_commented(key) for key in members))
    for channel, settings in sorted(channels.items()):
        lines = "\n".join(_commented(key, channel=channel) for key in keys(settings))
        blocks.append(f"## An account: {channel}.\n# [[accounts]]\n{lines}")
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks)


def reference_page(channels: Channels) -> str:
    """Return ``docs/reference/settings.md``."""
    blocks = [_PAGE_HEAD]
    for table, members in _tables(Settings):
        title = f"## `[{table}]`" if table else "## Top level"
        meaning = _table_doc(table)
        blocks.append("\n\n".join(filter(None, (title, meaning, _key_table(members)))))
    blocks.append(_ACCOUNTS)
    for channel, settings in sorted(channels.items()):
        own = [key for key in keys(settings) if key.path[0] not in {"id", "channel"}]
        prefix = "ACCOUNTS_<ID>_"
        blocks.append(f"### `{channel}`\n\n{_key_table(own, prefix=prefix, channel=channel)}")
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks)


def _tables(settings: type[msgspec.Struct]) -> Iterator[tuple[str, list[Key]]]:
    """Yield each table's name with its keys; the top level first, as TOML wants it."""
    found: dict[str, list[Key]] = {}
    for key in keys(settings):
        found.setdefault(".".join(key.path[:-1]), []).append(key)
    yield from sorted(found.items(), key=lambda each: each[0] != "")


def _table_doc(table: str) -> str:
    for field in msgspec.structs.fields(Settings):
        if field.encode_name == table and (nested := nested_table(field)):
            return (nested.__doc__ or "").strip()
    return ""


def _commented(key: Key, *, channel: str = "") -> str:
    lines = textwrap.wrap(key.description, width=96) or []
    if words := _words(key, map(_toml, choices(key.field.type))):
        lines.append(words)
    if key.field.required and key.path[-1] not in {"id", "channel"}:
        lines.append("Required.")
    value = _value(key, channel)
    setting = f"# {'.'.join(key.path) if channel else key.path[-1]} = {value}"
    return "".join(f"## {each}\n" for each in lines) + setting


def _key_table(members: Iterable[Key], *, prefix: str = "", channel: str = "") -> str:
    rows = ["| key | default | meaning | environment |", "|---|---|---|---|"]
    for key in members:
        default = "required" if key.field.required else _shown(_default(key.field))
        words = _words(key, (f"`{_toml(each)}`" for each in choices(key.field.type)))
        meaning = " ".join(filter(None, (key.description, words)))
        name = key.path[-1] if not channel else ".".join(key.path)
        rows.append(
            f"| `{name}` | {default} | {meaning.replace('|', chr(92) + '|')} "
            f"| `{PREFIX}{prefix}{key.environment}` |"
        )
    return "\n".join(rows)


def _shown(default: object) -> str:
    return "none" if default is None else f"`{_toml(default)}`"


def _value(key: Key, channel: str) -> str:
    """Return the default as TOML, else an example, else what kind of value belongs there."""
    field = key.field
    if key.path == ("channel",):
        return _toml(channel)
    if key.path == ("id",):
        return _toml(f"{channel}-main")
    if (default := _default(field)) is not None:
        return _toml(default)
    if examples := _examples(field.type):
        return _toml(examples[0])
    if mentions_secret(field):
        return f'{{env = "{environment_name(f"{channel}_{key.path[-1]}")}"}}'
    return _toml("…")


def _default(field: FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None if field.default in (msgspec.NODEFAULT, Secrets()) else field.default


def _examples(annotation: Any) -> list[Any]:
    metas = getattr(annotation, "__metadata__", ())
    return next((m.examples for m in metas if isinstance(m, Meta) and m.examples), [])


def _words(key: Key, words: Iterable[str]) -> str:
    """Say which words a key takes; empty where it takes others as well."""
    told = ", ".join(words)
    annotation = key.field.type
    bare = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    several = get_origin(bare) in (tuple, list, frozenset)
    return f"{'Any' if several else 'One'} of {told}." if told else ""


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value:_}" if isinstance(value, int) and value >= 10_000 else str(value)
        case tuple() | list() | frozenset() | set():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            inside = ", ".join(f"{name} = {_toml(each)}" for name, each in value.items())
            return f"{{{inside}}}"
        case _:
            return msgspec.json.encode(str(value)).decode()
