"""What a platform may answer, in any form and in any pieces."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.edge.calls.calls import Calls
from gateway.edge.calls.exchange import MOST_BYTES
from gateway.edge.calls.failure import Unanswered
from tests.integration.edge.calls.conftest import OK, Platform, post, served

PACKED = gzip.compress(b'{"id":"wamid.1"}')
FORMS = {
    "with its length": b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n" + b'{"id":"wamid.1"}',
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'8\r\n{"id":"w\r\n8;x=1\r\namid.1"}\r\n0\r\nTrailer: x\r\n\r\n',
    "after announcements": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n" + b'{"id":"wamid.1"}',
    "packed unasked": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b"
    % (len(PACKED), PACKED),
    "packed as zlib": b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: %d\r\n\r\n%b"
    % (len(zlib.compress(b'{"id":"wamid.1"}')), zlib.compress(b'{"id":"wamid.1"}')),
}


@pytest.mark.parametrize("form", FORMS)
async def test_an_answer_is_read_whole(form: str, calls: Calls, platform: Platform) -> None:
    platform.pieces = (FORMS[form],)
    for _ in range(2):
        answer = await post(calls, platform)
        assert (answer.status, answer.body) == (200, b'{"id":"wamid.1"}')
    assert platform.connections == 1


async def test_an_answer_that_ends_with_the_connection_is_read_whole(
    calls: Calls, platform: Platform
) -> None:
    platform.pieces = (b"HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\n", b'{"id":', b"1}")
    platform.ends = True
    for _ in range(2):
        assert (await post(calls, platform)).body == b'{"id":1}'
    assert platform.connections == 2


async def test_an_answer_without_a_body_is_one(calls: Calls, platform: Platform) -> None:
    platform.pieces = (b"HTTP/1.1 204 No Content\r\n\r\n",)
    for _ in range(2):
        assert (await post(calls, platform)).status == 204
    assert platform.connections == 1


async def test_headers_are_found_by_any_case_and_joined_when_there_are_several(
    calls: Calls, platform: Platform
) -> None:
    platform.pieces = (
        b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nVary: a\r\nvary: b\r\nContent-Length: 0\r\n\r\n",
    )
    headers = (await post(calls, platform)).headers
    assert headers["retry-after"] == headers["Retry-After"] == "7"
    assert headers.get("VARY") == "a, b"
    assert headers.get("x-none") is None
    assert set(headers) == {"retry-after", "vary", "content-length"}
    assert len(headers) == 3


UNFIT = {
    "it is not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "it changed the protocol": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    "it is packed as br": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
    "it cannot be unpacked": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk",
    "it is cut off": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
    + PACKED[:20],
    "it is larger than 16 MiB": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    + bytes(MOST_BYTES + 1),
}


@pytest.mark.parametrize("why", UNFIT)
async def test_an_answer_that_cannot_be_read_leaves_the_call_in_doubt_and_the_next_in_peace(
    why: str, calls: Calls, platform: Platform
) -> None:
    platform.pieces = (UNFIT[why],)
    with pytest.raises(Unanswered, match=why):
        await post(calls, platform)
    platform.pieces = (OK,)
    assert (await post(calls, platform)).body == b"ok"
    assert platform.connections == 2


async def test_a_packed_answer_larger_than_allowed_is_not_unpacked(
    calls: Calls, platform: Platform
) -> None:
    bomb = gzip.compress(bytes(MOST_BYTES + 1))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    platform.pieces = (head + bomb,)
    with pytest.raises(Unanswered, match="larger than 16 MiB"):
        await post(calls, platform)


async def test_a_packed_answer_that_ends_with_the_connection_and_is_broken_leaves_the_call_in_doubt(
    calls: Calls, platform: Platform
) -> None:
    platform.pieces = (b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\njunk",)
    platform.ends = True
    with pytest.raises(Unanswered, match="cannot be unpacked"):
        await post(calls, platform)


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.0 200 OK\r\nX-A: 1\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
    ],
)
async def test_an_answer_cut_off_leaves_the_call_in_doubt(
    cut: bytes, calls: Calls, platform: Platform
) -> None:
    platform.pieces, platform.ends = (cut,), True
    with pytest.raises(Unanswered, match="the connection ended"):
        await post(calls, platform)


async def test_no_answer_in_time_leaves_the_call_in_doubt_and_ends_the_connection(
    calls: Calls, platform: Platform
) -> None:
    platform.pieces = (b"HTTP/1.1 200 OK\r\n",)
    with pytest.raises(Unanswered, match=r"nothing within 0\.1 seconds"):
        await post(calls, platform, seconds=0.1)
    platform.pieces = (OK,)
    assert (await post(calls, platform)).body == b"ok"
    assert platform.connections == 2


FOREIGN = (
    OK,
    b"HTTP/1.1 200 OK\r\nContent-",
    b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
    b"x",
)


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("apart", [True, False])
async def test_what_nobody_asked_for_is_never_the_next_calls_answer(
    foreign: bytes, *, apart: bool, calls: Calls, platform: Platform
) -> None:
    platform.pieces = (OK, foreign) if apart else (OK + foreign,)
    assert (await post(calls, platform)).body == b"ok"
    await asyncio.sleep(0.05)
    platform.pieces = (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine",)
    assert (await post(calls, platform)).body == b"mine"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), form=st.sampled_from(sorted(FORMS)))
def test_an_answer_is_the_same_however_it_is_cut(data: st.DataObject, form: str) -> None:
    whole = FORMS[form]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    async def asked() -> None:
        calls = Calls()
        async with served(Platform()) as platform:
            platform.pieces = pieces
            for _ in range(2):
                answer = await post(calls, platform)
                assert (answer.status, answer.body) == (200, b'{"id":"wamid.1"}')
            await calls.close()

    asyncio.run(asked())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), form=st.sampled_from(sorted(FORMS)))
def test_a_mutated_answer_is_an_answer_or_a_doubt_and_harms_no_other_call(
    data: st.DataObject, form: str
) -> None:
    mutated = bytearray(FORMS[form])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        mutated[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))

    async def asked() -> None:
        calls = Calls()
        async with served(Platform()) as platform:
            platform.pieces, platform.ends = (bytes(mutated),), True
            with suppress(Unanswered):  # and nothing else
                assert 200 <= (await post(calls, platform, seconds=2.0)).status <= 999
            await asyncio.sleep(0.005)  # the end of the connection is on its way
            platform.pieces, platform.ends = (OK,), False
            assert (await post(calls, platform)).body == b"ok"
            await calls.close()

    asyncio.run(asked())
