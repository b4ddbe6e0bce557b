"""An account on the simulated platform."""

from __future__ import annotations

from typing import Any

from gateway.api import Secret, Secrets
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway_whatsapp.settings import WhatsAppSettings


def account_of(platform: WhatsAppPlatform, **more: Any) -> WhatsAppSettings:
    """Return settings of the platform's own number."""
    app = platform.app
    return WhatsAppSettings(
        id="whatsapp",
        channel="whatsapp",
        phone_number_id=app.number.phone_number_id,
        business_account_id=app.number.business_account_id,
        access_token=Secret(app.access_token),
        app_secret=Secrets(app.app_secret),
        verify_token=Secret(app.verify_token),
        api_url=platform.api_url,
        **more,
    )
