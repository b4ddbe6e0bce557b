"""The number's health, profile, block list and activation, against the simulated platform."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from gateway.api import (
    AccountHealth,
    Host,
    NumberDesk,
    PlatformFailure,
    Profile,
    Rejected,
    Secret,
    Secrets,
    Temporary,
    WebhookRequest,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import Notice, WhatsAppPlatform
from gateway_whatsapp import sealed
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import account_of

DAY = 24 * 3600


@pytest.fixture
def number(there: WhatsAppChannel) -> NumberDesk:
    assert there.number is not None
    return there.number


async def recalled(host: Host) -> AccountHealth:
    kept = await host.recall(NumberDesk.health_key)
    assert kept is not None
    return msgspec.json.decode(kept, type=AccountHealth)


async def test_a_number_that_is_well_has_no_problems(number: NumberDesk, here: Stage) -> None:
    found = await number.check(here.host)
    assert (found.state, found.problems) == ("up", ())
    assert (found.address, found.name) == ("+15550783881", "Relevo Bakery")
    assert (found.quality, found.limit, found.daily_contacts) == ("green", "TIER_2K", 2000)
    assert (found.token_valid, found.token_expires_at) == (True, None)
    assert await recalled(here.host) == found
    assert await here.host.recall(NumberDesk.level_key) == b"standard"


async def test_the_level_of_throughput_is_kept_for_who_sends(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    platform.number.upgraded()
    assert (await number.check(here.host)).level == "high"
    assert await here.host.recall(NumberDesk.level_key) == b"high"


def banned(platform: WhatsAppPlatform) -> None:
    platform.number.banned()


def red(platform: WhatsAppPlatform) -> None:
    platform.number.rated("RED")


def unregistered(platform: WhatsAppPlatform) -> None:
    platform.number.registered = False


def unverified(platform: WhatsAppPlatform) -> None:
    platform.number.registered = platform.number.verified = False


def unsubscribed(platform: WhatsAppPlatform) -> None:
    platform.cloud.numbers.subscribed.clear()


def expiring(platform: WhatsAppPlatform) -> None:
    platform.cloud.token_expires_at = int(time.time()) + 3 * DAY + 60


def unpaid(platform: WhatsAppPlatform) -> None:
    platform.number.refuses = 131042


@pytest.mark.parametrize(
    ("happen", "state", "cause", "told"),
    [
        (banned, "down", "platform", "Meta banned the number."),
        (red, "degraded", "platform", "Meta rates the number red"),
        (unregistered, "down", "platform", "The number is not registered."),
        (unverified, "down", "platform", "The number is not verified."),
        (unsubscribed, "degraded", "silence", "not subscribed"),
        (expiring, "degraded", "auth", "expires in 3 days"),
        (unpaid, "down", "platform", "Sends are refused."),
    ],
)
async def test_what_is_wrong_is_told_with_its_cause_and_what_to_do(
    platform: WhatsAppPlatform,
    number: NumberDesk,
    here: Stage,
    happen: Callable[[WhatsAppPlatform], None],
    state: str,
    cause: str,
    told: str,
) -> None:
    happen(platform)
    found = await number.check(here.host)
    assert found.state == state
    problem = next(each for each in found.problems if told in each.explanation)
    assert problem.cause == cause
    if happen is not unpaid:
        assert problem.remedy


async def test_a_key_of_flows_that_meta_does_not_have_is_told(
    platform: WhatsAppPlatform, here: Stage
) -> None:
    old, new = sealed.new_key(), sealed.new_key()
    channel = WhatsAppChannel(account_of(platform, flow_key=Secrets(new, old)))
    assert channel.number is not None
    assert channel.flows is not None

    async def problems() -> list[tuple[str, str]]:
        assert channel.number is not None
        found = await channel.number.check(here.host)
        return [(each.explanation, each.remedy) for each in found.problems]

    upload = "Run `relevo flows upload-key`."
    assert await problems() == [("Meta has no key of this number for Flows.", upload)]
    await channel.flows.upload_key(here.host)
    assert await problems() == []
    await channel.number.register("123456", here.host)  # Meta forgets the key then
    assert [told for told, _ in await problems()] == ["Meta has no key of this number for Flows."]
    platform.number.public_key = sealed.public_key(sealed.private_key(old))
    assert await problems() == [], "the old key still opens what phones send"
    platform.number.public_key = sealed.public_key(sealed.private_key(sealed.new_key()))
    assert await problems() == [("Meta has another key for Flows than flow_key.", upload)]
    await channel.flows.upload_key(here.host)
    platform.number.key_status = "MISMATCH"
    assert await problems() == [("Meta's signature of the key for Flows does not fit.", upload)]
    platform.fail_next(131016, edge="whatsapp_business_encryption")
    assert await problems() == [], "what cannot be asked is not told"


async def test_the_app_is_linked_so_that_webhooks_come(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    unsubscribed(platform)
    (silence,) = (await number.check(here.host)).problems
    assert silence.remedy == "Run `relevo numbers subscribe`."
    await number.subscribe(here.host)
    assert (await number.check(here.host)).problems == ()


async def test_a_number_without_flows_is_asked_for_no_key(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    await number.check(here.host)
    asked = {route.edge for route in platform.cloud.graph.calls}
    assert "whatsapp_business_encryption" not in asked


async def test_a_token_that_is_refused_brings_the_account_down(
    platform: WhatsAppPlatform, here: Stage
) -> None:
    old = msgspec.structs.replace(account_of(platform), access_token=Secret("old"))
    channel = WhatsAppChannel(old)
    assert channel.number is not None
    found = await channel.number.check(here.host)
    assert (found.state, found.token_valid, found.problems[0].cause) == ("down", False, "auth")
    with pytest.raises(PlatformFailure):
        await channel.number.profile(here.host)


async def test_a_number_that_meta_does_not_know_is_a_fault_of_the_settings(
    platform: WhatsAppPlatform, here: Stage
) -> None:
    other = msgspec.structs.replace(account_of(platform), phone_number_id="999")
    channel = WhatsAppChannel(other)
    assert channel.number is not None
    found = await channel.number.check(here.host)
    assert found.state == "down"
    assert "phone_number_id" in found.problems[0].remedy


async def test_a_platform_that_does_not_answer_says_nothing_of_the_number(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    platform.fail_next(2, edge=None)
    found = await number.check(here.host)
    assert (found.state, found.problems[0].cause) == ("unknown", "network")
    assert "Is 127.0.0.1 reached from here" in found.problems[0].remedy


async def hears(
    channel: WhatsAppChannel, here: Stage, platform: WhatsAppPlatform, *notices: Notice
) -> None:
    accounts = dict.fromkeys(channel.identities(), ("whatsapp",))
    body = platform.webhook(*notices).body
    request = WebhookRequest(body=body, received_at=1_795_000_000_000, accounts=accounts)
    for event in channel.parse(request):
        await channel.noticed(event, here.host)


async def test_webhooks_about_the_number_are_acted_on_at_once(
    platform: WhatsAppPlatform, there: WhatsAppChannel, here: Stage
) -> None:
    await hears(there, here, platform, platform.number.upgraded())
    assert await here.host.recall(NumberDesk.level_key) == b"high"
    await hears(there, here, platform, platform.number.rated("YELLOW"))
    assert (await recalled(here.host)).quality == "yellow"
    await hears(there, here, platform, platform.number.banned())
    assert (await recalled(here.host)).state == "down"


async def test_many_alerts_do_not_ask_the_platform_each_time(
    platform: WhatsAppPlatform, there: WhatsAppChannel, here: Stage
) -> None:
    await hears(there, here, platform, platform.number.banned())
    asked = sum(platform.cloud.graph.calls.values())
    for _ in range(20):
        await hears(there, here, platform, platform.number.banned())
    assert sum(platform.cloud.graph.calls.values()) == asked


async def test_the_owner_of_an_account_learns_everything_at_once(
    platform: WhatsAppPlatform, there: WhatsAppChannel, here: Stage
) -> None:
    platform.template("ready", "Order {{1}} is ready.")
    assert there.templates is not None
    running = asyncio.create_task(there.run(here.host))
    while not await there.templates.records(here.host):  # noqa: ASYNC110 - a memory tells nobody
        await asyncio.sleep(0.01)
    assert (await recalled(here.host)).state == "up"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_the_profile_is_read_and_changed(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    picture = await here.keep(b"\xff\xd8\xff\xe0", "image/jpeg")
    profile = Profile(
        about="Pão todos os dias", websites=("https://a.example",), email="", picture=picture
    )
    await number.change_profile(profile, here.host)
    found = await number.profile(here.host)
    assert (found.about, found.websites) == ("Pão todos os dias", ("https://a.example",))
    assert found.vertical == "UNDEFINED"
    assert list(platform.cloud.uploads.handles.values()) == [b"\xff\xd8\xff\xe0"]
    with pytest.raises(Rejected):
        await number.change_profile(Profile(about="x" * 140), here.host)


@pytest.mark.parametrize(
    ("name", "most"), [("about", 139), ("address", 256), ("description", 512), ("email", 128)]
)
async def test_a_text_of_the_profile_is_as_long_as_the_platform_takes(
    number: NumberDesk, here: Stage, name: str, most: int
) -> None:
    texts: Any = {name: "é" * most}
    longest = Profile(**texts)
    assert number.check_profile(longest) == ()
    await number.change_profile(longest, here.host)
    texts[name] += "é"
    too_long = Profile(**texts)
    (problem,) = number.check_profile(too_long)
    told = f"has {most + 1} characters, {most} at most"
    assert (problem.path, problem.explanation, problem.limit) == (f"$.{name}", told, most)
    with pytest.raises(Rejected):
        await number.change_profile(too_long, here.host)


@pytest.mark.parametrize(
    ("websites", "path"),
    [
        (("https://a.example",) * 3, "$.websites"),
        (("https://a.example/" + "x" * 239,), "$.websites[0]"),
    ],
)
def test_a_profile_has_two_addresses_of_the_length_that_the_platform_takes(
    number: NumberDesk, websites: tuple[str, ...], path: str
) -> None:
    assert [each.path for each in number.check_profile(Profile(websites=websites))] == [path]
    longest = ("https://a.example/" + "x" * 238,) * 2
    assert number.check_profile(Profile(websites=longest)) == ()


async def test_who_wrote_lately_can_be_blocked_and_the_others_are_named(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    ana = platform.contact("351911111111", name="Ana")
    rui = platform.contact(None, name="Rui", user_id="PT.10000000000000000002")
    ana.writes("Olá")
    rui.writes("Olá")
    both = ("351911111111", "PT.10000000000000000002")
    outcome = await number.block((*both, "351922222222"), here.host)
    assert [each.lstrip("+") for each in outcome.done] == list(both)
    (failed,) = outcome.failed
    assert failed.contact.lstrip("+") == "351922222222"
    assert "24 hours" in failed.explanation
    assert sorted(await number.blocked(here.host)) == sorted(both)
    outcome = await number.unblock(both[:1], here.host)
    assert [each.lstrip("+") for each in outcome.done] == ["351911111111"]
    assert list(await number.blocked(here.host)) == [both[1]]
    platform.fail_next(139103, edge="block_users")
    with pytest.raises(PlatformFailure):
        await number.block(both, here.host)


async def test_a_user_id_over_linked_portfolios_cannot_be_blocked(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    ana = platform.contact("351911111111", name="Ana")
    ana.writes("Olá")
    outcome = await number.block(("351911111111", "PT.ENT.11"), here.host)
    assert outcome.done == ("+351911111111",)
    (failed,) = outcome.failed
    assert (failed.contact, failed.code) == ("PT.ENT.11", None)
    assert "of a parent portfolio" in failed.explanation
    asked = sum(platform.cloud.graph.calls.values())
    assert len((await number.block(("PT.ENT.11",), here.host)).failed) == 1
    assert sum(platform.cloud.graph.calls.values()) == asked, "nothing was left to ask"


async def test_a_block_list_that_changes_while_it_is_read_is_read_anew(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    platform.contact("351911111111", name="Ana").writes("Olá")
    await number.block(("351911111111",), here.host)
    platform.fail_next(139102, times=2, edge="block_users")
    assert list(await number.blocked(here.host)) == ["351911111111"]
    platform.fail_next(139102, times=None, edge="block_users")
    with pytest.raises(Temporary):
        await number.blocked(here.host)


async def test_a_number_is_activated_by_code_and_pin(
    platform: WhatsAppPlatform, number: NumberDesk, here: Stage
) -> None:
    unverified(platform)
    await number.request_code(here.host, method="sms", language="pt_PT")
    code: Any = platform.number.code
    with pytest.raises(Rejected):
        await number.verify_code("000000" if code != "000000" else "111111", here.host)
    await number.verify_code(code, here.host)
    asked = sum(platform.cloud.graph.calls.values())
    for wrong in ("12", "1234567", "abcdef"):
        with pytest.raises(Rejected, match="The PIN has 6 digits"):
            await number.register(wrong, here.host)
    assert sum(platform.cloud.graph.calls.values()) == asked, "Meta counts the tries"
    await number.register("123456", here.host)
    assert platform.number.registered
    assert (await number.check(here.host)).state == "up"
