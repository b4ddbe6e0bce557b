"""A webhook body made into events: one update, of which one key says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from gateway.api import Event, WebhookRequest, sound_json
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
    body = sound_json(request.body)
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
