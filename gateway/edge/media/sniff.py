"""What a file is, by its bytes; what was announced only decides among forms that look alike.

Ours is the table of what people send each other, exact and small; ``puremagic`` knows the rest
of the world but guesses, so it is asked last and about binary files only.
"""

from __future__ import annotations

import re
from typing import Final

import puremagic

HEAD_BYTES: Final = 32 * 1024
"""How much of the start is needed: Office files name their parts within it."""

UNKNOWN: Final = "application/octet-stream"
PLAIN: Final = "text/plain"
ZIP: Final = "application/zip"

STARTS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"#!AMR-WB\n", "audio/amr-wb"),
    (b"#!AMR\n", "audio/amr"),
    (b"ID3\x02", "audio/mpeg"),
    (b"ID3\x03", "audio/mpeg"),
    (b"ID3\x04", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x7fELF", "application/x-executable"),
)
RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
# Brands of the ISO base media format (ftyp box); all others are video/mp4.
BRANDS: Final = (
    (b"M4A", "audio/mp4"),
    (b"M4B", "audio/mp4"),
    (b"3g2", "video/3gpp2"),
    (b"3g", "video/3gpp"),
    (b"qt", "video/quicktime"),
    (b"avif", "image/avif"),
    (b"heic", "image/heic"),
    (b"heix", "image/heic"),
    (b"mif1", "image/heif"),
)
OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
WORD: Final = f"{OPEN_XML}wordprocessingml.document"
EXCEL: Final = f"{OPEN_XML}spreadsheetml.sheet"
POWERPOINT: Final = f"{OPEN_XML}presentationml.presentation"
PARTS: Final = ((b"word/", WORD), (b"xl/", EXCEL), (b"ppt/", POWERPOINT))
OLD_OFFICE: Final = "application/x-ole-storage"

# What the bytes can be as well: the announced type is taken when it is one of these.
ALIKE: Final = {
    ZIP: frozenset({WORD, EXCEL, POWERPOINT, "application/vnd.android.package-archive"}),
    "application/gzip": frozenset({"application/x-tgsticker", "application/x-tar"}),
    OLD_OFFICE: frozenset(
        {
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.ms-outlook",
        }
    ),
    "video/mp4": frozenset({"audio/mp4", "audio/x-m4a"}),
    "video/3gpp": frozenset({"audio/3gpp"}),
    "video/3gpp2": frozenset({"audio/3gpp2"}),
    "video/webm": frozenset({"audio/webm"}),
    "audio/ogg": frozenset({"video/ogg"}),
    PLAIN: frozenset(
        {
            "application/json",
            "text/calendar",
            "text/css",
            "text/csv",
            "text/markdown",
            "text/tab-separated-values",
            "text/vcard",
            "text/x-vcard",
        }
    ),
}

_TAG: Final = re.compile(rb"<[a-z!?]", re.IGNORECASE)
_HTML: Final = re.compile(
    rb"<(!doctype\s+html|(html|head|body|script|iframe|title|div|table|p|a|br)\b)", re.IGNORECASE
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def mime_type_of(head: bytes, announced: str | None = None, *, kind: str = "") -> str:
    """Return the MIME type of a file, without parameters.

    Args:
        head: Its first bytes: all of them, or ``HEAD_BYTES``.
        announced: What the platform called it, parameters and all. It decides only among types
            that the bytes allow.
        kind: The content's kind; an ``audio`` is not film when the bytes allow it to be sound.

    Returns:
        Never an image type for anything with markup: SVG runs scripts, so it is ``text/xml``.
    """
    found = _exact(head) or _text(head) or _guessed(head)
    claim = (announced or "").partition(";")[0].strip().lower()
    alike = ALIKE.get(found, frozenset())
    if claim in alike:
        return claim
    sound = found.replace("video/", "audio/")
    return sound if kind == "audio" and sound in alike else found


def _exact(head: bytes) -> str | None:
    for start, mime_type in STARTS:
        if head.startswith(start):
            return mime_type
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    return _container(head) or _by_frame(head)


def _container(head: bytes) -> str | None:
    match head[:4]:
        case b"OggS":
            return "video/ogg" if b"\x80theora" in head[:512] else "audio/ogg"
        case b"PK\x03\x04" | b"PK\x05\x06":
            return _by_parts(head)
        case b"\x1a\x45\xdf\xa3":
            return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
        case b"\xd0\xcf\x11\xe0":
            return OLD_OFFICE
        case _:
            return "application/gzip" if head[:2] == b"\x1f\x8b" else None


def _by_brand(brand: bytes) -> str:
    return next((name for start, name in BRANDS if brand.startswith(start)), "video/mp4")


def _by_parts(head: bytes) -> str:
    if head[30:38] == b"mimetype":  # OpenDocument and EPUB say what they are, uncompressed
        size = int.from_bytes(head[18:22], "little")
        told = head[38 : 38 + size].decode("ascii", "replace")
        return told if re.fullmatch(r"application/[a-z0-9.+-]{1,80}", told) else ZIP
    if b"[Content_Types].xml" not in head and b"_rels/" not in head:
        return ZIP
    return next((name for part, name in PARTS if part in head), ZIP)


def _by_frame(head: bytes) -> str | None:
    # Sync, then layer: 0 is AAC (ADTS), 1 is MP3, 2 is MP2; 3 is MP1, which nobody sends and
    # which looks like the mark at the start of UTF-16.
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer, rates = head[1] >> 1 & 3, head[2]
    if layer == 0:
        return "audio/aac" if head[1] & 0xF0 == 0xF0 and rates >> 2 & 15 < 13 else None
    sounds = layer != 3 and rates >> 4 not in (0, 15) and rates >> 2 & 3 != 3
    return "audio/mpeg" if sounds else None


def _text(head: bytes) -> str | None:
    # Bytes above 127 may be UTF-8 or Latin-1; binary files betray themselves by control bytes.
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    head = head.removeprefix(b"\xef\xbb\xbf")
    if not head or _CONTROL.search(head):
        return None
    return _markup(head) or PLAIN


def _markup(head: bytes) -> str | None:
    start = head.lstrip()
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip()
    if _HTML.search(head):
        return "text/html"
    return "text/xml" if _TAG.match(start) else None


def _guessed(head: bytes) -> str:
    if head.startswith(b"MZ"):
        return "application/x-msdownload"
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    likely = next((each for each in found if each.mime_type and each.confidence >= 0.4), None)
    # What has a shape of text but is none, or claims markup, is not to be believed.
    if likely is None or likely.mime_type.startswith("text/") or "xml" in likely.mime_type:
        return UNKNOWN
    return str(likely.mime_type)
