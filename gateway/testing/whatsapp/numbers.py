"""The calls that administer numbers and accounts.

Source: Meta, "Business phone numbers", "Registration", "Block users", "Business profiles",
"Flows encryption" and "Webhooks overrides".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gateway.testing.delivery import Clock
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.body import Number
from gateway.testing.whatsapp.contact import Contact
from gateway.testing.whatsapp.errors import GraphError, refused, required
from gateway.testing.whatsapp.graph import Call, Endpoints, Route
from gateway.testing.whatsapp.number import BusinessNumber
from gateway.testing.whatsapp.pages import choose, page
from gateway.testing.whatsapp.people import People

REGISTRATIONS_WITHIN: Final = timedelta(hours=72)
MOST_REGISTRATIONS: Final = 10
_DONE: Final = {"success": True}
_PROFILE: Final = {"about": 139, "address": 256, "description": 512, "email": 128, "vertical": 64}
_USUAL: Final = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
)


class Numbers:
    """The numbers of all accounts, and what is called of them.

    Args:
        people: For the block list.
        random: For codes.
        clock: Registrations are counted by it.
        url: Returns the address of the Graph API, for paging.
        app_id: What ``subscribed_apps`` lists.
    """

    def __init__(
        self,
        *,
        people: People,
        random: Random,
        clock: Clock,
        url: Callable[[], str],
        app_id: str,
    ) -> None:
        self.subscribed: set[str] = set()
        self.overrides: dict[str, str] = {}
        self._people = people
        self._random = random
        self._clock = clock
        self._url = url
        self._app_id = app_id
        self._numbers: dict[str, BusinessNumber] = {}

    def __contains__(self, phone_number_id: object) -> bool:
        return phone_number_id in self._numbers

    def __getitem__(self, phone_number_id: str) -> BusinessNumber:
        return self._numbers[phone_number_id]

    def add(self, number: Number) -> BusinessNumber:
        """Add a number, registered and of good quality."""
        added = BusinessNumber(number)
        self._numbers[number.phone_number_id] = added
        self.subscribed.add(number.business_account_id)
        return added

    def knows_account(self, account: str) -> bool:
        """Tell whether a business account has any of the numbers."""
        return any(_account(each) == account for each in self._numbers.values())

    def has_key(self, account: str) -> bool:
        """Tell whether any number of a business account has a public key."""
        ours = (each for each in self._numbers.values() if _account(each) == account)
        return any(each.public_key for each in ours)

    def endpoints(self) -> Endpoints:
        """Return what answers at numbers."""
        return {
            Route("number", "GET"): self._show,
            Route("number", "POST"): self._change,
            Route("number", "POST", "request_code"): self._request_code,
            Route("number", "POST", "verify_code"): self._verify_code,
            Route("number", "POST", "register"): self._register,
            Route("number", "POST", "deregister"): self._deregister,
            Route("number", "GET", "whatsapp_business_profile"): self._profile,
            Route("number", "POST", "whatsapp_business_profile"): self._change_profile,
            Route("number", "GET", "whatsapp_business_encryption"): self._key,
            Route("number", "POST", "whatsapp_business_encryption"): self._change_key,
            Route("number", "GET", "whatsapp_commerce_settings"): self._commerce,
            Route("number", "POST", "whatsapp_commerce_settings"): self._change_commerce,
            Route("number", "GET", "settings"): self._settings,
            Route("number", "POST", "settings"): self._change_settings,
            Route("number", "GET", "block_users"): self._blocked,
            Route("number", "POST", "block_users"): self._block,
            Route("number", "DELETE", "block_users"): self._unblock,
        }

    def account_endpoints(self) -> Endpoints:
        """Return what answers at accounts."""
        return {
            Route("account", "GET"): self._account,
            Route("account", "GET", "phone_numbers"): self._list,
            Route("account", "GET", "subscribed_apps"): self._subscriptions,
            Route("account", "POST", "subscribed_apps"): self._subscribe,
            Route("account", "DELETE", "subscribed_apps"): self._unsubscribe,
        }

    async def _show(self, call: Call) -> Any:
        return choose(self[call.node].node(), call.fields(), usual=_USUAL)

    async def _change(self, call: Call) -> Any:
        number = self[call.node]
        if "pin" in call.parameters:
            number.pin = _pin(call)
        configured = call.parameters.get("webhook_configuration")
        if isinstance(configured, dict):
            override = str(configured.get("override_callback_uri", ""))
            number.webhook = {"phone_number": override} if override else {}
        return _DONE

    async def _request_code(self, call: Call) -> Any:
        number = self[call.node]
        if call.text("code_method") not in {"SMS", "VOICE"}:
            raise refused("code_method", "must be one of {SMS, VOICE}.")
        call.text("language")
        if number.verified:
            raise GraphError(136024, "The number is verified already")
        number.code = ids.digits(self._random, 6)
        return _DONE

    async def _verify_code(self, call: Call) -> Any:
        number = self[call.node]
        if number.code is None or call.text("code").replace("-", "") != number.code:
            raise GraphError(136025, "The code is wrong")
        number.verified, number.code = True, None
        return _DONE

    async def _register(self, call: Call) -> Any:
        number = self[call.node]
        if call.parameters.get("messaging_product") != "whatsapp":
            raise required("messaging_product")
        pin = _pin(call)
        if not number.verified:
            raise GraphError(133006, "Verify the number by request_code first")
        if number.pin is not None and number.pin != pin:
            raise GraphError(133005)
        self._count_registration(number)
        number.pin, number.registered = pin, True
        number.public_key = None  # keys are to be uploaded again after a registration
        return _DONE

    async def _deregister(self, call: Call) -> Any:
        number = self[call.node]
        if not number.registered:
            raise GraphError(133010)
        self._count_registration(number)
        number.registered = False
        return _DONE

    def _count_registration(self, number: BusinessNumber) -> None:
        now = self._clock()
        begin = now - REGISTRATIONS_WITHIN.total_seconds()
        number.registrations = [at for at in number.registrations if at > begin]
        if len(number.registrations) >= MOST_REGISTRATIONS:
            raise GraphError(133016)
        number.registrations.append(now)

    async def _profile(self, call: Call) -> Any:
        profile = {"messaging_product": "whatsapp", **self[call.node].profile}
        names = call.fields() or tuple(profile)
        return {"data": [{name: profile[name] for name in names if name in profile}]}

    async def _change_profile(self, call: Call) -> Any:
        if call.parameters.get("messaging_product") != "whatsapp":
            raise required("messaging_product")
        given = {name: value for name, value in call.parameters.items() if name in _PROFILE}
        for name, value in given.items():
            if not isinstance(value, str) or len(value) > _PROFILE[name]:
                raise refused(name, f"must be at most {_PROFILE[name]} characters long.")
        websites = call.parameters.get("websites")
        if websites is not None:
            if len(websites) > 2 or any(len(each) > 256 for each in websites):
                raise refused("websites", "must be at most 2 addresses of 256 characters.")
            given["websites"] = websites
        self[call.node].profile |= given
        return _DONE

    async def _key(self, call: Call) -> Any:
        number = self[call.node]
        if number.public_key is None:
            return {"data": []}
        key = {
            "business_public_key": number.public_key,
            "business_public_key_signature_status": number.key_status,
        }
        return {"data": [key]}

    async def _change_key(self, call: Call) -> Any:
        text = call.text("business_public_key")
        try:
            key = load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm):
            raise refused("business_public_key", "must be a key in PEM.") from None
        if not isinstance(key, RSAPublicKey) or key.key_size != 2048:
            raise refused("business_public_key", "must be an RSA key of 2048 bits.")
        self[call.node].public_key, self[call.node].key_status = text, "VALID"
        return _DONE

    async def _commerce(self, call: Call) -> Any:
        return {"data": [{**self[call.node].commerce, "id": call.node}]}

    async def _change_commerce(self, call: Call) -> Any:
        commerce = self[call.node].commerce
        for name in commerce.keys() & call.parameters.keys():
            commerce[name] = str(call.parameters[name]).lower() == "true"
        return _DONE

    async def _settings(self, call: Call) -> Any:
        return self[call.node].settings

    async def _change_settings(self, call: Call) -> Any:
        if len(call.parameters) != 1:
            raise GraphError(100, message="One feature per call.")
        self[call.node].settings |= call.parameters
        return _DONE

    async def _blocked(self, call: Call) -> Any:
        rows = [
            {"messaging_product": "whatsapp", "wa_id": each.phone}
            if each.phone
            else {"messaging_product": "whatsapp", "user_id": each.user_id}
            for each in self[call.node].blocked
        ]
        return page(call, rows, url=self._url())

    async def _block(self, call: Call) -> Any:
        number = self[call.node]
        added: list[dict[str, str]] = []
        failed: list[dict[str, Any]] = []
        for written, contact in self._meant(call):
            if contact is None or not contact.window_open:
                words = "Only users who wrote within 24 hours can be blocked"
                failed.append({"input": written, "errors": [{"code": 131047, "message": words}]})
                continue
            if contact not in number.blocked:
                number.blocked.append(contact)
            added.append(_shown(written, contact))
        answer = {
            "messaging_product": "whatsapp",
            "block_users": {"added_users": added, **({"failed_users": failed} if failed else {})},
        }
        if failed:
            raise GraphError(139100, beside=answer)
        return answer

    async def _unblock(self, call: Call) -> Any:
        number = self[call.node]
        removed = []
        for written, contact in self._meant(call):
            if contact in number.blocked:
                number.blocked.remove(contact)
                removed.append(_shown(written, contact))
        return {"messaging_product": "whatsapp", "block_users": {"removed_users": removed}}

    def _meant(self, call: Call) -> list[tuple[str, Contact | None]]:
        users = call.parameters.get("block_users")
        if not isinstance(users, list) or not users:
            raise required("block_users")
        written = [str(each.get("user") or each.get("user_id")) for each in users]
        return [(each, self._people.find(self[call.node].number, each)) for each in written]

    async def _account(self, call: Call) -> Any:
        account = {
            "id": call.node,
            "name": "Relevo Bakery",
            "currency": "EUR",
            "timezone_id": "1",
            "message_template_namespace": f"namespace_{call.node}",
            "health_status": {"can_send_message": "AVAILABLE", "entities": []},
        }
        return choose(account, call.fields(), usual=tuple(account)[1:5])

    async def _list(self, call: Call) -> Any:
        nodes = [each.node() for each in self._numbers.values() if _account(each) == call.node]
        rows = [choose(each, call.fields(), usual=_USUAL) for each in nodes]
        return page(call, rows, url=self._url())

    async def _subscriptions(self, call: Call) -> Any:
        if call.node not in self.subscribed:
            return {"data": []}
        app = {"id": self._app_id, "name": "Relevo", "link": "https://example.com/relevo"}
        override = self.overrides.get(call.node)
        more = {"override_callback_uri": override} if override else {}
        return {"data": [{"whatsapp_business_api_data": app, **more}]}

    async def _subscribe(self, call: Call) -> Any:
        self.subscribed.add(call.node)
        override = str(call.parameters.get("override_callback_uri", ""))
        if len(override) > 200:
            raise refused("override_callback_uri", "must be at most 200 characters long.")
        self.overrides[call.node] = override
        return _DONE

    async def _unsubscribe(self, call: Call) -> Any:
        self.subscribed.discard(call.node)
        self.overrides.pop(call.node, None)
        return _DONE


def _account(number: BusinessNumber) -> str:
    return number.number.business_account_id


def _pin(call: Call) -> str:
    pin = call.text("pin")
    if len(pin) != 6 or not pin.isdecimal():
        raise refused("pin", "must be a 6-digit number.")
    return pin


def _shown(written: str, contact: Contact | None) -> dict[str, str]:
    if contact is not None and contact.phone:
        return {"input": written, "wa_id": contact.phone}
    return {"input": written, "user_id": written}
