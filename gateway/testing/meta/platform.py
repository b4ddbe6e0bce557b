"""The simulated platform: contacts who write and are written to, webhooks signed and posted."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from random import Random
from typing import Any, Final

from aiohttp import web

from gateway.testing.delivery import (
    Clock,
    RetrySchedule,
    Webhook,
)
from gateway.testing.errands import Sleep
from gateway.testing.meta import ids
from gateway.testing.meta.account import App, Business, ChannelName, Login, page, professional
from gateway.testing.meta.body import Happening, body, encode
from gateway.testing.meta.contact import Contact
from gateway.testing.meta.courier import Courier
from gateway.testing.meta.faults import Fault, Faults
from gateway.testing.meta.files import Files
from gateway.testing.meta.graph import MAXIMUM_BODY, Graph
from gateway.testing.meta.outbox import Outbox
from gateway.testing.meta.people import People
from gateway.testing.meta.rates import Rates, Rules
from gateway.testing.meta.sent import SentLedger, Timing
from gateway.testing.meta.tokens import Tokens
from gateway.testing.simulated import GraphPlatform

SCHEDULE: Final = RetrySchedule(gives_up_after=timedelta(hours=1))
"""Source: Meta, Messenger Platform, "Webhooks": after an hour of failures nothing comes any more."""


class MetaPlatform(GraphPlatform[Happening]):
    """Messenger, or Instagram messaging, as a gateway sees it, on this machine's loopback.

    ::

        async with MetaPlatform("messenger", callback_url=url) as platform:
            ana = platform.contact(name="Ana Silva")
            await platform.post(ana.writes("Olá"))
            ...  # the gateway answers at ``platform.api_url``
            await platform.settled()
            assert [each.said for each in ana.inbox] == ["Bom dia!"]

    Args:
        channel: ``messenger`` or ``instagram``.
        login: How an Instagram account is connected.
        callback_url: Where webhooks go; ``save_callback`` sets it as well.
        app: Secrets.
        schedule: When an unanswered webhook is posted again.
        clock: For every time.
        random: Every id is drawn from it: the same seed gives the same bodies.
        port: Of the Graph API; 0 for any free one.
        timeout: After which a webhook counts as unanswered.
        rules: Which of the platform's windows and limits hold.
        timing: When echoes, deliveries and reads come.
        sleep: Waits between them; a simulated clock brings its own.

    Attributes:
        app: As given.
        business: The page or account that contacts write to unless they are given another.
        files: What contacts sent, and what was uploaded.
        faults: What goes wrong with calls.
        graph: What answers calls, and how often it was asked.
        tokens: What tokens were renewed.
    """

    app: App
    faults: Faults

    def __init__(  # noqa: PLR0913 - each of them is one thing tests want to choose
        self,
        channel: ChannelName = "messenger",
        *,
        login: Login = "facebook",
        callback_url: str = "",
        app: App = App(),  # noqa: B008 - frozen
        schedule: RetrySchedule = SCHEDULE,
        clock: Clock = time.time,
        random: Random | None = None,
        port: int = 0,
        timeout: timedelta = timedelta(seconds=5),
        rules: Rules = Rules(),  # noqa: B008 - frozen
        timing: Timing = Timing(),  # noqa: B008 - frozen
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(schedule=schedule, clock=clock, random=random, port=port, timeout=timeout)
        self.app = app
        self.callback_url = callback_url
        self.business = page() if channel == "messenger" else professional(login)
        self.faults = Faults()
        self._businesses = [self.business]
        self.files = Files(random=self._random, host=lambda: self.url)
        self._people = People()
        self._courier = Courier(
            app_id=app.app_id,
            post=self._post,
            timing=timing,
            random=self._random,
            clock=clock,
            sleep=sleep,
        )
        rates = Rates(rules, clock)
        self._outbox = Outbox(
            people=self._people,
            files=self.files,
            rates=rates,
            courier=self._courier,
            random=self._random,
            clock=clock,
        )
        self.tokens = Tokens(random=self._random, clock=clock)
        self.graph = Graph(
            app=app,
            businesses=lambda: self._businesses,
            outbox=self._outbox,
            people=self._people,
            files=self.files,
            faults=self.faults,
            tokens=self.tokens,
            rates=rates,
            random=self._random,
        )

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MAXIMUM_BODY)
        application.add_routes([*self.graph.routes(), *self.files.routes()])
        return application

    @property
    def sent(self) -> SentLedger:
        """Every message that was ever accepted, and what became of it."""
        return self._outbox.sent

    @property
    def webhook_secret(self) -> str:
        """What signs webhooks: that of the login."""
        alone = self.business.login == "instagram"
        return self.app.instagram_app_secret if alone else self.app.app_secret

    def contact(
        self, *, name: str, username: str | None = None, business: Business | None = None
    ) -> Contact:
        """Return a person who may write to a page or account."""
        contact = Contact(
            business=business or self.business,
            name=name,
            username=username,
            random=self._random,
            clock=self._clock,
            files=self.files,
        )
        self._people.add(contact)
        return contact

    def add(self, business: Business) -> Business:
        """Let the application have another page or account; each needs a token of its own."""
        self._businesses.append(business)
        return business

    def template(self, name: str) -> None:
        """Approve a utility template."""
        self._outbox.templates.add(name)

    def fail_next(
        self,
        code: int,
        subcode: int | None = None,
        *,
        times: int | None = 1,
        edge: str | None = "messages",
        to: str | None = None,
    ) -> None:
        """Refuse the next calls with an error of the platform's.

        Args:
            code: Which.
            subcode: Which, more finely.
            times: How many calls; None for all.
            edge: Calls of this name; None for all.
            to: Only messages to this recipient.
        """
        self.faults.add(Fault(code=code, subcode=subcode, times=times, edge=edge, to=to))

    def notice(self, **part: Any) -> Happening:
        """Return anything else that happens to the page: ``policy_enforcement={…}``, say."""
        at = int(self._clock() * 1000)
        item = {"recipient": {"id": self.business.id}, "timestamp": at, **part}
        known_as = f"{next(iter(part))}:{ids.token(self._random, 8)}"
        return Happening(business=self.business, item=item, at=at, known_as=known_as)

    def webhook(self, *happenings: Happening) -> Webhook:
        """Return one signed webhook that carries all of them, in order, unposted."""
        carries = tuple(each.known_as for each in happenings)
        return self.signed(encode(body(happenings)), carries=carries)

    def _post(self, happening: Happening, copies: int) -> None:
        if self.callback_url and happening.business.subscribed:
            self.start(self.webhook(happening), copies=copies)
