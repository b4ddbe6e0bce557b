"""Places for messages under way, shared by the accounts of a process."""

from gateway.edge.outbound.room import Room


def test_bulk_leaves_places_for_live_messages() -> None:
    room = Room(most=3, most_bulk=2)
    for _ in range(2):
        room.enter()
    assert not room.has_place(bulk=True)
    assert room.has_place(bulk=False)
    room.enter()
    assert not room.has_place(bulk=False)


def test_who_found_it_full_is_started_in_turn_once_each() -> None:
    room, started = Room(most=1, most_bulk=1), []
    waits = {name: (lambda name=name: started.append(name)) for name in "abc"}
    room.enter()
    for name in "abca":
        room.wait(waits[name])
    for _ in range(4):
        room.leave()
        room.enter()
    assert started == ["a", "b", "c"]
