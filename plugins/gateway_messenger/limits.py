"""What Messenger carries, how much of it and how fast: tables, checked before sending.

Source: Meta for Developers, Messenger Platform, "Send API reference", "Quick replies", a page per
template, "Utility messages", "Rate limiting".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec

from gateway.api import Capabilities, Capability, Limit, Limits
from gateway_meta import capabilities
from gateway_meta.capabilities import limit
from gateway_meta.sendable import Files
from gateway_meta.splitting import Measure

TEXT: Final = Measure(2000, "characters")
FILES: Final = Files(
    megabytes=MappingProxyType(
        {"image": 8, "video": 25, "audio": 25, "document": 25, "sticker": 8}
    ),
    types=MappingProxyType({}),
)
RECIPIENTS: Final = frozenset({"comment", "post", "opt_in", "token"})

_TEMPLATE: Final = Capability(
    limits=(
        limit("name"),
        limit("language"),
        limit("header.text"),
        limit("body[].text"),
        limit("buttons[].text"),
    ),
    rules=(
        "Approved utility templates only; they go at any time, also when the window is closed.",
        (
            "The header is a text or a picture. Parameters have all names or none; money and dates are "
            "sent as they are written out."
        ),
        "Buttons of type `url` take the end of their address; there are no cards.",
    ),
)

_TABLE: Final = capabilities.table(TEXT, FILES)
_CAROUSEL: Final = msgspec.structs.replace(
    _TABLE["carousel"],
    rules=(
        *_TABLE["carousel"].rules,
        (
            "One card alone that has no title and no text is a picture or a film with buttons below "
            "it; the file is one of ours, one the platform has, or an address on facebook.com."
        ),
    ),
)

CAPABILITIES: Final[Capabilities] = MappingProxyType(
    {
        **_TABLE,
        "carousel": _CAROUSEL,
        "template": _TEMPLATE,
        "contact_request": Capability(
            limits=(Limit(field="text", most=TEXT.most, least=1),),
            rules=("A quick reply that sends the contact's own number.",),
        ),
    }
)

LIMITS: Final = Limits(
    rates=capabilities.RATES,
    source='Meta for Developers, Messenger Platform, "Rate limiting"',
)
