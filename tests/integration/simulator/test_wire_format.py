"""What the simulator posts, beside what the platform was recorded to post."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import reduce
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

import pytest

from gateway.testing.whatsapp import (
    App,
    Contact,
    Number,
    OrderLine,
    Update,
    WhatsAppPlatform,
    body,
    encode,
)

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "whatsapp"
NEWER: Final = {".from_user_id", ".recipient_user_id"}
"""In every webhook since April 2026, after most were recorded: Meta, "Business-scoped user IDs"."""
FILES: Final = {"image", "video", "voice", "document", "sticker"}
"""Since October 2025 these come with the address of their file: Meta, "Messages webhook"."""
NO_MORE: Final = (".conversation", ".edit.message.image", ".pricing")
"""What recordings have and we leave out: `conversation` ended with v24.0, `pricing` comes with
`sent` and one more status only; the one recorded edit is of a picture, ours of a text."""

Verb: TypeAlias = Callable[[Contact], Update]

VERBS: Final[dict[str, Verb]] = {
    "text": lambda ana: ana.writes("hi"),
    "text_reply": lambda ana: ana.writes("hi", reply_to=ana.outbound_id()),
    "image": lambda ana: ana.sends_image(b"i", caption="c"),
    "video": lambda ana: ana.sends_video(b"v", caption="c"),
    "voice": lambda ana: ana.sends_voice(b"a"),
    "document": lambda ana: ana.sends_document(b"d", "d.pdf", caption="c"),
    "sticker": lambda ana: ana.sends_sticker(b"s", animated=True),
    "location": lambda ana: ana.sends_location(1.5, 2.5, name="n", address="a"),
    "contacts": lambda ana: ana.shares_contact("Rui Sousa", "351911222333"),
    "button": lambda ana: ana.taps_template("yes", "Yes", reply_to=ana.outbound_id()),
    "interactive_button_reply": lambda ana: ana.taps("1", "Yes", reply_to=ana.outbound_id()),
    "interactive_list_reply": lambda ana: ana.chooses("1", "One", description="first"),
    "interactive_nfm_reply": lambda ana: ana.fills({"a": 1}, reply_to=ana.outbound_id()),
    "order": lambda ana: ana.orders("77", [OrderLine(product_id="p", quantity=1, price=2.5)]),
    "reaction": lambda ana: ana.reacts("wamid.X", "👍"),
    "unreaction": lambda ana: ana.reacts("wamid.X", None),
    "edit": lambda ana: ana.edits("wamid.X", "new"),
    "revoke": lambda ana: ana.revokes("wamid.X"),
    "unsupported": lambda ana: ana.sends_unsupported(),
    "status_sent": lambda ana: ana.status("wamid.X", "sent"),
    "status_delivered": lambda ana: ana.status("wamid.X", "delivered", metadata="gw:1"),
    "status_read": lambda ana: ana.status("wamid.X", "read"),
    "status_played": lambda ana: ana.status("wamid.X", "played"),
    "status_failed": lambda ana: ana.status(
        "wamid.X", "failed", error={"code": 131047, "title": "Re-engagement message"}
    ),
}


def recorded(kind: str) -> list[Any]:
    wrapped = [json.loads(path.read_bytes()) for path in sorted(CORPUS.glob("*.json"))]
    return [each["body"] for each in wrapped if each["kind"] == kind]


def shape(value: Any, path: str = "") -> set[tuple[str, str]]:
    """Return the path and the JSON type of everything inside a value."""
    match value:
        case dict():
            inside = (shape(each, f"{path}.{key}") for key, each in value.items())
            return {(path, "object")}.union(*inside)
        case list():
            return {(path, "array")}.union(*(shape(each, f"{path}[]") for each in value))
        case bool():
            return {(path, "boolean")}
        case int() | float():
            return {(path, "number")}
        case None:
            return {(path, "null")}
        case _:
            return {(path, "string")}


def items(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [*value.get("messages", ()), *value.get("statuses", ())]


def values(recording: Any) -> Iterable[dict[str, Any]]:
    return (change["value"] for entry in recording["entry"] for change in entry["changes"])


def shapes(recordings: Iterable[Any]) -> list[set[tuple[str, str]]]:
    return [shape(item) for each in recordings for value in values(each) for item in items(value)]


@pytest.fixture
async def ana() -> Contact:
    async with WhatsAppPlatform() as platform:
        return platform.contact("351911111111", name="Ana", username="@ana")


def of_a_kind(kind: str) -> list[set[tuple[str, str]]]:
    if kind == "edit":  # a message in a message
        return [{*each, *inside("text", ".edit.message")} for each in shapes(recorded("edit"))]
    return shapes(recorded(kind))


def inside(kind: str, path: str) -> set[tuple[str, str]]:
    [first, *_] = shapes(recorded(kind))
    return {(f"{path}{place}", name) for place, name in first if place.startswith(f".{kind}")}


@pytest.mark.parametrize("kind", VERBS)
async def test_everything_posted_was_seen_in_recordings_of_its_kind(
    ana: Contact, kind: str
) -> None:
    siblings = [each for each in VERBS if each.startswith("status_")]
    kinds = siblings if kind in siblings else [kind]
    seen = set().union(*(each for sibling in kinds for each in of_a_kind(sibling)))
    item = VERBS[kind](ana).item
    new = {path for path, _ in shape(item) - seen}
    file = {f".{item['type']}.url"} if kind in FILES else set()
    assert new <= NEWER | file


@pytest.mark.parametrize("kind", VERBS)
async def test_nothing_is_missing_that_every_recording_of_its_kind_has(
    ana: Contact, kind: str
) -> None:
    always = reduce(set.intersection, of_a_kind(kind))
    missing = {path for path, _ in always - shape(VERBS[kind](ana).item)}
    assert {each for each in missing if not each.startswith(NO_MORE)} == set()


async def test_the_envelope_is_the_recorded_one(ana: Contact) -> None:
    recordings = [envelope(each) for each in recorded("text")]
    ours = envelope(json.loads(encode(body([ana.writes("hi")]))))
    assert reduce(set.intersection, recordings) <= ours <= set().union(*recordings)


def envelope(recording: Any) -> set[tuple[str, str]]:
    return {each for each in shape(recording) if ".messages[]." not in each[0]}


async def test_a_contact_without_a_phone_has_no_empty_one() -> None:
    async with WhatsAppPlatform() as platform:
        noa = platform.contact(name="Noa", username="@noa.r", user_id="BR.1")
    update = noa.writes("oi")
    assert "from" not in update.item
    assert update.item["from_user_id"] == "BR.1"
    assert update.contact == {"profile": {"name": "Noa", "username": "@noa.r"}, "user_id": "BR.1"}


async def test_a_batch_is_gathered_by_account_and_number(ana: Contact) -> None:
    other = Number(phone_number_id="2", display_phone_number="2", business_account_id="other")
    async with WhatsAppPlatform() as platform:
        rui = platform.contact("351911222333", name="Rui")
        eva = platform.contact("34600111222", name="Eva", number=other)
    updates = [ana.writes("1"), rui.writes("2"), ana.status("wamid.X", "read"), eva.writes("3")]
    entries = body(updates)["entry"]
    assert [each["id"] for each in entries] == [App().number.business_account_id, "other"]
    first, second = (change["value"] for change in entries[0]["changes"])
    assert [each["wa_id"] for each in first["contacts"]] == ["351911111111", "351911222333"]
    assert [each["text"]["body"] for each in first["messages"]] == ["1", "2"]
    assert [each["status"] for each in second["statuses"]] == ["read"]


async def test_the_same_seed_gives_the_same_bytes() -> None:
    def clock() -> float:
        return 1_795_000_000.5

    bodies = []
    for _ in range(2):
        seeded = Random(3)  # noqa: S311 - a seed, not a key
        async with WhatsAppPlatform(clock=clock, random=seeded) as platform:
            ana = platform.contact("351911111111", name="Ana")
            bodies.append(platform.webhook(ana.writes("hi"), ana.reacts("wamid.X", "👍")).body)
    assert bodies[0] == bodies[1]
    assert b'"timestamp":"1795000000"' in bodies[0]
