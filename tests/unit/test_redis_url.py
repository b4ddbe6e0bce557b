"""How a redis.url is read."""

from __future__ import annotations

import pytest

from gateway.bus.connection import Connection
from gateway.bus.url import RedisUrl, parse
from gateway.errors import SettingsError
from gateway.settings.secret import Secret

READ = {
    "redis://localhost": RedisUrl(scheme="redis", form="single", hosts=(("localhost", 6379),)),
    "redis://:s%2Fe@[::1]:6380/3": RedisUrl(
        scheme="redis", form="single", hosts=(("::1", 6380),), password=Secret("s/e"), db=3
    ),
    "rediss://ana:pw@redis.example/0?ssl_check_hostname=false": RedisUrl(
        scheme="rediss",
        form="single",
        hosts=(("redis.example", 6379),),
        username="ana",
        password=Secret("pw"),
        tls=True,
        options={"ssl_check_hostname": "false"},
    ),
    "unix:///run/valkey.sock?db=2": RedisUrl(
        scheme="unix", form="unix", path="/run/valkey.sock", db=2
    ),
    "redis+cluster://one:7001,two": RedisUrl(
        scheme="redis+cluster", form="cluster", hosts=(("one", 7001), ("two", 6379))
    ),
    "redis+sentinel://ana:pw@one,two:26380/mymaster?db=1&sentinel_password=sp": RedisUrl(
        scheme="redis+sentinel",
        form="sentinel",
        hosts=(("one", 26379), ("two", 26380)),
        service="mymaster",
        username="ana",
        password=Secret("pw"),
        db=1,
        sentinel_password=Secret("sp"),
    ),
    "rediss+sentinel://one/m?ssl_ca_certs=/ca.pem": RedisUrl(
        scheme="rediss+sentinel",
        form="sentinel",
        hosts=(("one", 26379),),
        service="m",
        tls=True,
        options={"ssl_ca_certs": "/ca.pem"},
    ),
}


@pytest.mark.parametrize("url", READ)
def test_every_form_of_url_is_read(url: str) -> None:
    assert parse(url) == READ[url]


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://localhost", "scheme 'http' is unknown"),
        ("redis://one,two", "redis\\+cluster"),
        ("redis://one:port", "not HOST:PORT"),
        ("redis://one/first", "database 'first' is not a number"),
        ("redis://one?password=hush", "option 'password' is unknown"),
        ("redis+cluster://one/2", "database 0 only"),
        ("redis+sentinel://one", "name of the service"),
        ("unix://relative.sock", "absolute path"),
    ],
)
def test_a_wrong_url_is_refused_with_what_is_wrong(url: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        parse(url)


@pytest.mark.parametrize("url", ["redis://ana:hush@one", "redis+sentinel://ana:hush@one/m"])
async def test_no_text_shows_a_password(url: str) -> None:
    connection = Connection(url)
    shown = f"{connection!r} {connection.url} {connection.url!r}"
    await connection.close()
    assert "hush" not in shown
    assert "one" in shown


def test_a_missing_certificate_is_the_operators_to_mend() -> None:
    with pytest.raises(SettingsError, match="No such file"):
        Connection("rediss://one?ssl_ca_certs=/nowhere/ca.pem")
