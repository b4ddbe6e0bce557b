"""Jobs, waits, names and ids of files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.media.filename import LONGEST, cleaned
from gateway.edge.media.job import decode_job, jobs_of
from gateway.errors import CodecError
from gateway.model.contact import Contact
from gateway.model.content import Audio, Document, Image, InboundContent, Text
from gateway.model.event import (
    Event,
    MessageEchoed,
    MessageEdited,
    MessageImported,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
)
from gateway.model.inbound_content import Share
from gateway.model.media import Media
from gateway.model.message import Echo, Imported, Message
from gateway.model.notice import Notice
from gateway.model.status import Status
from gateway.policy.retry import ceiling, full_jitter
from gateway.store.media import media_id, path_of

CONTACT = Contact(id="c1")
FILE = Media(platform_id="42", mime_type="audio/ogg; codecs=opus", sha256="x", size_bytes=7)
EVENT_ID = "0193f0a1b2c3" + "ab" * 10


def received(content: InboundContent) -> MessageReceived:
    message = Message(id="m", platform_id="p", timestamp=1, content=content)
    return MessageReceived(
        id=EVENT_ID, at=5, channel="whatsapp", account="a", contact=CONTACT, message=message
    )


def test_a_file_becomes_a_job_that_has_all_to_fetch_it() -> None:
    (data,) = jobs_of(received(Audio(media=FILE, voice=True)))
    job = decode_job(data)
    assert (job.event_id, job.at, job.channel, job.account) == (EVENT_ID, 5, "whatsapp", "a")
    assert (job.contact, job.platform_id, job.message_id) == (CONTACT, "p", "m")
    assert (job.index, job.media, job.kind, job.attempt) == (0, FILE, "audio", 1)


def others(content: InboundContent) -> list[Event]:
    head: dict[str, Any] = {"id": EVENT_ID, "at": 5, "channel": "whatsapp", "account": "a"}
    facts: dict[str, Any] = {"id": "m", "platform_id": "p", "timestamp": 1, "content": content}
    return [
        MessageEdited(**head, contact=CONTACT, message=Message(**facts)),
        MessageEchoed(**head, contact=CONTACT, message=Echo(**facts, origin="phone_app")),
        MessageImported(**head, contact=CONTACT, message=Imported(**facts, direction="inbound")),
    ]


def test_edited_echoed_and_imported_messages_have_files_too() -> None:
    assert [len(jobs_of(each)) for each in others(Image(media=FILE))] == [1, 1, 1]
    assert [len(jobs_of(each)) for each in others(Text(text="hola"))] == [0, 0, 0]


def test_a_file_that_we_sent_ourselves_is_not_fetched_back() -> None:
    echo = others(Image(media=FILE))[1]
    assert isinstance(echo, MessageEchoed)
    assert list(jobs_of(msgspec.structs.replace(echo, own=True))) == []


@pytest.mark.parametrize(
    "event",
    [
        received(Text(text="hola")),
        received(Share(type="link", url="https://example.com")),
        received(Document(media=Media(filename="lost.pdf"))),
        MessageStatus(
            id="s",
            at=5,
            channel="whatsapp",
            account="a",
            contact=CONTACT,
            status=Status(status="read", timestamp=1),
        ),
        PlatformNotice(
            id="n",
            at=5,
            channel="whatsapp",
            account="a",
            notice=Notice(subject="x", reason="unknown"),
        ),
    ],
)
def test_what_has_no_file_makes_no_job(event: Event) -> None:
    assert list(jobs_of(event)) == []


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x80", b"\x81\xa2at\xa1x"])
def test_what_is_no_job_says_so(data: bytes) -> None:
    with pytest.raises(CodecError, match="a file to fetch cannot be read"):
        decode_job(data)


def test_waits_double_up_to_the_cap() -> None:
    waits = [ceiling(attempt, base=15, cap=100) for attempt in range(1, 6)]
    assert waits == [15, 30, 60, 100, 100]
    assert ceiling(10_000) == timedelta(minutes=5).total_seconds()


@given(attempt=st.integers(1, 2000), draw=st.floats(0, 1))
def test_a_jittered_wait_is_between_nothing_and_the_ceiling(attempt: int, draw: float) -> None:
    assert 0 <= full_jitter(attempt, draw) <= ceiling(attempt)


@pytest.mark.parametrize(("attempt", "draw"), [(0, 0.5), (-1, 0.5), (1, 1.1), (1, -0.1)])
def test_a_wait_that_makes_no_sense_is_an_error(attempt: int, draw: float) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        full_jitter(attempt, draw)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        (None, None),
        ("", None),
        ("..", None),
        ("factura.pdf", "factura.pdf"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\ana\\foto.jpg", "foto.jpg"),
        ("../../x.pdf", "x.pdf"),
        (".bashrc", "bashrc"),
        ("año nuevo 🎉.png", "año nuevo 🎉.png"),
        ("cod\u202egpj.exe", "codgpj.exe"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie x.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
        ("x" * 300, "x" * LONGEST),
    ],
)
def test_a_name_is_made_harmless(given_name: str | None, name: str | None) -> None:
    assert cleaned(given_name) == name


@given(st.text())
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    once = cleaned(name)
    assert cleaned(once) == once


def test_an_id_is_computed_and_leads_to_its_day() -> None:
    midnight = 20_526 * 86_400_000  # 20 526 days after 1970-01-01 is 2026-03-14
    event_id = f"{midnight:012x}" + "ab" * 10
    assert media_id(event_id, 0) == f"{event_id}-0"
    assert path_of(f"{event_id}-0") == f"2026/03/14/{event_id}-0"


@pytest.mark.parametrize("event_id", ["../../x", "A" * 32, "", "a/b", "x" * 500, "f" * 31])
def test_an_event_id_of_another_make_cannot_lead_astray(event_id: str) -> None:
    assert path_of(media_id(event_id, 3)).startswith("1970/01/01/")


def test_a_time_beyond_the_calendar_still_has_a_path() -> None:
    assert path_of(media_id("f" * 32, 0)).startswith("1970/01/01/")


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", EVENT_ID, f"{EVENT_ID}-0/.."])
def test_what_is_no_id_has_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="not the id of a file"):
        path_of(name)
