"""What messages become: every request is judged by types written from Meta's pages."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gateway.api import (
    Audio,
    ContactCard,
    Contacts,
    Document,
    Image,
    Location,
    Media,
    OutboundContent,
    Phone,
    Raw,
    Reaction,
    Read,
    Text,
    Typing,
)
from gateway.testing.contents import PLAIN, contents
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.judge_requests import judge
from tests.plugins.whatsapp.rendering import PHOTO, message, rendered, sent

UPLOADED = Media(platform_id="9001", url="https://files.example/not-this")
ANY = [
    pytest.param(each, id=f"{kind}-{number}")
    for kind, several in PLAIN.items()
    for number, each in enumerate(several)
    if kind != "raw" and kind in WhatsAppChannel.capabilities
]


@pytest.mark.parametrize("content", ANY)
def test_every_plain_content_has_the_documented_shape(content: OutboundContent) -> None:
    assert rendered(content).calls


@pytest.mark.parametrize("content", ANY)
def test_every_content_goes_to_user_ids_and_with_a_reference(content: OutboundContent) -> None:
    for call in rendered(content, to="ES.1349", reply_to="wamid.1", reference="gw:42").calls:
        assert call.body is not None
        if "status" not in call.body:
            assert call.body["recipient"] == "ES.1349"
            assert call.body["biz_opaque_callback_data"] == "gw:42"
            assert "to" not in call.body


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])
@given(content=contents(), group=st.booleans())
def test_whatever_passes_the_check_has_the_documented_shape(
    content: OutboundContent,
    group: bool,  # noqa: FBT001 - hypothesis gives it by name
) -> None:
    channel = WhatsAppChannel(WhatsAppChannel.example())
    to = {"to": None, "to_group": "Y2FwaV9ncm91cA"} if group else {}
    asked = message(content, **to)
    assume(not channel.check(asked) and not isinstance(content, Raw))
    for call in channel.render(asked).calls:
        judge(call)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ({"to": "34600000000"}, {"recipient_type": "individual", "to": "+34600000000"}),
        ({"to": "+34600000000"}, {"recipient_type": "individual", "to": "+34600000000"}),
        ({"to": "US.1349"}, {"recipient_type": "individual", "recipient": "US.1349"}),
        ({"to": "US.ENT.11"}, {"recipient_type": "individual", "recipient": "US.ENT.11"}),
        ({"to": None, "to_group": "Y2Fw"}, {"recipient_type": "group", "to": "Y2Fw"}),
    ],
)
def test_a_recipient_is_a_number_a_user_id_or_a_group(
    to: dict[str, str], expected: dict[str, str]
) -> None:
    (call,) = rendered(Text(text="Hi"), **to).calls
    assert call.body == {
        "messaging_product": "whatsapp",
        **expected,
        "type": "text",
        "text": {"body": "Hi"},
    }


def test_the_path_begins_with_the_version_of_the_accounts_api() -> None:
    own = msgspec.structs.replace(
        WhatsAppChannel.example(), api_url="http://localhost:9/graph/v27.0/"
    )
    (call,) = WhatsAppChannel(own).render(message(Text(text="Hi"))).calls
    assert (call.method, call.path) == ("POST", "/graph/v27.0/106540352242922/messages")


def test_a_reference_that_is_too_long_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="513 characters; 512 at most"):
        rendered(Text(text="Hi"), reference="x" * 513)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Text(text="Hi", preview=True), {"text": {"body": "Hi", "preview_url": True}}),
        (Image(media=PHOTO, caption="One"), {"image": {"link": PHOTO.url, "caption": "One"}}),
        (Image(media=UPLOADED, caption=""), {"image": {"id": "9001"}}),
        (Audio(media=UPLOADED, voice=True), {"audio": {"id": "9001", "voice": True}}),
        (
            Document(media=Media(platform_id="1", filename="a.pdf"), caption="One"),
            {"document": {"id": "1", "caption": "One", "filename": "a.pdf"}},
        ),
        (
            Location(latitude=38.7, longitude=-9.1, name="Here"),
            {"location": {"latitude": 38.7, "longitude": -9.1, "name": "Here"}},
        ),
        (
            Reaction(to="wamid.1", emoji="👍"),
            {"reaction": {"message_id": "wamid.1", "emoji": "👍"}},
        ),
        (Reaction(to="wamid.1"), {"reaction": {"message_id": "wamid.1", "emoji": ""}}),
        (
            Contacts(
                contacts=(
                    ContactCard(
                        name="Ana", first_name="", phones=(Phone(number="+34", type="CELL"),)
                    ),
                )
            ),
            {
                "contacts": [
                    {
                        "name": {"formatted_name": "Ana", "first_name": "Ana"},
                        "phones": [{"phone": "+34", "type": "CELL"}],
                    }
                ]
            },
        ),
        (
            Contacts(contacts=(ContactCard(first_name="Ana", last_name="Ruiz", company="Relevo"),)),
            {
                "contacts": [
                    {
                        "name": {
                            "formatted_name": "Ana Ruiz",
                            "first_name": "Ana",
                            "last_name": "Ruiz",
                        },
                        "org": {"company": "Relevo"},
                    }
                ]
            },
        ),
    ],
)
def test_plain_kinds_are_named_by_their_type(
    content: OutboundContent, expected: dict[str, Any]
) -> None:
    (name,) = expected
    assert sent(content) == {"type": name, **expected}


def test_reading_and_typing_name_a_message_and_no_contact() -> None:
    seen = {"status": "read", "message_id": "wamid.1"}
    assert sent(Read(to="wamid.1"), to=None) == seen
    assert sent(Typing(to="wamid.1"), to=None) == {**seen, "typing_indicator": {"type": "text"}}


def test_raw_goes_as_it_is() -> None:
    body = {"messaging_product": "whatsapp", "to": "1", "type": "pin", "pin": {"type": "pin"}}
    (call,) = rendered(Raw(body=body), reference="gw:1", reply_to="wamid.1").calls
    assert call.body == body


def test_a_message_may_quote_another() -> None:
    assert sent(Text(text="Hi"), reply_to="wamid.1")["context"] == {"message_id": "wamid.1"}
