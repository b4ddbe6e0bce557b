"""One phone number on WhatsApp."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

import msgspec

from gateway.api import (
    Answer,
    Call,
    Contact,
    Event,
    Fetcher,
    Host,
    Media,
    MediaAddress,
    MessageReceived,
    OutboundMessage,
    PlatformNotice,
    Problem,
    Receipt,
    Rendered,
    Route,
    Secret,
    Secrets,
    Template,
    WebhookRequest,
    WindowRule,
    kind_of,
)
from gateway_meta.channel import MetaChannel
from gateway_whatsapp import accounts, answers, errors, files, inbound, outbound, rules
from gateway_whatsapp.duties import Duties
from gateway_whatsapp.forms import WhatsAppFlows
from gateway_whatsapp.graph import Graph
from gateway_whatsapp.limits import CAPABILITIES
from gateway_whatsapp.numbers import WhatsAppNumber
from gateway_whatsapp.rates import LIMITS
from gateway_whatsapp.settings import WhatsAppSettings
from gateway_whatsapp.shelf import WhatsAppTemplates
from gateway_whatsapp.uploads import Uploads


def opens_window(event: Event) -> bool:
    """Whether an event opens or extends the customer service window."""
    match event:
        case MessageReceived(message=message):
            # A group has a window of its own, which is not this member's.
            return message.group is None
        case PlatformNotice(contact=Contact(), notice=notice):
            direction = notice.facts.get("direction")
            return notice.subject == "call" and direction == "USER_INITIATED"
        case _:
            return False


class WhatsAppChannel(MetaChannel[WhatsAppSettings]):
    """One phone number of a WhatsApp Business Account."""

    type: ClassVar[str] = "whatsapp"
    title: ClassVar[str] = "WhatsApp"
    settings_type = WhatsAppSettings
    receives = frozenset(
        (
            *("audio", "call_permission", "choice", "contacts", "document", "form", "image"),
            *("location", "order", "other", "reaction", "sticker", "text", "unsupported"),
            *("video",),
            *("account.alert", "account.updated", "contact.opted_in", "contact.opted_out"),
            *("contact.updated", "message.deleted", "message.echoed", "message.edited"),
            *("message.imported", "message.status", "template.updated"),
        )
    )
    window = WindowRule(
        length=timedelta(hours=24),
        opens=opens_window,
        described=(
            "Any message of the contact: text, media, place, contact card, order, form reply",
            "A tap on a button or a list row, and a reaction",
            "A message the platform cannot hand out (`unsupported`)",
            "A message received on standby, while another app holds the conversation",
            "A call the contact made to us, answered or not",
        ),
        source='Meta for Developers, WhatsApp Business Platform, "Customer service windows"',
    )
    capabilities = CAPABILITIES
    known_errors = errors.known()
    limits = LIMITS

    def __init__(self, settings: WhatsAppSettings) -> None:
        super().__init__(
            settings, app_secret=settings.app_secret, verify_token=settings.verify_token
        )
        self._graph = Graph(settings)
        self._uploads = Uploads(settings, self._graph)
        self._templates = WhatsAppTemplates(settings, self._graph)
        number = WhatsAppNumber(settings, self._graph)
        self._duties = Duties(self._templates, number)
        self.templates = self._templates
        self.number = number
        self.flows = WhatsAppFlows(settings, self._graph)

    @classmethod
    def example(cls) -> WhatsAppSettings:
        """Return settings that make a channel able to ``parse`` with no account at hand."""
        return WhatsAppSettings(
            id="whatsapp",
            channel=cls.type,
            phone_number_id="106540352242922",
            business_account_id="102290129340398",
            access_token=Secret("example-access-token"),
            app_secret=Secrets("example-app-secret"),
            verify_token=Secret("example-verify-token"),
        )

    def identities(self) -> Sequence[str]:
        """Return the number's id and the names its notices use."""
        own = self.settings
        return accounts.identities(
            own.phone_number_id, own.business_account_id, own.display_phone_number
        )

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn a body into events; see ``Channel.parse``."""
        return inbound.events(request, self.account)

    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        """Tell what keeps a message from being sent; see ``Channel.check``."""
        found = super().check(message)
        if kind_of(message.content) not in self.capabilities:
            return found
        return (*found, *rules.problems(message))

    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        """Turn a message into calls of the Graph API; see ``Channel.render``."""
        return outbound.render(message, self.settings, reference=reference)

    def read_answer(self, answer: Answer) -> Receipt:
        """Read what the Graph API answered; see ``Channel.read_answer``."""
        return answers.read(answer)

    async def prepare(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Upload the files of our store that a message names; see ``Channel.prepare``."""
        return await self._uploads.prepared(await self._filed(message, host), host)

    async def _filed(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Say what the template is filed under: that decides how it is sent, and what it is for."""
        content = message.content
        if not isinstance(content, Template):
            return message
        category = await self._templates.category(content, host)
        if category is None or category == content.category:
            return message
        filed = msgspec.structs.replace(content, category=category)
        return msgspec.structs.replace(message, content=filed)

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make one call of the Graph API; see ``Channel.deliver``."""
        answer = await self._graph.deliver(call, host)
        return answer if answer.status < 400 else await self._learnt(call, answer, host)

    async def _learnt(self, call: Call, answer: Answer, host: Host) -> Answer:
        """Learn from a refusal what the next try needs, and note it for ``read_answer``."""
        code = answers.code_of(answer)
        if answers.lacks_file(answer) and self._uploads.forget(call):
            return answers.noted(answer, answers.FORGOTTEN)
        template = (call.body or {}).get("template")
        if code in errors.DOUBTFUL_TEMPLATE and isinstance(template, dict):
            await self._templates.doubted(str(template.get("name", "")), host)
        if call.path.endswith(outbound.MARKETING):
            return answers.noted(answer, answers.MARKETING)
        return answer

    async def run(self, host: Host) -> None:
        """Ask how the number is and what templates there are; see ``Channel.run``."""
        await self._duties.run(host)

    async def noticed(self, event: Event, host: Host) -> None:
        """Take in what is told of templates and the number; see ``Channel.noticed``."""
        await self._duties.noticed(event, host)

    def routes(self, host: Host) -> Sequence[Route]:
        """Answer phones in Flows, where there is a key to open what they send."""
        if not self.settings.flow_key.reveal():
            return ()
        # Reading and writing go without a server.
        from gateway_whatsapp.endpoint import FlowEndpoint  # noqa: PLC0415

        endpoint = FlowEndpoint(
            self.settings,
            verify=self._verifier.verify,
            screens=lambda: self.flow_screens,
            host=host,
        )
        return (Route("POST", f"/webhooks/whatsapp/{self.account}/flows", endpoint.handle),)

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        """Ask the Graph API where a file is; the address it gives lives five minutes."""
        return await files.locate(media, fetcher, self.settings, proof=self._graph.proof)
