"""What we ask of Instagram's servers: calls begin here.

Source: Meta for Developers, Instagram Platform, "Messaging API".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.api import (
    Carousel,
    Media,
    MediaAddress,
    OutboundMessage,
    Problem,
    Product,
    Products,
    Raw,
    Rendered,
)
from gateway_instagram import limits
from gateway_instagram.settings import InstagramSettings
from gateway_meta import files
from gateway_meta.calls import EDGE, Sender
from gateway_meta.checks import Checks
from gateway_meta.rendering import Style

STYLE: Final = Style(text=limits.TEXT, heart=True)


class Outbound:
    """Checks and renders what one account sends.

    Args:
        settings: The account's.
    """

    def __init__(self, settings: InstagramSettings) -> None:
        self._has_shop = settings.login == "facebook"
        self._sender = Sender(STYLE, api_url=settings.graph_url, node=settings.node)
        self._checks = Checks(
            style=STYLE,
            files=limits.FILES,
            named=limits.RECIPIENTS,
            split=settings.long_text == "split",
        )

    def problems(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what the table of limits cannot say."""
        yield from self._checks.problems(message)
        yield from _late(message)
        if self._has_shop:
            return
        match message.content:
            case Product() | Products():
                path = "$.content.kind"
            case Carousel(cards=cards) if any(each.product_id for each in cards):
                path = "$.content.cards"
            case Raw(body=body) if EDGE in body:
                told = "conversations are handed over through a Facebook page (login facebook)"
                yield Problem(path=f"$.content.body.{EDGE}", explanation=told)
                return
            case _:
                return
        told = "products need an account connected through its Facebook page (login facebook)"
        yield Problem(path=path, explanation=told)

    def problems_of_parts(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what is wrong with the messages that one without other problems becomes."""
        yield from self._checks.of_parts(message)

    def rendered(self, message: OutboundMessage, *, reference: str | None) -> Rendered:
        """Turn a message that passed the check into calls; see ``Channel.render``."""
        return self._sender.rendered(message, reference=reference)


def _late(message: OutboundMessage) -> Iterator[Problem]:
    """Yield what asks for a template when the window is closed: Instagram has none."""
    told = 'Instagram has no templates: "reject" and "tag" are left for a closed window'
    if message.fallback is not None:
        yield Problem(path="$.fallback", explanation=told)
    if message.on_closed_window in ("template", "hold"):
        yield Problem(path="$.on_closed_window", explanation=told)


def locate(media: Media, settings: InstagramSettings) -> MediaAddress:
    """Return where to fetch a file: at the address the message told, without a token.

    Raises:
        MediaRefused: There is no address, or it is that of a page (a reel, say).
    """
    return files.locate(media, settings.graph_url)
