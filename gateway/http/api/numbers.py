"""Accounts as their owner administers them: health, profile, block list, activation."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from aiohttp import hdrs, web
from msgspec import Meta

from gateway.channel.administration import NumberDesk
from gateway.channel.host import Host
from gateway.channel.outbound import Problem as Wrong
from gateway.daemon.daemon import Daemon
from gateway.daemon.standing import recalled
from gateway.daemon.standing_table import csv_of
from gateway.http.api.accounts import AccountPath
from gateway.http.api.headers import HEADERS
from gateway.http.api.operation import TABLE, Call, Header, Nothing, Reply, operation
from gateway.http.api.platform import REFUSALS, asking, offered, opened, require_right
from gateway.http.problem import Problem
from gateway.model.account import AccountHealth, BlockOutcome, Profile
from gateway.model.value import Value

GROUP: Final = "Accounts"


def _desk(daemon: Daemon, account: str) -> tuple[NumberDesk, Host]:
    channel, host = opened(daemon, account)
    return offered(channel.number, channel, "number that could be administered here"), host


class HowFresh(Value, frozen=True, kw_only=True):
    """Which account, and how fresh.

    Attributes:
        account: Id of the account, as the settings name it.
        fresh: Ask the platform now, instead of telling what was found last.
    """

    account: str
    fresh: bool = False


@operation(
    "GET",
    "/v1/accounts/{account}/health",
    group=GROUP,
    scope="accounts",
    answers={200: AccountHealth},
    problems={404: "There is no such account, or nothing was found of it yet."},
    answer_example={
        "account": "wa-main",
        "channel": "whatsapp",
        "checked_at": 1795000000000,
        "state": "up",
        "address": "+34600000000",
        "name": "Panadería Relevo",
        "quality": "green",
        "limit": "TIER_2K",
        "daily_contacts": 2000,
        "level": "standard",
        "token_valid": True,
    },
)
async def get_health(call: Call[HowFresh, Nothing]) -> Reply:
    """Tell how an account stands with its platform.

    Quality, limits, throughput, name, token and webhooks as the platform tells them, and what is wrong with a remedy. It is asked
    every few minutes, and at once when it tells of a change.
    """
    asked = call.parameters
    channel, host = opened(call.daemon, asked.account)
    if asked.fresh and channel.number is not None:
        return Reply(await channel.number.check(host))
    found = await recalled(host)
    if found is None:
        raise Problem(404, "nothing was found of this account yet", reason="not_checked")
    return Reply(found)


@operation(
    "GET",
    "/v1/accounts/health.csv",
    group=GROUP,
    scope="accounts",
    answers={200: TABLE},
    sends={200: {hdrs.CONTENT_DISPOSITION: Header("`attachment`, with a name for the table.")}},
)
async def export_health(call: Call[Nothing, Nothing]) -> web.StreamResponse:
    """Tell how all accounts stand, as a table.

    CSV with a heading, for spreadsheets; accounts of which nothing was found are left out.
    """
    hosts = call.daemon.hosts
    found = [await recalled(hosts[account]) for account in sorted(hosts)]
    return web.Response(
        text=csv_of(each for each in found if each is not None),
        content_type="text/csv",
        charset="utf-8",
        headers={**HEADERS, hdrs.CONTENT_DISPOSITION: 'attachment; filename="accounts.csv"'},
    )


@operation(
    "GET",
    "/v1/accounts/{account}/profile",
    group=GROUP,
    scope="accounts",
    answers={200: Profile},
    problems=REFUSALS,
)
async def get_profile(call: Call[AccountPath, Nothing]) -> Reply:
    """Tell what people see of the business.

    The platform is asked.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    with asking():
        return Reply(await desk.profile(host))


