"""How many messages are under way at once, and who is next."""

from __future__ import annotations

from collections.abc import Callable

from gateway.edge.outbound.room import Room


def full(room: Room, *, bulk: bool) -> int:
    """Fill a room; returns how many it took."""
    taken = 0
    while room.has_place(bulk=bulk):
        room.enter()
        taken += 1
    return taken


def test_bulk_leaves_places_for_live_messages() -> None:
    room = Room(most=10, most_bulk=8)
    assert full(room, bulk=True) == 8
    assert full(room, bulk=False) == 2


def test_those_who_wait_start_in_the_order_they_came() -> None:
    room, started = Room(most=1, most_bulk=1), list[str]()

    def starting(name: str) -> Callable[[], None]:
        def start() -> None:
            started.append(name)
            room.enter()

        return start

    room.enter()
    for name in ("first", "second"):
        room.wait(starting(name), bulk=True)
    room.leave()
    assert started == ["first"]
    room.leave()
    assert started == ["first", "second"]


def test_who_has_nothing_to_start_leaves_the_place_to_the_next() -> None:
    room, started = Room(most=1, most_bulk=1), list[str]()
    room.enter()
    room.wait(lambda: started.append("paused meanwhile"), bulk=True)
    room.wait(lambda: started.append("ready"), bulk=True)
    room.leave()
    assert started == ["paused meanwhile", "ready"]


def test_a_live_message_does_not_wait_behind_bulk_that_has_no_place() -> None:
    room, started = Room(most=3, most_bulk=1), list[str]()
    for _ in range(3):
        room.enter()
    room.wait(lambda: started.append("bulk"), bulk=True)
    room.wait(lambda: started.append("live"), bulk=False)
    room.leave()
    assert started == ["live"]


def test_who_asks_twice_is_started_once() -> None:
    room, started = Room(most=1, most_bulk=1), list[str]()

    def start() -> None:
        started.append("one")

    room.enter()
    room.wait(start, bulk=True)
    room.wait(start, bulk=True)
    room.leave()
    assert started == ["one"]
