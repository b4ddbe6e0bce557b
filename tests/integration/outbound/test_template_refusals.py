"""Templates that were good when they were given to us, and are refused when they are sent."""

import pytest

from gateway.api import OutboundMessage, Template, TemplateShelf, TextParameter
from gateway.model.outbox import Submitted
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.template import Template as Kept
from gateway.testing.whatsapp.template import text_template
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, text

SOON_MS = 800


@pytest.fixture
async def ready(sending: Scene, platform: WhatsAppPlatform) -> Kept:
    """A template that the account knows of, and another one."""
    platform.template("other", "Good news.")
    kept = platform.template("ready", "Order {{1}} is ready.")
    await sync(sending)
    return kept


def shelf_of(scene: Scene) -> TemplateShelf:
    shelf = scene.daemon.channels[ACCOUNT].templates
    assert shelf is not None
    return shelf


async def sync(scene: Scene) -> None:
    await shelf_of(scene).sync(scene.daemon.hosts[ACCOUNT])


async def given(scene: Scene) -> Submitted:
    """Give a message that fits its template, for a little later."""
    content = Template(name="ready", language="en_US", body=(TextParameter(text="A-17"),))
    message = OutboundMessage(
        account=ACCOUNT, to=ANA, content=content, send_at=scene.now() + SOON_MS
    )
    (answer,) = await scene.outbox.submit([message])
    return answer


async def test_a_template_that_was_deleted_since_is_refused_with_those_that_may_go(
    sending: Scene, ready: Kept
) -> None:
    del ready
    answer = await given(sending)
    await shelf_of(sending).delete("ready", sending.daemon.hosts[ACCOUNT])
    failure = (await sending.becomes(answer, "failed")).failure
    assert failure is not None
    assert failure.error is not None
    assert failure.error.code == "132001"
    assert failure.data["templates"] == ["other"]
    assert failure.data["problems"][0]["path"] == "$.content.name"
    assert failure.explanation.endswith("$.content.name: there is no template 'ready'")


async def test_a_template_that_was_changed_since_is_refused_with_what_is_missing(
    sending: Scene, ready: Kept
) -> None:
    answer = await given(sending)
    ready.components = text_template("ready", "Order {{1}} is ready, {{2}}.")["components"]
    await sync(sending)
    failure = (await sending.becomes(answer, "failed")).failure
    assert failure is not None
    assert failure.error is not None
    assert failure.error.code == "132000"
    assert [each["path"] for each in failure.data["problems"]] == ["$.content.body[1]"]


async def test_a_refusal_for_another_reason_names_no_templates(
    sending: Scene, platform: WhatsAppPlatform, ready: Kept
) -> None:
    del ready
    answer = await given(sending)
    platform.fail_next(130472)
    failure = (await sending.becomes(answer, "failed")).failure
    assert failure is not None
    assert failure.data == {}


async def test_a_window_that_closed_since_is_told_with_the_templates_that_may_go(
    sending: Scene, platform: WhatsAppPlatform, ready: Kept
) -> None:
    del ready
    await sending.opens_window()
    platform.fail_next(131047)
    (answer,) = await sending.outbox.submit([text("late")])
    failure = (await sending.becomes(answer, "failed")).failure
    assert failure is not None
    assert failure.reason == "window_closed"
    assert failure.data["templates"] == ["other", "ready"]
