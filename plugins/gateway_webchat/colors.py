"""The account's colour, made legible: contrast of 4.5 to 1 wherever it carries words.

Source: WCAG 2.2, success criterion 1.4.3, "relative luminance" and "contrast ratio".
"""

from __future__ import annotations

from typing import Final, TypeAlias

Rgb: TypeAlias = tuple[int, int, int]

LEGIBLE: Final = 4.5
WHITE: Final[Rgb] = (255, 255, 255)
BLACK: Final[Rgb] = (0, 0, 0)


def read(color: str) -> Rgb:
    """Return the parts of ``#rrggbb``."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def written(color: Rgb) -> str:
    """Return a colour as ``#rrggbb``."""
    return f"#{color[0]:02x}{color[1]:02x}{color[2]:02x}"


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def words_on(background: Rgb) -> Rgb:
    """Return white or black, whichever is legible on a colour; white where both are."""
    return WHITE if contrast(WHITE, background) >= LEGIBLE else BLACK


def legible(color: Rgb, background: Rgb) -> Rgb:
    """Return a colour that is legible on a background, as near to the given one as possible."""
    target = BLACK if _luminance(background) > 0.18 else WHITE
    for step in range(21):
        mixed = _mixed(color, target, step / 20)
        if contrast(mixed, background) >= LEGIBLE:
            return mixed
    return target


def _mixed(color: Rgb, target: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, target, strict=True))
    return red, green, blue


def _luminance(color: Rgb) -> float:
    red, green, blue = (_linear(each / 255) for each in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
