"""What every channel must do with webhook bodies, as tests; ``ChannelContract`` has them."""

from __future__ import annotations

import copy
import json
import socket
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channel.capabilities import kind_of
from gateway.codec.stream import decode, encode
from gateway.errors import BodyMalformed
from gateway.model.event import Event, MessageReceived, PlatformNotice, type_of
from gateway.testing.mutation import mutations
from gateway.testing.subject import RECEIVED_AT, ReadingSubject, secrets

LATER: Final = RECEIVED_AT + 86_400_000
BROKEN: Final[tuple[object, ...]] = (None, 42, "x", [], {}, {"id": {}}, {"type": "text"})
"""What is put beside whole items of a batch."""

_PATIENT: Final = settings(
    deadline=None,
    max_examples=300,
    # One test is inherited by many classes: that is what a contract is.
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


class ReadingContract(ReadingSubject):
    """Tests of a channel's reading side.

    Attributes:
        batches: Where in a body lists of independent items are: keys joined by dots, ``[]``
            after a list to go into each of its items. What is broken in one item of such a list
            must not touch its neighbours.
    """

    batches: ClassVar[Sequence[str]] = ()

    def test_it_declares_what_its_recorded_bodies_become(self) -> None:
        declared, found = self.channel_type.receives, {_word(each) for each in self._all_events()}
        found -= {"platform.notice"}
        assert not found - declared, f"not in `receives`: {sorted(found - declared)}"
        unseen = sorted(declared - found)
        assert not unseen, f"in `receives`, but no recorded body becomes this: {unseen}"

    def test_parse_gives_the_same_events_every_time(self) -> None:
        for body in self._bodies():
            assert self._parse(body) == self._parse(body), _shown(body)

    def test_parse_needs_no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("parse went to the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        for body in self._bodies():
            self._parse(body)

    def test_events_carry_the_account_the_channel_and_the_time_of_arrival(self) -> None:
        account = self.settings().id
        for event in self._all_events():
            assert (event.channel, event.account) == (self.channel_type.type, account), event
            assert event.at == RECEIVED_AT, event

    def test_ids_do_not_depend_on_the_delivery(self) -> None:
        for body in self._bodies():
            first = [event.id for event in self._parse(body)]
            assert first == [event.id for event in self._parse(body, at=LATER)], _shown(body)

    def test_different_events_have_different_ids(self) -> None:
        for body in self._bodies():
            by_id: dict[str, Event] = {}
            for event in self._parse(body):
                assert by_id.setdefault(event.id, event) == event, _shown(body)

    def test_every_event_survives_the_wire(self) -> None:
        for event in self._all_events():
            assert decode(encode(event)) == event

    def test_no_event_carries_a_secret(self) -> None:
        hidden = secrets(self.settings())
        for event in self._all_events():
            on_the_wire = encode(event)
            assert not [each for each in hidden if each.encode() in on_the_wire], type_of(event)

    @_PATIENT
    @given(data=st.data())
    def test_broken_bodies_are_refused_or_read_and_never_raise_anything_else(
        self, data: st.DataObject
    ) -> None:
        body = data.draw(st.sampled_from(self._bodies()).flatmap(mutations))
        try:
            events = self._parse(body)
        except BodyMalformed:
            assert not _is_object(body), "a JSON object was refused: all of its batch is lost"
            return
        for event in events:
            assert decode(encode(event)) == event

    def test_what_cannot_come_from_the_platform_is_refused(self) -> None:
        for body in (b"", b"no JSON", b'{"cut": ', b"\xff\xfe"):
            with pytest.raises(BodyMalformed):
                self._parse(body)

    def test_a_broken_item_leaves_its_neighbours_alone(self) -> None:
        tried = 0
        for body in self._bodies():
            whole: set[bytes] | None = None
            for spoilt in _spoilt(body, self.batches):
                if whole is None:  # the body itself, written as those with something broken are
                    whole = {_told(each) for each in self._parse(spoilt) if not _is_notice(each)}
                    continue
                tried += 1
                found = {_told(each) for each in self._parse(spoilt)}
                assert whole <= found, f"lost beside a broken item: {_shown(spoilt)}"
        assert tried or not self.batches, f"no recorded body has a list at {self.batches}"


def _is_object(body: bytes) -> bool:
    """Whether a body is a JSON object, if need be with odd text and numbers in it."""
    try:
        tree = json.loads(body)
        json.dumps(tree, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return isinstance(tree, dict)


def _shown(body: bytes) -> str:
    return body[:300].decode(errors="replace")


def _spoilt(body: bytes, batches: Sequence[str]) -> Iterator[bytes]:
    """Yield the body, then it with something broken before and after the items of each batch."""
    try:
        tree = json.loads(body)
    except ValueError:
        return
    yield json.dumps(tree).encode()
    for path in batches:
        for number in range(len(list(_lists(tree, path)))):
            for broken in BROKEN:
                for place in (_first, _last):
                    spoilt = copy.deepcopy(tree)
                    place(list(_lists(spoilt, path))[number], broken)
                    yield json.dumps(spoilt).encode()


def _told(event: Event) -> bytes:
    """Return all of an event but its id: what has no id of the platform's may be known by its place."""
    return encode(event).replace(event.id.encode(), b"")


def _word(event: Event) -> str:
    """Return what ``Channel.receives`` calls an event."""
    return kind_of(event.message.content) if isinstance(event, MessageReceived) else type_of(event)


def _is_notice(event: Event) -> bool:
    return isinstance(event, PlatformNotice)


def _first(items: list[Any], broken: object) -> None:
    items.insert(0, broken)


def _last(items: list[Any], broken: object) -> None:
    items.append(broken)


def _lists(tree: Any, path: str) -> Iterator[list[Any]]:
    """Yield the lists at a path such as ``entry[].changes``."""
    head, _, rest = path.partition(".")
    here = tree.get(head.removesuffix("[]")) if isinstance(tree, dict) else None
    if not isinstance(here, list):
        if rest:
            yield from _lists(here, rest)
    elif not rest:
        yield here
    elif head.endswith("[]"):
        for each in here:
            yield from _lists(each, rest)
