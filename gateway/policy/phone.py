"""Forms in which one mobile number is known. Pure.

Brazil put a 9 before mobile numbers, Argentina wants a 9 after its country code from abroad, Mexico
wanted a 1 there until 2019; platforms and address books use the old and the new forms side by side.
A look-up tries every form. Messages go to the form that the platform returned.

Source: Anatel, resolution 553/2010 (ninth digit); IFT, "Marcación nacional", 2019; ITU-T E.164
national numbering plan of Argentina (2005).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]|^\+")

# Of the numbers that had eight digits, mobile ones began with 6 to 9. Others must not lose their
# 9: without it they could be somebody's landline.
_BRAZIL: Final = re.compile(r"(55[1-9][1-9])(9?)([6-9]\d{7})", re.ASCII)
_ARGENTINA: Final = re.compile(r"(54)(9?)([1-3]\d{9})", re.ASCII)
_MEXICO: Final = re.compile(r"(52)(1?)([2-9]\d{9})", re.ASCII)

_PLANS: Final = ((_BRAZIL, "9"), (_ARGENTINA, "9"), (_MEXICO, "1"))


def variants(number: str) -> tuple[str, ...]:
    """Return every form of a phone number, the given one first.

    Args:
        number: With country code; with or without a plus sign and separators. What is no phone
            number comes back alone, as it is.

    Returns:
        Digits only. Any of the forms has the same variants, in its own order.
    """
    digits = _SEPARATORS.sub("", number.strip())
    if not (digits.isascii() and digits.isdigit()):
        return (number,)
    return (digits, *_others(digits))


def canonical(number: str) -> str:
    """Return one form that all variants share: the longest; to compare numbers, not to send to."""
    return max(variants(number), key=len)


def _others(digits: str) -> Iterator[str]:
    for plan, mark in _PLANS:
        if found := plan.fullmatch(digits):
            before, marked, rest = found.groups()
            yield before + ("" if marked else mark) + rest
