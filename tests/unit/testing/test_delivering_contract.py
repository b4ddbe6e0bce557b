"""The half of the contract about calls: a sound channel passes, and each fault is found."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
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
    Host,
    InDoubt,
    OutboundMessage,
    PlatformError,
    PlatformFailure,
    Receipt,
    Rejected,
    Rendered,
    Secret,
    Text,
    WebhookRequest,
)
from gateway.testing.delivering import DeliveringContract

NOWHERE = "http://127.0.0.1:9"


class PigeonSettings(ChannelSettings, frozen=True, kw_only=True):
    ring: Annotated[Secret, Meta(description="What is engraved on the pigeon's ring.")]
    api_url: Annotated[str, Meta(description="Where the loft is.")] = f"{NOWHERE}/lofts/1"


class Pigeon(Channel[PigeonSettings]):
    """Brings texts to a loft, with the ring as its proof."""

    type = "pigeon"
    title = "Pigeon post"
    settings_type = PigeonSettings
    capabilities: ClassVar[Capabilities] = MappingProxyType({"text": Capability()})

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
        assert isinstance(message.content, Text)
        body = {"text": message.content.text}
        return Rendered(calls=(Call(method="POST", path="/letters", body=body),))

    def read_answer(self, answer: Answer) -> Receipt:
        if answer.status < 300:
            return Receipt()
        raise Rejected(PlatformError(code=str(answer.status), explanation="No."))

    async def deliver(self, call: Call, host: Host) -> Answer:
        return await host.request(
            call.method,
            f"{self.settings.api_url}{call.path}",
            headers={"Ring": self.settings.ring.reveal()},
            json=call.body,
        )


class PigeonContract(DeliveringContract):
    channel_type: ClassVar[type[Channel[Any]]] = Pigeon


class TestASoundChannelPasses(PigeonContract):
    pass


class Mute(Pigeon):
    capabilities = MappingProxyType({})


class TestAChannelThatCannotSendYetPasses(PigeonContract):
    channel_type = Mute


class Idle(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        del call, host
        return Answer(status=200)


class Unproven(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        return await host.request(
            call.method, f"{self.settings.api_url}{call.path}", json=call.body
        )


class Inventive(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        changed = msgspec.structs.replace(call, body={"text": "another"})
        return await super().deliver(changed, host)


class Astray(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        return await super().deliver(msgspec.structs.replace(call, path="/elsewhere"), host)


class Gloomy(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        try:
            return await super().deliver(call, host)
        except PlatformFailure as failure:
            raise InDoubt(failure.error) from failure


class Certain(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        try:
            return await super().deliver(call, host)
        except PlatformFailure as failure:
            raise Rejected(failure.error) from failure


class Telling(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        try:
            return await super().deliver(call, host)
        except PlatformFailure as failure:
            told = f"tried with {self.settings.ring.reveal()}"
            raise InDoubt(PlatformError(code="1", explanation=told)) from failure


class Logging(Pigeon):
    async def deliver(self, call: Call, host: Host) -> Answer:
        logging.getLogger("pigeon").warning("ring %s", self.settings.ring.reveal())
        return await super().deliver(call, host)


class Quoting(Pigeon):
    def read_answer(self, answer: Answer) -> Receipt:
        raise Rejected(PlatformError(code="1", explanation=answer.body.decode()))


Check: TypeAlias = Callable[..., None]
C = DeliveringContract


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (Idle, C.test_every_call_goes_to_the_accounts_address_with_its_credentials),
        (Unproven, C.test_every_call_goes_to_the_accounts_address_with_its_credentials),
        (Inventive, C.test_every_call_goes_to_the_accounts_address_with_its_credentials),
        (Astray, C.test_every_call_goes_to_the_accounts_address_with_its_credentials),
        (Gloomy, C.test_a_platform_that_is_not_there_got_nothing),
        (Certain, C.test_a_platform_that_breaks_off_may_have_got_it),
        (Telling, C.test_no_failure_of_a_call_shows_a_secret),
        (Logging, C.test_no_failure_of_a_call_shows_a_secret),
        (Quoting, C.test_no_failure_of_a_call_shows_a_secret),
    ],
)
def test_a_fault_is_found(
    faulty: type[Pigeon], check: Check, request: pytest.FixtureRequest
) -> None:
    class Contract(PigeonContract):
        channel_type = faulty

    wanted = set(inspect.signature(check).parameters) - {"self"}
    fixtures = {name: request.getfixturevalue(name) for name in sorted(wanted)}
    with pytest.raises(AssertionError):
        check(Contract(), **fixtures)


def test_every_check_of_the_contract_is_tried_with_a_fault() -> None:
    marks = test_a_fault_is_found.pytestmark  # type: ignore[attr-defined]  # pytest puts it there
    tried = {check.__name__ for _, check in marks[0].args[1]}
    assert {name for name in vars(DeliveringContract) if name.startswith("test_")} == tried


def test_a_channel_whose_address_is_not_known_is_told_what_to_do() -> None:
    class Contract(PigeonContract):
        def settings(self) -> ChannelSettings:
            return ChannelSettings(id="loft", channel="pigeon")

    with pytest.raises(pytest.fail.Exception, match="override settings_at"):
        Contract().settings_at(NOWHERE)
