"""What messages become: every request is judged by types written from Meta's pages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gateway.api import (
    Audio,
    ContactCard,
    Contacts,
    CurrencyParameter,
    Document,
    Image,
    Link,
    Location,
    Media,
    MediaParameter,
    OutboundContent,
    Phone,
    Poll,
    PollOption,
    Raw,
    Reaction,
    Read,
    Span,
    Sticker,
    Template,
    TemplateButton,
    Text,
    TextParameter,
    Typing,
    Video,
)
from gateway.testing.contents import PLAIN, contents
from tests.plugins.meta.judge import judge
from tests.plugins.meta.rendering import (
    BOTH,
    PHOTO,
    Name,
    channel,
    message,
    paths,
    rendered,
    sent,
)

CARRIED = [
    pytest.param(name, each, id=f"{name}-{kind}-{number}")
    for name in BOTH
    for kind, several in PLAIN.items()
    for number, each in enumerate(several)
    if kind in channel(name).capabilities and kind not in {"raw", "template"}
]


@pytest.mark.parametrize(("name", "content"), CARRIED)
def test_every_plain_content_has_the_documented_shape(name: Name, content: OutboundContent) -> None:
    assert rendered(name, content, reply_to="m_1", reference="gw:42").calls


@pytest.mark.parametrize("name", BOTH)
@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(content=contents(), to=st.sampled_from(["24", "comment:17_88", "opt_in:a-ref"]))
def test_whatever_passes_the_check_has_the_documented_shape(
    name: Name, content: OutboundContent, to: str
) -> None:
    writer = channel(name)
    asked = message(content, to=to)
    assume(not isinstance(content, Raw) and not writer.check(asked))
    for call in writer.render(asked).calls:
        judge(call, name)


def test_messenger_counts_characters_and_instagram_bytes() -> None:
    assert len(sent("messenger", Text(text="é" * 2000))) == 1
    assert len(sent("messenger", Text(text="é" * 2001))) == 2
    assert len(sent("instagram", Text(text="é" * 500))) == 1
    assert len(sent("instagram", Text(text="é" * 501))) == 2


@pytest.mark.parametrize("name", BOTH)
def test_a_long_text_is_told_to_be_several(name: Name) -> None:
    found = rendered(name, Text(text="word " * 500))
    assert found.downgraded == f"a long text is sent as {len(found.calls)} messages"


@pytest.mark.parametrize("name", BOTH)
def test_an_account_may_refuse_long_texts(name: Name) -> None:
    strict = {"settings": {"long_text": "reject"}}
    assert paths(name, Text(text="x" * 2001), **strict) == ["$.content.text"]
    assert paths(name, Text(text="x" * 1000), **strict) == []
    link = Link(text="x" * 641, title="Go", url="https://shop.example")
    assert paths(name, link, **strict) == ["$.content.text"]


def test_formatting_is_shown_plain_and_links_keep_their_address() -> None:
    spans = (
        Span(type="bold", offset=0, length=4),
        Span(type="link", offset=5, length=4, value="https://shop.example"),
    )
    found = rendered("messenger", Text(text="Look here now", spans=spans))
    assert found.downgraded == "shown plain: bold"
    assert sent("messenger", Text(text="Look here now", spans=spans)) == [
        {"text": "Look here (https://shop.example) now"}
    ]


def test_a_place_a_card_and_a_poll_become_texts() -> None:
    place = Location(latitude=38.7, longitude=-9.1, name="Lisbon", live_seconds=60)
    (text,) = sent("messenger", place)
    assert text["text"] == (
        "Lisbon\nhttps://www.google.com/maps/search/?api=1&query=38.700000,-9.100000"
    )
    ana = ContactCard(first_name="Ana", last_name="Silva", phones=(Phone(number="+351 9"),))
    assert sent("instagram", Contacts(contacts=(ana,))) == [{"text": "Ana Silva\n+351 9"}]
    poll = Poll(question="When?", options=(PollOption(text="Now"), PollOption(text="Later")))
    assert sent("messenger", poll) == [{"text": "When?\n\n1. Now\n2. Later"}]


# Files.


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (Image(media=PHOTO), "image"),
        (Video(media=PHOTO), "video"),
        (Audio(media=PHOTO), "audio"),
        (Document(media=PHOTO), "file"),
        (Sticker(media=PHOTO), "image"),
    ],
)
def test_a_file_goes_by_its_address(name: Name, content: OutboundContent, kind: str) -> None:
    assert sent(name, content) == [{"attachment": {"type": kind, "payload": {"url": PHOTO.url}}}]


@pytest.mark.parametrize("name", BOTH)
def test_a_file_that_was_uploaded_goes_by_its_id(name: Name) -> None:
    media = Media(platform_id="55", url="https://files.example/not-this", stored_id="nor-this")
    assert sent(name, Image(media=media)) == [
        {"attachment": {"type": "image", "payload": {"attachment_id": "55"}}}
    ]


@pytest.mark.parametrize("name", BOTH)
def test_a_file_of_ours_that_is_not_uploaded_yet_goes_along(name: Name) -> None:
    first, second = rendered(name, Image(media=Media(stored_id="file-1"), caption="One")).calls
    assert first.files == {"filedata": "file-1"}
    assert not second.files


@pytest.mark.parametrize("name", BOTH)
def test_a_caption_follows(name: Name) -> None:
    found = rendered(name, Image(media=PHOTO, caption="One"))
    assert found.downgraded == "the caption follows as a text"
    assert sent(name, Image(media=PHOTO, caption="One"))[1] == {"text": "One"}


@pytest.mark.parametrize("name", BOTH)
def test_links_in_a_caption_keep_their_address(name: Name) -> None:
    spans = (
        Span(type="link", offset=5, length=4, value="https://a.example"),
        Span(type="bold", offset=0, length=4),
    )
    photo = Image(media=PHOTO, caption="Look here", spans=spans)
    assert [each.get("text") for each in sent(name, photo)][1] == "Look here (https://a.example)"
    assert rendered(name, photo).downgraded == "the caption follows as a text; shown plain: bold"


def test_a_heart_is_the_one_sticker_of_instagram() -> None:
    heart = Sticker(media=PHOTO, emoji="❤️")
    assert sent("instagram", heart) == [{"attachment": {"type": "like_heart"}}]
    assert rendered("instagram", heart).downgraded is None
    assert rendered("messenger", heart).downgraded == "a sticker is sent as a picture"


@pytest.mark.parametrize(
    ("name", "content", "path"),
    [
        ("messenger", Image(media=Media()), "$.content.media"),
        ("messenger", Image(media=Media(url="ftp://a")), "$.content.media.url"),
        ("messenger", Image(media=Media(stored_id="a b")), "$.content.media.stored_id"),
        (
            "messenger",
            Image(media=Media(platform_id="1", size_bytes=9_000_000)),
            "$.content.media.size_bytes",
        ),
        (
            "instagram",
            Document(media=Media(platform_id="1", mime_type="text/csv")),
            "$.content.media.mime_type",
        ),
        (
            "instagram",
            Image(media=Media(platform_id="1", mime_type="image/webp")),
            "$.content.media.mime_type",
        ),
    ],
)
def test_a_file_the_platform_would_refuse_is_refused(
    name: Name, content: OutboundContent, path: str
) -> None:
    assert paths(name, content) == [path]


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (Typing(), {"sender_action": "typing_on"}),
        (Read(to="m_1"), {"sender_action": "mark_seen"}),
        (
            Reaction(to="m_1", emoji="👍"),
            {"sender_action": "react", "payload": {"message_id": "m_1", "reaction": "👍"}},
        ),
        (Reaction(to="m_1"), {"sender_action": "unreact", "payload": {"message_id": "m_1"}}),
    ],
)
def test_signs_go_alone(name: Name, content: OutboundContent, found: dict[str, Any]) -> None:
    (call,) = rendered(name, content, reply_to="m_2", tag=None).calls
    assert call.body == {"recipient": {"id": "24000001"}, **found}


@pytest.mark.parametrize("name", BOTH)
def test_a_raw_body_goes_as_it_is(name: Name) -> None:
    raw = {"recipient": {"id": "1"}, "thread_control": {"control_type": "release"}}
    (call,) = rendered(name, Raw(body=raw), to=None).calls
    assert call.body == raw


# Utility templates.

NAMED = (TextParameter(name="order", text="A-17"), TextParameter(name="day", text="Monday"))


def test_a_utility_template_has_components() -> None:
    content = Template(
        name="order_update",
        language="en",
        header=MediaParameter(format="image", media=PHOTO),
        body=NAMED,
        buttons=(TemplateButton(index=0, type="url", text="A-17"),),
    )
    (call,) = rendered("messenger", content, tag=None, reference="gw:1").calls
    assert call.body is not None
    assert call.body["messaging_type"] == "UTILITY"
    assert call.body["message"] == {
        "template": {
            "name": "order_update",
            "language": {"code": "en"},
            "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"link": PHOTO.url}}]},
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "parameter_name": "order", "text": "A-17"},
                        {"type": "text", "parameter_name": "day", "text": "Monday"},
                    ],
                },
                {
                    "type": "button",
                    "sub_type": "url",
                    "index": "0",
                    "parameters": [{"type": "text", "text": "A-17"}],
                },
            ],
        },
        "metadata": "gw:1",
    }


def test_money_is_sent_as_it_is_written_out() -> None:
    money = CurrencyParameter(code="EUR", amount_1000=9500, fallback="9,50 €")
    (found,) = sent("messenger", Template(name="a", language="es", body=(money,)))
    assert found["template"]["components"][0]["parameters"] == [{"type": "text", "text": "9,50 €"}]


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ({"header": MediaParameter(format="video", media=PHOTO)}, "header.format"),
        ({"header": MediaParameter(format="image", media=Media())}, "header.media.url"),
        ({"body": (NAMED[0], TextParameter(text="x"))}, "body[1].name"),
        ({"buttons": (TemplateButton(index=0, type="copy_code", text="X"),)}, "buttons[0].type"),
        ({"buttons": (TemplateButton(index=0, type="url"),)}, "buttons[0].text"),
        ({"category": "marketing"}, "category"),
        ({"offer_expires_at": 1}, "offer_expires_at"),
    ],
)
def test_what_messengers_templates_have_not_is_refused(other: dict[str, Any], path: str) -> None:
    content = Template(name="a", language="en", **other)
    assert paths("messenger", content) == [f"$.content.{path}"]


def test_instagram_has_no_templates() -> None:
    assert paths("instagram", Template(name="a", language="en")) == ["$.content.kind"]
