"""The contract itself: a sound channel passes it, and each fault is found by the test for it."""

from __future__ import annotations

import hmac
import inspect
import json
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
import pytest
from msgspec import Meta

from gateway.api import (
    BodyMalformed,
    Channel,
    ChannelSettings,
    Contact,
    Event,
    Message,
    MessageReceived,
    Notice,
    PlatformNotice,
    Secret,
    SignatureInvalid,
    Text,
    WebhookRequest,
    WindowRule,
    event_id,
)
from gateway.testing.contract import ChannelContract
from gateway.testing.reading import ReadingContract
from gateway.testing.signing import SigningContract


class PigeonSettings(ChannelSettings, frozen=True, kw_only=True):
    ring: Annotated[Secret, Meta(description="What is engraved on the pigeon's ring.")]


class Pigeon(Channel[PigeonSettings]):
    """Letters by pigeon: ``{"letters": [{"number": 1, "from": "Ana", "text": "hi"}]}``."""

    type = "pigeon"
    title = "Pigeon post"
    settings_type = PigeonSettings
    receives = frozenset({"text"})
    window: ClassVar[WindowRule | None] = WindowRule(
        length=timedelta(hours=1),
        opens=lambda event: isinstance(event, MessageReceived),
        described=("a letter arrives",),
        source="Pigeon fanciers' handbook",
    )

    @classmethod
    def example(cls) -> PigeonSettings:
        return PigeonSettings(id="loft", channel="pigeon", ring=Secret("brass"))

    def identities(self) -> Sequence[str]:
        return ("loft-1",)

    def secrets(self) -> Sequence[str]:
        return (self.settings.ring.reveal(),)

    def verify(self, request: WebhookRequest) -> None:
        given = request.headers.get("x-ring", "").encode(errors="replace")
        if not hmac.compare_digest(given, seal(request.body, self.secrets()[0]).encode()):
            raise SignatureInvalid("the ring is not ours")

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        try:
            body = json.loads(request.body)
        except ValueError as error:
            raise BodyMalformed("not JSON") from error
        letters = body.get("letters") if isinstance(body, dict) else None
        if not isinstance(letters, list):
            return [self.notice(body, request.received_at)]
        return [self.letter(each, request.received_at) for each in letters]

    def letter(self, letter: Any, at: int) -> Event:
        try:
            number, sender, text = letter["number"], letter["from"], letter["text"]
            if (type(number), type(sender), type(text)) != (int, str, str):
                return self.notice(letter, at)
            return self.received(str(number), sender, text, at)
        except (KeyError, TypeError, IndexError):
            return self.notice(letter, at)

    def received(self, number: str, sender: str, text: str, at: int) -> Event:
        identity = event_id(0, self.account, "message.received", number)
        # Half of a surrogate pair is legal in JSON and cannot be written as UTF-8.
        sender, text = (each.encode(errors="replace").decode() for each in (sender, text))
        message = Message(id=identity, platform_id=number, timestamp=0, content=Text(text=text))
        return MessageReceived(
            id=identity,
            at=at,
            channel="pigeon",
            account=self.account,
            contact=Contact(id=sender),
            message=message,
        )

    def notice(self, item: Any, at: int) -> Event:
        return PlatformNotice(
            id=event_id(0, self.account, "platform.notice", repr(item)),
            at=at,
            channel="pigeon",
            account=self.account,
            notice=Notice(reason="broken", subject="letter", raw=repr(item)),
        )


def seal(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, sha256).hexdigest()


class PigeonContract(ChannelContract):
    channel_type: ClassVar[type[Channel[Any]]] = Pigeon
    batches = ("letters",)

    def bodies(self) -> Iterable[bytes]:
        return [
            b'{"letters":[{"number":1,"from":"Ana","text":"hi"}]}',
            b'{"letters":[{"number":2,"from":"Rui","text":"a"},{"number":3,"from":"Eva","text":""}]}',
        ]

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {"x-ring": seal(body, secret)}


class TestASoundChannelPasses(PigeonContract):
    def test_it_is_offered_by_an_installed_plugin(self) -> None:
        with pytest.raises(AssertionError, match="no installed plugin offers"):
            super().test_it_is_offered_by_an_installed_plugin()


class BadName(Pigeon):
    type = "Pigeon Post"


class SilentSettings(PigeonSettings, frozen=True, kw_only=True):
    colour: str = "grey"


class Silent(Pigeon):
    settings_type = SilentSettings


class BareSettings(PigeonSettings, frozen=True, kw_only=True):
    seal_token: Annotated[str, Meta(description="Opens the loft.")] = ""


class Bare(Pigeon):
    settings_type = BareSettings


class Undocumented(Pigeon):
    window = WindowRule(length=timedelta(hours=1), opens=bool, described=(), source="x")


class Undecided(Pigeon):
    window = WindowRule(
        length=timedelta(hours=1),
        opens=lambda event: event.message.id != "",  # type: ignore[union-attr]  # the fault
        described=("letters",),
        source="x",
    )

    def letter(self, letter: Any, at: int) -> Event:
        return self.notice(letter, at)


class Boasting(Pigeon):
    receives = frozenset({"text", "image"})


class Modest(Pigeon):
    receives = frozenset()


class Nameless(Pigeon):
    def identities(self) -> Sequence[str]:
        return ("",)


class Counting(Pigeon):
    count: ClassVar[int] = 0

    def letter(self, letter: Any, at: int) -> Event:
        del letter
        Counting.count += 1
        return self.received(str(Counting.count), "Ana", "hi", at)


class Asking(Pigeon):
    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        socket.getaddrinfo("localhost", 80)
        return super().parse(request)


