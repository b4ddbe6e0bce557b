from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.api import Event, WebhookRequest
from gateway.testing.valkey import ValkeyServer
from gateway_webchat.channel import WebchatChannel
from gateway_webchat.visitors import Visitor
from tests.plugins.webchat.browser import Browser, Line, Scene, Set, Shop, chromium
from tests.plugins.webchat.site import (
    AT,
    VISITOR,
    OpenSite,
    Parse,
    Site,
    account,
    envelope,
    serving,
)


@pytest.fixture(scope="session")
def parse() -> Parse:
    """What frames of a visitor become."""
    channel = WebchatChannel(account())

    def parse(*frames: Mapping[str, Any], visitor: Visitor = VISITOR) -> Sequence[Event]:
        body = envelope(*frames, visitor=visitor)
        return channel.parse(WebhookRequest(body=body, received_at=AT))

    return parse


@pytest.fixture
def open_site(valkey: Any, valkey_server: ValkeyServer, tmp_path: Path) -> OpenSite:
    """Starts a daemon with one chat of these settings."""
    del valkey  # emptied for this test

    def open_site(**changes: Any) -> AbstractAsyncContextManager[Site]:
        return serving(f"unix://{valkey_server.socket}", tmp_path, account(**changes))

    return open_site


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    """A running chat."""
    async with open_site() as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def stage(open_site: OpenSite) -> Set:
    """Puts the chat on a page of another site; ``friends`` False: which is not allowed to."""

    @asynccontextmanager
    async def stage(
        *, friends: bool = True, attributes: str = "", **changes: Any
    ) -> AsyncIterator[Scene]:
        async with Line().opened() as line, Shop(line).opened() as shop:
            shop.attributes = attributes
            origins = (shop.url,) if friends else ("https://shop.example",)
            async with open_site(origins=origins, **changes) as site:
                line.lead_to(site)
                yield Scene(site, shop, line)

    return stage
