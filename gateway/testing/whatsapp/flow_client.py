"""A person's phone in a Flow: it really encrypts, and checks what the endpoint answers.

Source: Meta, "Implementing your Flow endpoint", October 2026.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any, Final

import aiohttp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gateway.testing.simulated import signature

TIME_LIMIT: Final = timedelta(seconds=10)
_CANNOT_DECRYPT: Final = 421


class FlowEndpointFailed(Exception):
    """The endpoint's answer is not one a phone can go on with.

    Attributes:
        status: Of the HTTP answer: 427 for a token that is no longer valid, 432 for a wrong
            signature, 421 if the request could not be decrypted twice.
        text: Its body, where it was not encrypted.
    """

    def __init__(self, why: str, *, status: int = 200, text: str = "") -> None:
        super().__init__(f"{why}: {status} {text[:200]}".rstrip())
        self.status = status
        self.text = text


class FlowClient:
    """One person in one Flow.

    Args:
        http: Session to call with.
        url: The endpoint.
        public_key: Returns the business's key as PEM; asked again after an answer of 421.
        app_secret: Signs the requests.
        random: For keys and vectors.
        token: The Flow's, as the message gave it.
        version: Of the data API: 3.0 or 4.0, which comes with a signature of the token.

    Attributes:
        screen: Where the person is.
        statuses: Of every HTTP answer so far.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        *,
        public_key: Callable[[], str],
        app_secret: str,
        random: Random,
        token: str = "unused",  # noqa: S107 - the platform's own default
        version: str = "3.0",
    ) -> None:
        self.screen: str | None = None
        self.statuses: list[int] = []
        self._http = http
        self._url = url
        self._public_key = public_key
        self._app_secret = app_secret
        self._random = random
        self._token = token
        self._version = version

    async def ping(self) -> None:
        """Ask whether the endpoint is alive.

        Raises:
            FlowEndpointFailed: It is not.
        """
        reply = await self.exchange({"version": self._version, "action": "ping"})
        if reply.get("data") != {"status": "active"}:
            raise FlowEndpointFailed(f"a ping was answered {reply}")

    async def open(self, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """Open the Flow; return the first screen's data."""
        return await self._go("INIT", data or {})

    async def submit(self, data: dict[str, Any]) -> dict[str, Any]:
        """Submit the screen; return the next one's data."""
        return await self._go("data_exchange", data)

    async def back(self) -> dict[str, Any]:
        """Go back from the screen; return the data of the one that is shown then."""
        return await self._go("BACK", {})

    async def report(self, error: str, message: str = "") -> None:
        """Tell the endpoint that its last answer could not be shown.

        Raises:
            FlowEndpointFailed: It does not acknowledge.
        """
        data = {"error": error, "error_message": message}
        reply = await self.exchange(self._request("data_exchange", data))
        if reply.get("data") != {"acknowledged": True}:
            raise FlowEndpointFailed(f"an error notification was answered {reply}")

    async def _go(self, action: str, data: dict[str, Any]) -> dict[str, Any]:
        reply = await self.exchange(self._request(action, data))
        screen, shown = reply.get("screen"), reply.get("data")
        if not isinstance(screen, str) or not isinstance(shown, dict):
            raise FlowEndpointFailed(f"no screen with data in {reply}")
        if screen == "SUCCESS":
            response = shown.get("extension_message_response")
            params = response.get("params") if isinstance(response, dict) else None
            if not isinstance(params, dict) or params.get("flow_token") != self._token:
                raise FlowEndpointFailed(f"the end lacks its params with the flow_token: {reply}")
        self.screen = screen
        return shown

    def _request(self, action: str, data: dict[str, Any]) -> dict[str, Any]:
        request = {
            "version": self._version,
            "action": action,
            "screen": self.screen or "",
            "data": data,
            "flow_token": self._token,
        }
        if self._version == "4.0":
            request["flow_token_signature"] = _token_signature(self._token, self._app_secret)
        return request

    async def exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send any request and return the decrypted reply.

        Raises:
            FlowEndpointFailed: The status is not 200, or the body is not what was agreed on.
        """
        for _ in range(2):  # with a fresh key after 421
            status, content_type, text, unlock = await self._post(request)
            self.statuses.append(status)
            if status != _CANNOT_DECRYPT:
                break
        if status != 200:
            raise FlowEndpointFailed("the endpoint refused", status=status, text=text)
        if content_type != "text/plain":
            raise FlowEndpointFailed(f"the reply is {content_type}, not text/plain")
        return unlock(text)

    async def _post(
        self, request: dict[str, Any]
    ) -> tuple[int, str, str, Callable[[str], dict[str, Any]]]:
        key, vector = self._random.randbytes(16), self._random.randbytes(16)
        body = json.dumps(
            {
                "encrypted_flow_data": _base64(
                    AESGCM(key).encrypt(vector, json.dumps(request).encode(), None)
                ),
                "encrypted_aes_key": _base64(_lock(key, self._public_key())),
                "initial_vector": _base64(vector),
            }
        ).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(body, self._app_secret),
        }
        timeout = aiohttp.ClientTimeout(total=TIME_LIMIT.total_seconds())
        async with self._http.post(
            self._url, data=body, headers=headers, timeout=timeout
        ) as answer:
            text = await answer.text()
            return answer.status, answer.content_type, text, lambda said: _unlock(said, key, vector)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _lock(key: bytes, public_key: str) -> bytes:
    loaded = load_pem_public_key(public_key.encode())
    if not isinstance(loaded, RSAPublicKey):
        raise TypeError("Flows need an RSA key")
    return loaded.encrypt(key, OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None))


def _unlock(text: str, key: bytes, vector: bytes) -> dict[str, Any]:
    """Decrypt a reply: the same key, every bit of the vector flipped."""
    flipped = bytes(byte ^ 0xFF for byte in vector)
    try:
        plain = AESGCM(key).decrypt(flipped, b64decode(text, validate=True), None)
        value = json.loads(plain)
    except (ValueError, InvalidTag) as failure:
        raise FlowEndpointFailed("the reply cannot be decrypted", text=text) from failure
    if not isinstance(value, dict):
        raise FlowEndpointFailed("the reply is no JSON object")
    return value


def _token_signature(token: str, app_secret: str) -> str:
    """Return a JSON Web Token with the Flow's token, HS256."""
    parts = [
        urlsafe_b64encode(json.dumps(each, separators=(",", ":")).encode()).rstrip(b"=")
        for each in ({"alg": "HS256", "typ": "JWT"}, {"flow_token": token})
    ]
    head = b".".join(parts)
    digest = hmac.new(app_secret.encode(), head, sha256).digest()
    return (head + b"." + urlsafe_b64encode(digest).rstrip(b"=")).decode()
