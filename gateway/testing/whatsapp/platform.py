"""The simulated platform: contacts who write and are written to, webhooks signed and posted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import msgspec
from aiohttp import web

from gateway.testing.delivery import (
    Clock,
    RetrySchedule,
    Webhook,
)
from gateway.testing.errands import Sleep
from gateway.testing.graph import API_VERSION
from gateway.testing.simulated import GraphPlatform
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.app import App
from gateway.testing.whatsapp.body import Happening, Notice, Number, body, encode
from gateway.testing.whatsapp.cloud import Cloud
from gateway.testing.whatsapp.contact import Contact
from gateway.testing.whatsapp.faults import Fault, Faults
from gateway.testing.whatsapp.flow_client import FlowClient
from gateway.testing.whatsapp.flows import FlowShelf
from gateway.testing.whatsapp.graph import MAXIMUM_BODY, Json
from gateway.testing.whatsapp.media import MediaShelf
from gateway.testing.whatsapp.number import BusinessNumber
from gateway.testing.whatsapp.people import Group
from gateway.testing.whatsapp.rates import Rules
from gateway.testing.whatsapp.sent import Sent, SentLedger, Timing
from gateway.testing.whatsapp.template import Template
from gateway.testing.whatsapp.template_shelf import TemplateShelf


class WhatsAppPlatform(GraphPlatform[Happening]):
    """WhatsApp Cloud API as a gateway sees it, on this machine's loopback.

    ::

        async with WhatsAppPlatform(callback_url=url) as platform:
            ana = platform.contact("351911111111", name="Ana")
            await platform.post(ana.writes("Olá"))
            ...  # the gateway answers at ``platform.api_url``
            await platform.settled()
            assert [each.said for each in ana.inbox] == ["Bom dia!"]

    Args:
        callback_url: Where webhooks go; ``save_callback`` sets it as well.
        app: Secrets, token and number.
        schedule: When an unanswered webhook is posted again.
        clock: Timestamps and the life of media addresses.
        random: Every id is drawn from it: the same seed gives the same bodies.
        port: Of the Graph API and the media host; 0 for any free one.
        api_version: Of the Graph API.
        connections: How many webhooks are posted at the same time.
        timeout: After which a webhook counts as unanswered.
        rules: Which of the platform's windows and limits hold.
        timing: When statuses come.
        sleep: Waits between statuses; a simulated clock brings its own.

    Attributes:
        media: The files contacts and we sent.
        app: As given.
        cloud: What answers calls.
        faults: What goes wrong with them.
    """

    app: App
    faults: Faults

    def __init__(  # noqa: PLR0913 - each of them is one thing tests want to choose
        self,
        *,
        callback_url: str = "",
        app: App = App(),  # noqa: B008 - frozen
        schedule: RetrySchedule = RetrySchedule(),  # noqa: B008 - frozen
        clock: Clock = time.time,
        random: Random | None = None,
        port: int = 0,
        api_version: str = API_VERSION,
        connections: int = 100,
        timeout: timedelta = timedelta(seconds=20),
        rules: Rules = Rules(),  # noqa: B008 - frozen
        timing: Timing = Timing(),  # noqa: B008 - frozen
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(
            schedule=schedule,
            clock=clock,
            random=random,
            port=port,
            timeout=timeout,
            connections=connections,
        )
        self.callback_url = callback_url
        self.app = app
        self.api_version = api_version
        self.media = MediaShelf(
            random=self._random,
            clock=clock,
            access_token=app.access_token,
            host=lambda: self.url,
        )
        self.cloud = Cloud(
            app=app,
            media=self.media,
            rules=rules,
            timing=timing,
            random=self._random,
            clock=clock,
            sleep=sleep,
            post=self._post,
            meet=lambda number, phone: self.contact(phone, name=phone, number=number),
            url=lambda: self.api_url,
        )
        self.faults = self.cloud.faults
        self._courier = self.cloud.courier
        self.cloud.numbers.add(app.number)

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MAXIMUM_BODY)
        application.add_routes(self.cloud.routes())
        return application

    def contact(
        self,
        phone: str | None = None,
        *,
        name: str,
        username: str | None = None,
        user_id: str | None = None,
        country: str = "PT",
        number: Number | None = None,
    ) -> Contact:
        """Return a person who writes to a business number.

        Args:
            phone: Digits with country code; None for a user who hides it.
            name: As they call themselves.
            username: With the leading ``@``.
            user_id: Business-scoped user id; drawn when not given.
            country: The user id begins with it.
            number: The number they write to; the application's own when not given.
        """
        contact = Contact(
            number=number or self.app.number,
            phone=phone,
            name=name,
            username=username,
            user_id=user_id or ids.user_id(self._random, country),
            random=self._random,
            clock=self._clock,
            media=self.media,
            written=self.cloud.people.written,
        )
        self.cloud.people.add(contact)
        return contact

    def add_number(self, number: Number) -> BusinessNumber:
        """Let the access token send from another number as well."""
        return self.cloud.numbers.add(number)

    @property
    def number(self) -> BusinessNumber:
        """The application's own number, as its owner administers it."""
        return self.cloud.numbers[self.app.number.phone_number_id]

    @property
    def sent(self) -> SentLedger:
        """Every message that was ever accepted, and what became of it."""
        return self.cloud.outbox.sent

    @property
    def templates(self) -> TemplateShelf:
        """The message templates of every account."""
        return self.cloud.templates

    @property
    def flows(self) -> FlowShelf:
        """The Flows of every account."""
        return self.cloud.flows

    def template(self, name: str, text: str, **more: Json) -> Template:
        """Add an approved template of one text to the application's account.

        Args:
            name: Its name.
            text: Its body, with variables such as ``{{1}}`` or ``{{first_name}}``.
            more: ``language`` (en_US), ``category`` (UTILITY), further ``components``.
        """
        return self.templates.add_text(self.app.number.business_account_id, name, text, **more)

    def group(self, subject: str, *members: Contact) -> Group:
        """Return a group the application's number is in."""
        group = Group(
            id=ids.token(self._random, 24), subject=subject, number=self.app.number, members=members
        )
        self.cloud.people.add_group(group)
        return group

    def notice(self, field: str, value: dict[str, Json]) -> Notice:
        """Return anything else that can happen to the application's account."""
        account = self.app.number.business_account_id
        return Notice(business_account_id=account, field=field, value=value)

    def fail_next(
        self,
        code: int,
        *,
        times: int | None = 1,
        http_status: int | None = None,
        details: str = "",
        later: bool = False,
        edge: str | None = "messages",
        to: str | None = None,
    ) -> None:
        """Refuse the next calls with an error of the platform's.

        Args:
            code: Which.
            times: How many calls; None for all.
            http_status: Of the answer, instead of the usual.
            details: What the error says further.
            later: Accept the message, and tell the error as a failed status.
            edge: Calls of this name; None for all.
            to: Only messages to this phone or user id.
        """
        self.faults.add(
            Fault(
                code=code,
                times=times,
                http_status=http_status,
                details=details,
                later=later,
                edge=edge,
                to=to,
            )
        )

    def decide(self, sent: Sent, *, good: bool) -> None:
        """End the wait of a message that is held for its quality; bad ones fail with 132015."""
        self.cloud.courier.decide(sent, good=good)

    def flow_client(
        self,
        url: str,
        *,
        token: str = "unused",  # noqa: S107 - the platform's own default
        version: str = "3.0",
    ) -> FlowClient:
        """Return a person in a Flow whose endpoint is at an address.

        It encrypts with the public key that was uploaded to the application's number.
        """
        return FlowClient(
            self._http,
            url,
            public_key=lambda: self.number.public_key or "",
            app_secret=self.app.app_secret,
            random=self._random,
            token=token,
            version=version,
        )

    def webhook(self, *updates: Happening) -> Webhook:
        """Return one signed webhook that carries all the updates, in order, unposted."""
        happened = [self._dated(each) for each in updates]
        return self.signed(
            encode(body(happened)), carries=tuple(each.platform_id for each in updates)
        )

    def _dated(self, update: Happening) -> Happening:
        if isinstance(update, Notice) and update.at is None:
            return msgspec.structs.replace(update, at=int(self._clock()))
        return update

    def _post(self, updates: Sequence[Happening], copies: int) -> None:
        if self.callback_url:
            self.start(self.webhook(*updates), copies=copies)
