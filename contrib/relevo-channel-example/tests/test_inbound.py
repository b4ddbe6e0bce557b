from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import pytest
from gateway.api import (
    Choice,
    Event,
    Image,
    Media,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    Text,
    WebhookRequest,
)
from gateway.testing.recorded import bodies

from gateway_postbox.channel import PostboxChannel

RECORDED: Final = Path(__file__).with_name("recorded")
CONTENTS: Final = {
    "m-1": Text(text="¿Abren mañana?"),
    "m-2": Image(media=Media(url="https://chat.example/files/1.jpg"), caption="Like this one"),
    "m-3": Choice(source="quick_reply", id="yes", title="Yes"),
    "m-4": Text(text="one"),
    "m-5": Text(text="two"),
}


def parse(body: bytes) -> list[Event]:
    channel = PostboxChannel(PostboxChannel.example())
    return list(channel.parse(WebhookRequest(body=body, received_at=1_795_000_009_000)))


def test_every_message_becomes_its_content() -> None:
    events = [event for body in bodies(RECORDED) for event in parse(body)]
    messages = [each for each in events if isinstance(each, MessageReceived)]
    assert {each.message.platform_id: each.message.content for each in messages} == CONTENTS


def test_a_status_names_the_message_the_contact_and_what_went_wrong() -> None:
    found = [event for body in bodies(RECORDED) for event in parse(body)]
    statuses = [each for each in found if isinstance(each, MessageStatus)]
    assert [(each.status.platform_id, each.status.status) for each in statuses] == [
        ("p-3", "delivered"),
        ("p-1", "delivered"),
        ("p-1", "read"),
        ("p-2", "failed"),
    ]
    failed = statuses[-1]
    assert failed.contact.id == "u-18"
    assert failed.status.error is not None
    assert failed.status.error.action == "unreachable"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"messages": [{"id": "m-1"}]}, "$.messages[0]: Object missing required field `at`"),
        (
            {"messages": [{"id": "m-1", "at": 1, "from": {"id": 7}}]},
            "$.messages[0].from.id: Expected `str`, got `int`",
        ),
        ({"messages": {}}, "$.messages: Expected `array`, got `object`"),
        ({"letters": []}, "$: neither messages nor statuses"),
    ],
)
def test_what_cannot_be_read_is_kept_and_says_why(body: object, told: str) -> None:
    (event,) = parse(msgspec.json.encode(body))
    assert isinstance(event, PlatformNotice)
    assert event.notice.error == told
