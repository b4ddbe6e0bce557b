"""Whose turn it is in a lane."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.outbound.lineup import CAUSES, Lineup
from gateway.edge.outbound.ticket import Ticket


def ticket(number: int, contact: str) -> Ticket:
    return Ticket(id=f"{number:032x}", contact=contact, kind="text")


def filled(*contacts: str) -> Lineup:
    lineup = Lineup()
    for number, contact in enumerate(contacts):
        lineup.add(ticket(number, contact))
    return lineup


def turn(lineup: Lineup, now: int = 0) -> int | None:
    found = lineup.next(now)
    return None if found is None else int(found.id, 16)


def test_contacts_have_their_turn_and_a_second_message_waits_for_the_first() -> None:
    lineup = filled("ana", "ana", "bea")
    first, second = lineup.next(0), lineup.next(0)
    assert first is not None
    assert second is not None
    assert (first.contact, second.contact) == ("ana", "bea")
    assert turn(lineup) is None
    lineup.done(first)
    assert turn(lineup) == 1


def test_who_is_tried_again_later_keeps_the_contact_s_next_message_waiting() -> None:
    lineup = filled("ana", "ana")
    first = lineup.next(0)
    assert first is not None
    lineup.later(first, 100)
    assert lineup.wakes_at == 100
    assert not lineup.has_turn(99)
    assert turn(lineup, 99) is None
    assert lineup.has_turn(100)
    assert turn(lineup, 100) == 0


def test_who_is_put_back_has_the_very_next_turn() -> None:
    lineup = filled("ana", "bea")
    first = lineup.next(0)
    assert first is not None
    lineup.back(first)
    assert turn(lineup) == 0


def test_who_is_set_aside_lets_others_pass_and_is_called_in_order() -> None:
    lineup = filled("ana", "ana", "bea", "carla")
    for _ in range(2):
        found = lineup.next(0)
        assert found is not None
        lineup.set_aside(found, "reach")
    assert (len(lineup), lineup.going, lineup.aside) == (4, 1, 3)
    lineup.add(ticket(4, "bea"))
    assert (lineup.going, lineup.aside) == (1, 4)
    assert turn(lineup) == 3
    assert turn(lineup) is None
    assert lineup.first_aside("pause") is None
    first = lineup.first_aside("reach")
    assert first is not None
    assert (int(first.id, 16), lineup.aside) == (0, 2)
    lineup.set_aside(first, "reach", again=True)
    assert lineup.first_aside("reach") == first
    lineup.done(first)
    assert turn(lineup) == 1


@pytest.mark.parametrize("when", ["while it waits", "while it is asked for"])
def test_who_waits_to_be_written_to_first_has_a_turn_once_they_wrote(when: str) -> None:
    lineup = filled("ana", "bea")
    ana, bea = lineup.next(0), lineup.next(0)
    assert ana is not None
    assert bea is not None
    lineup.set_aside(ana, "reach")
    if when == "while it is asked for":
        lineup.wrote("bea")
    lineup.set_aside(bea, "reach")
    if when == "while it waits":
        lineup.wrote("bea")
    assert turn(lineup) == 1
    lineup.set_aside(bea, "reach")  # once only
    assert turn(lineup) is None
    assert lineup.aside == 2


def test_an_empty_lane_has_nobody_and_wakes_nobody() -> None:
    lineup = filled()
    assert turn(lineup) is None
    assert lineup.wakes_at is None
    assert len(lineup) == 0


@given(st.lists(st.sampled_from("abcd"), max_size=60), st.integers(0, 2**32))
def test_whatever_happens_each_contact_s_order_is_kept_and_nothing_is_left(
    contacts: list[str], seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - the same run for the same seed
    lineup, now = filled(*contacts), 0
    under_way: list[Ticket] = []
    finished: list[Ticket] = []

    def done(each: Ticket) -> None:
        lineup.done(each)
        finished.append(each)

    def later(each: Ticket) -> None:
        lineup.later(each, now + random.randrange(1, 5))

    def aside(each: Ticket) -> None:
        lineup.set_aside(each, random.choice(CAUSES), again=random.random() < 0.5)
        lineup.wrote(random.choice(contacts))

    def called() -> Ticket | None:
        return lineup.next(now) or lineup.first_aside(random.choice(CAUSES))

    while len(finished) < len(contacts):
        now += 1
        while (found := called()) is not None:
            assert found.contact not in {each.contact for each in under_way}
            under_way.append(found)
        if under_way:
            random.choice((done, later, aside))(under_way.pop(random.randrange(len(under_way))))
    for contact in set(contacts):
        ids = [each.id for each in finished if each.contact == contact]
        assert ids == sorted(ids)
    assert (len(lineup), lineup.going, lineup.aside) == (0, 0, 0)
