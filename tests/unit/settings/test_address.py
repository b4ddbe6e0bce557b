from __future__ import annotations

import pytest

from gateway.errors import SettingsError
from gateway.settings.address import Address, TcpAddress, UnixAddress, parse


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", TcpAddress("127.0.0.1", 8080)),
        ("relevo.example:0", TcpAddress("relevo.example", 0)),
        (":80", TcpAddress("", 80)),
        ("[::1]:80", TcpAddress("::1", 80)),
        ("unix:/run/relevo.sock", UnixAddress("/run/relevo.sock")),
    ],
)
def test_an_address_reads_and_prints_as_it_is_written(text: str, address: Address) -> None:
    assert parse(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["", "80", "host", "host:", "host:http", "host:65536", "::1:80", "[host]:80", "h:٣"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="use host:port"):
        parse(text)
