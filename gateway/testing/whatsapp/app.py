"""What the platform and the gateway know of each other."""

from __future__ import annotations

import msgspec

from gateway.testing.whatsapp.body import Number


class App(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform and the gateway know of each other: an application's settings.

    Attributes:
        app_secret: Signs the webhooks.
        verify_token: Is shown to the callback when it is saved.
        access_token: Must be borne by calls to the platform.
        number: The business number contacts write to unless they are given another.
        app_id: The application's own id.
        needs_proof: Calls without ``appsecret_proof`` are refused.
    """

    app_secret: str = "simulated-app-secret"  # noqa: S105 - the simulator's own, of no value
    verify_token: str = "simulated-verify-token"  # noqa: S105 - the same
    access_token: str = "simulated-access-token"  # noqa: S105 - the same
    number: Number = Number(
        phone_number_id="106540352242922",
        display_phone_number="15550783881",
        business_account_id="102290129340398",
    )
    app_id: str = "634974688087057"
    needs_proof: bool = False
