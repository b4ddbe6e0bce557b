"""What the platform and the gateway know of each other."""

from __future__ import annotations

from gateway.testing.graph import GraphApp
from gateway.testing.whatsapp.body import Number


class App(GraphApp, frozen=True, kw_only=True):
    """An application's settings.

    Attributes:
        access_token: Must be borne by calls to the platform.
        number: The business number contacts write to unless they are given another.
    """

    access_token: str = "simulated-access-token"  # noqa: S105 - the simulator's own, of no value
    number: Number = Number(
        phone_number_id="106540352242922",
        display_phone_number="15550783881",
        business_account_id="102290129340398",
    )
