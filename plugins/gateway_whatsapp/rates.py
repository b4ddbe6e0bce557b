"""How fast WhatsApp takes messages.

Source: Meta for Developers, WhatsApp Business Platform, "Throughput", "Pair rate limits" and
"Onboarding WhatsApp Business app users".
"""

from __future__ import annotations

from typing import Final

from gateway.api import Limits, Rate, RateLimit
from gateway_whatsapp.limits import CAPABILITIES

STANDARD: Final = "standard"
HIGH: Final = "high"
COEXISTENCE: Final = "coexistence"

# In any second no more goes than the burst and what the rate gives meanwhile: together what Meta
# allows, for the first message too many halves the pace for minutes.
_PER_SECOND: Final = {
    STANDARD: Rate(messages=76, burst=4),  # 80
    HIGH: Rate(messages=950, burst=50),  # 1 000
    COEXISTENCE: Rate(messages=19, burst=1),  # 20
}
_TO_ONE: Final = Rate(messages=1, seconds=6, burst=45, burst_seconds=6)
_NO_MESSAGES: Final = {"read", "typing"}

LIMITS: Final = Limits(
    rates=(
        RateLimit(scope="account", rate=_PER_SECOND[STANDARD]),
        RateLimit(
            scope="contact", rate=_TO_ONE, kinds=frozenset(CAPABILITIES) - frozenset(_NO_MESSAGES)
        ),
    ),
    levels=_PER_SECOND,
    source='Meta for Developers, WhatsApp Business Platform, "Throughput", "Pair rate limits"',
)
"""A number has ``standard`` throughput unless Meta says otherwise; see ``Host`` key ``level``."""
