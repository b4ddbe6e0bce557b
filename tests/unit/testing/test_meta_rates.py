"""How much the simulated Messenger takes."""

from __future__ import annotations

import pytest

from gateway.testing.meta import LENIENT, Rules, SendRefused
from gateway.testing.meta.rates import Rates


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_300_messages_go_in_a_second_and_10_of_them_are_sound() -> None:
    clock = Clock()
    rates = Rates(Rules(), clock)
    for _ in range(10):
        rates.count("page", "audio")
    with pytest.raises(SendRefused) as caught:
        rates.count("page", "video")
    assert caught.value.code == 613
    for _ in range(290):
        rates.count("page", "text")
    with pytest.raises(SendRefused):
        rates.count("page", "text")
    rates.count("another page", "text")
    clock.now += 1
    rates.count("page", "video")


def test_750_comments_are_answered_in_an_hour_and_100_live_ones_in_a_second() -> None:
    clock = Clock()
    rates = Rates(Rules(), clock)
    for _ in range(750):
        clock.now += 1
        rates.count("page", "text", reply="comment")
    with pytest.raises(SendRefused) as caught:
        rates.count("page", "text", reply="comment")
    assert caught.value.code == 613
    rates.count("page", "text")
    for _ in range(100):
        rates.count("page", "text", reply="live")
    with pytest.raises(SendRefused):
        rates.count("page", "text", reply="live")
    clock.now += 3600
    rates.count("page", "text", reply="comment")


def test_there_may_be_no_limits() -> None:
    rates = Rates(LENIENT, Clock())
    for _ in range(500):
        rates.count("page", "video")
