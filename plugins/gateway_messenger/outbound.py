"""What we ask of Messenger's servers: calls begin here.

Source: Meta for Developers, Messenger Platform, "Send API reference".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.api import (
    OutboundMessage,
    Problem,
    Rendered,
    Template,
)
from gateway_messenger import limits, utility
from gateway_messenger.settings import MessengerSettings
from gateway_meta.checks import Checks
from gateway_meta.outbound import Outbound
from gateway_meta.rendering import Shown, Style

STYLE: Final = Style(text=limits.TEXT, metadata=True, typed=True, media_template=True)


class MessengerOutbound(Outbound):
    """Checks and renders what one page sends.

    Args:
        settings: The page's.
    """

    def __init__(self, settings: MessengerSettings) -> None:
        checks = Checks(
            style=STYLE,
            files=limits.FILES,
            named=limits.RECIPIENTS,
            split=settings.long_text == "split",
        )
        super().__init__(checks, api_url=settings.api_url, node=settings.page_id)

    def problems(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what the table of limits cannot say."""
        yield from super().problems(message)
        if isinstance(message.content, Template):
            yield from utility.problems(message.content)
        if message.fallback is not None:
            yield from utility.problems(message.fallback.template, "$.fallback.template")

    def rendered(self, message: OutboundMessage, *, reference: str | None) -> Rendered:
        """Turn a message that passed the check into calls; see ``Channel.render``."""
        match message.content:
            case Template() as content:
                found = Shown([utility.template(content)])
                why = {"messaging_type": utility.UTILITY}
                return self._sender.sent(message, found, reference=reference, why=why)
            case _:
                return super().rendered(message, reference=reference)
