"""What a message of Messenger becomes: one event for its text, one for each attachment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from gateway.api import (
    Address,
    Audio,
    Choice,
    ContactReferred,
    Content,
    Document,
    Edited,
    Event,
    Image,
    Location,
    Media,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Other,
    PlatformNotice,
    Reaction,
    Referral,
    ReplyTo,
    Share,
    Sticker,
    Story,
    Text,
    Unsupported,
    Video,
)

Parse = Callable[..., Sequence[Event]]
CDN = "https://cdn.fbsbx.com/v/t59/file.pdf?oh=1&oe=2"
AT = 1_750_000_000_000


def message(parse: Parse, **message: Any) -> MessageReceived:
    (event,) = parse({"message": {"mid": "m_1", **message}})
    assert isinstance(event, MessageReceived)
    return event


def contents(found: Sequence[Event]) -> list[Content]:
    return [e.message.content for e in found if isinstance(e, MessageReceived | MessageEchoed)]


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


def test_a_text_is_a_message_of_its_sender(parse: Parse) -> None:
    event = message(parse, text="Hola ñ")
    assert event.message.content == Text(text="Hola ñ")
    assert (event.message.platform_id, event.message.timestamp) == ("m_1", AT)
    assert event.contact.id == "24"
    assert event.contact.addresses == (Address(kind="page_scoped", value="24"),)
    assert event.id == event.message.id
    assert (event.message.album, event.message.standby) == (None, False)


ATTACHMENTS: Mapping[str, tuple[dict[str, Any], Content]] = {
    "image": (attached("image", url=CDN), Image(media=Media(url=CDN))),
    "video": (attached("video", url=CDN), Video(media=Media(url=CDN))),
    "audio": (attached("audio", url=CDN), Audio(media=Media(url=CDN))),
    "file": (attached("file", url=CDN), Document(media=Media(url=CDN))),
    "an image without an address": ({"type": "image"}, Image(media=Media())),
    "sticker": (attached("sticker", url=CDN, sticker_id=7), Sticker(media=Media(url=CDN))),
    "an old sticker": (attached("image", url=CDN, sticker_id=7), Sticker(media=Media(url=CDN))),
    "a thumb": (attached("sticker", sticker_id=369239263222822), Sticker(media=Media(), emoji="👍")),
    "a place": (
        {"type": "location", "title": "Bar", "payload": {"coordinates": {"lat": 1.5, "long": "-2.5"}}},
        Location(latitude=1.5, longitude=-2.5, name="Bar"),
    ),
    "a reel": (
        attached("reel", url="https://www.facebook.com/reel/1", title="Dance", reel_video_id=9),
        Share(type="reel", url="https://www.facebook.com/reel/1", title="Dance", platform_id="9"),
    ),
    "an Instagram reel": (attached("ig_reel", url="/reel/9/"), Share(type="reel", url="/reel/9/")),
    "a post": (
        attached("post", url="https://www.facebook.com/1", id="5", title="News"),
        Share(type="post", url="https://www.facebook.com/1", title="News", platform_id="5"),
    ),
    "an Instagram post as a file": (
        attached("ig_post", url=CDN, id=5),
        Share(type="post", platform_id="5", media=Media(url=CDN)),
    ),
    "a link": (
        {"type": "fallback", "title": "Page", "url": "https://example.com", "payload": None},
        Share(type="link", url="https://example.com", title="Page"),
    ),
    "a link that tells nothing": ({"type": "fallback"}, Unsupported(type="fallback")),
    "a product": (
        attached("template", product={"elements": [{"id": 1, "retailer_id": "sku", "image_url": CDN, "title": "Hat", "subtitle": "$4"}]}),
        Share(type="product", title="Hat", description="$4", platform_id="1", reference="sku", media=Media(url=CDN)),
    ),
    "a booking": (
        attached("appointment_booking", booking_id="b", status="requested"),
        Other(
            type="appointment_booking",
            data={"type": "appointment_booking", "payload": {"booking_id": "b", "status": "requested"}},
        ),
    ),
    "a type of tomorrow": (
        {"type": "hologram", "title": "Look", "payload": {"size": 10**30}},
        Other(type="hologram", text="Look", data={"type": "hologram", "title": "Look", "payload": {"size": str(10**30)}}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACHMENTS)
def test_an_attachment_becomes_a_content(parse: Parse, name: str) -> None:
    attachment, expected = ATTACHMENTS[name]
    assert message(parse, attachments=[attachment]).message.content == expected


def test_a_text_and_attachments_are_one_album_the_text_first(parse: Parse) -> None:
    pictures = [attached("image", url=f"{CDN}{place}") for place in range(3)]
    reply = {"mid": "m_0"}
    found = parse(
        {"message": {"mid": "m_1", "text": "look", "attachments": pictures, "reply_to": reply}}
    )
    assert contents(found) == [
        Text(text="look"),
        *(Image(media=Media(url=f"{CDN}{place}")) for place in range(3)),
    ]
    messages = [event.message for event in found if isinstance(event, MessageReceived)]
    assert {(each.platform_id, each.album) for each in messages} == {("m_1", "m_1")}
    assert {each.reply_to for each in messages} == {ReplyTo(platform_id="m_0")}
    assert len({each.id for each in messages}) == 4


def test_products_that_were_shared_together_are_one_album(parse: Parse) -> None:
    elements = [{"id": 1}, {"id": 2}, "broken"]
    template = attached("template", product={"elements": elements})
    found = parse({"message": {"mid": "m_1", "attachments": [template]}})
    assert [each.platform_id for each in contents(found) if isinstance(each, Share)] == ["1", "2"]


def test_a_sticker_that_comes_in_both_forms_is_one_sticker(parse: Parse) -> None:
    both = [attached("image", url=CDN, sticker_id=7), attached("sticker", url=CDN, sticker_id="7")]
    for order in (both, both[::-1]):
        assert message(parse, attachments=order).message.content == Sticker(media=Media(url=CDN))


def test_what_only_looks_like_a_sticker_costs_none(parse: Parse) -> None:
    odd = ["sticker", {"type": ["sticker"]}, {"type": "sticker", "payload": 5}]
    whole = attached("sticker", url=CDN, sticker_id=7)
    found = parse({"message": {"mid": "m_1", "attachments": [*odd, whole]}})
    assert contents(found) == [Sticker(media=Media()), Sticker(media=Media(url=CDN))]
    assert len(found) == 4


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        (1_750_000_000, AT),
        ("1750000000", AT),
        (float(AT), AT),
        ("2025-06-15T15:06:40+0000", AT),
        ("2025-06-15T15:06:40", AT),
        ("2025-06-15T17:06:40+02:00", AT),
    ],
)
def test_a_time_is_understood_in_all_forms_that_meta_uses(
    parse: Parse, told: object, moment: int
) -> None:
    (event,) = parse({"message": {"mid": "m_1", "text": "a"}, "timestamp": told})
    assert isinstance(event, MessageReceived)
    assert event.message.timestamp == moment


def test_a_broken_attachment_costs_nothing_but_itself(parse: Parse) -> None:
    places = [attached("location", coordinates={"lat": "north", "long": 1}), 5, attached("image")]
    text, image, *broken = parse({"message": {"mid": "m_1", "text": "a", "attachments": places}})
    assert contents((text, image)) == [Text(text="a"), Image(media=Media())]
    whole = parse({"message": {"mid": "m_1", "text": "a", "attachments": [{}, {}, places[2]]}})
    assert [text.id, image.id] == [event.id for event in whole[:2]]
    errors = [event.notice.error for event in broken if isinstance(event, PlatformNotice)]
    path = "$.entry[0].messaging[0].message.attachments"
    assert errors == [
        f"{path}[0].payload.coordinates.lat: expected degrees, got 'north'",
        f"{path}[1]: Expected `object`, got `int`",
    ]


def test_a_quick_reply_is_a_choice_with_what_was_seen_as_its_title(parse: Parse) -> None:
    event = message(parse, text="Red", quick_reply={"payload": "COLOR_RED"})
    assert event.message.content == Choice(source="quick_reply", id="COLOR_RED", title="Red")


def test_an_answer_to_a_story_is_a_story(parse: Parse) -> None:
    event = message(parse, text="nice", reply_to={"story": {"id": 5, "url": CDN}})
    assert event.message.content == Story(
        relation="reply", platform_id="5", text="nice", media=Media(url=CDN)
    )


def test_a_command_without_a_text_is_readable(parse: Parse) -> None:
    event = message(parse, commands=[{"name": "flights"}])
    assert event.message.content == Other(
        type="commands", text="/flights", data={"commands": ["flights"]}
    )


def test_a_message_after_an_ad_says_which(parse: Parse) -> None:
    ad = {
        "ref": "spring",
        "ad_id": 66,
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ads_context_data": {"ad_title": "Sale", "photo_url": CDN, "video_url": f"{CDN}v"},
    }
    event = message(parse, text="hi", referral=ad)
    assert event.message.referral == Referral(
        source="ad",
        source_id="66",
        reference="spring",
        headline="Sale",
        media_type="video",
        media_url=CDN,
        thumbnail_url=f"{CDN}v",
    )


def test_an_ad_without_a_word_is_an_entry_point_and_no_message(parse: Parse) -> None:
    (event,) = parse({"message": {"mid": "m_1", "referral": {"ad_id": "66", "source": "ADS"}}})
    assert isinstance(event, ContactReferred)
    assert event.referral == Referral(source="ad", source_id="66")


def test_a_message_with_nothing_in_it_is_still_one(parse: Parse) -> None:
    assert message(parse).message.content == Unsupported()
    assert message(parse, is_unsupported=True).message.content == Unsupported()


def test_what_is_received_on_standby_says_so(parse: Parse) -> None:
    (event,) = parse({"message": {"mid": "m_1", "text": "a"}}, into="standby")
    assert isinstance(event, MessageReceived)
    assert event.message.standby


def test_a_checkbox_that_was_ticked_before_is_an_address_of_the_contact(parse: Parse) -> None:
    prior = {"source": "checkbox_plugin", "identifier": "ref-1"}
    (event,) = parse({"message": {"mid": "m_1", "text": "a"}, "prior_message": prior})
    assert isinstance(event, MessageReceived)
    assert event.contact.id == "24"
    assert event.contact.address("opt_in") == "ref-1"


@pytest.mark.parametrize(
    ("app_id", "origin"),
    [
        (263902037430900, "inbox"),  # of pages
        ("1217981644879628", "inbox"),  # of Instagram accounts
        (None, "inbox"),  # no application wrote it
        (4242, "api"),
    ],
)
def test_an_echo_says_where_our_side_wrote(parse: Parse, app_id: object, origin: str) -> None:
    ours = {"sender": {"id": "1"}, "recipient": {"id": "24"}}
    echo = {"mid": "m_1", "is_echo": True, "text": "Hello", "app_id": app_id, "metadata": "gw:42"}
    (event,) = parse({**ours, "message": echo})
    assert isinstance(event, MessageEchoed)
    assert (event.contact.id, event.message.origin) == ("24", origin)
    assert event.message.app_id == (None if app_id is None else str(app_id))
    assert event.message.metadata == "gw:42"
    assert event.message.content == Text(text="Hello")


def test_the_echo_of_a_template_is_kept_whole(parse: Parse) -> None:
    template = {**attached("template", template_type="button", text="Which?"), "title": None}
    (event,) = parse({"message": {"mid": "m_1", "is_echo": True, "attachments": [template]}})
    assert isinstance(event, MessageEchoed)
    assert isinstance(event.message.content, Other)
    assert event.message.content.text == "Which?"
    assert event.message.content.data == template


def test_a_file_in_an_echo_can_be_sent_again(parse: Parse) -> None:
    image = attached("image", url=CDN, attachment_id=55)
    (echo,) = parse({"message": {"mid": "m_1", "is_echo": True, "attachments": [image]}})
    assert contents([echo]) == [Image(media=Media(url=CDN, platform_id="55"))]


def test_a_message_and_its_echo_have_different_ids(parse: Parse) -> None:
    (received,) = parse({"message": {"mid": "m_1", "text": "a"}})
    (echoed,) = parse({"message": {"mid": "m_1", "text": "a", "is_echo": True}})
    assert received.id != echoed.id


def test_what_the_page_sends_without_calling_it_an_echo_is_one(parse: Parse) -> None:
    ours = {"sender": {"id": "100000000000001"}, "recipient": {"id": "24"}}
    (event,) = parse({**ours, "message": {"mid": "m_1", "text": "a"}})
    assert isinstance(event, MessageEchoed)


def test_a_withdrawn_message_says_who_withdrew_it(parse: Parse) -> None:
    (theirs,) = parse({"message": {"mid": "m_1", "is_deleted": True}})
    (ours,) = parse({"message": {"mid": "m_1", "is_deleted": True, "is_echo": True}})
    assert isinstance(theirs, MessageDeleted)
    assert isinstance(ours, MessageDeleted)
    assert (theirs.deletion.platform_id, theirs.deletion.by) == ("m_1", "contact")
    assert ours.deletion.by == "business"


@pytest.mark.parametrize("number", [2, "2"])
def test_an_edit_has_the_new_text_and_its_number(parse: Parse, number: object) -> None:
    (event,) = parse({"message_edit": {"mid": "m_1", "text": "new", "num_edit": number}})
    assert isinstance(event, MessageEdited)
    assert event.message.platform_id == "m_1"
    assert event.message.content == Text(text="new")
    assert event.message.edited == Edited(number=2, timestamp=AT)


@pytest.mark.parametrize("edit", [{"mid": "m_1", "text": "a", "num_edit": 0}, {"mid": "m_1"}])
def test_an_edit_that_changes_nothing_is_a_notice(parse: Parse, edit: dict[str, Any]) -> None:
    (event,) = parse({"message_edit": edit})
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.subject) == ("unmodelled", "message_edit")


def test_an_edit_of_our_own_is_an_echo(parse: Parse) -> None:
    ours = {"sender": {"id": "100000000000001"}, "recipient": {"id": "24"}}
    (event,) = parse({**ours, "message_edit": {"mid": "m_1", "text": "new", "num_edit": 1}})
    assert isinstance(event, MessageEchoed)
    assert event.contact.id == "24"
    assert event.message.edited == Edited(number=1, timestamp=AT)


@pytest.mark.parametrize(
    ("reaction", "emoji"),
    [
        ({"action": "react", "reaction": "sad", "emoji": "😢"}, "😢"),
        ({"action": "react", "reaction": "love"}, "❤️"),
        ({"action": "react", "reaction": "other"}, "other"),
        ({"emoji": "🎉"}, "🎉"),
        ({"action": "unreact"}, None),
        ({"action": "unreact", "reaction": "sad", "emoji": "😢"}, None),
    ],
)
def test_a_reaction_says_to_what_and_with_which_emoji(
    parse: Parse, reaction: dict[str, Any], emoji: str | None
) -> None:
    (event,) = parse({"reaction": {"mid": "m_0", **reaction}})
    assert isinstance(event, MessageReceived)
    assert event.message.content == Reaction(to="m_0", emoji=emoji)
    assert event.message.platform_id == ""  # it has none of its own


def test_a_reaction_without_an_emoji_is_broken(parse: Parse) -> None:
    (event,) = parse({"reaction": {"mid": "m_0", "action": "react"}})
    assert isinstance(event, PlatformNotice)
    assert event.notice.error == (
        "$.entry[0].messaging[0].reaction.emoji: expected an emoji, it is missing"
    )


def test_a_postback_is_a_choice_with_how_the_person_came(parse: Parse) -> None:
    referral = {"ref": "promo", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    tap = {"mid": "m_4", "title": "Get Started", "payload": "START", "referral": referral}
    (event,) = parse({"postback": tap})
    assert isinstance(event, MessageReceived)
    assert event.message.platform_id == "m_4"
    assert event.message.content == Choice(source="postback", id="START", title="Get Started")
    assert event.message.referral == Referral(source="link", reference="promo")


def test_postbacks_without_an_id_are_told_apart_by_person_time_and_payload(parse: Parse) -> None:
    taps = [
        {"postback": {"payload": "A"}},
        {"postback": {"payload": "B"}},
        {"postback": {"payload": "A"}, "sender": {"id": "25"}},
        {"postback": {"payload": "A"}, "timestamp": AT + 1},
    ]
    assert len({event.id for event in parse(*taps)}) == 4
    assert len({event.id for event in parse(taps[0], taps[0])}) == 1


def test_a_postback_on_standby_has_a_title_only(parse: Parse) -> None:
    (event,) = parse({"postback": {"title": "Yes"}}, into="standby")
    assert isinstance(event, MessageReceived)
    assert event.message.content == Choice(source="postback", id="Yes", title="Yes")
    assert event.message.standby
