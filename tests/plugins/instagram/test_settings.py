"""The two ways in which an account is connected."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.api import Fallback, Secret, Secrets, SignatureInvalid, Template, WebhookRequest
from gateway_instagram.channel import InstagramChannel
from gateway_instagram.settings import InstagramSettings
from gateway_meta.signature import HEADER, Signer

ALONE = InstagramSettings(
    id="insta",
    channel="instagram",
    login="instagram",
    instagram_id="17841400000000000",
    access_token=Secret("IGAA"),
    app_secret=Secrets("instagram-app", "meta-app"),
    verify_token=Secret("token"),
)

SPARE = Fallback(template=Template(name="news", language="en"))


def test_an_account_with_a_page_is_known_by_both_ids() -> None:
    channel = InstagramChannel(InstagramChannel.example())
    assert channel.identities() == ("17841400000000000", "100000000000001")
    assert channel.settings.graph_url == "https://graph.facebook.com/v26.0"


def test_an_account_of_its_own_needs_no_page_and_has_another_host() -> None:
    channel = InstagramChannel(ALONE)
    assert channel.identities() == ("17841400000000000",)
    assert channel.settings.graph_url == "https://graph.instagram.com/v26.0"


def test_another_graph_api_can_be_named() -> None:
    own = msgspec.structs.replace(ALONE, api_url="http://127.0.0.1:9/v26.0")
    assert own.graph_url == "http://127.0.0.1:9/v26.0"


def test_connected_through_a_page_the_page_must_be_named() -> None:
    with pytest.raises(ValueError, match="page_id is missing"):
        msgspec.structs.replace(ALONE, login="facebook")


@pytest.mark.parametrize(
    "wanted", [{"on_closed_window": "hold"}, {"on_closed_window": "template"}, {"fallback": SPARE}]
)
def test_no_template_can_stand_in_where_there_are_none(wanted: dict[str, Any]) -> None:
    msgspec.structs.replace(ALONE, on_closed_window="tag")
    with pytest.raises(ValueError, match="has no templates"):
        msgspec.structs.replace(ALONE, **wanted)


@pytest.mark.parametrize("secret", ["instagram-app", "meta-app"])
def test_where_both_logins_are_connected_both_secrets_sign(secret: str) -> None:
    channel = InstagramChannel(ALONE)
    body = b'{"object":"instagram","entry":[]}'
    headers = {HEADER: Signer(secret).sign(body)}
    channel.verify(WebhookRequest(body=body, received_at=0, headers=headers))
    with pytest.raises(SignatureInvalid):
        channel.verify(WebhookRequest(body=body + b" ", received_at=0, headers=headers))


def test_the_callback_is_confirmed_with_the_challenge() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "token", "hub.challenge": "1158"}
    request = WebhookRequest(body=b"", received_at=0, method="GET", query=query)
    assert InstagramChannel(ALONE).challenge(request) == "1158"
