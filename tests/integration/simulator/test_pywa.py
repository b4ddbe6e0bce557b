"""A client nobody here wrote sends through the simulator, and reads its webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pywa_async import WhatsApp, errors, types
from pywa_async.types.templates import (
    BodyText,
    ParamFormat,
    Template,
    TemplateCategory,
    TemplateLanguage,
    TemplateStatus,
)

from gateway.testing.whatsapp import (
    Contact,
    FlowEndpointFailed,
    RetrySchedule,
    WhatsAppPlatform,
)

SURVEY = "t-1"
PICTURE = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    once = RetrySchedule(gives_up_after=timedelta())
    async with WhatsAppPlatform(schedule=once) as platform:
        yield platform


@pytest.fixture
async def client(platform: WhatsAppPlatform) -> AsyncIterator[Any]:
    async with httpx.AsyncClient() as session:
        client = WhatsApp(
            phone_id=platform.app.number.phone_number_id,
            waba_id=platform.app.number.business_account_id,
            token=platform.app.access_token,
            app_id=platform.app.app_id,
            app_secret=platform.app.app_secret,
            verify_token=platform.app.verify_token,
            server=None,
            session=session,
        )
        session.base_url = httpx.URL(platform.api_url)  # pywa knows the real host only
        yield client


@pytest.fixture
def ana(platform: WhatsAppPlatform) -> Contact:
    ana = platform.contact("351911111111", name="Ana")
    ana.writes("Olá")
    return ana


async def arrived(platform: WhatsAppPlatform, ana: Contact) -> Any:
    await platform.settled()
    return ana.inbox[-1].body


async def test_a_text_arrives(platform: WhatsAppPlatform, client: Any, ana: Contact) -> None:
    sent = await client.send_message(to="351911111111", text="Bom dia", preview_url=True)
    assert sent.id == platform.sent[0].id
    assert sent.chat.id == "351911111111"
    assert (await arrived(platform, ana))["text"] == {"body": "Bom dia", "preview_url": True}


async def test_a_picture_is_uploaded_and_arrives(
    platform: WhatsAppPlatform, client: Any, ana: Contact
) -> None:
    await client.send_image(to=ana.user_id, image=PICTURE, caption="Um pão", mime_type="image/jpeg")
    image = (await arrived(platform, ana))["image"]
    assert image["caption"] == "Um pão"
    assert platform.media[image["id"]].data == PICTURE


async def test_a_file_is_found_downloaded_and_deleted(
    platform: WhatsAppPlatform, client: Any, ana: Contact
) -> None:
    image = ana.sends_image(PICTURE).item["image"]
    found = await client.get_media_url(image["id"])
    assert found.file_size == len(PICTURE)
    assert await client.get_media_bytes(url=found.url) == PICTURE
    await client.delete_media(image["id"], phone_id=None)
    assert image["id"] not in platform.media


async def test_buttons_arrive_and_a_tap_comes_back(
    platform: WhatsAppPlatform, client: Any, ana: Contact
) -> None:
    buttons = [types.Button(title="Sim", callback_data="yes"), types.Button("Não", "no")]
    await client.send_message(to="351911111111", text="Reservo?", buttons=buttons)
    action = (await arrived(platform, ana))["interactive"]["action"]
    assert [each["reply"]["id"] for each in action["buttons"]] == ["yes", "no"]


async def test_a_list_arrives(platform: WhatsAppPlatform, client: Any, ana: Contact) -> None:
    rows = [types.SectionRow(title="08:30", callback_data="slot-1", description="Chiado")]
    choice = types.SectionList("Horas", sections=[types.Section("Amanhã", rows=rows)])
    await client.send_message(to="351911111111", text="Quando?", buttons=choice)
    assert (await arrived(platform, ana))["interactive"]["action"]["button"] == "Horas"


async def test_a_template_is_created_reviewed_listed_and_sent(
    platform: WhatsAppPlatform, client: Any
) -> None:
    rui = platform.contact("351911222333", name="Rui")  # wrote never: only templates reach him
    body = BodyText("Olá {{name}}, o pedido {{order}} está pronto.", name="Rui", order="A1")
    template = Template(
        name="order_ready",
        category=TemplateCategory.UTILITY,
        language=TemplateLanguage.PORTUGUESE_POR,
        parameter_format=ParamFormat.NAMED,
        components=[body],
    )
    created = await client.create_template(template)
    assert created.status == TemplateStatus.PENDING
    [stored] = platform.templates.all(platform.app.number.business_account_id)
    stored.approved()
    [listed] = await client.get_templates()
    assert (listed.id, listed.status) == (created.id, TemplateStatus.APPROVED)
    await client.send_template(
        to="351911222333",
        name="order_ready",
        language=TemplateLanguage.PORTUGUESE_POR,
        params=[body.params(name="Rui", order="A-17")],
    )
    await platform.settled()
    assert rui.inbox[-1].said == "Olá Rui, o pedido A-17 está pronto."


async def test_a_reaction_arrives(platform: WhatsAppPlatform, client: Any, ana: Contact) -> None:
    question = ana.writes("Têm pão?").item["id"]
    await client.send_reaction(to="351911111111", emoji="👍", message_id=question)
    assert (await arrived(platform, ana))["reaction"] == {"message_id": question, "emoji": "👍"}


async def test_a_message_is_marked_as_read_with_typing(client: Any, ana: Contact) -> None:
    question = ana.writes("Têm pão?").item["id"]
    assert (await client.mark_message_as_read(question)).success
    assert (await client.indicate_typing(question)).success
    assert ana.marked_read == [question, question]
    assert ana.typing_shown == 1


async def test_refusals_are_the_errors_it_knows(platform: WhatsAppPlatform, client: Any) -> None:
    platform.fail_next(130429)
    with pytest.raises(errors.RateLimitHit):
        await client.send_message(to="+351911111111", text="hi")
    with pytest.raises(errors.WhatsAppError, match="4096"):
        await client.send_message(to="+351911111111", text="x" * 4097)


async def test_numbers_keys_profiles_and_blocks_are_read(
    platform: WhatsAppPlatform, client: Any, ana: Contact
) -> None:
    number = await client.get_business_phone_number()
    assert number.quality_rating == "GREEN"
    _, public = key_pair()
    assert (await client.set_business_public_key(public)).success
    assert platform.number.public_key == public
    await client.block_users([ana.phone])
    assert platform.number.blocked == [ana]
    flow = await client.create_flow("survey", [types.FlowCategory.SURVEY])
    assert platform.flows[flow.id].status == "DRAFT"


async def test_it_takes_messages_and_statuses_with_the_signature_checked(
    platform: WhatsAppPlatform, client: Any, ana: Contact, listen: Any
) -> None:
    messages: list[Any] = []
    statuses: list[Any] = []
    client.on_message(lambda _, message: messages.append(message))
    client.on_message_status(lambda _, status: statuses.append(status))
    client.on_callback_button(lambda _, tap: messages.append(tap))
    platform.callback_url = await listen(gateway(client))
    await platform.post(ana.writes("Olá"))
    await platform.post(ana.taps("yes", "Sim", reply_to=ana.outbound_id()))
    await client.send_message(to="351911111111", text="Bom dia", tracker="gw:1")
    await platform.settled()
    assert platform.ledger.statuses() == {200: 5}
    assert [messages[0].text, messages[1].data] == ["Olá", "yes"]
    assert {each.status.value for each in statuses} == {"sent", "delivered", "read"}
    assert {each.tracker for each in statuses} == {"gw:1"}
    assert {each.from_user.bsuid for each in statuses} == {ana.user_id}


async def test_a_closed_window_is_the_error_it_knows(
    platform: WhatsAppPlatform, client: Any
) -> None:
    platform.fail_next(131047)
    with pytest.raises(errors.ReEngagementMessage):
        await client.send_message(to="+351911222333", text="Bom dia")


async def test_it_takes_what_becomes_of_templates(
    platform: WhatsAppPlatform, client: Any, listen: Any
) -> None:
    updates: list[Any] = []
    client.on_template_status_update(lambda _, update: updates.append(update))
    client.on_template_quality_update(lambda _, update: updates.append(update))
    platform.callback_url = await listen(gateway(client))
    template = platform.template("order_ready", "Your order {{1}} is ready.")
    await platform.post(template.paused())
    await platform.post(template.rated("RED"))
    assert updates[0].new_status == TemplateStatus.PAUSED
    assert updates[1].new_quality_score == "RED"


async def test_a_webhook_with_a_wrong_signature_is_refused_by_it(
    platform: WhatsAppPlatform, client: Any, ana: Contact, listen: Any
) -> None:
    platform.callback_url = await listen(gateway(client))
    forged = platform.webhook(ana.writes("Olá"))
    attempt = await platform.attempt(type(forged)(body=forged.body + b" ", headers=forged.headers))
    assert attempt.status == 403


async def test_its_flow_endpoint_understands_the_phone(
    platform: WhatsAppPlatform, client: Any, listen: Any
) -> None:
    private, public = key_pair()
    platform.number.public_key = public

    def survey(_: Any, request: Any) -> Any:
        if request.action == "INIT":
            return request.respond(screen="DATE", data={"days": ["1", "2"]})
        params = {"flow_token": request.flow_token, **request.data}
        return {"screen": "SUCCESS", "data": {"extension_message_response": {"params": params}}}

    answer = client.get_flow_request_handler("/flow", survey, private_key=private)

    async def endpoint(request: web.Request) -> web.Response:
        text, status = await answer.handle_async(await request.json())
        return web.Response(text=text, status=status)

    phone = platform.flow_client(await listen(endpoint), token=SURVEY)
    await phone.ping()
    assert await phone.open() == {"days": ["1", "2"]}
    assert phone.screen == "DATE"
    done = await phone.submit({"day": "2"})
    assert done["extension_message_response"]["params"] == {"flow_token": SURVEY, "day": "2"}
    await phone.report("INVALID_SCREEN_TRANSITION")

    platform.number.public_key = key_pair()[1]
    with pytest.raises(FlowEndpointFailed) as refused:
        await phone.ping()
    assert refused.value.status == 421
    assert phone.statuses[-2:] == [421, 421]


def gateway(client: Any) -> Any:
    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        signature = request.headers.get("X-Hub-Signature-256")
        error = await client.webhook_update_validator(body, signature)
        text, status = error or await client.webhook_update_handler(body)
        return web.Response(text=text, status=status)

    return answer


def key_pair() -> tuple[str, str]:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
