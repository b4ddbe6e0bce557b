"""``relevo keys``: made, shown and ended at a running service."""

from __future__ import annotations

import asyncio
import re

import pytest

from gateway.bus.apikeys import ApiKeys
from gateway.http.api import access
from gateway.testing.valkey import ValkeyServer
from tests.integration.api.command import Ended, relevo
from tests.integration.api.scene import Scene


@pytest.fixture
def redis(valkey_server: ValkeyServer) -> tuple[str, str]:
    return "--redis", f"unix://{valkey_server.socket}"


async def made(redis: tuple[str, str], name: str = "shop", *more: str) -> Ended:
    return await relevo("keys", "create", name, "--scope", "accounts", *more, *redis)


async def test_a_key_that_was_made_opens_the_door_until_it_is_revoked(
    guarded: Scene, redis: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "REMEMBERED_SECONDS", 0.0)
    created = await made(redis)
    assert created.code == 0, created.err
    assert re.fullmatch(r"rlv_[0-9a-f]{12}_[0-9A-Za-z]{43}\n", created.out)
    headers = {"Authorization": f"Bearer {created.out.strip()}"}
    assert (await guarded.get("/v1/channels", headers=headers)).status == 200
    listed = await relevo("keys", "list", *redis)
    assert "shop" in listed.out
    assert created.out.strip().rpartition("_")[2] not in listed.out + created.err
    revoked = await relevo("keys", "revoke", "shop", *redis)
    assert (revoked.code, revoked.out[:13]) == (0, "revoked: shop")
    assert (await guarded.get("/v1/channels", headers=headers)).status == 401


async def test_the_list_says_what_a_key_may_and_when_it_ends(
    guarded: Scene, redis: tuple[str, str]
) -> None:
    await guarded.key("admin", expires_at=1)
    await made(redis, "shop", "--expires", "2099-01-31")
    listed = (await relevo("keys", "list", *redis, COLUMNS="200")).out
    assert re.search(r"shop +[0-9a-f]{12} +accounts +.*never +2099-01-31", listed)
    assert "ended 1970-01-01" in listed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sh op", "--scope", "admin"), "must be 1 to 64 of"),
        (("shop",), "Missing option '--scope'"),
        (("shop", "--scope", "everything"), "'everything' is not one of"),
        (("shop", "--scope", "admin", "--expires", "soon"), "'soon' is neither a time like"),
        (("shop", "--scope", "admin", "--expires", "2001-01-01"), "2001-01-01 is over"),
    ],
)
async def test_a_key_that_cannot_be_is_told_why(
    redis: tuple[str, str], words: tuple[str, ...], told: str
) -> None:
    ended = await relevo("keys", "create", *words, *redis)
    assert (ended.code, ended.out) == (2, "")
    assert told in " ".join(ended.err.split())


async def test_no_two_keys_have_one_name(guarded: Scene, redis: tuple[str, str]) -> None:
    first, second = await made(redis), await made(redis)
    assert (first.code, second.code) == (0, 2)
    assert "there is a key 'shop' already" in second.err
    assert len(await guarded.keys.all()) == 1


async def test_revoking_a_key_that_is_not_there_is_told(redis: tuple[str, str]) -> None:
    ended = await relevo("keys", "revoke", "nobody", *redis)
    assert (ended.code, "there is no key 'nobody'" in ended.err) == (1, True)


async def test_without_redis_it_is_told_where_it_was_looked_for() -> None:
    ended = await relevo("keys", "list", "--redis", "unix:///nowhere.sock")
    assert ended.code == 2
    assert "unix:///nowhere.sock does not answer" in ended.err


async def test_keys_made_at_the_same_time_are_all_kept(guarded: Scene) -> None:
    keys: ApiKeys = guarded.keys
    names = [f"key-{number}" for number in range(20)]
    await asyncio.gather(*(keys.create(each, ("admin",), now=1) for each in names))
    assert sorted(each.name for each in await keys.all()) == sorted(names)
