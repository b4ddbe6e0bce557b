"""The sending half of the contract: a sound channel passes, and each fault is found."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, TypeAlias

import pytest
from msgspec import Meta

from gateway.api import (
    Answer,
    Call,
    Capabilities,
    Capability,
    Channel,
    ChannelSettings,
    Event,
    InDoubt,
    Limit,
    OutboundMessage,
    PlatformError,
    Poll,
    Problem,
    Receipt,
    Rendered,
    Secret,
    Text,
    WebhookRequest,
)
from gateway.testing.sending import SendingContract


class PigeonSettings(ChannelSettings, frozen=True, kw_only=True):
    ring: Annotated[Secret, Meta(description="What is engraved on the pigeon's ring.")]


class Pigeon(Channel[PigeonSettings]):
    """Sends letters of ten characters; a poll becomes one."""

    type = "pigeon"
    title = "Pigeon post"
    settings_type = PigeonSettings
    capabilities: ClassVar[Capabilities] = MappingProxyType(
        {
            "text": Capability(limits=(Limit(field="text", least=1, most=10),)),
            "poll": Capability(becomes="a letter"),
        }
    )

    @classmethod
    def example(cls) -> PigeonSettings:
        return PigeonSettings(id="loft", channel="pigeon", ring=Secret("brass-ring"))

    def identities(self) -> Sequence[str]:
        return ("loft-1",)

    def secrets(self) -> Sequence[str]:
        return ()

    def verify(self, request: WebhookRequest) -> None:
        del request

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        del request
        return ()

    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        del reference
        match message.content:
            case Text(text=text):
                return self.letter(text)
            case Poll(question=text):
                return Rendered(calls=self.letter(text).calls, downgraded="a letter")
            case _:
                raise AssertionError(message)

    def letter(self, text: str) -> Rendered:
        return Rendered(calls=(Call(method="POST", path="/letters", body={"text": text}),))

    def read_answer(self, answer: Answer) -> Receipt:
        if answer.body == b"flown":
            return Receipt(platform_id="1")
        raise InDoubt(PlatformError(code="lost"))


class Mute(Pigeon):
    """Cannot send yet: everything is by default."""

    capabilities = MappingProxyType({})
    render = Channel.render
    read_answer = Channel.read_answer


class PigeonContract(SendingContract):
    channel_type: ClassVar[type[Channel[Any]]] = Pigeon

    def settings(self) -> PigeonSettings:
        return Pigeon.example()

    def answers(self) -> Iterable[Answer]:
        return [Answer(status=200, body=b"flown"), Answer(status=500)]


class TestASoundChannelPasses(PigeonContract):
    pass


class TestAChannelThatCannotSendYetPasses(PigeonContract):
    channel_type = Mute


class Strange(Pigeon):
    capabilities = MappingProxyType({"song": Capability()})


class Silent(Pigeon):
    def letter(self, text: str) -> Rendered:
        del text
        return Rendered(calls=())


class Relative(Pigeon):
    def letter(self, text: str) -> Rendered:
        return Rendered(calls=(Call(method="POST", path="letters", body={"text": text}),))


class Secretive(Pigeon):
    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        return Rendered(calls=super().render(message, reference=reference).calls)


class Willing(Pigeon):
    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        return [each for each in super().check(message) if each.path != "$.content.kind"]


class Counting(Pigeon):
    letters = itertools.count()

    def letter(self, text: str) -> Rendered:
        return super().letter(f"{text} {next(self.letters)}")


class Asking(Pigeon):
    def letter(self, text: str) -> Rendered:
        socket.getaddrinfo("localhost", 80)
        return super().letter(text)


class Telling(Pigeon):
    def letter(self, text: str) -> Rendered:
        return super().letter(text + self.settings.ring.reveal())


class Generous(Pigeon):
    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        return [each for each in super().check(message) if each.limit != 10]


class Strict(Pigeon):
    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        if isinstance(message.content, Text) and len(message.content.text) > 9:
            return [Problem(path="$.content.text", explanation="too long", limit=9)]
        return super().check(message)


class Vague(Pigeon):
    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        return [Problem(path="", explanation=each.explanation) for each in super().check(message)]


class Fragile(Pigeon):
    def letter(self, text: str) -> Rendered:
        assert len(text) > 4  # those of the plain contents are longer
        return super().letter(text)


class Blunt(Pigeon):
    def read_answer(self, answer: Answer) -> Receipt:
        if answer.status == 500:
            raise InDoubt(PlatformError(code=""))
        return super().read_answer(answer)


class Careless(Pigeon):
    def read_answer(self, answer: Answer) -> Receipt:
        return Receipt(platform_id=answer.body.decode("utf-8"))


class Deaf(Pigeon):
    read_answer = Channel.read_answer


Check: TypeAlias = Callable[..., None]
C = SendingContract


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (Strange, C.test_every_kind_it_carries_is_one_of_ours),
        (Silent, C.test_every_kind_it_carries_becomes_calls),
        (Relative, C.test_every_kind_it_carries_becomes_calls),
        (Secretive, C.test_what_becomes_something_else_says_so),
        (Willing, C.test_a_kind_it_does_not_carry_is_refused_by_name),
        (Counting, C.test_rendering_gives_the_same_calls_every_time),
        (Asking, C.test_rendering_needs_no_network),
        (Telling, C.test_no_call_shows_a_secret),
        (Generous, C.test_every_limit_is_exact_and_names_its_field),
        (Strict, C.test_every_limit_is_exact_and_names_its_field),
        (Vague, C.test_every_limit_is_exact_and_names_its_field),
        (Vague, C.test_what_passes_the_check_can_be_rendered),
        (Fragile, C.test_what_passes_the_check_can_be_rendered),
        (Blunt, C.test_an_answer_is_a_receipt_or_an_error_with_a_code),
        (Careless, C.test_an_answer_without_sense_is_an_error_with_a_code),
        (Deaf, C.test_an_answer_without_sense_is_an_error_with_a_code),
    ],
)
def test_a_fault_is_found(
    faulty: type[Pigeon], check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Contract(PigeonContract):
        channel_type = faulty

    needs = check.__code__.co_varnames[: check.__code__.co_argcount]
    arguments = {"monkeypatch": monkeypatch} if "monkeypatch" in needs else {}
    with pytest.raises((AssertionError, UnicodeError)):
        check(Contract(), **arguments)


def test_every_check_of_the_contract_is_tried_with_a_fault() -> None:
    marks = test_a_fault_is_found.pytestmark  # type: ignore[attr-defined]  # pytest puts it there
    tried = {check.__name__ for _, check in marks[0].args[1]}
    assert {name for name in vars(SendingContract) if name.startswith("test_")} == tried
