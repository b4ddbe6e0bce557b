"""Flows listed, made, changed and published, and their key, against the simulated platform."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from gateway.api import FlowDesk, Rejected, Secrets
from gateway.testing.host import Stage
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from gateway_whatsapp.settings import WhatsAppSettings
from tests.plugins.whatsapp.simulated import account_of

SCREENS = json.dumps({"version": "7.3", "screens": [{"id": "ONE", "layout": {}}]}).encode()
ASKING = json.dumps(
    {"version": "7.3", "data_api_version": "4.0", "screens": [{"id": "ONE"}]}
).encode()


@pytest.fixture
def flows(there: WhatsAppChannel) -> FlowDesk:
    assert there.flows is not None
    return there.flows


async def test_a_flow_is_made_with_its_screens_and_published(
    platform: WhatsAppPlatform, flows: FlowDesk, here: Stage
) -> None:
    made = await flows.publish(here.host, name="Booking", screens=SCREENS)
    assert (made.name, made.status, made.problems) == ("Booking", "published", ())
    assert platform.flows[made.platform_id].screens == json.loads(SCREENS)
    assert list(await flows.records(here.host)) == [made]


async def test_a_draft_can_be_changed_and_published_later(
    platform: WhatsAppPlatform, flows: FlowDesk, here: Stage
) -> None:
    draft = await flows.publish(
        here.host, name="Booking", screens=SCREENS, categories=("SURVEY",), draft=True
    )
    assert (draft.status, draft.categories) == ("draft", ("SURVEY",))
    again = await flows.publish(
        here.host, flow=draft.platform_id, screens=ASKING, endpoint="https://a.example", draft=True
    )
    assert again.endpoint == "https://a.example"
    assert platform.flows[draft.platform_id].screens == json.loads(ASKING)
    with pytest.raises(Rejected):  # the platform has no key of ours yet
        await flows.publish(here.host, flow=draft.platform_id)
    platform.number.public_key = "a key"
    assert (await flows.publish(here.host, flow=draft.platform_id)).status == "published"
    with pytest.raises(Rejected):
        await flows.publish(here.host, flow=draft.platform_id, screens=SCREENS)


async def test_a_draft_is_deleted_and_a_published_flow_deprecated(
    platform: WhatsAppPlatform, flows: FlowDesk, here: Stage
) -> None:
    draft = await flows.publish(here.host, name="Booking", screens=SCREENS, draft=True)
    public = await flows.publish(here.host, name="Survey", screens=SCREENS)
    assert await flows.retire(draft.platform_id, here.host) == "deleted"
    assert draft.platform_id not in platform.flows
    assert await flows.retire(public.platform_id, here.host) == "deprecated"
    assert [each.status for each in await flows.records(here.host)] == ["deprecated"]
    with pytest.raises(Rejected):
        await flows.retire(public.platform_id, here.host)


async def test_faults_in_the_screens_are_told_with_their_line(flows: FlowDesk, here: Stage) -> None:
    with pytest.raises(Rejected, match="line 1: version and at least one screen"):
        await flows.publish(here.host, name="Booking", screens=b"{}")


async def test_the_public_half_of_the_key_is_uploaded(
    platform: WhatsAppPlatform, flows: FlowDesk, here: Stage
) -> None:
    with pytest.raises(Rejected, match="no flow_key"):
        await flows.upload_key(here.host)
    settings = account_of(platform, flow_key=Secrets(flows.new_key()))
    own = WhatsAppChannel(settings).flows
    assert own is not None
    public = await own.upload_key(here.host)
    assert platform.number.public_key == public
    assert public.startswith("-----BEGIN PUBLIC KEY-----")


@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_key_that_is_none_is_a_fault_of_the_settings(key: str) -> None:
    with pytest.raises(ValueError, match="flow_key is no key that Flows can use") as refused:
        WhatsAppSettings(**_settings(flow_key=Secrets(key)))
    assert refused.value.__cause__ is None


def test_a_key_with_its_line_breaks_written_out_is_read(flows: FlowDesk) -> None:
    flat = flows.new_key().replace("\n", "\\n")
    assert WhatsAppSettings(**_settings(flow_key=Secrets(flat))).flow_key.reveal() == (flat,)


def _settings(**more: Any) -> dict[str, Any]:
    example = WhatsAppChannel.example()
    return {**{name: getattr(example, name) for name in example.__struct_fields__}, **more}


def test_replaced_settings_are_checked_too() -> None:
    with pytest.raises(ValueError, match="flow_key"):
        msgspec.structs.replace(WhatsAppChannel.example(), flow_key=Secrets("no key"))
