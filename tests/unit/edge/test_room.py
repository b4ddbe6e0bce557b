"""How many messages are under way at once, and who is next."""

from __future__ import annotations

import asyncio

from gateway.edge.outbound.room import Room, Start


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


async def leave(room: Room, times: int = 1) -> None:
    """Leave, and let those who wait have their turn."""
    for _ in range(times):
        room.leave()
    await asyncio.sleep(0)


async def test_those_who_wait_start_in_the_order_they_came() -> None:
    room, started = Room(most=1, most_bulk=1), list[str]()

    def starting(name: str) -> Start:
        def start(most: int) -> None:
            assert most == 1
            started.append(name)
            room.enter()

        return start

    room.enter()
    for name in ("first", "second"):
        room.wait(starting(name), bulk=True)
    await leave(room)
    assert started == ["first"]
    await leave(room)
    assert started == ["first", "second"]


async def test_places_that_become_free_together_are_shared_evenly() -> None:
    room, started = Room(most=10, most_bulk=10), list[tuple[str, int]]()

    def starting(name: str) -> Start:
        def start(most: int) -> None:
            started.append((name, most))
            for _ in range(most):
                room.enter()
            room.wait(start, bulk=True)

        return start

    full(room, bulk=True)
    for name in ("first", "second", "third"):
        room.wait(starting(name), bulk=True)
    await leave(room, times=7)
    assert started == [
        ("first", 2),
        ("second", 1),
        ("third", 1),
        ("first", 1),
        ("second", 1),
        ("third", 1),
    ]
    assert not room.has_place(bulk=True)


async def test_who_has_nothing_to_start_leaves_the_place_to_the_next() -> None:
    room, started = Room(most=1, most_bulk=1), list[str]()
    room.enter()
    room.wait(lambda _: started.append("paused meanwhile"), bulk=True)
    room.wait(lambda _: started.append("ready"), bulk=True)
    await leave(room)
    assert started == ["paused meanwhile", "ready"]


async def test_a_live_message_does_not_wait_behind_bulk_that_has_no_place() -> None:
    room, started = Room(most=3, most_bulk=1), list[str]()
    for _ in range(3):
        room.enter()
    room.wait(lambda _: started.append("bulk"), bulk=True)
    room.wait(lambda _: started.append("live"), bulk=False)
    await leave(room)
    assert started == ["live"]


async def test_who_asks_twice_is_started_once() -> None:
    room, started = Room(most=1, most_bulk=1), list[str]()

    def start(most: int) -> None:
        started.append(f"one, {most}")

    room.enter()
    room.wait(start, bulk=True)
    room.wait(start, bulk=True)
    await leave(room)
    assert started == ["one, 1"]
