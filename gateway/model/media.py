"""Files that travel with messages."""

from __future__ import annotations

from gateway.model.value import Value


class Media(Value, frozen=True, kw_only=True):
    """A file that came, or one to be sent.

    One that came is told as the platform announced it; its bytes follow in
    ``message.media_stored``. One to be sent is named by ``stored_id``, ``platform_id`` or ``url``.

    Attributes:
        platform_id: What the platform calls the file: where it must be asked for, or where one to
            be sent was uploaded before.
        stored_id: What we call a file to be sent that is in our media store already, as its upload
            told.
        url: An address that needs no secret of ours; short-lived. None where the platform's address
            carries or needs one. Of a file to be sent: ``https://…``, which the platform fetches.
        mime_type: As announced, without trust; of a file to be sent what you know of it.
        sha256: Hexadecimal or base64, as announced.
        size_bytes: As announced; of a file to be sent what you know of it, to be checked before it
            goes.
        filename: As announced; never a path. Of a document to be sent, what the contact sees.
        width: In pixels.
        height: In pixels.
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
