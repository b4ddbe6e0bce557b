"""What every channel plugin must do, as tests to inherit.

::

    class TestContract(ChannelContract):
        channel_type = TelegramChannel

        def bodies(self):
            return [path.read_bytes() for path in sorted(RECORDED.glob("*.json"))]

        def signed(self, body, secret):
            return {"x-telegram-bot-api-secret-token": secret}
"""

from __future__ import annotations

import abc
import copy
import functools
import json
import re
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import loader
from gateway.channel.capabilities import kind_of
from gateway.channel.channel import Channel, ChannelSettings
from gateway.channel.request import WebhookRequest
from gateway.codec.stream import decode, encode
from gateway.errors import BodyMalformed, SignatureInvalid
from gateway.model.event import Event, MessageReceived, PlatformNotice, type_of
from gateway.testing.mutation import mutations
from gateway.testing.sending import SendingContract, secrets

RECEIVED_AT: Final = 1_795_000_000_000
LATER: Final = RECEIVED_AT + 86_400_000
BROKEN: Final[tuple[object, ...]] = (None, 42, "x", [], {}, {"id": {}}, {"type": "text"})
"""What is put beside whole items of a batch."""

_PATIENT: Final = settings(
    deadline=None,
    max_examples=300,
    # One test is inherited by many classes: that is what a contract is.
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


class ChannelContract(SendingContract):
    """Tests of a channel, reading and sending; a plugin's test class inherits them.

    Attributes:
        channel_type: The class under test.
        signs_body: Whether a signature is over the body (else it only names a secret).
        batches: Where in a body lists of independent items are: keys joined by dots, ``[]``
            after a list to go into each of its items. What is broken in one item of such a list
            must not touch its neighbours.
    """

    channel_type: ClassVar[type[Channel[Any]]]
    signs_body: ClassVar[bool] = True
    batches: ClassVar[Sequence[str]] = ()

    @abc.abstractmethod
    def bodies(self) -> Iterable[bytes]:
        """Return recorded webhook bodies, as many kinds as there are."""

    @abc.abstractmethod
    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        """Return the headers, names in lower case, with which the platform signs a body."""

    def settings(self) -> ChannelSettings:
        """Return settings of one account, with secrets; the channel's example by default."""
        example: ChannelSettings = self.channel_type.example()
        return example

    # What the channel is.

    def test_it_is_offered_by_an_installed_plugin(self) -> None:
        offered = loader.load().channels
        assert offered.get(self.channel_type.type) is self.channel_type, (
            f"no installed plugin offers {self.channel_type!r}; installed: {sorted(offered)}"
        )

    def test_its_names_are_fit_for_settings_and_for_people(self) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", self.channel_type.type)
        assert self.channel_type.title.strip()

    def test_every_setting_is_described(self) -> None:
        described = _descriptions(self.channel_type.settings_type)
        silent = [name for name, text in described.items() if not text]
        assert not silent, f"without a description in msgspec.Meta: {silent}"

    def test_the_window_is_documented(self) -> None:
        window = self.channel_type.window
        if window is None:
            return
        assert window.length > timedelta(0)
        assert window.described, "no line says which events open it"
        assert all(each.strip() for each in window.described)
        assert window.source.strip(), "no source"

    def test_the_window_rule_decides_on_every_event(self) -> None:
        window = self.channel_type.window
        if window is None:
            return
        for event in self._all_events():
            assert window.opens(event) in {True, False}

    def test_it_knows_its_own_identities(self) -> None:
        assert all(self._channel().identities())

    def test_it_declares_what_its_recorded_bodies_become(self) -> None:
        declared, found = self.channel_type.receives, {_word(each) for each in self._all_events()}
        found -= {"platform.notice"}
        assert not found - declared, f"not in `receives`: {sorted(found - declared)}"
        unseen = sorted(declared - found)
        assert not unseen, f"in `receives`, but no recorded body becomes this: {unseen}"

    # Reading.

    def test_parse_gives_the_same_events_every_time(self) -> None:
        for body in self._bodies():
            assert self._parse(body) == self._parse(body), _shown(body)

    def test_parse_needs_no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("parse went to the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        for body in self._bodies():
            self._parse(body)

    def test_events_carry_the_account_the_channel_and_the_time_of_arrival(self) -> None:
        account = self.settings().id
        for event in self._all_events():
            assert (event.channel, event.account) == (self.channel_type.type, account), event
            assert event.at == RECEIVED_AT, event

    def test_ids_do_not_depend_on_the_delivery(self) -> None:
        for body in self._bodies():
            first = [event.id for event in self._parse(body)]
            assert first == [event.id for event in self._parse(body, at=LATER)], _shown(body)

    def test_different_events_have_different_ids(self) -> None:
        for body in self._bodies():
            by_id: dict[str, Event] = {}
            for event in self._parse(body):
                assert by_id.setdefault(event.id, event) == event, _shown(body)

    def test_every_event_survives_the_wire(self) -> None:
        for event in self._all_events():
            assert decode(encode(event)) == event

    def test_no_event_carries_a_secret(self) -> None:
        hidden = secrets(self.settings())
        for event in self._all_events():
            on_the_wire = encode(event)
            assert not [each for each in hidden if each.encode() in on_the_wire], type_of(event)

    @_PATIENT
    @given(data=st.data())
    def test_broken_bodies_are_refused_or_read_and_never_raise_anything_else(
        self, data: st.DataObject
    ) -> None:
        body = data.draw(st.sampled_from(self._bodies()).flatmap(mutations))
        try:
            events = self._parse(body)
        except BodyMalformed:
            assert not _is_object(body), "a JSON object was refused: all of its batch is lost"
            return
        for event in events:
            assert decode(encode(event)) == event

    def test_what_cannot_come_from_the_platform_is_refused(self) -> None:
        for body in (b"", b"no JSON", b'{"cut": ', b"\xff\xfe"):
            with pytest.raises(BodyMalformed):
                self._parse(body)

    def test_a_broken_item_leaves_its_neighbours_alone(self) -> None:
        tried = 0
        for body in self._bodies():
            whole: set[bytes] | None = None
            for spoilt in _spoilt(body, self.batches):
                if whole is None:  # the body itself, written as those with something broken are
                    whole = {_told(each) for each in self._parse(spoilt) if not _is_notice(each)}
                    continue
                tried += 1
                found = {_told(each) for each in self._parse(spoilt)}
                assert whole <= found, f"lost beside a broken item: {_shown(spoilt)}"
        assert tried or not self.batches, f"no recorded body has a list at {self.batches}"

    # Signatures and secrets.

    def test_every_active_secret_is_accepted(self) -> None:
        for body in self._some():
            for secret in self._active():
                self._channel().verify(self._request(body, self.signed(body, secret)))

    def test_what_is_not_signed_is_refused(self) -> None:
        self._active()
        for body in self._some():
            self._refuses(body, {})

    def test_what_another_secret_signed_is_refused(self) -> None:
        for secret in (f"{self._active()[0]}x", "retired", ""):
            for body in self._some():
                self._refuses(body, self.signed(body, secret))

    def test_a_damaged_signature_is_refused(self) -> None:
        secret = self._active()[0]
        for body in self._some():
            right = self.signed(body, secret)
            for damage in (_cut, _emptied, _lengthened, _not_ascii):
                self._refuses(body, {name: damage(value) for name, value in right.items()})

    def test_a_signature_is_good_for_its_own_bytes_only(self) -> None:
        if not self.signs_body:
            return
        secret = self._active()[0]
        for body in self._some():
            self._refuses(body + b" ", self.signed(body, secret))

    def test_secrets_show_neither_in_text_nor_in_logs(
        self, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        channel = self._channel()
        texts = [repr(channel), repr(channel.settings), str(channel.settings)]
        for body in self._some():
            try:
                channel.verify(self._request(body, self.signed(body, "retired")))
            except SignatureInvalid as refused:
                texts.append(repr(refused))
            self._parse(body)
        printed = capsys.readouterr()
        texts += [printed.out, printed.err, caplog.text]
        shown = [each for each in secrets(self.settings()) if any(each in text for text in texts)]
        assert not shown, f"{len(shown)} secrets are shown"

    # The steps of the tests.

    def _channel(self) -> Channel[Any]:
        return self.channel_type(self.settings())

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

    def _active(self) -> Sequence[str]:
        secrets = self._channel().secrets()
        if not secrets:
            pytest.skip("this channel signs nothing")
        return secrets

    def _refuses(self, body: bytes, headers: Mapping[str, str]) -> None:
        with pytest.raises(SignatureInvalid):
            self._channel().verify(self._request(body, headers))


def _cut(value: str) -> str:
    return value[:-1]


def _emptied(value: str) -> str:
    del value
    return ""


def _lengthened(value: str) -> str:
    return f"{value}0"


def _not_ascii(value: str) -> str:
    return f"{value[:-1]}ñ"


def _is_object(body: bytes) -> bool:
    """Whether a body is a JSON object, if need be with odd text and numbers in it."""
    try:
        tree = json.loads(body)
        json.dumps(tree, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return isinstance(tree, dict)


def _shown(body: bytes) -> str:
    return body[:300].decode(errors="replace")


def _descriptions(settings_type: type[ChannelSettings]) -> dict[str, str]:
    """Return the description of every key a channel adds to those all accounts have."""
    known = set(ChannelSettings.__struct_fields__)
    schema = msgspec.inspect.type_info(settings_type)
    assert isinstance(schema, msgspec.inspect.StructType)
    return {
        each.encode_name: _description(each.type)
        for each in schema.fields
        if each.name not in known
    }


def _description(kind: msgspec.inspect.Type) -> str:
    if not isinstance(kind, msgspec.inspect.Metadata):
        return ""
    return str((kind.extra_json_schema or {}).get("description", ""))


def _spoilt(body: bytes, batches: Sequence[str]) -> Iterator[bytes]:
    """Yield the body, then it with something broken before and after the items of each batch."""
    try:
        tree = json.loads(body)
    except ValueError:
        return
    yield json.dumps(tree).encode()
    for path in batches:
        for number in range(len(list(_lists(tree, path)))):
            for broken in BROKEN:
                for place in (_first, _last):
                    spoilt = copy.deepcopy(tree)
                    place(list(_lists(spoilt, path))[number], broken)
                    yield json.dumps(spoilt).encode()


def _told(event: Event) -> bytes:
    """Return all of an event but its id: what has no id of the platform's may be known by its place."""
    return encode(event).replace(event.id.encode(), b"")


def _word(event: Event) -> str:
    """Return what ``Channel.receives`` calls an event."""
    return kind_of(event.message.content) if isinstance(event, MessageReceived) else type_of(event)


def _is_notice(event: Event) -> bool:
    return isinstance(event, PlatformNotice)


def _first(items: list[Any], broken: object) -> None:
    items.insert(0, broken)


def _last(items: list[Any], broken: object) -> None:
    items.append(broken)


def _lists(tree: Any, path: str) -> Iterator[list[Any]]:
    """Yield the lists at a path such as ``entry[].changes``."""
    head, _, rest = path.partition(".")
    here = tree.get(head.removesuffix("[]")) if isinstance(tree, dict) else None
    if not isinstance(here, list):
        if rest:
            yield from _lists(here, rest)
    elif not rest:
        yield here
    elif head.endswith("[]"):
        for each in here:
            yield from _lists(each, rest)
