from __future__ import annotations

import json

import pytest

from gateway.api import Secret, Secrets, SignatureInvalid, WebhookRequest
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings

TOKEN = "42:A-token_1"  # noqa: S105 - of no bot
BODY = json.dumps({"update_id": 1}).encode()


def account(
    *secrets: str, token: str = TOKEN, url: str = "https://api.telegram.org"
) -> TelegramSettings:
    return TelegramSettings(
        id="bot",
        channel="telegram",
        bot_token=Secret(token),
        secret_token=Secrets(*secrets),
        api_url=url,
    )


def verify(*secrets: str, told: str | None) -> None:
    headers = {} if told is None else {"x-telegram-bot-api-secret-token": told}
    TelegramChannel(account(*secrets)).verify(
        WebhookRequest(body=BODY, received_at=0, headers=headers)
    )


@pytest.mark.parametrize("told", ["new", "old"])
def test_both_active_secret_tokens_are_taken(told: str) -> None:
    verify("new", "old", told=told)


@pytest.mark.parametrize("told", [None, "", "New", "new ", "newold", "ñ", "\udcff"])
def test_any_other_secret_token_is_refused(told: str | None) -> None:
    with pytest.raises(SignatureInvalid) as refused:
        verify("new", "old", told=told)
    assert "old" not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "with space", "ñ", "x" * 257, "new\n"])
def test_a_secret_token_that_telegram_would_not_take_is_not_taken_here(secret: str) -> None:
    with pytest.raises(ValueError, match="secret_token must be") as wrong:
        account("fine", secret)
    assert not secret or secret not in str(wrong.value)


@pytest.mark.parametrize("token", ["", "abc", "42", "42:", "x42:abc", "42:a/b", "42:abc\n"])
def test_what_is_no_bot_token_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ValueError, match="bot_token must be") as wrong:
        account("secret", token=token)
    assert not token or f"'{token}'" not in str(wrong.value)


def test_a_bot_is_known_by_the_digits_of_its_token() -> None:
    assert TelegramChannel(account("secret")).identities() == ("42",)


@pytest.mark.parametrize("url", ["https://", "http:///bot", "http://[broken"])
def test_an_address_without_a_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library's own, for one of them
        account("secret", url=url)
