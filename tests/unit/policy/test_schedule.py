import pytest

from gateway.policy.schedule import FARTHEST, Due, Expired, Later, When, due, unfit

NOW = 1_800_000_000_000


@pytest.mark.parametrize(
    ("send_at", "expires_at", "expected"),
    [
        (None, None, Due()),
        (NOW - 1, None, Due()),
        (NOW, None, Due()),
        (NOW + 1, None, Later(NOW + 1)),
        (None, NOW + 1, Due()),
        (None, NOW, Expired()),
        (None, NOW - 1, Expired()),
        (NOW + 1, NOW, Expired()),
        (NOW - 5, NOW + 5, Due()),
    ],
)
def test_a_message_is_due_from_its_time_until_just_before_its_expiry(
    send_at: int | None, expires_at: int | None, expected: When
) -> None:
    assert due(NOW, send_at=send_at, expires_at=expires_at) == expected


@pytest.mark.parametrize(
    ("send_at", "expires_at", "field"),
    [
        (None, None, None),
        (NOW - 1000, None, None),
        (NOW + FARTHEST, None, None),
        (NOW + FARTHEST + 1, None, "$.send_at"),
        (NOW * 1000, None, "$.send_at"),  # microseconds
        (None, NOW + FARTHEST + 1, "$.expires_at"),
        (None, NOW, "$.expires_at"),
        (None, NOW // 1000, "$.expires_at"),  # seconds
        (None, NOW + 1, None),
        (NOW + 5, NOW + 5, "$.expires_at"),
        (NOW + 5, NOW + 6, None),
    ],
)
def test_times_that_make_no_sense_are_told_by_field(
    send_at: int | None, expires_at: int | None, field: str | None
) -> None:
    found = unfit(NOW, send_at=send_at, expires_at=expires_at)
    assert (found.field if found else None) == field
