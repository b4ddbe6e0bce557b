"""The Lua scripts, by name, with the digest Redis knows them by."""

from __future__ import annotations

from hashlib import sha1
from importlib.resources import files
from typing import Final

import msgspec


class Script(msgspec.Struct, frozen=True):
    """A script: its text, and the name Redis gives it."""

    source: bytes
    sha: bytes


def _read(name: str) -> Script:
    source = files("gateway.bus").joinpath("scripts", name).read_bytes()
    return Script(source, sha1(source, usedforsecurity=False).hexdigest().encode())


CHAT_APPEND: Final = _read("chat_append.lua")
COMMIT: Final = _read("commit.lua")
BEGIN: Final = _read("begin.lua")
ENQUEUE: Final = _read("enqueue.lua")
HOLD: Final = _read("hold.lua")
LEASE: Final = _read("lease.lua")
MEDIA_SETTLE: Final = _read("media_settle.lua")
MEDIA_TAKE: Final = _read("media_take.lua")
REACH: Final = _read("reach.lua")
REQUEUE: Final = _read("requeue.lua")
SETTLE: Final = _read("settle.lua")
SUPPRESS: Final = _read("suppress.lua")
SWEEP: Final = _read("sweep.lua")
