"""One program at the other end, as an account."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec
from gateway.api import (
    Answer,
    Call,
    Channel,
    Event,
    Host,
    OutboundMessage,
    Problem,
    Receipt,
    Rendered,
    Secrets,
    WebhookRequest,
    kind_of,
)

from gateway_postbox import errors, inbound, outbound, signature
from gateway_postbox.settings import PostboxSettings


class _Taken(msgspec.Struct, frozen=True):
    id: str


class PostboxChannel(Channel[PostboxSettings]):
    """One program that posts what contacts write, and takes what they are to get."""

    type: ClassVar[str] = "postbox"
    title: ClassVar[str] = "Postbox"
    settings_type = PostboxSettings
    # Yours (9): what the bodies become, and whether they name the account. A platform that limits
    # the time for replies has a `window = WindowRule(…)`.
    receives = frozenset({"text", "image", "choice", "message.status"})
    names_account = False
    capabilities = outbound.CAPABILITIES
    known_errors = errors.known()
    limits = outbound.LIMITS

    @classmethod
    def example(cls) -> PostboxSettings:
        """Return settings that make a channel able to ``parse`` with no account at hand."""
        return PostboxSettings(
            id="postbox",
            channel=cls.type,
            api_url="https://chat.example/outbox",
            signing_secret=Secrets("example-signing-secret"),
        )

    def identities(self) -> Sequence[str]:
        """Return the account's own name: the other end has none for it."""
        return (self.account,)

    def secrets(self) -> Sequence[str]:
        """Return the active secrets, newest first."""
        return self.settings.signing_secret.reveal()

    def verify(self, request: WebhookRequest) -> None:
        """Check signature and time; see ``Channel.verify``."""
        own = self.settings
        signature.verify(
            request,
            secrets=own.signing_secret.reveal(),
            tolerance_seconds=own.tolerance_seconds,
        )

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn a body into events; see ``Channel.parse``."""
        return inbound.events(request, self.account)

    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        """Tell what keeps a message from being sent; see ``Channel.check``."""
        found = super().check(message)
        if kind_of(message.content) not in self.capabilities:
            return found
        return (*found, *outbound.problems(message))

    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        """Turn a message into its call; see ``Channel.render``."""
        return outbound.render(message, self.settings, reference=reference)

    def read_answer(self, answer: Answer) -> Receipt:
        """Read the answer: ``{"id": "…"}``, or an error; see ``Channel.read_answer``."""
        if not 200 <= answer.status < 300:
            raise errors.failure(answer)
        try:
            return Receipt(platform_id=msgspec.json.decode(answer.body, type=_Taken).id)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise errors.in_doubt(answer) from error

    # Yours (10): the account's address and its credentials. The host tells what was never sent from
    # what is in doubt; an answer, good or bad, is returned as it is.
    async def deliver(self, call: Call, host: Host) -> Answer:
        """Post a call, signed; see ``Channel.deliver``."""
        where = urlsplit(self.settings.api_url)
        body = msgspec.json.encode(call.body)
        signed = signature.headers(body, secret=self.secrets()[0], seconds=int(time.time()))
        return await host.request(
            call.method,
            f"{where.scheme}://{where.netloc}{call.path}",
            headers={"content-type": "application/json", **signed},
            body=body,
        )
