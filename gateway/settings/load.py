"""Reads settings from a file and the environment; whatever is wrong is told in one error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from gateway.errors import SettingsError
from gateway.settings import address
from gateway.settings.decode import Decoder
from gateway.settings.environment import CONFIG, Overlay
from gateway.settings.keys import environment_name, nearest
from gateway.settings.schema import EMBEDDED, REDIS_SCHEMES, Settings

S = TypeVar("S", bound=msgspec.Struct)

ACCOUNT_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_REDIS_URLS: Final = tuple(f"{scheme}://" for scheme in REDIS_SCHEMES)


class Configuration(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """Everything an operator set.

    Attributes:
        settings: All but the accounts.
        accounts: The accounts, each of its channel's settings type, in the file's order.
        file: Where it was read from, if from a file.
    """

    settings: Settings
    accounts: tuple[S, ...]
    file: Path | None = None


def load(
    channels: Mapping[str, type[S]], *, config: Path | None, environ: Mapping[str, str]
) -> Configuration[S]:
    """Read and check all settings.

    Args:
        channels: Settings type of an account, by the channel's name.
        config: The settings file; None for the one ``RELEVO_CONFIG`` names, if any.
        environ: The environment; its ``RELEVO_…`` variables win over the file.

    Raises:
        SettingsError: With every problem found, each with the path of its key, one a line.
    """
    file, tables, overlay = _raw(config, environ)
    accounts = tables.pop("accounts", [])
    decoder = Decoder(
        folder=file.parent if file else Path(), environ=environ, origins=overlay.origins
    )
    settings = _settings(tables, decoder)
    loaded = _accounts(accounts, channels, overlay, decoder)
    if settings is None or decoder.problems or overlay.problems:
        raise SettingsError(_told(file, [*decoder.problems, *overlay.problems]))
    return Configuration(settings=settings, accounts=loaded, file=file)


def load_settings(*, config: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read and check all but the accounts.

    For whoever only needs to know where the daemon and its Redis are: the accounts' secrets are
    not looked up, so they need not be at hand.

    Args:
        config: See ``load``.
        environ: See ``load``.

    Raises:
        SettingsError: See ``load``.
    """
    file, tables, overlay = _raw(config, environ)
    tables.pop("accounts", None)
    decoder = Decoder(folder=Path(), environ=environ, origins=overlay.origins)
    settings = _settings(tables, decoder)
    if settings is None or decoder.problems:
        raise SettingsError(_told(file, decoder.problems))
    return settings


