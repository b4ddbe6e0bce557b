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
    Limits,
    OutboundMessage,
    PlatformError,
    PlatformFailure,
    Poll,
    Problem,
    Rate,
    RateLimit,
    Receipt,
    Rejected,
    Rendered,
    Secret,
    Temporary,
    Text,
    Throttled,
    WebhookRequest,
)
from gateway.testing.answering import AnsweringContract
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
    known_errors: ClassVar[Sequence[PlatformError]] = (
        PlatformError(code="hawk", explanation="A hawk was faster.", action="retry"),
        PlatformError(code="grain", explanation="It had eaten.", action="none"),
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
        if answer.body in (b"flown", b"grain"):
            return Receipt(platform_id="1")
        if answer.status == 429:
            raise Throttled(PlatformError(code="tired"), scope="account")
        if 300 <= answer.status < 500:
            raise Rejected(PlatformError(code="no"))
        if answer.body == b"hawk":
            raise Temporary(self.known_errors[0])
        raise InDoubt(PlatformError(code="lost"))


class Mute(Pigeon):
    """Cannot send yet: everything is by default."""

    capabilities = MappingProxyType({})
    render = Channel.render
    read_answer = Channel.read_answer


class PigeonContract(SendingContract, AnsweringContract):
    channel_type: ClassVar[type[Channel[Any]]] = Pigeon

    def settings(self) -> PigeonSettings:
        return Pigeon.example()

    def answers(self) -> Iterable[Answer]:
        return [Answer(status=200, body=b"flown"), Answer(status=500)]

    def refusal(self, error: PlatformError) -> Answer:
        return Answer(status=502, body=error.code.encode())


class TestASoundChannelPasses(PigeonContract):
    pass


class TestAChannelThatCannotSendYetPasses(PigeonContract):
    channel_type = Mute


class Strange(Pigeon):
    capabilities = MappingProxyType({"song": Capability()})


class Unsourced(Pigeon):
    limits = Limits(rates=(RateLimit(scope="account", rate=Rate(messages=1)),), source=" ")


class Rateless(Pigeon):
    limits = Limits(rates=(), source="the handbook")


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


class Ignorant(Pigeon):
    known_errors = ()


class Twice(Pigeon):
    known_errors = (*Pigeon.known_errors, *Pigeon.known_errors)


class Unexplained(Pigeon):
    known_errors = (PlatformError(code="hawk", action="retry"),)


class Undecided(Pigeon):
    known_errors = (PlatformError(code="hawk", explanation="A hawk was faster."),)


class Otherwise(Pigeon):
    def read_answer(self, answer: Answer) -> Receipt:
        if answer.body == b"hawk":
            raise Rejected(PlatformError(code="hawk", explanation="No.", action="reject"))
        return super().read_answer(answer)


class Overlooking(Pigeon):
    def read_answer(self, answer: Answer) -> Receipt:
        if answer.body == b"hawk":
            return Receipt(platform_id="1")
        return super().read_answer(answer)


class Rootless(Pigeon):
    def read_answer(self, answer: Answer) -> Receipt:
        if answer.body == b"hawk":
            raise PlatformFailure(self.known_errors[0])
        return super().read_answer(answer)


class Judging(Pigeon):
    """Takes every answer of one status for what its name says."""

    status: ClassVar[int]
    found: ClassVar[Receipt | PlatformFailure]

    def read_answer(self, answer: Answer) -> Receipt:
        if answer.status != self.status:
            return super().read_answer(answer)
        if isinstance(self.found, Receipt):
            return self.found
        raise self.found


class Final503(Judging):
    status = 503
    found = Rejected(PlatformError(code="no"))


class Taken429(Judging):
    status = 429
    found = Rejected(PlatformError(code="no"))


class Taken404(Judging):
    status = 404
    found = Receipt()


class Refused200(Judging):
    status = 200
    found = Rejected(PlatformError(code="no"))


Check: TypeAlias = Callable[..., None]
C = SendingContract
A = AnsweringContract


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (Strange, C.test_every_kind_it_carries_is_one_of_ours),
        (Unsourced, C.test_the_rates_are_documented),
        (Rateless, C.test_the_rates_are_documented),
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
        (Blunt, A.test_an_answer_is_a_receipt_or_an_error_with_a_code),
        (Careless, A.test_an_answer_without_sense_is_an_error_with_a_code),
        (Deaf, A.test_an_answer_without_sense_is_an_error_with_a_code),
        (Ignorant, A.test_a_channel_that_sends_knows_its_platforms_errors),
        (Twice, A.test_a_channel_that_sends_knows_its_platforms_errors),
        (Unexplained, A.test_a_channel_that_sends_knows_its_platforms_errors),
        (Undecided, A.test_a_channel_that_sends_knows_its_platforms_errors),
        (Otherwise, A.test_every_error_it_knows_comes_out_as_its_table_says),
        (Overlooking, A.test_every_error_it_knows_comes_out_as_its_table_says),
        (Rootless, A.test_every_error_it_knows_comes_out_as_its_table_says),
        (Final503, A.test_an_answer_without_sense_is_judged_by_its_status),
        (Taken429, A.test_an_answer_without_sense_is_judged_by_its_status),
        (Taken404, A.test_an_answer_without_sense_is_judged_by_its_status),
        (Refused200, A.test_an_answer_without_sense_is_judged_by_its_status),
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
    parts = (SendingContract, AnsweringContract)
    assert {name for part in parts for name in vars(part) if name.startswith("test_")} == tried


def test_a_contract_that_does_not_say_how_errors_are_told_fails() -> None:
    class Contract(PigeonContract):
        refusal = AnsweringContract.refusal

    with pytest.raises(pytest.fail.Exception, match="with which answer"):
        Contract().test_every_error_it_knows_comes_out_as_its_table_says()
