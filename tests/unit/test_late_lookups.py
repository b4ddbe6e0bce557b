"""What the event loop has to say that nobody asked for."""

import asyncio
import gc
import socket

import pytest

from gateway.http.run import pass_over_late_lookups


async def test_a_lookup_that_fails_when_nobody_waits_any_more_is_no_error_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(pass_over_late_lookups)
    for error in (socket.gaierror(-2, "Name or service not known"), ValueError("ours")):
        loop.create_future().set_exception(error)
    gc.collect()
    told = [str(each.exc_info[1]) for each in caplog.records if each.exc_info]
    assert told == ["ours"]
