"""A webhook body made into events: one update, of which one key says what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from gateway.api import BodyMalformed, Event, WebhookRequest
from gateway_telegram.source import Source, attempt, notice
from gateway_telegram.updates import READERS, unheard_of

_UPDATE: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NUMBER: Final = "update_id"


def events(request: WebhookRequest, account: str, bot_id: str) -> Sequence[Event]:
    """Return the events that an update is.

    Args:
        request: Verified; the secret token says whose it is, the body does not.
        account: Whose it is.
        bot_id: The bot's own user id.

    Raises:
        BodyMalformed: The body is not a JSON object.
    """
    body = _sound(request.body)
    update = _UPDATE.decode(body)
    whole = Source(account, bot_id, request.received_at, _number(update), "update", body)
    return list(_read(update, whole)) or [
        notice(whole, reason="broken", error="$: expected an update, got none")
    ]


def _read(update: dict[str, msgspec.Raw], whole: Source) -> Iterator[Event]:
    for kind, value in update.items():
        raw = bytes(value)
        if kind == _NUMBER or raw == b"null":
            continue
        source = msgspec.structs.replace(whole, kind=kind, raw=raw)
        yield from attempt(READERS.get(kind, unheard_of), source)


def _number(update: dict[str, msgspec.Raw]) -> str:
    try:
        return str(msgspec.json.decode(update.get(_NUMBER, b"null"), type=int | str))
    except msgspec.DecodeError:
        return ""


def _sound(body: bytes) -> bytes:
    """Return the body as JSON that decodes: as it came, or with half characters replaced.

    Half of a surrogate pair is what is left of an emoji that was cut off in a name; it is no
    reason to lose the update.

    Raises:
        BodyMalformed: It is not a JSON object.
    """
    try:
        msgspec.json.decode(body)
    except RecursionError as error:
        raise BodyMalformed("the body is nested too deeply") from error
    except ValueError:
        body = _mended(body)
    if not body.lstrip(b" \t\r\n").startswith(b"{"):
        raise BodyMalformed("the body is JSON, but not an object")
    return body


def _mended(body: bytes) -> bytes:
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise BodyMalformed("the body is not JSON") from error
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
