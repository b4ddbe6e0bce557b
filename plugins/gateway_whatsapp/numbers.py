"""The number as its owner administers it: profile, block list, activation.

Source: Meta for Developers, WhatsApp Business Platform, "Business phone numbers", "Registration",
"Business profiles" and "Block users".
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any, Final, Literal
from urllib.parse import quote

import msgspec

from gateway.api import (
    AccountHealth,
    Answer,
    BlockFailure,
    BlockOutcome,
    Call,
    Host,
    NumberDesk,
    PlatformError,
    PlatformFailure,
    Problem,
    Profile,
    Reach,
    Rejected,
    Temporary,
)
from gateway_whatsapp import diagnosis, graph, sealed
from gateway_whatsapp.graph import Graph
from gateway_whatsapp.outbound import BUSINESS_SCOPED
from gateway_whatsapp.settings import WhatsAppSettings

_PROFILE: Final = "about,address,description,email,profile_picture_url,websites,vertical"
_FIELDS: Final = (
    "display_phone_number,verified_name,name_status,quality_rating,status,"
    "code_verification_status,throughput,is_on_biz_app,health_status,"
    "whatsapp_business_manager_messaging_limit"
)
_WORDS: Final = ("about", "address", "description", "email", "vertical")
_LONGEST: Final = {"about": 139, "address": 256, "description": 512, "email": 128}
_MOST_WEBSITES: Final = 2
_LONGEST_WEBSITE: Final = 256
_PIN: Final = re.compile(r"[0-9]{6}")
_READINGS: Final = 5
"""How often a block list is read anew that changes meanwhile."""
_CHANGED_MEANWHILE: Final = "139102"
_PARENT: Final = re.compile(r"[A-Z]{2}\.ENT\.")


class WhatsAppNumber(NumberDesk):
    """One phone number.

    Args:
        settings: The account's.
        graph: Whom to ask.
    """

    def __init__(self, settings: WhatsAppSettings, graph: Graph) -> None:
        self._settings = settings
        self._path = f"/{quote(settings.phone_number_id, safe='')}"
        self._business = f"/{quote(settings.business_account_id, safe='')}"
        self._graph = graph

    async def check(self, host: Host) -> AccountHealth:
        """Ask how the number is; see ``NumberDesk.check``."""
        found = await self._examined(host)
        await host.remember(self.health_key, msgspec.json.encode(found), time=self.kept_for)
        if found.level is not None:
            await host.remember(self.level_key, found.level.encode(), time=self.kept_for)
        if found.limit is not None:
            shared = self._settings.portfolio_id or self._settings.business_account_id
            reach = Reach(shared=shared, most=found.daily_contacts)
            await host.remember(self.reach_key, msgspec.json.encode(reach), time=self.kept_for)
        return found

    async def _examined(self, host: Host) -> AccountHealth:
        account, now = self._settings.id, time.time_ns() // 1_000_000
        call = Call(method="GET", path=self._path, query={"fields": _FIELDS})
        try:
            number = await self._graph.ask(call, host)
        except PlatformFailure as failure:
            return diagnosis.unasked(account, now, failure, self._graph.host_name)
        token, apps = await self._token(host), await self._apps(host)
        own = [*diagnosis.of_flow_key(await self._flow_key(host), self._public_keys())]
        return diagnosis.examined(account, now, number, token, apps, own)

    async def _token(self, host: Host) -> dict[str, Any]:
        try:
            return await self._graph.token(host)
        except PlatformFailure:  # some tokens may not be asked about; the number answered
            return {}

    def _public_keys(self) -> list[str]:
        keys = self._settings.flow_key.reveal()
        return [sealed.public_key(sealed.private_key(each)) for each in keys]

    async def _flow_key(self, host: Host) -> dict[str, Any] | None:
        """Return the key that the platform has for Flows, or None where that is not told."""
        if not self._settings.flow_key.reveal():
            return None
        call = Call(method="GET", path=f"{self._path}/whatsapp_business_encryption")
        try:
            rows = [each async for each in self._graph.pages(call, host)]
        except PlatformFailure:
            return None
        return rows[0] if rows else {}

    async def _apps(self, host: Host) -> list[str] | None:
        """Return the ids of the apps that get webhooks, or None where that is not told."""
        call = Call(method="GET", path=f"{self._business}/subscribed_apps")
        try:
            rows = [each async for each in self._graph.pages(call, host)]
        except PlatformFailure:
            return None
        found = [each.get("whatsapp_business_api_data") for each in rows]
        return [str(each.get("id")) for each in found if isinstance(each, dict)]

    async def profile(self, host: Host) -> Profile:
        """Return what people see; see ``NumberDesk.profile``."""
        path = f"{self._path}/whatsapp_business_profile"
        call = Call(method="GET", path=path, query={"fields": _PROFILE})
        rows = [each async for each in self._graph.pages(call, host)]
        told = rows[0] if rows else {}
        words = {name: str(told[name]) for name in _WORDS if told.get(name) is not None}
        websites = told.get("websites")
        return Profile(
            **words,
            websites=tuple(map(str, websites)) if isinstance(websites, list) else None,
            picture_url=told.get("profile_picture_url"),
        )

    def check_profile(self, profile: Profile) -> Sequence[Problem]:
        """Tell what of a profile is too long; see ``NumberDesk.check_profile``."""
        sizes = [(f"$.{name}", getattr(profile, name), most) for name, most in _LONGEST.items()]
        websites = profile.websites or ()
        sizes += [(f"$.websites[{at}]", url, _LONGEST_WEBSITE) for at, url in enumerate(websites)]
        found = [
            Problem(
                path=path, explanation=f"has {len(text)} characters, {most} at most", limit=most
            )
            for path, text, most in sizes
            if text is not None and len(text) > most
        ]
        if len(websites) > _MOST_WEBSITES:
            told = f"has {len(websites)} addresses, {_MOST_WEBSITES} at most"
            found.append(Problem(path="$.websites", explanation=told, limit=_MOST_WEBSITES))
        return tuple(found)

    async def change_profile(self, profile: Profile, host: Host) -> None:
        """Change what people see; see ``NumberDesk.change_profile``."""
        words = {name: getattr(profile, name) for name in _WORDS}
        body: dict[str, Any] = {name: text for name, text in words.items() if text is not None}
        if profile.websites is not None:
            body["websites"] = list(profile.websites)
        if profile.picture is not None:
            body["profile_picture_handle"] = await self._graph.sample(profile.picture, host)
        await self._post("whatsapp_business_profile", body, host)

    async def blocked(self, host: Host) -> Sequence[str]:
        """Return whom the number blocks; see ``NumberDesk.blocked``."""
        for _ in range(_READINGS - 1):
            try:
                return await self._blocked(host)
            except Temporary as failure:
                if failure.error.code != _CHANGED_MEANWHILE:
                    raise
        return await self._blocked(host)

    async def _blocked(self, host: Host) -> Sequence[str]:
        call = Call(method="GET", path=f"{self._path}/block_users", query={"limit": "200"})
        found: list[str] = []
        async for row in self._graph.pages(call, host):
            several = row.get("block_users")
            rows = several if isinstance(several, list) else [row]
            found += [str(each.get("wa_id") or each.get("user_id") or "") for each in rows]
        return [each for each in found if each]

    async def block(self, contacts: Sequence[str], host: Host) -> BlockOutcome:
        """Block contacts; only those who wrote within 24 hours can be."""
        return await self._blocks("POST", contacts, host)

    async def unblock(self, contacts: Sequence[str], host: Host) -> BlockOutcome:
        """Unblock contacts."""
        return await self._blocks("DELETE", contacts, host)

    async def _blocks(
        self, method: Literal["POST", "DELETE"], contacts: Sequence[str], host: Host
    ) -> BlockOutcome:
        parents = [each for each in contacts if _PARENT.match(each)]
        users = [_user(each) for each in contacts if each not in parents]
        told = "This user id is of a parent portfolio; give the contact's own, or the number."
        failed = tuple(BlockFailure(contact=each, explanation=told) for each in parents)
        if not users:
            return BlockOutcome(failed=failed)
        body = {"messaging_product": "whatsapp", "block_users": users}
        call = Call(method=method, path=f"{self._path}/block_users", body=body)
        outcome = _outcome(await self._graph.raw(call, host))
        return msgspec.structs.replace(outcome, failed=(*failed, *outcome.failed))

    async def subscribe(self, host: Host) -> None:
        """Link the app to the WhatsApp Business Account; see ``NumberDesk.subscribe``."""
        await self._graph.ask(Call(method="POST", path=f"{self._business}/subscribed_apps"), host)

    async def request_code(
        self, host: Host, *, method: Literal["sms", "voice"], language: str
    ) -> None:
        """Have the code sent; see ``NumberDesk.request_code``."""
        query = {"code_method": method.upper(), "language": language}
        call = Call(method="POST", path=f"{self._path}/request_code", query=query)
        await self._graph.ask(call, host)

    async def verify_code(self, code: str, host: Host) -> None:
        """Tell the code; see ``NumberDesk.verify_code``."""
        call = Call(method="POST", path=f"{self._path}/verify_code", body={"code": code})
        await self._graph.ask(call, host)

    async def register(self, pin: str, host: Host) -> None:
        """Connect the number; ten tries in 72 hours, then Meta locks it.

        Raises:
            Rejected: The PIN cannot be one, or the platform refuses it.
        """
        if not _PIN.fullmatch(pin):
            raise Rejected(PlatformError(code="pin", explanation="The PIN has 6 digits."))
        await self._post("register", {"pin": pin}, host)

    async def _post(self, edge: str, body: dict[str, Any], host: Host) -> None:
        whole = {"messaging_product": "whatsapp", **body}
        call = Call(method="POST", path=f"{self._path}/{edge}", body=whole)
        await self._graph.ask(call, host)


def _user(contact: str) -> dict[str, str]:
    if BUSINESS_SCOPED.fullmatch(contact):
        return {"user_id": contact}
    return {"user": f"+{contact.removeprefix('+')}"}


def _outcome(answer: Answer) -> BlockOutcome:
    """Read an answer that may be half a refusal: then it is an error with the lists beside it."""
    try:
        told = msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = {}
    lists = told.get("block_users")
    if not isinstance(lists, dict):
        graph.read(answer)
        lists = {}
    done = [*(lists.get("added_users") or ()), *(lists.get("removed_users") or ())]
    return BlockOutcome(
        done=tuple(str(each.get("input")) for each in done),
        failed=tuple(_failed(each) for each in lists.get("failed_users") or ()),
    )


def _failed(entry: dict[str, Any]) -> BlockFailure:
    errors = entry.get("errors") or [{}]
    error: dict[str, Any] = errors[0]
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    return BlockFailure(
        contact=str(entry.get("input")),
        explanation=str(details or error.get("message") or "no reason was given"),
        code=str(error["code"]) if "code" in error else None,
    )