@operation(
    "PUT",
    "/v1/accounts/{account}/profile",
    group=GROUP,
    scope="admin",
    answers={200: Profile},
    problems=REFUSALS,
    example={"about": "Pan de cada día", "websites": ["https://relevo.example"]},
)
async def change_profile(call: Call[AccountPath, Profile]) -> Reply:
    """Change what people see of the business.

    What is not given stays as it is; what is given empty goes away. `picture` is the `id` of an uploaded file.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    require_right([*desk.check_profile(call.body), *await _unknown_picture(call.body, host)])
    with asking():
        await desk.change_profile(call.body, host)
        return Reply(await desk.profile(host))


async def _unknown_picture(profile: Profile, host: Host) -> list[Wrong]:
    if not profile.picture or await host.open_file(profile.picture) is not None:
        return []
    told = "is the id of no file; upload it with POST /v1/media"
    return [Wrong(path="$.picture", explanation=told)]


class Blocked(Value, frozen=True, kw_only=True):
    """Whom an account blocks.

    Attributes:
        contacts: Phone numbers, or user ids where the number is not known.
    """

    contacts: tuple[str, ...]


class ContactList(Value, frozen=True, kw_only=True):
    """Whom it is about.

    Attributes:
        contacts: Phone numbers with country code, or user ids.
    """

    contacts: Annotated[tuple[str, ...], Meta(min_length=1)]


@operation(
    "GET",
    "/v1/accounts/{account}/blocked",
    group=GROUP,
    scope="contacts",
    answers={200: Blocked},
    problems=REFUSALS,
)
async def list_blocked(call: Call[AccountPath, Nothing]) -> Reply:
    """List whom an account blocks.

    The platform is asked.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    with asking():
        return Reply(Blocked(contacts=tuple(await desk.blocked(host))))


@operation(
    "POST",
    "/v1/accounts/{account}/block",
    group=GROUP,
    scope="contacts",
    answers={200: BlockOutcome},
    problems=REFUSALS,
    example={"contacts": ["34600000000"]},
)
async def block_contacts(call: Call[AccountPath, ContactList]) -> Reply:
    """Block contacts.

    They cannot write to the account any more. WhatsApp lets only those be blocked who wrote within
    24 hours: `failed` names the others.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    with asking():
        return Reply(await desk.block(call.body.contacts, host))


@operation(
    "POST",
    "/v1/accounts/{account}/unblock",
    group=GROUP,
    scope="contacts",
    answers={200: BlockOutcome},
    problems=REFUSALS,
    example={"contacts": ["34600000000"]},
)
async def unblock_contacts(call: Call[AccountPath, ContactList]) -> Reply:
    """Unblock contacts.

    They can write to the account again.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    with asking():
        return Reply(await desk.unblock(call.body.contacts, host))


class CodeRequest(Value, frozen=True, kw_only=True):
    """How the code shall come.

    Attributes:
        method: As a text or as a call.
        language: Of the text or the call, as in ``es`` or ``pt_PT``.
    """

    method: Literal["sms", "voice"] = "sms"
    language: Annotated[str, Meta(min_length=2)] = "es"


class Code(Value, frozen=True, kw_only=True):
    """The code that came.

    Attributes:
        code: Its digits.
    """

    code: Annotated[str, Meta(min_length=1)]


class Registration(Value, frozen=True, kw_only=True):
    """How the number is connected.

    Attributes:
        pin: Of two-step verification, six digits: the number's own, or a new one where it has none.
    """

    pin: Annotated[str, Meta(pattern="^[0-9]{6}$", extra={"wanted": "six digits"})]


@operation(
    "POST",
    "/v1/accounts/{account}/code",
    group=GROUP,
    scope="admin",
    answers={204: None},
    problems=REFUSALS,
    example={"method": "sms", "language": "es"},
)
async def request_code(call: Call[AccountPath, CodeRequest]) -> Reply:
    """Have a code sent to the number.

    The first step of activation: it shows that the number is yours.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    with asking():
        await desk.request_code(host, method=call.body.method, language=call.body.language)
    return Reply(status=204)


@operation(
    "POST",
    "/v1/accounts/{account}/verify",
    group=GROUP,
    scope="admin",
    answers={204: None},
    problems=REFUSALS,
    example={"code": "123456"},
)
async def verify_code(call: Call[AccountPath, Code]) -> Reply:
    """Verify the number by the code that came.

    The second step of activation.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    with asking():
        await desk.verify_code(call.body.code, host)
    return Reply(status=204)


@operation(
    "POST",
    "/v1/accounts/{account}/register",
    group=GROUP,
    scope="admin",
    answers={204: None},
    problems=REFUSALS,
    example={"pin": "123456"},
)
async def register_number(call: Call[AccountPath, Registration]) -> Reply:
    """Connect the number.

    The last step of activation. WhatsApp allows ten tries in 72 hours, and then locks the number for as long.
    """
    desk, host = _desk(call.daemon, call.parameters.account)
    with asking():
        await desk.register(call.body.pin, host)
    return Reply(status=204)
