"""What the simulated Send API takes and refuses: Meta's documents, once more and apart."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.testing.meta import Business, SendRefused
from gateway.testing.meta.shape import check

PAGE = Business(channel="messenger", id="1")
PROFESSIONAL = Business(channel="instagram", id="2", login="instagram")
TO = {"recipient": {"id": "24"}}
WEB = {"type": "web_url", "title": "Open", "url": "https://a.example"}


def file(kind: str = "image", **payload: Any) -> dict[str, Any]:
    return {"message": {"attachment": {"type": kind, "payload": payload}}}


def template(kind: str, **payload: Any) -> dict[str, Any]:
    return file("template", template_type=kind, **payload)


def replies(count: int, **other: Any) -> dict[str, Any]:
    one = {"content_type": "text", "title": "Yes", "payload": "YES"} | other
    return {"message": {"text": "?", "quick_replies": [one] * count}}


TAKEN: dict[str, dict[str, Any]] = {
    "text": {"message": {"text": "Hi"}},
    "file by address": file(url="https://a.example/1.jpg"),
    "file by id": file(attachment_id="55"),
    "quick replies": replies(13),
    "buttons": template("button", text="?", buttons=[WEB] * 3),
    "cards": template("generic", elements=[{"title": "One", "subtitle": "a"}] * 10),
    "pictures": {"message": {"attachments": [{"type": "image"}] * 10}},
    "typing": {"sender_action": "typing_on"},
    "reaction": {
        "sender_action": "react",
        "payload": {"message_id": "m", "reaction": "love"},
    },
    "tagged": {
        "message": {"text": "Hi"},
        "messaging_type": "MESSAGE_TAG",
        "tag": "HUMAN_AGENT",
    },
}

REFUSED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "an empty text": {"message": {"text": " "}},
    "text and file": {"message": {"text": "Hi", "attachment": {"type": "image"}}},
    "message and sign": {"message": {"text": "Hi"}, "sender_action": "typing_on"},
    "an unknown parameter": {"message": {"text": "Hi"}, "persona": "1"},
    "a removed tag": {
        "message": {"text": "Hi"},
        "messaging_type": "MESSAGE_TAG",
        "tag": "ACCOUNT_UPDATE",
    },
    "a tag alone": {"message": {"text": "Hi"}, "tag": "HUMAN_AGENT"},
    "an unknown type": {"message": {"text": "Hi"}, "messaging_type": "PROMOTION"},
    "an unknown sign": {"sender_action": "wave"},
    "a reaction to nothing": {"sender_action": "react", "payload": {"reaction": "love"}},
    "a file that is nowhere": file(),
    "a file twice": file(url="https://a.example", attachment_id="5"),
    "14 quick replies": replies(14),
    "a long title": replies(1, title="x" * 21),
    "a long payload": replies(1, payload="x" * 1001),
    "a place": replies(1, content_type="location"),
    "4 buttons": template("button", text="?", buttons=[WEB] * 4),
    "a long text above buttons": template("button", text="x" * 641, buttons=[WEB]),
    "a button without address": template(
        "button", text="?", buttons=[{"type": "web_url", "title": "a"}]
    ),
    "11 cards": template("generic", elements=[{"title": "One", "subtitle": "a"}] * 11),
    "a card with a title only": template("generic", elements=[{"title": "One"}]),
}


@pytest.mark.parametrize("business", [PAGE, PROFESSIONAL], ids=["messenger", "instagram"])
@pytest.mark.parametrize("name", TAKEN)
def test_what_the_pages_show_is_taken(business: Business, name: str) -> None:
    check({**TO, **TAKEN[name]}, business)


@pytest.mark.parametrize("business", [PAGE, PROFESSIONAL], ids=["messenger", "instagram"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_they_do_not_is_refused(business: Business, name: str) -> None:
    with pytest.raises(SendRefused) as caught:
        check({**TO, **REFUSED[name]}, business)
    assert caught.value.code == 100


@pytest.mark.parametrize(
    "recipient", [{}, {"id": ""}, {"id": "1", "user_ref": "2"}, {"phone": "3"}]
)
def test_a_recipient_is_one_id(recipient: dict[str, str]) -> None:
    with pytest.raises(SendRefused):
        check({"recipient": recipient, "message": {"text": "Hi"}}, PAGE)


@pytest.mark.parametrize(
    ("message", "taker", "refuser"),
    [
        ({"text": "é" * 600}, PAGE, PROFESSIONAL),
        ({"text": "x" * 2000}, PAGE, PROFESSIONAL),
        ({"attachment": {"type": "like_heart"}}, PROFESSIONAL, PAGE),
        ({"template": {"name": "a", "language": {"code": "en"}}}, PAGE, PROFESSIONAL),
        (
            {"text": "?", "quick_replies": [{"content_type": "user_phone_number"}]},
            PAGE,
            PROFESSIONAL,
        ),
        (template("product", elements=[{"id": "1"}])["message"], PAGE, PROFESSIONAL),
        ({"attachments": [{"type": "image"}] * 30}, PAGE, PROFESSIONAL),
    ],
)
def test_each_chat_has_what_the_other_has_not(
    message: dict[str, Any], taker: Business, refuser: Business
) -> None:
    check({**TO, "message": message}, taker)
    with pytest.raises(SendRefused):
        check({**TO, "message": message}, refuser)
