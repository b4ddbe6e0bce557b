"""Who a message goes to, and why it may."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.api import (
    Audio,
    Fallback,
    Image,
    OutboundContent,
    Reaction,
    Read,
    Template,
    Text,
    Typing,
    Video,
)
from gateway.edge.outbound.gate import Gate
from gateway.edge.outbound.terms import Terms
from tests.plugins.meta.rendering import (
    BOTH,
    PHOTO,
    Name,
    body,
    channel,
    message,
    paths,
    rendered,
    sent,
)

SECOND = 1_000_000_000
HOUR = 3600 * SECOND


@pytest.mark.parametrize(
    ("to", "recipient"),
    [
        ("24000001", {"id": "24000001"}),
        ("comment:1788_99", {"comment_id": "1788_99"}),
        ("post:1788", {"post_id": "1788"}),
        ("opt_in:box-7", {"user_ref": "box-7"}),
        ("token:abc", {"notification_messages_token": "abc"}),
    ],
)
def test_messenger_writes_to_people_and_to_what_stands_for_them(
    to: str, recipient: dict[str, str]
) -> None:
    (call,) = rendered("messenger", Text(text="Hi"), to=to).calls
    assert call.path == "/v26.0/100000000000001/messages"
    assert call.body is not None
    assert call.body["recipient"] == recipient


def test_a_comment_of_a_live_broadcast_is_answered_like_any_other_and_counted_apart() -> None:
    writer = channel("instagram")
    live = message(Text(text="Hi"), to="live_comment:1788")
    (call,) = writer.render(live).calls
    assert call.body is not None
    assert call.body["recipient"] == {"comment_id": "1788"}
    assert writer.recipient_kind(live) == "live_comment"
    long = message(Text(text="word " * 400), to="live_comment:1788")
    assert [each.path for each in writer.check(long)] == ["$.to"]
    assert paths("messenger", Text(text="Hi"), to="live_comment:1788") == ["$.to"]


@pytest.mark.parametrize(
    ("name", "content", "to", "most"),
    [
        ("messenger", Text(text="Hi"), "24", 300),
        ("messenger", Audio(media=PHOTO), "24", 10),
        ("instagram", Text(text="Hi"), "24", 300),
        ("instagram", Video(media=PHOTO), "24", 10),
        ("instagram", Text(text="Hi"), "live_comment:1", 100),
    ],
)
def test_no_more_go_in_any_second_than_meta_takes(
    name: Name, content: OutboundContent, to: str, most: int
) -> None:
    writer = channel(name)
    ticket = Terms(writer).ticket("0" * 32, message(content, to=to))
    now = 0
    gate = Gate(writer.limits, ticks=lambda: now)
    went: list[int] = []
    while now < 4 * SECOND:
        if not gate.enter(msgspec.structs.replace(ticket, contact=str(now))).wait:
            went.append(now)
        else:
            now += SECOND // 1000
    seconds = [len([x for x in went if each <= x < each + SECOND]) for each in went[:most]]
    assert 0.9 * most <= max(seconds) <= most


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("to", ["comment:1", "post:1"])
def test_no_more_private_replies_go_in_any_hour_than_meta_takes(name: Name, to: str) -> None:
    writer = channel(name)
    ticket = Terms(writer).ticket("0" * 32, message(Text(text="Hi"), to=to))
    now = 0
    gate = Gate(writer.limits, ticks=lambda: now)
    went: list[int] = []
    while now < 3 * HOUR:
        if not gate.enter(msgspec.structs.replace(ticket, contact=str(now))).wait:
            went.append(now)
        else:
            now += 100_000_000
    most = max(len([x for x in went if each <= x < each + HOUR]) for each in went[::50])
    assert 740 < most <= 750
    # Whoever wrote first is answered meanwhile.
    own = Terms(writer).ticket("1" * 32, message(Text(text="Hi")))
    assert not gate.enter(own).wait


@pytest.mark.parametrize(
    ("login", "node"), [("facebook", "100000000000001"), ("instagram", "17841400000000000")]
)
def test_the_login_says_whose_messages_they_are(login: str, node: str) -> None:
    writer = channel("instagram", login=login)
    (call,) = writer.render(message(Text(text="Hi"), to="comment:1")).calls
    assert call.path == f"/v26.0/{node}/messages"
    assert call.body == {"recipient": {"comment_id": "1"}, "message": {"text": "Hi"}}


@pytest.mark.parametrize("to", [None, "", "ana", "comment:", "comment:a b", "friend:1", "+34600"])
@pytest.mark.parametrize("name", BOTH)
def test_other_recipients_are_refused(name: Name, to: str | None) -> None:
    assert paths(name, Text(text="Hi"), to=to) == ["$.to"]


@pytest.mark.parametrize("to", ["opt_in:box-7", "token:abc"])
def test_what_instagram_has_nothing_of_is_refused(to: str) -> None:
    assert paths("instagram", Text(text="Hi"), to=to) == ["$.to"]


@pytest.mark.parametrize("name", BOTH)
def test_there_are_no_groups(name: Name) -> None:
    assert paths(name, Text(text="Hi"), to=None, to_group="G") == ["$.to_group"]


@pytest.mark.parametrize("content", [Typing(), Read(to="m"), Reaction(to="m", emoji="👍")])
@pytest.mark.parametrize("name", BOTH)
def test_signs_go_to_people_only(name: Name, content: OutboundContent) -> None:
    assert paths(name, content, to="comment:1") == ["$.to"]


@pytest.mark.parametrize("content", [Image(media=PHOTO, caption="One"), Text(text="x" * 2001)])
@pytest.mark.parametrize("name", BOTH)
def test_a_comment_is_answered_with_one_message(name: Name, content: OutboundContent) -> None:
    assert paths(name, content, to="comment:1") == ["$.to"]
    assert not paths(name, Image(media=PHOTO), to="comment:1")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({}, {"messaging_type": "RESPONSE"}),
        ({"lane": "bulk"}, {"messaging_type": "UPDATE"}),
        ({"tag": "HUMAN_AGENT"}, {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        ({"to": "token:abc"}, {}),
    ],
)
def test_messenger_is_told_why_a_message_may_go(other: dict[str, Any], why: dict[str, str]) -> None:
    (call,) = rendered("messenger", Text(text="Hi"), **other).calls
    assert call.body is not None
    assert {key: call.body[key] for key in call.body if key not in {"recipient", "message"}} == why


def test_instagram_is_told_of_the_tag_only() -> None:
    assert sent("instagram", Text(text="Hi"), lane="bulk") == [{"text": "Hi"}]
    (call,) = rendered("instagram", Text(text="Hi"), tag="HUMAN_AGENT").calls
    assert call.body is not None
    assert call.body["tag"] == "HUMAN_AGENT"


@pytest.mark.parametrize("name", BOTH)
def test_the_tag_stands_on_every_part_and_the_quoted_message_on_the_first(name: Name) -> None:
    content = Image(media=PHOTO, caption="One")
    first, second = rendered(name, content, tag="HUMAN_AGENT", reply_to="m_9").calls
    assert body(first)["reply_to"] == {"mid": "m_9"}
    assert "reply_to" not in body(second)
    assert body(first)["tag"] == body(second)["tag"] == "HUMAN_AGENT"


def test_our_reference_comes_back_with_the_echo_on_messenger() -> None:
    found = sent("messenger", Image(media=PHOTO, caption="One"), reference="gw:42")
    assert [each["metadata"] for each in found] == ["gw:42", "gw:42#2"]
    assert sent("instagram", Text(text="Hi"), reference="gw:42") == [{"text": "Hi"}]
    with pytest.raises(ValueError, match="990 at most"):
        rendered("messenger", Text(text="Hi"), reference="x" * 991)


FALLBACK = Fallback(template=Template(name="news", language="en"))


@pytest.mark.parametrize("wanted", ["template", "hold"])
def test_instagram_has_nothing_to_send_in_place_of_a_late_message(wanted: str) -> None:
    late = {"on_closed_window": wanted, "fallback": FALLBACK}
    assert paths("instagram", Text(text="Hi"), **late) == ["$.fallback", "$.on_closed_window"]
    assert paths("messenger", Text(text="Hi"), **late) == []


def test_a_fallback_must_be_a_template_messenger_has() -> None:
    marketing = Template(name="sale", language="en", category="marketing")
    found = paths("messenger", Text(text="Hi"), fallback=Fallback(template=marketing))
    assert found == ["$.fallback.template.category"]
