"""Names and pictures of contacts, looked up beside the messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.api import Contact as Person
from gateway.api import ContactUpdated, MessageReceived
from gateway.testing.host import Stage
from gateway.testing.meta import Contact, MetaPlatform
from gateway_meta.profiles import Profiles
from tests.plugins.meta.simulated import Channel, channel_of, parsed

MESSENGER = pytest.mark.parametrize("platform", ["messenger"], indirect=True)


class Watch:
    """Hands what contacts write to the channel, as the daemon does once it is safe."""

    def __init__(self, channel: Channel, platform: MetaPlatform, here: Stage) -> None:
        self.channel = channel
        self.platform = platform
        self.here = here

    async def __call__(self, who: Contact, text: str = "hi") -> list[Person]:
        """Return the contacts that were told of."""
        before = len(self.here.events)
        for event in parsed(self.channel, self.platform, who.writes(text)):
            await self.channel.noticed(event, self.here.host)
        if self.channel._profiles is not None:
            await self.channel._profiles.settled()
        told = self.here.events[before:]
        assert all(isinstance(each, ContactUpdated) for each in told)
        return [each.contact for each in told if isinstance(each, ContactUpdated)]

    @property
    def profiles(self) -> Profiles:
        profiles = self.channel._profiles
        assert profiles is not None
        return profiles

    @property
    def questions(self) -> int:
        return self.platform.graph.calls["GET", ""]


@pytest.fixture
def watch(channel: Channel, platform: MetaPlatform, here: Stage) -> Watch:
    return Watch(channel, platform, here)


async def test_who_writes_is_told_with_name_and_picture(watch: Watch, ana: Contact) -> None:
    (told,) = await watch(ana)
    assert (told.id, told.name, told.picture_url) == (ana.id, "Ana Silva", ana.picture_url)
    is_instagram = ana.business.channel == "instagram"
    assert told.username == ("ana.s" if is_instagram else None)
    (event,) = watch.here.events
    assert isinstance(event, ContactUpdated)
    assert event.change.aspect == "profile"


async def test_a_contact_is_asked_about_once(watch: Watch, ana: Contact) -> None:
    assert len(await watch(ana)) == 1
    assert await watch(ana) == []
    assert watch.questions == 1


async def test_what_is_not_new_is_not_told_again(watch: Watch, ana: Contact) -> None:
    await watch(ana)
    ana.picture_url = f"{ana.picture_url}?another-signature"
    assert await (await _a_day_later(watch, ana))(ana) == []
    ana.name = "Ana Costa"
    (told,) = await (await _a_day_later(watch, ana))(ana)
    assert told.name == "Ana Costa"
    assert watch.questions == 3


async def _a_day_later(watch: Watch, ana: Contact) -> Watch:
    """Return another process, once Redis has forgotten that the contact was asked about."""
    asked, soon = f"profile.asked.{ana.id}", timedelta(milliseconds=1)
    await watch.here.host.remember(asked, b"1", time=soon)
    while await watch.here.host.recall(asked) is not None:
        continue  # a millisecond
    return Watch(channel_of(watch.platform), watch.platform, watch.here)


async def test_another_process_does_not_ask_again(watch: Watch, ana: Contact) -> None:
    await watch(ana)
    another = Watch(channel_of(watch.platform), watch.platform, watch.here)
    assert await another(ana) == []
    assert watch.questions == 1


@MESSENGER
async def test_the_conversation_tells_a_name_where_the_profile_does_not(
    watch: Watch, ana: Contact
) -> None:
    ana.shows_profile = False
    (told,) = await watch(ana)
    assert (told.name, told.picture_url) == ("Ana Silva", None)


@MESSENGER
async def test_many_whose_profile_tells_nothing_are_asked_about_as_fast_as_meta_takes(
    watch: Watch, platform: MetaPlatform
) -> None:
    people = [platform.contact(name=f"Ana {each}") for each in range(5)]
    for each in people:
        each.shows_profile = False
        (event,) = parsed(watch.channel, platform, each.writes("hi"))
        await watch.channel.noticed(event, watch.here.host)
    await watch.profiles.settled()
    told = [each.contact.name for each in watch.here.events if isinstance(each, ContactUpdated)]
    assert sorted(str(each) for each in told) == [each.name for each in people]
    assert platform.graph.calls["GET", "conversations"] == 5


@pytest.mark.parametrize("platform", ["instagram on its own"], indirect=True)
async def test_who_may_not_be_seen_is_not_asked_about_again(watch: Watch, ana: Contact) -> None:
    ana.shows_profile = False
    assert await watch(ana) == []
    assert await watch(ana) == []
    assert watch.questions == 1


async def test_a_limit_is_no_answer(watch: Watch, ana: Contact) -> None:
    watch.platform.fail_next(4, edge="")
    assert await watch(ana) == []
    assert len(await watch(ana)) == 1


async def test_an_account_may_want_no_look_ups(
    platform: MetaPlatform, here: Stage, ana: Contact
) -> None:
    watch = Watch(channel_of(platform, profiles=False), platform, here)
    assert await watch(ana) == []
    assert watch.questions == 0


async def test_a_stop_does_not_wait_for_look_ups(
    watch: Watch, ana: Contact, platform: MetaPlatform
) -> None:
    (event,) = parsed(watch.channel, platform, ana.writes("hi"))
    assert isinstance(event, MessageReceived)
    await watch.channel.noticed(event, watch.here.host)
    await watch.channel.close()
    assert watch.here.events == []
