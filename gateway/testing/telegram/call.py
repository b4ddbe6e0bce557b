"""One call of a method, however its parameters came: address, JSON, form or multipart.

Source: Telegram Bot API, "Making requests".
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from aiohttp import web
from aiohttp.multipart import BodyPartReader

from gateway.testing.telegram.errors import BotApiError, bad

LARGEST_UPLOAD: Final = 50 * 1024 * 1024


class Upload(msgspec.Struct, frozen=True):
    """A file that came with a call."""

    data: bytes
    filename: str
    content_type: str


class Call:
    """A method and its parameters.

    Attributes:
        method: As it was called.
        parameters: By name; of a form, still text.
        files: Files of a form, by the name of the field.
    """

    def __init__(self, method: str, parameters: dict[str, Any], files: dict[str, Upload]) -> None:
        self.method = method
        self.parameters = parameters
        self.files = files

    def text(self, name: str, default: str = "") -> str:
        """Return a text; numbers are taken for one."""
        value = self.parameters.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """Return a whole number."""
        value = self.parameters.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f"invalid {name} specified") from None

    def number(self, name: str) -> float | None:
        """Return a number."""
        value = self.parameters.get(name)
        try:
            return None if value is None else float(value)
        except (TypeError, ValueError):
            raise bad(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        """Return whether something is asked for."""
        return self.parameters.get(name) in (True, "true", "True", "1", 1)

    def json(self, name: str, what: str) -> Any:
        """Return an object or a list; None when it was not given.

        Args:
            name: Of the parameter.
            what: How the refusal names it: ``reply markup``.
        """
        value = self.parameters.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise bad(f"can't parse {what} JSON object") from None


async def read(request: web.Request) -> Call:
    """Read a call.

    Raises:
        BotApiError: 400 or 413.
    """
    parameters: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            parameters |= msgspec.json.decode(raw or b"{}", type=dict[str, Any])
        except msgspec.DecodeError:
            raise bad("can't parse JSON object") from None
    elif request.content_type == "multipart/form-data":
        await _form(request, parameters, files)
    elif request.can_read_body:
        parameters |= {name: str(value) for name, value in (await request.post()).items()}
    return Call(request.match_info["method"], parameters, files)


async def _form(request: web.Request, parameters: dict[str, Any], files: dict[str, Upload]) -> None:
    reader = await request.multipart()
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad("can't parse the form")
        data = bytes(await part.read())
        if len(data) > LARGEST_UPLOAD:
            raise BotApiError(413, "Request Entity Too Large")
        if part.filename is None:
            parameters[part.name] = data.decode()
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(data, part.filename, kind)