def disabled_plugins(*, config: Path | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return ``plugins.disabled``, which must be known before accounts can be read.

    Nothing else is checked: ``load`` does that with all channels at hand.

    Raises:
        SettingsError: The file cannot be read, or this one setting is wrong.
    """
    file, tables, overlay = _raw(config, environ)
    only = {"plugins": tables["plugins"]} if "plugins" in tables else {}
    decoder = Decoder(folder=Path(), environ=environ, origins=overlay.origins)
    settings = decoder.table(Settings, only, "")
    if settings is None:
        raise SettingsError(_told(file, decoder.problems))
    return settings.plugins.disabled


def _raw(
    config: Path | None, environ: Mapping[str, str]
) -> tuple[Path | None, dict[str, Any], Overlay]:
    """Return the file, its tables with the environment's settings over them, and what is left."""
    file = _file(config, environ)
    tables = _read(file) if file else {}
    overlay = Overlay(environ)
    overlay.settings(tables)
    return file, tables, overlay


def _settings(tables: dict[str, Any], decoder: Decoder) -> Settings | None:
    settings = decoder.table(Settings, tables, "", beside=("accounts",))
    _check(tables, decoder)
    if settings is not None:
        private = settings.http.private
        if private == settings.http.public and not private.endswith(":0"):
            told = f"{private!r} is http.public already; the two need an address each"
            decoder.complain("http.private", told)
    return settings


def _file(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    if config is not None:
        return config
    named = environ.get(CONFIG)
    return Path(named) if named else None


def _read(file: Path) -> dict[str, Any]:
    try:
        return msgspec.toml.decode(file.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not TOML: {error}") from error


def _told(file: Path | None, problems: list[str]) -> str:
    start = f"{file}: " if file else ""
    if len(problems) == 1:
        return start + problems[0]
    lines = "".join(f"\n  {each}" for each in problems)
    return f"{start}{len(problems)} settings are wrong{lines}"


def _check(tables: dict[str, Any], decoder: Decoder) -> None:
    """Check what a type alone cannot say; a value of the wrong type was complained of already."""
    for name in ("public", "private"):
        listener = _text(tables, "http", name)
        if listener is not None:
            try:
                address.parse(listener)
            except SettingsError as error:
                decoder.complain(f"http.{name}", str(error))
    url = _text(tables, "redis", "url")
    if url is not None and url != EMBEDDED and not url.startswith(_REDIS_URLS):
        # Only a scheme is shown: a password may stand in the rest.
        scheme, colon, _ = url.partition("://")
        shown = f"; {scheme}:// is none of them" if colon and scheme.isalnum() else ""
        known = ", ".join((EMBEDDED, *_REDIS_URLS))
        decoder.complain("redis.url", f"must be one of {known}{shown}")


def _text(tables: dict[str, Any], table: str, name: str) -> str | None:
    inner = tables.get(table)
    value = inner.get(name) if isinstance(inner, dict) else None
    return value if isinstance(value, str) else None


def _accounts(
    raw: object, channels: Mapping[str, type[S]], overlay: Overlay, decoder: Decoder
) -> tuple[S, ...]:
    if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
        decoder.complain("accounts", "write one [[accounts]] table for each account")
        return ()
    accounts: list[dict[str, Any]] = [dict(each) for each in raw]
    overlay.accounts(accounts, channels)
    overlay.finish(accounts, channels)
    _check_ids(accounts, decoder)
    loaded = (_account(i, each, channels, decoder) for i, each in enumerate(accounts))
    return tuple(each for each in loaded if each is not None)


def _account(
    number: int, raw: dict[str, Any], channels: Mapping[str, type[S]], decoder: Decoder
) -> S | None:
    path = f"accounts[{number}]"
    note = f"account {raw['id']!r}: " if isinstance(raw.get("id"), str) else ""
    channel = raw.get("channel")
    if wanted := channels.get(channel) if isinstance(channel, str) else None:
        return decoder.table(wanted, raw, path, note=note)
    if channel is None:
        told = f"missing; one of {', '.join(sorted(channels))}" if channels else "missing"
        decoder.complain(f"{path}.channel", note + told)
    else:
        told = f"no plugin offers {channel!r}; {nearest(str(channel), sorted(channels))}"
        if channels:
            told += f" (installed: {', '.join(sorted(channels))})"
        decoder.complain(f"{path}.channel", note + told)
    return None


def _check_ids(accounts: list[dict[str, Any]], decoder: Decoder) -> None:
    first: dict[str, int] = {}
    for number, account in enumerate(accounts):
        name = account.get("id")
        path = f"accounts[{number}].id"
        if not isinstance(name, str):
            continue  # missing or no text: the settings type says so
        if not ACCOUNT_ID.fullmatch(name):
            decoder.complain(
                path,
                f"{name!r} must be 1 to 64 of a-z 0-9 . _ - and begin with a letter or digit",
            )
        # Ids that differ in punctuation only would share their environment names.
        twin = first.setdefault(environment_name(name), number)
        if twin != number:
            other = accounts[twin]["id"]
            same = f"is the id of accounts[{twin}] already"
            like = f"is too like accounts[{twin}].id, {other!r}"
            decoder.complain(path, f"{name!r} {same if name == other else like}")
