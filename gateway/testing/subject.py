"""What a contract is about: a channel under test, its settings and its recorded bodies."""

from __future__ import annotations

import abc
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from gateway.channel.channel import Channel, ChannelSettings
from gateway.channel.outbound import Answer, Rendered
from gateway.channel.request import WebhookRequest
from gateway.model.content import OutboundContent
from gateway.model.event import Event
from gateway.model.outbound import OutboundMessage
from gateway.settings.secret import Secret, Secrets
from gateway.testing.contents import PLAIN

RECEIVED_AT: Final = 1_795_000_000_000


class Subject(abc.ABC):
    """A channel under test.

    Attributes:
        channel_type: The class under test.
    """

    channel_type: ClassVar[type[Channel[Any]]]

    def settings(self) -> ChannelSettings:
        """Return settings of one account, with secrets; the channel's example by default."""
        example: ChannelSettings = self.channel_type.example()
        return example

    def _channel(self) -> Channel[Any]:
        return self.channel_type(self.settings())


class ReadingSubject(Subject):
    """A channel under test, with bodies to read."""

    @abc.abstractmethod
    def bodies(self) -> Iterable[bytes]:
        """Return recorded webhook bodies, as many kinds as there are."""

    @functools.cached_property
    def _recorded(self) -> tuple[bytes, ...]:
        return tuple(self.bodies())

    def _bodies(self) -> tuple[bytes, ...]:
        assert self._recorded, "bodies() returns none: there is nothing to test with"
        return self._recorded

    def _some(self) -> tuple[bytes, ...]:
        return self._bodies()[:5]

    def _request(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, at: int = RECEIVED_AT
    ) -> WebhookRequest:
        return WebhookRequest(body=body, received_at=at, headers=headers or {})

    def _parse(self, body: bytes, *, at: int = RECEIVED_AT) -> Sequence[Event]:
        return self._channel().parse(self._request(body, at=at))

    def _all_events(self) -> Iterator[Event]:
        found = 0
        for body in self._bodies():
            for event in self._parse(body):
                found += 1
                yield event
        assert found, "the recorded bodies make no event"


class WritingSubject(Subject):
    """A channel under test, with contents to send.

    Attributes:
        recipient: An address of a contact, as ``to`` takes it.
        calls_platform: Whether its calls go over HTTP to an address of the account's settings;
            web chat's go to nobody.
    """

    calls_platform: ClassVar[bool] = True
    recipient: ClassVar[str] = "34600000000"

    def examples(self) -> Mapping[str, Sequence[OutboundContent]]:
        """Return contents by their kind that this channel can send, if it carries the kind."""
        return PLAIN

    def message(self, content: OutboundContent) -> OutboundMessage:
        """Return a message to a contact with a content."""
        return OutboundMessage(account=self.settings().id, to=self.recipient, content=content)

    def answers(self) -> Iterable[Answer]:
        """Return answers of the platform, good ones and errors; none by default."""
        return ()

    def _rendered(self) -> Iterator[tuple[OutboundContent, Rendered]]:
        for kind in self.channel_type.capabilities:
            for content in self.examples()[kind]:
                message = self.message(content)
                assert not self._channel().check(message), f"a plain {kind} is refused"
                yield content, self._channel().render(message)


def secrets(struct: ChannelSettings) -> list[str]:
    """Return every secret that settings hold."""
    found: list[str] = []
    for name in struct.__struct_fields__:
        match getattr(struct, name):
            case Secret() as one:
                found.append(one.reveal())
            case Secrets() as several:
                found += several.reveal()
            case _:
                pass
    return found
