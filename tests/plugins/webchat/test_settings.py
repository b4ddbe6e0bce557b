"""Settings: what is refused at start, opening hours, colours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import Secrets
from gateway_webchat import colors, hours
from gateway_webchat.channel import WebchatChannel
from gateway_webchat.settings import Field
from tests.plugins.webchat.site import account
from tests.plugins.webchat.test_identity import PRIVATE

LONG_CURVE = (
    ec.generate_private_key(ec.SECP384R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
BYTES = st.integers(0, 255)
COLORS = st.tuples(BYTES, BYTES, BYTES)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"secret": Secrets("short")}, "16 characters"),
        ({"origins": ("shop.example",)}, "origins"),
        ({"origins": ("https://shop.example/path",)}, "origins"),
        ({"identity_key": Secrets("too short")}, "32 bytes"),
        ({"identity_key": Secrets("-----BEGIN nothing")}, "identity_key.*PEM"),
        ({"identity_key": Secrets(PRIVATE)}, "identity_key.*public"),
        ({"identity_key": Secrets(LONG_CURVE)}, "identity_key.*P-256"),
        ({"require_identity": True}, "identity_key"),
        ({"trusted_proxies": ("nowhere",)}, "nowhere"),
        ({"time_zone": "Atlantis/Capital"}, "time_zone"),
        ({"opening_hours": ("always",)}, "always"),
        ({"opening_hours": ("mon 18:00-09:00",)}, "closes before it opens"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason(
    changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        account(**changes)


def test_people_are_told_the_path_of_the_chat_and_not_of_a_webhook() -> None:
    assert WebchatChannel(account(id="web-main")).public_path == "/webchat/web-main/"


def test_a_select_needs_options_and_nothing_else_has_any() -> None:
    for told in ({"type": "select"}, {"options": ["a"]}):
        with pytest.raises(msgspec.ValidationError, match="options belong to a select"):
            msgspec.convert({"name": "x", "label": "X", **told}, Field)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-13T13:59+00:00", False),  # a Friday, 08:59 in Bogotá
        ("2026-03-13T14:00+00:00", True),
        ("2026-03-13T22:59+00:00", True),
        ("2026-03-13T23:00+00:00", False),
        ("2026-03-14T15:00+00:00", True),  # Saturday, 10:00
        ("2026-03-15T15:00+00:00", False),  # Sunday
        ("2026-03-16T03:00+00:00", False),  # Sunday there, Monday in UTC
    ],
)
def test_hours_are_those_of_the_time_zone(moment: str, *, is_open: bool) -> None:
    found = hours.read(("mon-fri 09:00-18:00", "sat 10:00-14:00"), "America/Bogota")
    assert found.are_open(datetime.fromisoformat(moment)) is is_open


def test_without_hours_somebody_always_answers() -> None:
    assert hours.read((), "UTC").are_open(datetime(2026, 1, 1, tzinfo=UTC))


def test_hours_can_go_over_the_weekend_and_until_midnight() -> None:
    found = hours.read(("fri-mon 20:00-00:00",), "UTC")
    open_at = [
        day for day in range(1, 8) if found.are_open(datetime(2026, 6, day, 23, 59, tzinfo=UTC))
    ]
    assert open_at == [1, 5, 6, 7]  # 1 June 2026 is a Monday


@given(accent=COLORS)
def test_words_are_legible_on_any_accent(accent: colors.Rgb) -> None:
    assert colors.contrast(colors.words_on(accent), accent) >= colors.LEGIBLE


@given(accent=COLORS, background=st.sampled_from([(241, 243, 246), (38, 42, 51)]))
def test_any_accent_becomes_legible_on_a_bubble(accent: colors.Rgb, background: colors.Rgb) -> None:
    assert colors.contrast(colors.legible(accent, background), background) >= colors.LEGIBLE


def test_a_colour_that_is_legible_is_left_alone() -> None:
    teal = colors.read("#0f766e")
    assert colors.legible(teal, colors.WHITE) == teal
    assert colors.written(teal) == "#0f766e"
