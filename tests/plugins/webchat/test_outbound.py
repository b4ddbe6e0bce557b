"""What a message becomes, without a visitor."""

from __future__ import annotations

import pytest

from gateway.api import Edit, Image, Media, OutboundContent, OutboundMessage, Span, Text
from gateway_webchat.channel import WebchatChannel

CHANNEL = WebchatChannel(WebchatChannel.example())
SPANS = (
    Span(type="bold", offset=0, length=1),
    Span(type="code_block", offset=1, length=1),
    Span(type="mention", offset=1, length=1),
    Span(type="spoiler", offset=0, length=2),
)


@pytest.mark.parametrize(
    "content",
    [
        Text(text="ab", spans=SPANS),
        Edit(to="m", text="ab", spans=SPANS),
        Image(media=Media(url="https://files.example/a.jpg"), caption="ab", spans=SPANS),
    ],
)
def test_formatting_that_the_widget_does_not_show_is_told(content: OutboundContent) -> None:
    found = CHANNEL.render(OutboundMessage(account="webchat", to="v-1", content=content))
    assert found.downgraded == "shown plain: spoiler"
