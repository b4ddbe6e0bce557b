from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.model.status import StatusName
from gateway.policy.status import BIT, ORDER, is_known, is_late

steps = st.sampled_from(ORDER)


def test_each_step_is_one_bit_higher_than_the_one_before() -> None:
    assert all(BIT[later] == 2 * BIT[earlier] for earlier, later in pairwise(ORDER))


def test_delivered_after_read_is_late() -> None:
    assert is_late(BIT["read"], "delivered")


def test_delivered_after_failed_counts_because_the_message_arrived() -> None:
    assert not is_late(BIT["failed"], "delivered")


def test_failed_after_delivered_is_late() -> None:
    assert is_late(BIT["delivered"], "failed")


@given(st.lists(steps, unique=True), steps)
def test_late_means_that_a_later_step_was_seen(seen: list[StatusName], new: StatusName) -> None:
    bits = sum(BIT[step] for step in seen)
    assert is_late(bits, new) == any(ORDER.index(step) > ORDER.index(new) for step in seen)
    assert is_known(bits, new) == (new in seen)
