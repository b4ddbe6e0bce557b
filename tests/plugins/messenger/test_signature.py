from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from gateway.api import SignatureInvalid, WebhookRequest
from gateway_messenger.channel import MessengerChannel

BODY = json.dumps({"name": "José 👍"}).encode()  # Meta writes \u escapes, as json.dumps does.


def signed(body: bytes, secret: str) -> dict[str, str]:
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={made}"}


def test_a_body_is_taken_with_metas_signature_and_not_otherwise(channel: MessengerChannel) -> None:
    headers = signed(BODY, "example-app-secret")
    channel.verify(WebhookRequest(body=BODY, received_at=0, headers=headers))
    for body, wrong in ((BODY + b" ", headers), (BODY, {}), (BODY, signed(BODY, "other"))):
        with pytest.raises(SignatureInvalid):
            channel.verify(WebhookRequest(body=body, received_at=0, headers=wrong))


def test_the_callback_is_confirmed_with_the_challenge(channel: MessengerChannel) -> None:
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": "example-verify-token",
        "hub.challenge": "1158",
    }
    request = WebhookRequest(body=b"", received_at=0, method="GET", query=query)
    assert channel.challenge(request) == "1158"
    wrong = {**query, "hub.verify_token": "guess"}
    refused = WebhookRequest(body=b"", received_at=0, method="GET", query=wrong)
    assert channel.challenge(refused) is None