class Elsewhere(Pigeon):
    def letter(self, letter: Any, at: int) -> Event:
        return msgspec.structs.replace(super().letter(letter, at), account="another")


class Clocked(Pigeon):
    def letter(self, letter: Any, at: int) -> Event:
        return msgspec.structs.replace(super().letter(letter, at), id=str(at))


class Colliding(Pigeon):
    def letter(self, letter: Any, at: int) -> Event:
        return msgspec.structs.replace(super().letter(letter, at), id="one for all")


class Untyped(Pigeon):
    def letter(self, letter: Any, at: int) -> Event:
        return msgspec.structs.replace(super().letter(letter, at), contact=Contact(id=letter))


class Chatty(Pigeon):
    def letter(self, letter: Any, at: int) -> Event:
        del letter
        return self.received("1", "Ana", f"ring {self.secrets()[0]}", at)


class Trusting(Pigeon):
    def letter(self, letter: Any, at: int) -> Event:
        return self.received(str(letter["number"]), letter["from"], letter["text"], at)


class Patient(Pigeon):
    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        try:
            return super().parse(request)
        except BodyMalformed:
            return []


class Squeamish(Pigeon):
    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        events = super().parse(request)
        if any(isinstance(each, PlatformNotice) for each in events):
            raise BodyMalformed("not what was expected")
        return events


class Hasty(Pigeon):
    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        events = super().parse(request)
        broken = [each for each in events if isinstance(each, PlatformNotice)]
        return broken or events


class Refusing(Pigeon):
    def verify(self, request: WebhookRequest) -> None:
        del request
        raise SignatureInvalid("never")


class Believing(Pigeon):
    def verify(self, request: WebhookRequest) -> None:
        pass


class HalfLooking(Pigeon):
    def verify(self, request: WebhookRequest) -> None:
        right = seal(request.body, self.secrets()[0])
        if request.headers.get("x-ring", "")[:8] != right[:8]:
            raise SignatureInvalid("not ours")


class Timid(Pigeon):
    def verify(self, request: WebhookRequest) -> None:
        if request.headers["x-ring"] != seal(b"", self.secrets()[0]):
            raise SignatureInvalid("not ours")


class Telling(Pigeon):
    def verify(self, request: WebhookRequest) -> None:
        del request
        raise SignatureInvalid(f"not signed with {self.secrets()[0]}")


Check: TypeAlias = Callable[..., None]
C = ChannelContract


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (BadName, C.test_its_names_are_fit_for_settings_and_for_people),
        (Silent, C.test_every_setting_is_described),
        (Bare, C.test_what_must_be_hidden_is_a_secret),
        (Undocumented, C.test_the_window_is_documented),
        (Undecided, C.test_the_window_rule_decides_on_every_event),
        (Boasting, C.test_it_declares_what_its_recorded_bodies_become),
        (Modest, C.test_it_declares_what_its_recorded_bodies_become),
        (Nameless, C.test_it_knows_its_own_identities),
        (Counting, C.test_parse_gives_the_same_events_every_time),
        (Asking, C.test_parse_needs_no_network),
        (Elsewhere, C.test_events_carry_the_account_the_channel_and_the_time_of_arrival),
        (Clocked, C.test_ids_do_not_depend_on_the_delivery),
        (Colliding, C.test_different_events_have_different_ids),
        (Untyped, C.test_every_event_survives_the_wire),
        (Chatty, C.test_no_event_carries_a_secret),
        (Trusting, C.test_broken_bodies_are_refused_or_read_and_never_raise_anything_else),
        (Squeamish, C.test_broken_bodies_are_refused_or_read_and_never_raise_anything_else),
        (Patient, C.test_what_cannot_come_from_the_platform_is_refused),
        (Hasty, C.test_a_broken_item_leaves_its_neighbours_alone),
        (Refusing, C.test_every_active_secret_is_accepted),
        (Believing, C.test_what_is_not_signed_is_refused),
        (Timid, C.test_what_is_not_signed_is_refused),
        (Believing, C.test_what_another_secret_signed_is_refused),
        (HalfLooking, C.test_a_damaged_signature_is_refused),
        (Believing, C.test_a_signature_is_good_for_its_own_bytes_only),
        (Telling, C.test_secrets_show_neither_in_text_nor_in_logs),
    ],
)
def test_a_fault_is_found(
    faulty: type[Pigeon], check: Check, request: pytest.FixtureRequest
) -> None:
    class Contract(PigeonContract):
        channel_type = faulty

    wanted = set(inspect.signature(check).parameters) - {"self"}
    fixtures = {name: request.getfixturevalue(name) for name in sorted(wanted)}
    with pytest.raises((Exception, pytest.fail.Exception)):
        check(Contract(), **fixtures)


def test_a_contract_with_nothing_to_test_with_fails() -> None:
    class Contract(PigeonContract):
        def bodies(self) -> Iterable[bytes]:
            return []

    with pytest.raises(AssertionError, match="nothing to test with"):
        Contract().test_parse_gives_the_same_events_every_time()


def test_a_contract_whose_bodies_have_no_batch_fails() -> None:
    class Contract(PigeonContract):
        batches = ("parcels",)

    with pytest.raises(AssertionError, match="no recorded body has a list"):
        Contract().test_a_broken_item_leaves_its_neighbours_alone()


def test_every_check_of_the_contract_is_tried_with_a_fault() -> None:
    marks = test_a_fault_is_found.pytestmark  # type: ignore[attr-defined]  # pytest puts it there
    tried = {check.__name__ for _, check in marks[0].args[1]}
    parts = (ChannelContract, ReadingContract, SigningContract)
    every = {name for part in parts for name in vars(part) if name.startswith("test_")}
    assert every - tried == {"test_it_is_offered_by_an_installed_plugin"}
