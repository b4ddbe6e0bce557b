"""One ``[[accounts]]`` entry of channel ``webchat``: one chat, on any number of pages."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from gateway.api import ChannelSettings, Secrets
from gateway_webchat import hours, identity_key

Language: TypeAlias = Literal["es", "en", "pt"]
Words: TypeAlias = str | dict[Language, str]
"""The same for every language, or one for each."""
Positive: TypeAlias = Annotated[int, Meta(ge=1)]

_ORIGIN: Final = re.compile(r"\*|https?://(?:\*\.)?[a-z0-9.-]+(?::[0-9]+)?")
_SHORTEST_SECRET: Final = 16
MIB: Final = 1024 * 1024

UPLOADS: Final = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "audio/mpeg",
    "audio/ogg",
    "audio/mp4",
    "audio/wav",
    "audio/webm",
    "video/mp4",
    "video/webm",
    "video/quicktime",
)
"""Nothing that a browser runs: no markup, no SVG."""


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of a form.

    Attributes:
        name: Key of the answer.
        label: What the contact reads, in one language or several.
        type: How it is asked for.
        required: It must be filled in.
        options: Of a ``select``.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
    label: Words
    type: Literal["text", "email", "phone", "number", "date", "select", "checkbox", "long"] = "text"
    required: bool = False
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.type == "select") != bool(self.options):
            raise ValueError(f"field {self.name}: options belong to a select, and it needs some")


class WebchatSettings(ChannelSettings, frozen=True, kw_only=True):
    """One chat.

    Raises:
        ValueError: A secret is too short, or something cannot be read; the text says what.
    """

    secret: Annotated[
        Secrets,
        Meta(
            description="Signs the sessions of visitors: 16 characters or more, any random text. "
            "Two while it is changed; a session signed by neither ends."
        ),
    ]
    origins: Annotated[
        tuple[str, ...],
        Meta(
            description="Sites that may show the chat: https://www.example.com, "
            "https://*.example.com, or * for any. Its own page always may."
        ),
    ] = ()
    identity_key: Annotated[
        Secrets | None,
        Meta(
            description="Checks identity tokens (JWT) of your site: a secret of 32 bytes or more "
            "(HS256) or a public key in PEM (RSA: RS256, P-256: ES256). Without it all visitors are "
            "anonymous."
        ),
    ] = None
    require_identity: Annotated[bool, Meta(description="Refuse visitors without such a token.")] = (
        False
    )
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses or networks of your proxies; from these, X-Forwarded-For tells "
            "the visitor's address. A unix socket is trusted."
        ),
    ] = ()
    title: Annotated[
        Words, Meta(description="Above the chat: one text, or {es = …, en = …, pt = …}.")
    ] = ""
    greeting: Annotated[
        Words, Meta(description="Shown before anything was said; one text or one per language.")
    ] = ""
    agent_name: Annotated[
        Words, Meta(description="Who answers, where a message does not name its agent.")
    ] = ""
    avatar_url: Annotated[str, Meta(description="A square picture beside the title.")] = ""
    opening_hours: Annotated[
        tuple[str, ...],
        Meta(description='When somebody answers: ["mon-fri 09:00-18:00"]. Empty: always.'),
    ] = ()
    time_zone: Annotated[str, Meta(description="Of the opening hours, as in America/Bogota.")] = (
        "UTC"
    )
    offline_message: Annotated[
        Words, Meta(description="Shown outside the opening hours; messages are taken all the same.")
    ] = ""
    form: Annotated[
        tuple[Field, ...],
        Meta(
            description="Asked before the chat, of anonymous visitors: "
            '[{name = "email", label = "Email", type = "email", required = true}].'
        ),
    ] = ()
    language: Annotated[
        Literal["auto", "es", "en", "pt"],
        Meta(description="Of the chat's own texts; auto follows the page, then the browser."),
    ] = "auto"
    theme: Annotated[
        Literal["auto", "light", "dark"], Meta(description="auto follows the visitor's system.")
    ] = "auto"
    color: Annotated[
        str, Meta(pattern="^#[0-9a-fA-F]{6}$", description="The accent, as #rrggbb.")
    ] = "#2563eb"
    position: Annotated[Literal["right", "left"], Meta(description="Corner of the page.")] = "right"
    page: Annotated[
        bool, Meta(description="Serve a page with nothing but the chat at /webchat/ACCOUNT/.")
    ] = True
    uploads: Annotated[
        tuple[str, ...],
        Meta(description="MIME types visitors may send, as sniffed; empty: no files at all."),
    ] = UPLOADS
    upload_limit_bytes: Annotated[Positive, Meta(description="Largest file of a visitor.")] = (
        10 * MIB
    )
    session_days: Annotated[
        Positive, Meta(description="An anonymous visitor who stays away for longer is a new one.")
    ] = 90
    history_days: Annotated[Positive, Meta(description="What was said is shown for so long.")] = 90
    history_messages: Annotated[
        Positive, Meta(description="And so much of it for each visitor.")
    ] = 500
    messages_per_minute: Annotated[
        Positive, Meta(description="What a visitor may send; twice that at once after a rest.")
    ] = 30
    sessions_per_minute: Annotated[
        Positive, Meta(description="New sessions from one address; twice that at once.")
    ] = 20
    connections_per_address: Annotated[
        Positive, Meta(description="Open sockets from one address; more are refused.")
    ] = 100

    def __post_init__(self) -> None:
        if any(len(each) < _SHORTEST_SECRET for each in self.secret.reveal()):
            raise ValueError(f"secret must have {_SHORTEST_SECRET} characters or more")
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"origins: {origin!r} is not like https://www.example.com")
        for key in self.identity_keys:
            identity_key.algorithm(key)
        if self.require_identity and not self.identity_keys:
            raise ValueError("require_identity needs an identity_key")
        for network in self.trusted_proxies:
            ip_network(network, strict=False)
        hours.read(self.opening_hours, self.time_zone)

    @property
    def identity_keys(self) -> tuple[str, ...]:
        """Keys that check identity tokens, newest first."""
        return self.identity_key.reveal() if self.identity_key else ()

    @property
    def hours(self) -> hours.Hours:
        """When somebody answers."""
        return hours.read(self.opening_hours, self.time_zone)
