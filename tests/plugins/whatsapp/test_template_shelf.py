"""Templates asked for, kept, created, edited and deleted, against the simulated platform."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from gateway.api import (
    AccountBroken,
    OutboundMessage,
    PlatformFailure,
    Rejected,
    Secret,
    TemplateDefinition,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import Fault, WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import account_of
from tests.plugins.whatsapp.template_desk import (
    BUSINESS,
    JPEG,
    Desk,
    filled,
    with_everything,
)


async def test_every_template_is_kept_over_all_pages(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    for number in range(430):
        platform.template(f"template_{number:03}", "Order {{1}} is ready.")
    platform.template("template_007", "A encomenda {{1}} chegou.", language="pt_PT")
    found = await desk.shelf.sync(desk.host)
    assert len(found) == 431
    assert [each.definition.language for each in found[7:9]] == ["en_US", "pt_PT"]
    assert list(await desk.shelf.records(desk.host)) == list(found)


async def test_a_template_that_is_gone_there_is_gone_here_after_a_sync(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    platform.template("one", "Order {{1}} is ready.")
    await desk.shelf.sync(desk.host)
    await desk.shelf.delete("one", desk.host)
    platform.template("two", "Order {{1}} is here.")
    assert await desk.names() == []
    await desk.shelf.sync(desk.host)
    assert await desk.names() == [("two", "en_US", "approved")]


async def test_a_sync_that_fails_leaves_what_was_known(
    platform: WhatsAppPlatform, desk: Desk, here: Stage
) -> None:
    platform.template("ready", "Order {{1}} is ready.")
    await desk.shelf.sync(desk.host)
    platform.fail_next(131016, edge="message_templates")
    with pytest.raises(PlatformFailure):
        await desk.shelf.sync(desk.host)
    assert await desk.names() == [("ready", "en_US", "approved")]
    old = msgspec.structs.replace(account_of(platform), access_token=Secret("old"))
    wrong = WhatsAppChannel(old)
    with pytest.raises(AccountBroken):
        await Desk(wrong, here).shelf.sync(here.host)


@pytest.mark.parametrize("size", [0, 3 << 20])
async def test_a_sample_is_uploaded_for_the_reviewers(
    platform: WhatsAppPlatform, desk: Desk, here: Stage, size: int
) -> None:
    picture = JPEG + bytes(size)
    stored = await here.keep(picture, "image/jpeg")
    made = await desk.shelf.create(with_everything(stored), desk.host)
    assert (made.status, made.platform_id != "") == ("pending", True)
    (template,) = platform.templates.all(BUSINESS)
    header = template.component("HEADER")
    assert header is not None
    (handle,) = header["example"]["header_handle"]
    assert platform.cloud.uploads.handles[handle] == picture
    assert await desk.names() == [("ready", "en_US", "pending")]


async def test_an_edited_template_is_reviewed_again(platform: WhatsAppPlatform, desk: Desk) -> None:
    platform.template("ready", "Order {{1}} is ready.")
    definition = TemplateDefinition(
        name="ready",
        language="en_US",
        category="utility",
        body="Your order {{1}} is ready for you.",
        examples={"1": "A-17"},
    )
    changed = await desk.shelf.edit(definition, desk.host)
    assert changed.status == "pending"
    (template,) = platform.templates.all(BUSINESS)
    body = template.component("BODY")
    assert body is not None
    assert body["text"] == definition.body
    with pytest.raises(Rejected):
        await desk.shelf.edit(definition, desk.host)  # not while it is pending
    other = TemplateDefinition(name="other", language="es", category="utility", body="Hola a ti")
    with pytest.raises(Rejected, match="no template other in es"):
        await desk.shelf.edit(other, desk.host)


async def test_a_template_that_stays_approved_when_it_is_changed_can_be_sent_on(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    platform.template("ready", "Order {{1}} is ready.").approved_at_once = True
    definition = TemplateDefinition(
        name="ready",
        language="en_US",
        category="utility",
        body="Your order {{1}} is ready for you.",
        examples={"1": "A-17"},
    )
    changed = await desk.shelf.edit(definition, desk.host)
    assert (changed.status, changed.definition.body) == ("approved", definition.body)
    assert await desk.told(filled("A-17")) == {}


async def test_a_change_is_kept_although_the_platform_cannot_be_asked_about_it(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    platform.template("ready", "Order {{1}} is ready.")
    await desk.shelf.sync(desk.host)
    known = (await desk.shelf.records(desk.host))[0].definition
    changed = msgspec.structs.replace(known, body="Your order {{1}} is ready for you.")
    platform.faults.add(Fault(edge="message_templates"))  # looked up before: that goes well
    platform.fail_next(131016, edge="message_templates")
    assert (await desk.shelf.edit(changed, desk.host)).status == "pending"


async def test_a_paused_template_is_let_go_again(platform: WhatsAppPlatform, desk: Desk) -> None:
    template = platform.template("ready", "Order {{1}} is ready.")
    await desk.hears(template.paused(), platform=platform)
    resumed = await desk.shelf.unpause("ready", "en_US", desk.host)
    assert (resumed.status, template.status) == ("approved", "APPROVED")
    assert await desk.names() == [("ready", "en_US", "approved")]
    with pytest.raises(Rejected, match="not paused") as refused:
        await desk.shelf.unpause("ready", "en_US", desk.host)
    assert refused.value.error.detail == "The template is not paused."
    with pytest.raises(Rejected, match="no template ready in es"):
        await desk.shelf.unpause("ready", "es", desk.host)


async def test_one_language_or_all_of_them_are_deleted(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    for name in ("ready", "ready_too"):
        for language in ("en_US", "es", "pt_PT"):
            platform.template(name, "Order {{1}} is ready.", language=language)
    await desk.shelf.sync(desk.host)
    await desk.shelf.delete("ready", desk.host, language="es")
    left = [each[:2] for each in await desk.names()]
    assert ("ready", "es") not in left
    assert len(left) == 5
    await desk.shelf.delete("ready", desk.host)
    assert {each[0] for each in await desk.names()} == {"ready_too"}
    assert len(platform.templates.all(BUSINESS)) == 3


async def test_webhooks_keep_the_shelf_true(platform: WhatsAppPlatform, desk: Desk) -> None:
    template = platform.template("ready", "Order {{1}} is ready.")
    await desk.shelf.sync(desk.host)
    await desk.hears(template.rated("YELLOW"), template.paused(), platform=platform)
    told = (await desk.told(filled("A-17")))["$.content.name"]
    assert "is paused because of its quality (FIRST_PAUSE)" in told
    (record,) = await desk.shelf.records(desk.host)
    assert (record.quality, record.sendable) == ("yellow", False)
    await desk.hears(template.unpaused(), platform=platform)
    assert await desk.told(filled("A-17")) == {}
    await desk.hears(template.filed_under("MARKETING"), platform=platform)
    (record,) = await desk.shelf.records(desk.host)
    assert record.definition.category == "marketing"
    await desk.hears(template.disabled(), platform=platform)
    assert "disabled for good" in (await desk.told(filled("A-17")))["$.content.name"]
    await desk.hears(template.rejected("PROMOTIONAL"), platform=platform)
    assert "was rejected (PROMOTIONAL)" in (await desk.told(filled("A-17")))["$.content.name"]


async def test_a_template_made_elsewhere_is_found_when_it_is_needed(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    await desk.shelf.sync(desk.host)
    platform.template("ready", "Order {{1}} is ready.")
    assert await desk.told(filled("A-17")) == {}
    asked = sum(platform.cloud.graph.calls.values())
    for _ in range(20):
        assert await desk.told(filled("A-17", name="nowhere"))
    assert sum(platform.cloud.graph.calls.values()) == asked + 1, "once a minute is enough"


async def test_a_marketing_template_goes_its_own_way_without_being_told_so(
    platform: WhatsAppPlatform, here: Stage
) -> None:
    channel = WhatsAppChannel(account_of(platform, marketing_messages="fallback"))
    desk = Desk(channel, here)
    platform.template("sale", "Bread {{1}} is cheap today.", category="MARKETING")
    await desk.shelf.sync(desk.host)
    message = OutboundMessage(
        account="whatsapp", to="351911111111", content=filled("rye", name="sale")
    )
    (call,) = channel.render(await channel.prepare(message, here.host)).calls
    assert call.path.endswith("/marketing_messages")


async def test_what_one_process_changes_another_sees_soon(
    platform: WhatsAppPlatform, desk: Desk, here: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway_whatsapp.shelf._KNOWN_SECONDS", 0.05)
    template = platform.template("ready", "Order {{1}} is ready.")
    await desk.shelf.sync(desk.host)
    other = Desk(WhatsAppChannel(account_of(platform)), here)
    assert await other.told(filled("A-17")) == {}
    await desk.hears(template.paused(), platform=platform)
    while not await other.told(filled("A-17")):  # noqa: ASYNC110 - a memory, which tells nobody
        await asyncio.sleep(0.01)
