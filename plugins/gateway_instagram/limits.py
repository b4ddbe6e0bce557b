"""What Instagram carries, how much of it and how fast: tables, checked before sending.

Source: Meta for Developers, Instagram Platform, "Messaging API"; Messenger Platform, "Rate
limiting".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway.api import Capabilities, Capability, Limits, Rate, RateLimit
from gateway_meta import capabilities
from gateway_meta.sendable import Files
from gateway_meta.splitting import Measure

TEXT: Final = Measure(1000, "bytes")
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif"})
FILES: Final = Files(
    megabytes=MappingProxyType(
        {"image": 8, "video": 25, "audio": 25, "document": 25, "sticker": 8}
    ),
    types=MappingProxyType(
        {
            "image": _PICTURES,
            "sticker": _PICTURES,
            "video": frozenset(
                {"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"}
            ),
            "audio": frozenset(
                {"audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav", "video/mp4"}
            ),
            "document": frozenset({"application/pdf"}),
        }
    ),
)
RECIPIENTS: Final = frozenset({"comment", "live_comment", "post"})


def _table() -> dict[str, Capability]:
    found = capabilities.table(TEXT, FILES)
    heart = "One whose `emoji` is ❤️ is sent as Instagram's heart, the only sticker it has."
    found["sticker"] = Capability(becomes="a picture", rules=(*found["sticker"].rules, heart))
    for kind in ("product", "products"):
        shop = found[kind]
        rules = (*shop.rules, "With `login` facebook only.")
        found[kind] = Capability(limits=shop.limits, rules=rules)
    return found


CAPABILITIES: Final[Capabilities] = MappingProxyType(_table())

LIMITS: Final = Limits(
    rates=(
        *capabilities.RATES,
        RateLimit(
            scope="account",
            rate=Rate(messages=95, burst=5),
            recipients=frozenset({"live_comment"}),
        ),
    ),
    source='Meta for Developers, Messenger Platform, "Rate limiting"',
)
