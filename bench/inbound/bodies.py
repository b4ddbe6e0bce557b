"""Writes files of ready HTTP requests, each with a different signed body.

A file is a row of records: the length in eight digits, then the raw request. ``post.lua`` and
``paced.py`` read it; making a request costs them two reads.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from gateway.testing.whatsapp import Number, Update, body, encode, signature
from gateway.testing.whatsapp.ids import message_id, user_id

CONTACTS: Final = 4_000
APP_SECRET: Final = "bench-app-secret"  # noqa: S105 - signs nothing real
NUMBER: Final = Number(
    phone_number_id="106540352242922",
    display_phone_number="15550783881",
    business_account_id="102290129340398",
)
BIG_EVENTS: Final = 10
TELEGRAM_SECRET: Final = "bench-telegram-secret"  # noqa: S105 - opens nothing


class Bodies:
    """Bodies as the platforms post them, one after the other, no two alike.

    Args:
        seed: The same seed gives the same contacts and ids.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - only has to differ
        self._now = int(time.time())
        self._contacts = [self._contact(number) for number in range(CONTACTS)]
        self._updates = 0

    def small(self) -> bytes:
        """Return a webhook of one text message, about 700 bytes."""
        return encode(body([self._message(self._anyone(), "Is the blue one in stock?")]))

    def big(self) -> bytes:
        """Return a webhook of five messages and five statuses, about 6 KB."""
        text = (
            "Is the blue one in stock, and could you send it to Porto by Friday? If not, the grey "
            "one would do, but only in the larger size, as for the last order."
        )
        messages = [self._message(self._anyone(), text) for _ in range(5)]
        statuses = [self._status(self._anyone(), each) for each in ("sent", "delivered") * 2]
        return encode(body([*messages, *statuses, self._status(self._anyone(), "read")]))

    def telegram(self) -> bytes:
        """Return a Telegram update of one text message, about 650 bytes."""
        self._updates += 1
        chat = self._random.randrange(10**9, 10**10)
        person = {"id": chat, "first_name": "Marta", "last_name": "Oliveira", "username": "marta"}
        replied = {
            "message_id": self._updates,
            "from": {"id": 7000000001, "is_bot": True, "first_name": "Shop", "username": "shopbot"},
            "chat": {**person, "type": "private"},
            "date": self._now - 60,
            "text": "How can we help you today?",
        }
        message = {
            "message_id": self._updates + 1,
            "from": {**person, "is_bot": False, "language_code": "pt"},
            "chat": {**person, "type": "private"},
            "date": self._now,
            "reply_to_message": replied,
            "text": "Is the blue one in stock? I would need it by Friday.",
        }
        update = {"update_id": self._updates, "message": message}
        return json.dumps(update, separators=(",", ":")).encode()

    def _anyone(self) -> dict[str, Any]:
        return self._contacts[self._random.randrange(CONTACTS)]

    def _contact(self, number: int) -> dict[str, Any]:
        return {
            "profile": {"name": f"Contact {number}"},
            "wa_id": f"3519{number:08d}",
            "user_id": user_id(self._random, "PT"),
        }

    def _message(self, contact: dict[str, Any], text: str) -> Update:
        phone = contact["wa_id"]
        item = {
            "context": {
                "from": NUMBER.display_phone_number,
                "id": message_id(self._random, phone, inbound=False),
            },
            "from": phone,
            "from_user_id": contact["user_id"],
            "id": message_id(self._random, phone),
            "timestamp": str(self._now),
            "type": "text",
            "text": {"body": text},
        }
        return Update(number=NUMBER, part="messages", item=item, contact=contact)

    def _status(self, contact: dict[str, Any], status: str) -> Update:
        item = {
            "id": message_id(self._random, contact["wa_id"], inbound=False),
            "status": status,
            "timestamp": str(self._now),
            "recipient_id": contact["wa_id"],
            "recipient_user_id": contact["user_id"],
            "biz_opaque_callback_data": f"order-{self._random.randrange(10**9)}",
            "conversation": {
                "id": f"{self._random.getrandbits(128):032x}",
                "expiration_timestamp": str(self._now + 86_400),
                "origin": {"type": "service"},
            },
            "pricing": {
                "billable": True,
                "pricing_model": "PMP",
                "category": "service",
                "type": "regular",
            },
        }
        return Update(number=NUMBER, part="statuses", item=item, contact=contact)


def whatsapp_request(content: bytes, path: str) -> bytes:
    """Return a POST as Meta sends it."""
    return _request(
        content,
        path,
        agent="facebookexternalua",
        signed=f"X-Hub-Signature-256: {signature(content, APP_SECRET)}",
    )


def telegram_request(content: bytes, path: str) -> bytes:
    """Return a POST as Telegram sends it."""
    return _request(
        content,
        path,
        agent="TelegramBot",
        signed=f"X-Telegram-Bot-Api-Secret-Token: {TELEGRAM_SECRET}",
    )


def _request(content: bytes, path: str, *, agent: str, signed: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {agent}\r\nAccept: */*\r\n"
        f"Content-Type: application/json\r\n{signed}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def write(
    path: Path, count: int, make: Callable[[], bytes], to_request: Callable[[bytes], bytes]
) -> float:
    """Write ``count`` requests into a file and return the mean size of a body in bytes."""
    size = 0
    with path.open("wb") as file:
        for _ in range(count):
            content = make()
            request = to_request(content)
            size += len(content)
            file.write(b"%08d" % len(request) + request)
    return size / count


def read(path: Path) -> Iterator[bytes]:
    """Yield the requests of a file, from its beginning again when it ends."""
    while True:
        with path.open("rb") as file:
            while length := file.read(8):
                yield file.read(int(length))
