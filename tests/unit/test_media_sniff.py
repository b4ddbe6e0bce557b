"""What a file is, by its bytes: small real files, made here."""

from __future__ import annotations

import gzip
import io
import wave
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.media.sniff import HEAD_BYTES, mime_type_of

OFFICE = "application/vnd.openxmlformats-officedocument."
WORD = f"{OFFICE}wordprocessingml.document"
EXCEL = f"{OFFICE}spreadsheetml.sheet"
POWERPOINT = f"{OFFICE}presentationml.presentation"


def archive(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        if first:
            packed.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            packed.writestr(name, f"<part>{name}</part>")
    return held.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + checksum

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    pixels = zlib.compress(b"\0\xff")
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def wav() -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 100)
    return held.getvalue()


def film(brand: bytes) -> bytes:
    box = brand + b"\0\0\x02\0" + brand + b"mp41"
    return (len(box) + 8).to_bytes(4, "big") + b"ftyp" + box + b"\0\0\0\x08free"


def ogg(codec: bytes) -> bytes:
    page = b"OggS\0\x02" + b"\0" * 8 + b"\x01\0\0\0" + b"\0" * 4 + b"\0" * 4
    return page + bytes([1, len(codec)]) + codec


JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9"
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
OPUS = ogg(b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>'
DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")
PPTX = archive("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml")
ODT = archive("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text"))
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
VCARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEND:VCARD\r\n"


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        (JPEG, "image/jpeg"),
        (png(), "image/png"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (wav(), "audio/wav"),
        (film(b"isom"), "video/mp4"),
        (film(b"mp42"), "video/mp4"),
        (film(b"M4A "), "audio/mp4"),
        (film(b"3gp4"), "video/3gpp"),
        (film(b"3g2a"), "video/3gpp2"),
        (film(b"qt  "), "video/quicktime"),
        (film(b"heic"), "image/heic"),
        (OPUS, "audio/ogg"),
        (ogg(b"\x01vorbis" + b"\0" * 20), "audio/ogg"),
        (ogg(b"\x80theora" + b"\0" * 20), "video/ogg"),
        (b"#!AMR\n\x0c\x00\x00", "audio/amr"),
        (b"\xff\xf1\x50\x80\x02\x1f\xfc\xde", "audio/aac"),
        (b"\xff\xfb\x90\x64\0\0\0\0", "audio/mpeg"),
        (b"ID3\x03\0\0\0\0\0\x0fTIT2", "audio/mpeg"),
        (PDF, "application/pdf"),
        (DOCX, WORD),
        (XLSX, EXCEL),
        (PPTX, POWERPOINT),
        (ODT, "application/vnd.oasis.opendocument.text"),
        (archive("fotos/1.jpg", "notas.txt"), "application/zip"),
        (archive("fotos/word/1.jpg"), "application/zip"),
        (gzip.compress(b"{}", mtime=0), "application/gzip"),
        (OLD_WORD, "application/x-ole-storage"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", "video/x-matroska"),
        (b"<!DOCTYPE html><html><body>x", "text/html"),
        (b"\n <!-- a --> <!-- b -->\n<HTML>", "text/html"),
        (b"\xef\xbb\xbf<html>", "text/html"),
        ("<html>ñ".encode("utf-16"), "text/html"),
        (b"hola <script>alert(1)</script>", "text/html"),
        (SVG, "text/xml"),
        (b'<?xml version="1.0"?><!-- x -->' + SVG, "text/xml"),
        (b'<svg onload="x"><script>alert(1)</script></svg>', "text/html"),
        (b"hola\r\n\tmundo", "text/plain"),
        ("año nuevo 🎉".encode(), "text/plain"),
        ("año;niño".encode("latin-1"), "text/plain"),
        ("año".encode("utf-16"), "text/plain"),
        (b"MZ is how this text begins", "text/plain"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "application/x-msdownload"),
        (b"II*\0\x08\0\0\0\0\0", "image/tiff"),
        (b"8BPS\0\x01\0\0\0\0\0\0\0\x03", "image/vnd.adobe.photoshop"),
        (b"", "application/octet-stream"),
        (b"\0" * 100, "application/octet-stream"),
        (b"\x01\x02\x03\x04\x05", "application/octet-stream"),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, mime_type: str) -> None:
    assert mime_type_of(data) == mime_type


@pytest.mark.parametrize(
    ("data", "announced", "mime_type"),
    [
        (OPUS, "audio/ogg; codecs=opus", "audio/ogg"),
        (OPUS, "video/ogg", "video/ogg"),
        (film(b"isom"), "audio/mp4", "audio/mp4"),
        (film(b"3gp5"), "audio/3gpp", "audio/3gpp"),
        (archive("a.xml"), WORD, WORD),
        (DOCX, EXCEL, WORD),
        (OLD_WORD, "application/vnd.ms-excel", "application/vnd.ms-excel"),
        (gzip.compress(b"{}", mtime=0), "application/x-tgsticker", "application/x-tgsticker"),
        (b"a;b\n1;2", "text/csv", "text/csv"),
        (VCARD, "text/vcard; charset=utf-8", "text/vcard"),
        (b'{"a": 1}', "application/json", "application/json"),
        (b"hola", "image/jpeg", "text/plain"),
        (b"hola", "application/pdf", "text/plain"),
        (b"<html>", "text/csv", "text/html"),
        (b"<html>", "image/png", "text/html"),
        (SVG, "image/svg+xml", "text/xml"),
        (PDF, "text/html", "application/pdf"),
        (JPEG, "text/html", "image/jpeg"),
        (b"MZ\x90\0\x03", "image/png", "application/x-msdownload"),
        (b"\x01\x02\x03\x04\x05", "image/png", "application/octet-stream"),
    ],
)
def test_what_was_announced_decides_only_among_what_the_bytes_allow(
    data: bytes, announced: str, mime_type: str
) -> None:
    assert mime_type_of(data, announced) == mime_type


def test_the_kind_of_content_tells_sound_from_film() -> None:
    assert mime_type_of(film(b"isom"), kind="audio") == "audio/mp4"
    assert mime_type_of(film(b"isom"), kind="video") == "video/mp4"
    assert mime_type_of(JPEG, kind="audio") == "image/jpeg"


@given(st.binary(max_size=200), st.sampled_from([b"", b"<svg", b"<", b"PK\3\4", b"\0\0\0\0ftyp"]))
def test_any_bytes_have_some_type_and_markup_is_never_an_image(data: bytes, start: bytes) -> None:
    found = mime_type_of(start + data, "image/svg+xml")
    assert found.count("/") == 1
    assert "svg" not in found


def test_a_comment_without_end_is_read_once() -> None:
    # Written against a pattern that took exponential time here; this must simply return.
    assert mime_type_of(b"<!---->" * (HEAD_BYTES // 7)) == "text/plain"
