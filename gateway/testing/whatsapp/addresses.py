"""Phone numbers as people and platforms write them: pure."""

from __future__ import annotations

import re
from typing import Final

BUSINESS_SCOPED: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_TWO_DIGITS: Final = {
    *("20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46"),
    *("47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63"),
    *("64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"),
}


def digits(written: str) -> str:
    """Return the digits of a number, however it is written."""
    return re.sub(r"\D", "", written)


def country_code(number: str) -> str:
    """Return the country code a number in digits begins with."""
    if number[:1] in {"1", "7"}:
        return number[:1]
    return number[:2] if number[:2] in _TWO_DIGITS else number[:3]


def variants(number: str) -> tuple[str, ...]:
    """Return a number and the other ways to write it, in digits.

    Mobile numbers of Brazil have a 9 after the area code that older accounts lack; Mexico's and
    Argentina's had a 1 and a 9 after the country code.
    """
    if number.startswith("55") and len(number) == 13 and number[4] == "9":
        return (number, number[:4] + number[5:])
    if number.startswith("55") and len(number) == 12:
        return (number, number[:4] + "9" + number[4:])
    for country, extra in (("52", "1"), ("54", "9")):
        if number.startswith(country + extra) and len(number) == 13:
            return (number, country + number[3:])
        if number.startswith(country) and len(number) == 12:
            return (number, country + extra + number[2:])
    return (number,)
