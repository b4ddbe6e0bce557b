"""Whether files can be sent, wherever they stand in a message.

Source: Telegram Bot API, "Sending files".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gateway.api import Header, Media, MediaHeader, Problem
from gateway_telegram import media
from gateway_telegram.limits import (
    DOCUMENTS_BY_URL,
    LARGEST_FILE,
    LARGEST_FILE_BY_URL,
    LARGEST_PHOTO,
    LARGEST_PHOTO_BY_URL,
    LONGEST_NOTE_SECONDS,
    LONGEST_RATIO,
    WIDEST_PHOTO,
)
from gateway_telegram.settings import TelegramSettings

_CONTENT: Final = "$.content"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_WEB: Final = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


def of_content(content: media.File, settings: TelegramSettings) -> Iterator[Problem]:
    """Yield what keeps the file of a content from being sent."""
    yield from of_media(content.media, media.field_of(content), f"{_CONTENT}.media", settings)


def of_header(header: Header | None, path: str, settings: TelegramSettings) -> Iterator[Problem]:
    """Yield what keeps the file above a text from being sent."""
    if isinstance(header, MediaHeader):
        kind = "photo" if header.format == "image" else header.format
        yield from of_media(header.media, kind, path, settings)


def of_media(file: Media, kind: str, path: str, settings: TelegramSettings) -> Iterator[Problem]:
    """Yield what keeps a file from being sent.

    Args:
        file: As it was given.
        kind: What Telegram is to show it as: ``photo``, ``document``…
        path: Where it stands in the message.
        settings: Whose bot.
    """
    if file.platform_id:
        if not _ID.fullmatch(file.platform_id):
            yield Problem(path=f"{path}.platform_id", explanation="must be a file_id of this bot")
        return
    if not file.stored_id:
        yield from _by_address(file, kind, path)
    # A server of one's own has other limits.
    if settings.is_telegrams_own:
        yield from _size(file, kind, path)
    if kind == "photo":
        yield from _shape(file, path)
    if kind == "video_note" and (file.duration_seconds or 0) > LONGEST_NOTE_SECONDS:
        told = f"is {file.duration_seconds}: a round video has {LONGEST_NOTE_SECONDS} at most"
        where = f"{path}.duration_seconds"
        yield Problem(path=where, explanation=told, limit=LONGEST_NOTE_SECONDS)


def _shape(file: Media, path: str) -> Iterator[Problem]:
    """Yield what is wrong with the sides of a photo, where both are told."""
    if not file.width or not file.height:
        return
    shorter, longer = sorted((file.width, file.height))
    if shorter + longer > WIDEST_PHOTO:
        told = f"has {shorter + longer} together with the height, {WIDEST_PHOTO} at most"
        yield Problem(path=f"{path}.width", explanation=told, limit=WIDEST_PHOTO)
    elif longer > LONGEST_RATIO * shorter:
        told = f"is {file.width}, with the height {file.height}: one is over {LONGEST_RATIO} times"
        yield Problem(
            path=f"{path}.width",
            explanation=f"{told} the other; send it as a document",
            limit=LONGEST_RATIO,
        )


def _by_address(file: Media, kind: str, path: str) -> Iterator[Problem]:
    if not file.url:
        yield Problem(path=path, explanation="needs a platform_id, a stored_id or a url")
    elif not _WEB.fullmatch(file.url):
        told = "must begin with http:// or https:// and a host"
        yield Problem(path=f"{path}.url", explanation=told)
    told_type = (file.mime_type or "").partition(";")[0].strip().lower()
    if kind == "document" and told_type and told_type not in DOCUMENTS_BY_URL:
        told = (
            f"is {told_type}: by address Telegram takes {', '.join(sorted(DOCUMENTS_BY_URL))} "
            "only; store the file and send its stored_id"
        )
        yield Problem(path=f"{path}.mime_type", explanation=told)


def _size(file: Media, kind: str, path: str) -> Iterator[Problem]:
    if file.stored_id:
        most = LARGEST_PHOTO if kind == "photo" else LARGEST_FILE
    else:
        most = LARGEST_PHOTO_BY_URL if kind == "photo" else LARGEST_FILE_BY_URL
    if file.size_bytes is not None and file.size_bytes > most:
        told = f"is {file.size_bytes} bytes, {most} at most"
        yield Problem(path=f"{path}.size_bytes", explanation=told, limit=most)
