"""A business number as its owner administers it: state, and verbs that change it.

Source: Meta, "Business phone numbers", "Messaging health status" and "Two-step verification".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.testing.whatsapp.addresses import country_code, digits
from gateway.testing.whatsapp.body import Notice, Number
from gateway.testing.whatsapp.contact import Contact

_TIERS: Final = ("TIER_50", "TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED")


class BusinessNumber:
    """One number.

    The verbs change it and return what the platform posts about it.

    Attributes:
        number: Its ids.
        registered: Whether messages can be sent.
        verified: Whether the code was told.
        code: What the owner got by text or call; None before it was asked for.
        pin: Of the two-step verification.
        quality: GREEN, YELLOW, RED or UNKNOWN.
        tier: How many people may be written to first within a day.
        throughput: STANDARD or HIGH.
        status: CONNECTED, PENDING, BANNED …
        refuses: Code with which every send is refused, such as 131031 or 131042; None for none.
        public_key: Of Flows, as PEM.
        key_status: Whether the platform's signature of that key fits: VALID or MISMATCH.
        profile: What people see of the business.
        commerce: Whether catalogue and cart show.
        blocked: Whom the business blocked.
        webhook: The callback that was configured for it; webhooks go to the platform's all the same.
        registrations: When it was registered or deregistered.
    """

    def __init__(self, number: Number, *, name: str = "Relevo Bakery") -> None:
        self.number = number
        self.name = name
        self.registered = True
        self.verified = True
        self.code: str | None = None
        self.pin: str | None = None
        self.quality = "GREEN"
        self.tier = "TIER_2K"
        self.throughput = "STANDARD"
        self.status = "CONNECTED"
        self.refuses: int | None = None
        self.public_key: str | None = None
        self.key_status = "VALID"
        self.profile: dict[str, Any] = {"vertical": "UNDEFINED"}
        self.commerce: dict[str, bool] = {"is_catalog_visible": False, "is_cart_enabled": True}
        self.settings: dict[str, Any] = {}
        self.blocked: list[Contact] = []
        self.webhook: dict[str, str] = {}
        self.registrations: list[float] = []

    @property
    def id(self) -> str:
        """What calls name."""
        return self.number.phone_number_id

    def rated(self, quality: str) -> Notice:
        """Get another quality: GREEN, YELLOW or RED."""
        event = "FLAGGED" if quality == "RED" else "UNFLAGGED"
        self.quality = quality
        return self._changed(event)

    def limited(self, tier: str) -> Notice:
        """Get another messaging limit, ``TIER_50`` to ``TIER_UNLIMITED``."""
        event = "UPGRADE" if _TIERS.index(tier) > _TIERS.index(self.tier) else "DOWNGRADE"
        self.tier = tier
        return self._changed(event)

    def upgraded(self) -> Notice:
        """Get the higher throughput."""
        self.throughput = "HIGH"
        return self._changed("THROUGHPUT_UPGRADE")

    def banned(self) -> Notice:
        """Be locked: every send is refused with 131031."""
        self.status, self.refuses = "BANNED", 131031
        return self._account("DISABLED_UPDATE", "DISABLE")

    def reinstated(self) -> Notice:
        """Be let go again."""
        self.status, self.refuses = "CONNECTED", None
        return self._account("DISABLED_UPDATE", "REINSTATE")

    def _changed(self, event: str) -> Notice:
        value = {
            "display_phone_number": digits(self.number.display_phone_number),
            "event": event,
            "max_daily_conversations_per_business": self.tier,
        }
        return self._notice("phone_number_quality_update", value)

    def _account(self, event: str, state: str) -> Notice:
        ban = {"waba_ban_state": state, "waba_ban_date": "November 22, 2026"}
        return self._notice("account_update", {"event": event, "ban_info": ban})

    def _notice(self, field: str, value: Mapping[str, Any]) -> Notice:
        account = self.number.business_account_id
        return Notice(business_account_id=account, field=field, value=dict(value))

    def node(self) -> dict[str, Any]:
        """Return it as the Graph API shows it, with every field there is."""
        verified = "VERIFIED" if self.verified else "NOT_VERIFIED"
        return {
            "id": self.id,
            "display_phone_number": f"+{digits(self.number.display_phone_number)}",
            "verified_name": self.name,
            "name_status": "APPROVED",
            "new_name_status": "NONE",
            "quality_rating": self.quality,
            "status": self.status if self.registered else "PENDING",
            "code_verification_status": verified,
            "platform_type": "CLOUD_API" if self.registered else "NOT_APPLICABLE",
            "throughput": {"level": self.throughput},
            "account_mode": "LIVE",
            "is_official_business_account": False,
            "is_on_biz_app": False,
            "is_pin_enabled": self.pin is not None,
            "is_preverified_number": False,
            "certificate": None,
            "new_certificate": None,
            "conversational_automation": None,
            "quality_score": {"score": self.quality},
            "search_visibility": "VISIBLE",
            "eligibility_for_api_business_global_search": None,
            "last_onboarded_time": None,
            "country_code": None,
            "country_dial_code": country_code(digits(self.number.display_phone_number)),
            "messaging_limit_tier": self.tier,
            "whatsapp_business_manager_messaging_limit": self.tier,
            "webhook_configuration": self.webhook or None,
            "health_status": self.health(),
        }

    def health(self) -> dict[str, Any]:
        """Return whether messages can be sent, and who is in the way."""
        state, errors = "AVAILABLE", []
        if self.refuses is not None or not self.registered:
            state = "BLOCKED"
            code = self.refuses or 133010
            errors = [{"error_code": code, "error_description": "Sends are refused."}]
        elif self.quality == "RED":
            state = "LIMITED"
        phone: dict[str, Any] = {
            "entity_type": "PHONE_NUMBER",
            "id": self.id,
            "can_send_message": state,
        }
        account = {
            "entity_type": "WABA",
            "id": self.number.business_account_id,
            "can_send_message": "AVAILABLE",
        }
        if errors:
            phone |= {"errors": errors}
        return {"can_send_message": state, "entities": [phone, account]}
