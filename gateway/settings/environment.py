"""Settings from the environment: every key has a name there, and it wins over the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from gateway.settings.decode import mentions_secret
from gateway.settings.keys import PREFIX, Key, environment_name, keys, nearest
from gateway.settings.schema import Settings

CONFIG: Final = PREFIX + "CONFIG"
"""Names the settings file; not a setting itself."""

API_KEY: Final = PREFIX + "API_KEY"
"""The key that commands ask a running daemon with; not a setting of the daemon."""

ACCOUNTS: Final = PREFIX + "ACCOUNTS_"

# Kubernetes puts these into every container beside a Service called "relevo" or "relevo-…".
_SERVICE_LINK: Final = re.compile(
    r"RELEVO_(?:.+_)?(?:SERVICE_(?:HOST|PORT(?:_.+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)"
)
_WORDS: Final = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


class Overlay:
    """Puts the variables of an environment over the tables of a file.

    Attributes:
        origins: Variable by the path of the key that it set.
        problems: What was wrong, one line each.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._left = {
            name: value
            for name, value in environ.items()
            if name.startswith(PREFIX) and name not in (CONFIG, API_KEY)
        }
        self.origins: dict[str, str] = {}
        self.problems: list[str] = []

    def settings(self, tables: dict[str, Any]) -> None:
        """Set every key that the environment names."""
        for key in keys(Settings):
            self._take(PREFIX + key.environment, key, tables, "")

    def accounts(
        self, accounts: list[dict[str, Any]], channels: Mapping[str, type[msgspec.Struct]]
    ) -> None:
        """Complete the accounts, and add those that only the environment knows."""
        accounts.extend([{"id": each} for each in self._new_accounts(accounts)])
        # The longest name first: WA_MAIN_KEY belongs to wa-main, not to wa.
        numbered = sorted(enumerate(accounts), key=lambda each: -len(str(each[1].get("id"))))
        for number, account in numbered:
            own = f"{ACCOUNTS}{environment_name(str(account.get('id', '')))}_"
            channel = self._left.get(own + "CHANNEL", account.get("channel"))
            if settings := channels.get(str(channel)):
                for key in keys(settings):
                    if key.path != ("id",):
                        self._take(own + key.environment, key, account, f"accounts[{number}].")
            elif own + "CHANNEL" in self._left:
                account["channel"] = self._pop(own + "CHANNEL", f"accounts[{number}].channel")

    def finish(
        self, accounts: list[dict[str, Any]], channels: Mapping[str, type[msgspec.Struct]]
    ) -> None:
        """Complain about variables that nothing took."""
        known = [PREFIX + key.environment for key in keys(Settings)]
        for name in sorted(self._left):
            if name.startswith(ACCOUNTS):
                if why := _no_account(name, accounts, channels):
                    self.problems.append(f"{name}: {why}")
            elif not _SERVICE_LINK.fullmatch(name):
                self.problems.append(f"{name}: unknown variable; {nearest(name, known)}")

    def _take(self, name: str, key: Key, tables: dict[str, Any], path: str) -> None:
        if name in self._left:
            table = tables
            for each in key.path[:-1]:
                table = table.setdefault(each, {})
                if not isinstance(table, dict):
                    return  # the decoder says that it is not a table
            table[key.path[-1]] = _plain(self._pop(name, path + key.dotted), key)

    def _pop(self, name: str, path: str) -> str:
        self.origins[path] = name
        return self._left.pop(name)

    def _new_accounts(self, accounts: list[dict[str, Any]]) -> Iterator[str]:
        known = {environment_name(str(each.get("id", ""))) for each in accounts}
        for name in sorted(self._left):
            found = name.removeprefix(ACCOUNTS).removesuffix("_CHANNEL")
            if name == f"{ACCOUNTS}{found}_CHANNEL" and found and found not in known:
                yield found.lower().replace("_", "-")


def _no_account(
    name: str, accounts: list[dict[str, Any]], channels: Mapping[str, type[msgspec.Struct]]
) -> str:
    """Say what is wrong with an account's variable; nothing if its channel is unknown anyway."""
    for account in accounts:
        own = f"{ACCOUNTS}{environment_name(str(account.get('id', '')))}_"
        if name.startswith(own):
            settings = channels.get(str(account.get("channel")))
            known = [key.environment for key in keys(settings)] if settings else []
            hint = nearest(name.removeprefix(own), known)
            return f"account {account.get('id')!r} has no such key; {hint}" if settings else ""
    return (
        "there is no such account; name one of the file, or make one with "
        f"{ACCOUNTS}<ID>_CHANNEL=<channel>"
    )


def _plain(text: str, key: Key) -> object:
    """Return what the file would have held; what cannot be read stays text for the decoder."""
    if mentions_secret(key.field):
        # A secret may well begin with a brace: only what is whole JSON is more than itself.
        return _json(text) if text[:1] in {"{", "["} else text
    match _shape(msgspec.inspect.type_info(key.field.type)):
        case msgspec.inspect.StrType() | msgspec.inspect.LiteralType():
            return text
        case msgspec.inspect.BoolType():
            return _WORDS.get(text.strip().lower(), text)
        case msgspec.inspect.CollectionType() if not text.lstrip().startswith("["):
            return [each.strip() for each in text.split(",") if each.strip()]
        case _:
            return _json(text)


def _shape(information: msgspec.inspect.Type) -> msgspec.inspect.Type:
    """Return what a field holds, without its descriptions and without "or None"."""
    match information:
        case msgspec.inspect.Metadata(type=inner):
            return _shape(inner)
        case msgspec.inspect.UnionType(types=members):
            return next(m for m in members if not isinstance(m, msgspec.inspect.NoneType))
        case _:
            return information


def _json(text: str) -> object:
    try:
        return cast("object", msgspec.json.decode(text))
    except msgspec.DecodeError:
        return text
