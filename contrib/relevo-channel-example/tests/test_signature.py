from __future__ import annotations

import pytest
from gateway.api import SignatureInvalid, WebhookRequest

from gateway_postbox import signature

BODY = b'{"messages": []}'
NOW = 1_795_000_000


def verify(headers: dict[str, str], *, at: int = NOW, secrets: tuple[str, ...] = ("s",)) -> None:
    request = WebhookRequest(body=BODY, received_at=at * 1000, headers=headers)
    signature.verify(request, secrets=secrets, tolerance_seconds=300)


def test_what_both_sides_compute_is_this() -> None:
    assert signature.headers(BODY, secret="s", seconds=NOW) == {
        "x-timestamp": "1795000000",
        "x-signature": "v1=dda22b68699d02aa7a1049b1bb7f1d095136f43a8ea2e6913783705e8f8ba9ac",
    }


@pytest.mark.parametrize("later", [-300, 0, 300])
def test_clocks_may_differ_a_little(later: int) -> None:
    verify(signature.headers(BODY, secret="s", seconds=NOW), at=NOW + later)


@pytest.mark.parametrize("later", [-301, 301])
def test_a_request_of_another_time_is_refused(later: int) -> None:
    with pytest.raises(SignatureInvalid, match="too old, or from the future"):
        verify(signature.headers(BODY, secret="s", seconds=NOW), at=NOW + later)


def test_the_time_cannot_be_changed_afterwards() -> None:
    signed = signature.headers(BODY, secret="s", seconds=NOW)
    with pytest.raises(SignatureInvalid, match="no active secret"):
        verify({**signed, signature.TIMESTAMP: str(NOW + 1)})


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(SignatureInvalid):
        verify(signature.headers(BODY, secret="", seconds=NOW), secrets=("",))


@pytest.mark.parametrize("told", ["", "now", "-5", "1795000000.5", "٣", "9" * 40])
def test_a_time_that_is_none_is_refused(told: str) -> None:
    signed = signature.headers(BODY, secret="s", seconds=NOW)
    with pytest.raises(SignatureInvalid):
        verify({**signed, signature.TIMESTAMP: told})
