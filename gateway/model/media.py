"""Files that travel with messages."""

from __future__ import annotations

from gateway.model.value import Value


class Media(Value, frozen=True, kw_only=True):
    """A file as the platform announced it; the bytes follow in ``message.media_stored``.

    Attributes:
        platform_id: What the platform calls the file, where it must be asked for.
        stored_id: What we call a file to be sent that is in our media store already.
        url: An address that needs no secret of ours; short-lived. None where the platform's
            address carries or needs one.
        mime_type: As announced, without trust.
        sha256: Hexadecimal or base64, as announced.
        size_bytes: As announced.
        filename: As announced; never a path.
        width: Pixels.
        height: Pixels.
        duration_seconds: Length of sound or film.
    """

    platform_id: str | None = None
    stored_id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    filename: str | None = None
    width: int | None = None
    height: int | None = None
    duration_seconds: int | None = None


class StoredMedia(Value, frozen=True, kw_only=True):
    """A file we hold.

    Attributes:
        id: Ask ``GET /v1/media/{id}`` on the private listener for the bytes.
        index: Which file of the message, counted from 0 in the order of the content.
        mime_type: Sniffed from the bytes, not believed from the platform.
        size_bytes: Size of what was stored.
        sha256: Hexadecimal, of what was stored.
        filename: As the contact named it, cleaned of any path.
    """

    id: str
    index: int
    mime_type: str
    size_bytes: int
    sha256: str
    filename: str | None = None


class FailedMedia(Value, frozen=True, kw_only=True):
    """A file that could not be had.

    Attributes:
        index: Which file of the message, counted from 0 in the order of the content.
        reason: In our words, for people.
        attempts: How often it was tried.
    """

    index: int
    reason: str
    attempts: int
