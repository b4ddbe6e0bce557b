"""What a consumer holds, and for how long it may."""

from __future__ import annotations

from gateway.client.hands import Hands


def test_an_entry_is_handed_out_once() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0"], now=0)
    assert hands.hand_out("1-0", now=1)
    assert not hands.hand_out("1-0", now=2)


def test_an_entry_whose_lease_ended_is_let_go_because_another_may_have_it() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0"], now=0)
    assert not hands.hand_out("1-0", now=60)
    assert "1-0" not in hands


def test_a_renewed_entry_is_still_ours() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0", "2-0"], now=0)
    assert hands.to_renew(now=50) == ["1-0", "2-0"]
    hands.renewed(["1-0"], now=50)
    assert hands.hand_out("1-0", now=70)
    assert not hands.hand_out("2-0", now=70)


def test_what_lapsed_is_not_renewed_because_that_would_take_it_from_another() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0"], now=0)
    assert hands.to_renew(now=61) == []


def test_nothing_is_renewed_behind_an_entry_that_takes_too_long() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0", "2-0"], now=0)
    assert hands.hand_out("1-0", now=1)
    assert hands.to_renew(now=40) == ["2-0"]
    assert hands.to_renew(now=46) == []


def test_an_entry_that_was_forgotten_may_be_claimed_when_its_lease_ended() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0"], now=0)
    assert hands.hand_out("1-0", now=1)
    hands.lapsed(now=59)
    assert "1-0" in hands
    hands.lapsed(now=60)
    assert "1-0" not in hands


def test_a_failed_entry_may_be_claimed_again() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0"], now=0)
    assert hands.hand_out("1-0", now=1)
    hands.give_up("1-0")
    assert "1-0" not in hands


def test_what_is_done_is_not_claimed_before_redis_knows() -> None:
    hands = Hands(lease_seconds=60)
    hands.read(["1-0", "2-0"], now=0)
    assert hands.done("1-0") == 1
    told = hands.to_tell()
    assert hands.done("2-0") == 2
    hands.told(len(told))
    assert told == ["1-0"]
    assert hands.to_tell() == ["2-0"]
    assert "1-0" not in hands
    assert "2-0" in hands
