"""The Graph API side, put together: everything a gateway can call."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from aiohttp import web

from gateway.testing.delivery import Clock
from gateway.testing.errands import Sleep
from gateway.testing.whatsapp.app import App
from gateway.testing.whatsapp.body import Number
from gateway.testing.whatsapp.contact import Contact
from gateway.testing.whatsapp.courier import Courier, Post
from gateway.testing.whatsapp.faults import Faults
from gateway.testing.whatsapp.flows import FlowShelf
from gateway.testing.whatsapp.graph import Call, Graph, Route
from gateway.testing.whatsapp.media import MediaShelf
from gateway.testing.whatsapp.numbers import Numbers
from gateway.testing.whatsapp.outbox import Outbox
from gateway.testing.whatsapp.people import People
from gateway.testing.whatsapp.rates import Rates, Rules
from gateway.testing.whatsapp.sent import Timing
from gateway.testing.whatsapp.template_shelf import TemplateShelf
from gateway.testing.whatsapp.uploads import Uploads


class Cloud:
    """The parts of the platform that answer calls.

    Args:
        app: Whose calls are answered.
        media: The files.
        rules: Windows and limits.
        timing: How fast statuses come.
        random: For every id.
        clock: For every time.
        sleep: Waits; ``asyncio.sleep`` unless the clock is simulated.
        post: Posts updates to the gateway.
        meet: Makes the contact of a phone number nobody was given.
        url: Returns the address of the Graph API.

    Attributes:
        token_expires_at: Told of the token, in seconds since 1970; 0 for never.
    """

    def __init__(  # noqa: PLR0913 - the one place where all parts meet
        self,
        *,
        app: App,
        media: MediaShelf,
        rules: Rules,
        timing: Timing,
        random: Random,
        clock: Clock,
        sleep: Sleep,
        post: Post,
        meet: Callable[[Number, str], Contact],
        url: Callable[[], str],
    ) -> None:
        self.token_expires_at = 0
        self.media = media
        self.faults = Faults()
        self.people = People(meet)
        self.uploads = Uploads(random)
        self.templates = TemplateShelf(random=random, clock=clock, url=url)
        self.numbers = Numbers(
            people=self.people, random=random, clock=clock, url=url, app_id=app.app_id
        )
        self.flows = FlowShelf(random=random, url=url, has_key=self.numbers.has_key)
        self.courier = Courier(
            post=post, rules=rules, timing=timing, random=random, clock=clock, sleep=sleep
        )
        self.outbox = Outbox(
            numbers=self.numbers,
            people=self.people,
            templates=self.templates,
            media=media,
            rates=Rates(rules, clock),
            courier=self.courier,
            random=random,
            clock=clock,
        )
        self.graph = Graph(app, faults=self.faults, random=random)
        self._app_id = app.app_id
        self._offer()

    def routes(self) -> list[web.RouteDef]:
        """Return every address of the platform."""
        return [*self.graph.routes(), *self.media.routes()]

    def _offer(self) -> None:
        offer = self.graph.offer
        token = {Route("token", "GET"): self._debug_token}
        numbers = {**self.numbers.endpoints(), **self.outbox.endpoints()}
        accounts = {**self.numbers.account_endpoints(), **self.templates.endpoints()}
        offer("number", self.numbers.__contains__, numbers)
        offer("account", self.numbers.knows_account, {**accounts, **self.flows.endpoints()})
        offer("template", self.templates.__contains__, {})
        offer("flow", self.flows.__contains__, {})
        offer("media", self.media.__contains__, self.media.endpoints())
        offer("app", self._app_id.__eq__, self.uploads.endpoints())
        offer("upload", self.uploads.__contains__, {})
        offer("token", "debug_token".__eq__, token)

    async def _debug_token(self, call: Call) -> Any:
        call.text("input_token")
        scopes = ["whatsapp_business_management", "whatsapp_business_messaging"]
        return {
            "data": {
                "app_id": self._app_id,
                "type": "SYSTEM_USER",
                "is_valid": True,
                "expires_at": self.token_expires_at,
                "scopes": scopes,
            }
        }
