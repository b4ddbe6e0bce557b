"""What we ask of Instagram's servers: calls begin here.

Source: Meta for Developers, Instagram Platform, "Messaging API".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.api import (
    Carousel,
    OutboundMessage,
    Problem,
    Product,
    Products,
    Raw,
)
from gateway_instagram import limits
from gateway_instagram.settings import InstagramSettings
from gateway_meta.calls import EDGE
from gateway_meta.checks import Checks
from gateway_meta.outbound import Outbound
from gateway_meta.rendering import Style

STYLE: Final = Style(text=limits.TEXT, heart=True)


class InstagramOutbound(Outbound):
    """Checks and renders what one account sends.

    Args:
        settings: The account's.
    """

    def __init__(self, settings: InstagramSettings) -> None:
        checks = Checks(
            style=STYLE,
            files=limits.FILES,
            named=limits.RECIPIENTS,
            split=settings.long_text == "split",
        )
        super().__init__(checks, api_url=settings.graph_url, node=settings.node)
        self._has_shop = settings.login == "facebook"

    def problems(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what the table of limits cannot say."""
        yield from super().problems(message)
        yield from _late(message)
        if self._has_shop:
            return
        match message.content:
            case Product() | Products():
                path = "$.content.kind"
            case Carousel(cards=cards) if any(each.product_id for each in cards):
                path = "$.content.cards"
            case Raw(body=body) if EDGE in body:
                told = "needs an account connected through its Facebook page (login facebook)"
                yield Problem(path=f"$.content.body.{EDGE}", explanation=told)
                return
            case _:
                return
        told = (
            "needs, for products, an account connected through its Facebook page (login facebook)"
        )
        yield Problem(path=path, explanation=told)


def _late(message: OutboundMessage) -> Iterator[Problem]:
    """Yield what asks for a template when the window is closed: Instagram has none."""
    told = 'Instagram has no templates: "reject" and "tag" are left for a closed window'
    if message.fallback is not None:
        yield Problem(path="$.fallback", explanation=told)
    if message.on_closed_window in ("template", "hold"):
        yield Problem(path="$.on_closed_window", explanation=told)
