"""Templates as tests define them, and an account's shelf of them."""

from __future__ import annotations

from typing import Any

from gateway.api import (
    DefinedButton,
    DefinedCard,
    DefinedHeader,
    Media,
    MediaParameter,
    Template,
    TemplateButton,
    TemplateDefinition,
    TemplateUpdated,
    TextParameter,
    WebhookRequest,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import Notice, WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel

JPEG = b"\xff\xd8\xff\xe0 a picture"
BUSINESS = "102290129340398"
URL_BUTTON = DefinedButton(
    type="url", text="Track", url="https://a.example/{{1}}", example="https://a.example/A-17"
)


class Desk:
    """A channel's templates, with their host."""

    def __init__(self, channel: WhatsAppChannel, here: Stage) -> None:
        assert channel.templates is not None
        self.channel = channel
        self.shelf = channel.templates
        self.host = here.host

    async def names(self) -> list[tuple[str, str, str]]:
        found = await self.shelf.records(self.host)
        return [(each.definition.name, each.definition.language, each.status) for each in found]

    async def told(self, template: Template) -> dict[str, str]:
        problems = await self.shelf.check(template, self.host, path="$.content")
        return {each.path: each.explanation for each in problems}

    async def hears(self, *notices: Notice, platform: WhatsAppPlatform) -> None:
        """Let webhooks come in, as the daemon hands them on."""
        body = platform.webhook(*notices).body
        accounts = dict.fromkeys(self.channel.identities(), ("whatsapp",))
        request = WebhookRequest(body=body, received_at=1_795_000_000_000, accounts=accounts)
        for event in self.channel.parse(request):
            assert isinstance(event, TemplateUpdated)
            await self.channel.noticed(event, self.host)


def filled(*texts: str, name: str = "ready", language: str = "en_US", **more: Any) -> Template:
    body = tuple(TextParameter(text=each) for each in texts)
    return Template(name=name, language=language, body=body, **more)


def with_everything(stored: str) -> TemplateDefinition:
    return TemplateDefinition(
        name="ready",
        language="en_US",
        category="utility",
        header=DefinedHeader(format="image", media=Media(stored_id=stored)),
        body="Order {{1}} is ready, {{2}} can come.",
        examples={"1": "A-17", "2": "Ana"},
        footer="Relevo Bakery",
        buttons=(
            URL_BUTTON,
            DefinedButton(type="phone_number", text="Call", phone_number="+351210000000"),
            DefinedButton(type="quick_reply", text="Thanks"),
            DefinedButton(type="quick_reply", text="Stop"),
        ),
    )


def everything_filled(stored: str) -> Template:
    return filled(
        "A-17",
        "Ana",
        header=MediaParameter(format="image", media=Media(stored_id=stored)),
        buttons=(TemplateButton(index=0, type="url", text="A-17"),),
    )


def card(stored: str, number: int) -> DefinedCard:
    return DefinedCard(
        header=DefinedHeader(format="image", media=Media(stored_id=stored)),
        body=f"Bread number {number} for you",
        buttons=(DefinedButton(type="quick_reply", text="This one"),),
    )
