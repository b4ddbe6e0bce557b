"""Turns raw tables into settings types, collecting everything that is wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from gateway.settings.keys import choices, description, entry_names, nearest, nested_table
from gateway.settings.secret import Secret, Secrets

T = TypeVar("T", bound=msgspec.Struct)

_AT: Final = re.compile(r" - at `\$(.*)`$")
_EXPECTED: Final = re.compile(r"Expected `([\w |]+)`(.*?)(?:, got `.*`)?$")
_NAME: Final = re.compile(r"Invalid enum value (.*) - at `key` in `\$.*`$")
_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a text",
    "array": "a list",
    "object": "a table",
}
_REFERENCE: Final = '"…", {env = "NAME"} or {file = "PATH"}'


class Decoder:
    """Decodes tables and remembers the problems, each with the path of its key.

    Args:
        folder: What the paths of ``{file = …}`` are relative to.
        environ: What ``{env = …}`` looks names up in.
        origins: Environment variable by the path of the key it set, so that errors name it.
    """

    def __init__(
        self, *, folder: Path, environ: Mapping[str, str], origins: Mapping[str, str]
    ) -> None:
        self.problems: list[str] = []
        self._folder = folder
        self._environ = environ
        self._origins = origins

    def complain(self, path: str, text: str) -> None:
        """Remember a problem."""
        origin = self._origins.get(path)
        self.problems.append(f"{path} ({origin}): {text}" if origin else f"{path}: {text}")

    def table(
        self,
        wanted: type[T],
        raw: object,
        path: str,
        *,
        note: str = "",
        beside: tuple[str, ...] = (),
    ) -> T | None:
        """Decode one table; None when something is wrong in it, which was then remembered.

        Args:
            wanted: The settings type.
            raw: As it came from the file and the environment.
            path: Where it stands, empty for the whole file.
            note: Put before each problem's text, to say which account it is about.
            beside: Keys that were taken out already; known, should one be mistyped.
        """
        if not isinstance(raw, dict):
            self.complain(path, f"{note}must be a table, is {_kind(raw)}")
            return None
        before = len(self.problems)
        fields = msgspec.structs.fields(wanted)
        self._unknown(raw, [*(each.encode_name for each in fields), *beside], path, note)
        values = {
            each.name: self._field(each, raw, _join(path, each.encode_name), note)
            for each in fields
            if each.encode_name in raw or self._missing(each, path, note)
        }
        if len(self.problems) > before:
            return None
        try:
            return wanted(**values)
        except (ValueError, TypeError) as error:  # of the type's own __post_init__
            self.complain(path, f"{note}{error}")
            return None

    def _unknown(self, raw: dict[str, Any], known: list[str], path: str, note: str) -> None:
        for each in raw:
            if each not in known:
                self.complain(_join(path, each), f"{note}unknown key; {nearest(each, known)}")

    def _missing(self, field: FieldInfo, path: str, note: str) -> bool:
        if field.required:
            meaning = description(field)
            self.complain(
                _join(path, field.encode_name),
                f"{note}missing" + (f" ({meaning.rstrip('.')})" if meaning else ""),
            )
        return False

    def _field(self, field: FieldInfo, raw: dict[str, Any], path: str, note: str) -> object:
        value = raw[field.encode_name]
        if nested := nested_table(field):
            return self.table(nested, value, path, note=note)
        try:
            return msgspec.convert(value, field.type, dec_hook=self._secret)
        except msgspec.ValidationError as error:
            text = str(error)
            if inside := _AT.search(text):
                text, path = text[: inside.start()], path + inside.group(1)
                value = _inside(value, inside.group(1))
            self.complain(path, note + _explain(text, value, field))
            return None

    def _secret(self, wanted: type, raw: object) -> object:
        if wanted is Secret:
            return Secret(self._reveal(raw))
        if wanted is Secrets:
            several = raw if isinstance(raw, list) else [raw]
            if not 1 <= len(several) <= 2:
                raise ValueError(f"must be one or two secrets, has {len(several)}")
            return Secrets(*(self._reveal(each) for each in several))
        raise NotImplementedError(f"settings of type {wanted.__name__} cannot be read")

    def _reveal(self, raw: object) -> str:
        match raw:
            case str():
                found = raw
            case {"env": str(name), **rest} if not rest:
                found = self._variable(name)
            case {"file": str(name), **rest} if not rest:
                found = self._content(self._folder / name)
            case _:
                # Not even its type is told: an unquoted number may be the secret.
                raise ValueError(f"must be {_REFERENCE}")
        if not found:
            raise ValueError("the secret is empty")
        return found

    def _variable(self, name: str) -> str:
        try:
            return self._environ[name]
        except KeyError:
            raise ValueError(f"the environment variable {name} is not set") from None

    def _content(self, file: Path) -> str:
        try:
            return file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise ValueError(f"the file {file} cannot be read: {reason}") from None


def _inside(value: object, path: str) -> object:
    """Return what stands at a path such as ``[0]`` in a list; the value itself elsewhere."""
    item = re.fullmatch(r"\[(\d+)\]", path)
    return value[int(item.group(1))] if item and isinstance(value, list) else value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _kind(raw: object) -> str:
    names = {dict: "a table", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(raw), f"the {type(raw).__name__} {raw!r}")


def _explain(text: str, value: object, field: FieldInfo) -> str:
    """Say what would be right; the value is shown unless the key may hold a secret."""
    if expected := _EXPECTED.match(text):
        kinds, limits = expected.groups()
        several = [each for each in kinds.split(" | ") if each != "null"]  # TOML has none
        text = f"must be {' or '.join(_KINDS.get(each, each) for each in several)}{limits}"
    elif named := _NAME.match(text):
        return f"has the name {named.group(1)}, must be of {', '.join(entry_names(field.type))}"
    if mentions_secret(field):
        return text
    shown = repr(value) if len(repr(value)) <= 80 else repr(value)[:80] + "…"
    if text == "must be a list" and isinstance(value, str):
        return f'must be a list, is {shown}: put it in brackets, ["{value}"]'
    words = [str(each) for each in choices(field.type)]
    if words and not text.startswith("must be a list"):
        guess = get_close_matches(str(value), words, n=1)
        text = f"must be one of {', '.join(words)}"
        return f"{text}; is {shown}" + (f", did you mean {guess[0]}?" if guess else "")
    if text == "must be a text" and isinstance(value, int):
        return f'must be a text: put it in quotes, "{value}"'
    return f"{text}, is {shown}"


def mentions_secret(field: FieldInfo) -> bool:
    """Whether a field's type is, or contains, a secret."""
    return any(each is Secret or each is Secrets for each in _parts(field.type))


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield a type and every type inside it."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for each in get_args(annotation):
            yield from _parts(each)
