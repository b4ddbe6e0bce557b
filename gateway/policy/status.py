"""The order of statuses: what counts as going back. Pure.

``sent`` < ``failed`` < ``delivered`` < ``read`` < ``played``: a failure ends a message that was
only sent, but one that arrived after all has arrived. A status is late when a later step was
seen. Platforms deliver statuses in any order and at the same time.

Source: WhatsApp fact sheet, sections 6 and 16.
"""

from __future__ import annotations

from typing import Final

from gateway.model.status import StatusName

ORDER: Final[tuple[StatusName, ...]] = ("sent", "failed", "delivered", "read", "played")

BIT: Final[dict[StatusName, int]] = {name: 1 << rank for rank, name in enumerate(ORDER)}
"""One bit per step; a set of steps seen is their sum. The commit script counts in these bits."""


def is_known(seen: int, status: StatusName) -> bool:
    """Tell whether a step is among those seen."""
    return bool(seen & BIT[status])


def is_late(seen: int, status: StatusName) -> bool:
    """Tell whether a later step was seen."""
    return seen >= 2 * BIT[status]
