"""Whether one more contact may be written to first."""

from gateway.edge.outbound.errand import ACCEPTED, DONE, Later
from gateway.edge.outbound.ticket import Ticket
from gateway.edge.outbound.vacancy import Vacancy

MINUTE = 60_000_000_000
FIRST, SECOND = (Ticket(id=each * 32, contact=each, kind="template") for each in "12")
FULL = Later(60_000, due=True, full=True)


def test_one_asks_a_minute_after_one_found_it_full_and_nobody_beside_it() -> None:
    vacancy = Vacancy()
    assert vacancy.wait(0) == 0
    assert vacancy.came_back(FIRST, FULL, now=0)
    assert vacancy.wait(MINUTE // 2) == MINUTE // 2
    assert vacancy.wait(MINUTE) == 0
    vacancy.asks(FIRST)
    assert vacancy.wait(MINUTE) is None
    assert vacancy.came_back(FIRST, FULL, now=MINUTE)
    assert vacancy.wait(MINUTE) == MINUTE


def test_when_the_one_that_asks_was_taken_all_may() -> None:
    vacancy = Vacancy()
    vacancy.came_back(FIRST, FULL, now=0)
    vacancy.asks(FIRST)
    vacancy.came_back(FIRST, ACCEPTED, now=MINUTE)
    assert vacancy.wait(MINUTE) == 0
    vacancy.asks(SECOND)
    assert vacancy.wait(MINUTE) == 0


def test_who_needed_no_room_says_nothing_of_it() -> None:
    vacancy = Vacancy()
    vacancy.came_back(FIRST, FULL, now=0)
    assert not vacancy.came_back(SECOND, ACCEPTED, now=0)
    assert vacancy.wait(0) == MINUTE


def test_the_next_asks_at_once_when_the_one_that_asks_is_over_or_waits_for_something_else() -> None:
    vacancy = Vacancy()
    vacancy.came_back(FIRST, FULL, now=0)
    for ending in (DONE, Later(5000)):
        vacancy.asks(FIRST)
        assert not vacancy.came_back(FIRST, ending, now=MINUTE)
        assert vacancy.wait(MINUTE) == 0
