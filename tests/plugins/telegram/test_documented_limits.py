"""The numbers of the limits, as Telegram's pages give them: a second pair of eyes on the table."""

from __future__ import annotations

import pytest

from gateway.policy.rate import FULL, SECOND, Draw, take
from gateway_telegram.limits import CAPABILITIES, LIMITS, LONGEST_CAPTION, LONGEST_TEXT, REACTIONS

DOCUMENTED = [
    ("poll", "question", 300),
    ("poll", "options", 12),
    ("poll", "options[].text", 100),
    ("buttons", "buttons", 100),
    ("buttons", "buttons[].id", 64),
    ("list", "sections[].rows[].id", 64),
    ("carousel", "cards[].buttons[].id", 64),
    ("edit", "text", 4096),
    ("location_request", "text", 4096),
]


@pytest.mark.parametrize(("kind", "field", "most"), DOCUMENTED)
def test_the_table_has_the_documented_number(kind: str, field: str, most: int) -> None:
    (limit,) = (each for each in CAPABILITIES[kind].limits if each.field == field)
    assert limit.most == most
    assert (limit.unit == "bytes") == (most == 64)


def test_texts_captions_and_reactions_have_the_documented_numbers() -> None:
    assert (LONGEST_TEXT, LONGEST_CAPTION, len(REACTIONS)) == (4096, 1024, 73)


@pytest.mark.parametrize(
    ("group", "scope", "seconds", "most"),
    [(False, "account", 1, 30), (False, "contact", 60, 62), (True, "group", 60, 20)],
)
def test_no_more_goes_in_any_time_than_telegram_takes(
    group: bool,  # noqa: FBT001 - a table's column
    scope: str,
    seconds: int,
    most: int,
) -> None:
    (limit,) = (each for each in LIMITS.applying("text", group=group) if each.scope == scope)
    bucket, now, sent = FULL, 0, 0
    while True:
        taken = take([Draw(rate=limit.rate, bucket=bucket)], now)
        if taken.wait:
            now += taken.wait
            continue
        if now >= seconds * SECOND:
            break
        (bucket,) = taken.buckets
        sent += 1
    assert sent == most  # to a person a short burst goes at once, which Telegram tolerates
