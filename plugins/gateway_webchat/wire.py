"""What comes from visitors, in the words of our own protocol: the shapes that are decoded.

docs/channels/webchat.md describes the protocol.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from gateway_webchat.visitors import Visitor

LONGEST_TEXT = 4000
"""Characters of a visitor's message."""

Id: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")]
"""Drawn by the sender: the same frame again has the same."""
MessageId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=300)]
Time: TypeAlias = Annotated[int, Meta(ge=0, lt=1 << 48)]
"""Milliseconds since 1970."""
Short: TypeAlias = Annotated[str, Meta(min_length=1, max_length=300)]
Answer: TypeAlias = (
    Annotated[str, Meta(max_length=2000)]
    | bool
    | Annotated[tuple[Annotated[str, Meta(max_length=300)], ...], Meta(max_length=50)]
)


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """A shape of ours; keys it does not have are passed over."""


class TextSent(Wire, frozen=True, tag_field="kind", tag="text"):
    """Written words."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S")]


class ChoiceSent(Wire, frozen=True, tag_field="kind", tag="choice"):
    """A tap on a button or a row."""

    source: Literal["button", "list"]
    id: Short
    title: Short


class FormSent(Wire, frozen=True, tag_field="kind", tag="form"):
    """A filled form; ``text`` is what the visitor sees of it."""

    name: Short
    response: Annotated[dict[Annotated[str, Meta(max_length=40)], Answer], Meta(max_length=50)]
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)] | None = None


class FileSent(Wire, frozen=True, tag_field="kind", tag="file"):
    """A file that was uploaded before."""

    file: Short
    caption: Annotated[str, Meta(max_length=1024)] | None = None


class LocationSent(Wire, frozen=True, tag_field="kind", tag="location"):
    """Where the visitor is, as the browser tells it."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_meters: Annotated[float, Meta(ge=0)] | None = None


class ReactionSent(Wire, frozen=True, tag_field="kind", tag="reaction"):
    """An emoji on a message of ours; none takes it away."""

    to: MessageId
    emoji: Annotated[str, Meta(max_length=16)] | None = None


Sent: TypeAlias = TextSent | ChoiceSent | FormSent | FileSent | LocationSent | ReactionSent


class Page(Wire, frozen=True):
    """The page the visitor is on."""

    url: Annotated[str, Meta(max_length=2000)]
    title: Annotated[str, Meta(max_length=300)] | None = None


class MessageFrame(Wire, frozen=True, tag_field="type", tag="message"):
    """A message of the visitor."""

    id: Id
    content: Sent
    at: Time = 0
    reply_to: MessageId | None = None
    page: Page | None = None


class TypingFrame(Wire, frozen=True, tag_field="type", tag="typing"):
    """The visitor began or stopped to type."""

    id: Id
    on: bool
    at: Time = 0


class StatusFrame(Wire, frozen=True, tag_field="type", tag="status"):
    """Messages of ours arrived, or were seen; ``cursor`` is that of the last one seen."""

    status: Literal["delivered", "read"]
    ids: Annotated[tuple[MessageId, ...], Meta(max_length=200)]
    at: Time = 0
    cursor: Annotated[str, Meta(pattern=r"^(?:[0-9a-f]{12}-[0-9a-f]{6})?\Z")] = ""


class ProfileFrame(Wire, frozen=True, tag_field="type", tag="profile"):
    """The visitor filled in the form before the chat; made by the server."""

    id: Id


class IdentifiedFrame(Wire, frozen=True, tag_field="type", tag="identified"):
    """An anonymous visitor turned out to be somebody the host site knows; made by the server."""

    id: Id
    previous: Short


Frame: TypeAlias = MessageFrame | TypingFrame | StatusFrame | ProfileFrame | IdentifiedFrame


class Uploaded(Wire, frozen=True):
    """A file of the visitor's, in the media store."""

    id: Short
    mime_type: Short
    size_bytes: Annotated[int, Meta(ge=0, lt=1 << 53)]
    sha256: Short
    filename: str | None = None


class Envelope(Wire, frozen=True):
    """What the server hands to ``parse``: frames, and who sent them.

    Attributes:
        account: Id of the account.
        visitor: Whose frames they are; the server has seen to it.
        frames: As they came.
        files: What is known of the visitor's uploaded files, by their id.
    """

    account: str
    visitor: Visitor
    frames: tuple[msgspec.Raw, ...]
    files: dict[str, Uploaded] = {}
