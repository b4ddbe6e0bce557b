"""Updates that went wrong: something is always left of them, and neighbours go through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.api import BodyMalformed, Event, MessageReceived, PollVote, WebhookRequest
from gateway.testing.mutation import mutations
from gateway_telegram.channel import TelegramChannel

CORPUS = Path(__file__).parents[2] / "corpus" / "telegram"
UPDATES = [msgspec.json.decode(each.read_bytes())["body"] for each in sorted(CORPUS.glob("*.json"))]
BODIES = [msgspec.json.encode(each) for each in UPDATES]
CHANNEL = TelegramChannel(TelegramChannel.example())
NEIGHBOUR = {"poll_id": "1", "user": {"id": 5, "first_name": "Ana"}, "option_ids": [1]}
ODD: tuple[Any, ...] = (None, True, 7, -1, 1.5, 10**30, "", "x", [], [None], {}, {"id": {}})


def parsed(body: bytes) -> list[Event]:
    return list(CHANNEL.parse(WebhookRequest(body=body, received_at=1_800_000_000_000)))


@settings(max_examples=500, deadline=None)
@given(body=st.sampled_from(BODIES).flatmap(mutations))
def test_something_is_left_of_every_update_and_it_is_the_same_each_time(body: bytes) -> None:
    try:
        found = parsed(body)
    except BodyMalformed:
        return
    assert found
    assert parsed(body) == found


@pytest.mark.parametrize("kind", sorted({key for each in UPDATES for key in each}))
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_broken_update_leaves_the_one_beside_it_alone(kind: str, odd: object) -> None:
    found = parsed(msgspec.json.encode({kind: odd, "update_id": 1, "poll_answer": NEIGHBOUR}))
    votes = [
        each.message.content
        for each in found
        if isinstance(each, MessageReceived) and isinstance(each.message.content, PollVote)
    ]
    assert votes == [PollVote(poll_id="1", options=(1,))]


def _places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = (
        list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    )
    return [place for key in keys for place in [(*here, key), *_places(tree[key], (*here, key))]]


@pytest.mark.parametrize("number", range(len(UPDATES)))
def test_each_value_of_a_recorded_update_may_be_odd(number: int) -> None:
    for place in _places(UPDATES[number]):
        for odd in ODD:
            update = msgspec.json.decode(BODIES[number])
            holder = update
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = odd
            for event in parsed(msgspec.json.encode(update)):
                packed = msgspec.msgpack.encode(event)
                assert msgspec.msgpack.decode(packed, type=Event) == event, place
