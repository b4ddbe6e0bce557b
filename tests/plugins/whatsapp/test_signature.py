from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import SignatureInvalid, WebhookRequest
from gateway_meta.challenge import answer
from gateway_meta.signature import Signer, Verifier
from gateway_whatsapp.channel import WhatsAppChannel

BODY = json.dumps({"name": "José 👍"}).encode()  # Meta writes \u escapes, as json.dumps does.


def signed(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@given(secret=st.text(st.characters(codec="utf-8"), max_size=200), body=st.binary(max_size=300))
def test_prepared_states_sign_like_an_ordinary_hmac(secret: str, body: bytes) -> None:
    assert Signer(secret).sign(body) == signed(body, secret)


@pytest.mark.parametrize("secret", ["new", "old"])
def test_both_active_secrets_are_taken(secret: str) -> None:
    Verifier(["new", "old"]).verify(BODY, signed(BODY, secret))


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        signed(BODY, "retired"),
        signed(BODY, "new").upper(),
        signed(BODY, "new")[7:],
        "sha1=" + "0" * 40,
        "sha256=ñandú",
        "\udcff\udcfe",
        signed(BODY + b" ", "new"),
    ],
)
def test_any_other_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        Verifier(["new", "old"]).verify(BODY, signature)


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(SignatureInvalid):
        Verifier([""]).verify(BODY, signed(BODY, ""))


def test_escapes_are_checked_as_they_came_and_not_as_they_would_be_written_again() -> None:
    assert rb"\u" in BODY
    Verifier(["new"]).verify(BODY, signed(BODY, "new"))
    again = json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    with pytest.raises(SignatureInvalid):
        Verifier(["new"]).verify(again, signed(BODY, "new"))


def test_the_channel_checks_the_header_of_the_request(channel: WhatsAppChannel) -> None:
    headers = {"x-hub-signature-256": signed(BODY, "example-app-secret")}
    channel.verify(WebhookRequest(body=BODY, received_at=0, headers=headers))
    with pytest.raises(SignatureInvalid):
        channel.verify(WebhookRequest(body=BODY + b" ", received_at=0, headers=headers))


def test_the_callback_is_confirmed_with_the_challenge(channel: WhatsAppChannel) -> None:
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": "example-verify-token",
        "hub.challenge": "1158",
    }
    request = WebhookRequest(body=b"", received_at=0, method="GET", query=query)
    assert channel.challenge(request) == "1158"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"hub.mode": "subscribe", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.verify_token": "señal", "hub.challenge": "1"},
        {"hub.mode": "unsubscribe", "hub.verify_token": "token", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.verify_token": "token"},
    ],
)
def test_a_callback_without_our_token_is_not_confirmed(query: dict[str, str]) -> None:
    assert answer(query, "token") is None


def test_an_empty_token_confirms_nothing() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    assert answer(query, "") is None
