"""What every channel that sends must do, as tests; ``ChannelContract`` has them.

A channel without capabilities passes: it has to refuse everything.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any, Final, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channel.capabilities import CONTENT, Limit, kind_of
from gateway.model.content import OutboundContent
from gateway.testing.contents import PLAIN, contents
from gateway.testing.subject import WritingSubject, secrets

_PATIENT: Final = settings(
    deadline=None,
    max_examples=300,
    # One test is inherited by many classes: that is what a contract is.
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


class SendingContract(WritingSubject):
    """Tests of a channel's writing side."""

    def test_every_kind_it_carries_is_one_of_ours(self) -> None:
        kinds = {str(each.__struct_config__.tag) for each in get_args(OutboundContent)}
        assert sorted(self.channel_type.capabilities.keys() - kinds) == []

    def test_the_rates_are_documented(self) -> None:
        limits = self.channel_type.limits
        if limits is not None:
            assert limits.rates, "limits without a rate say nothing"
            assert limits.source.strip(), "no source"

    def test_every_kind_it_carries_becomes_calls(self) -> None:
        for content, rendered in self._rendered():
            assert rendered.calls, kind_of(content)
            for call in rendered.calls:
                assert call.path.startswith("/"), call
                assert msgspec.json.decode(msgspec.json.encode(call)), call

    def test_what_becomes_something_else_says_so(self) -> None:
        for content, rendered in self._rendered():
            if self.channel_type.capabilities[kind_of(content)].becomes:
                assert rendered.downgraded, kind_of(content)

    def test_a_kind_it_does_not_carry_is_refused_by_name(self) -> None:
        for kind, several in PLAIN.items():
            if kind not in self.channel_type.capabilities:
                for content in several:
                    paths = [each.path for each in self._channel().check(self.message(content))]
                    assert f"{CONTENT}.kind" in paths, kind

    def test_rendering_gives_the_same_calls_every_time(self) -> None:
        first = [rendered for _, rendered in self._rendered()]
        assert first == [rendered for _, rendered in self._rendered()]

    def test_rendering_needs_no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("render went to the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        for _ in self._rendered():
            pass

    def test_no_call_shows_a_secret(self) -> None:
        hidden = secrets(self.settings())
        for content, rendered in self._rendered():
            shown = msgspec.json.encode(rendered).decode()
            assert not [each for each in hidden if each in shown], kind_of(content)

    def test_every_limit_is_exact_and_names_its_field(self) -> None:
        for kind, capability in self.channel_type.capabilities.items():
            for limit in capability.limits:
                where = f"{kind}: {limit.field}"
                if limit.most is not None:
                    assert not self._told(kind, limit, limit.most), (
                        f"{where} is refused at its most"
                    )
                    assert self._told(kind, limit, limit.most + 1), f"{where} is passed unnoticed"
                if limit.least:
                    assert self._told(kind, limit, limit.least - 1), f"{where} may be too small"

    @_PATIENT
    @given(data=st.data())
    def test_what_passes_the_check_can_be_rendered(self, data: st.DataObject) -> None:
        message = self.message(data.draw(contents(self.channel_type.capabilities.keys())))
        problems = self._channel().check(message)
        assert problems == self._channel().check(message)
        if problems:
            assert all(each.path.startswith("$.") for each in problems)
            assert all(each.explanation for each in problems)
            return
        rendered = self._channel().render(message)
        assert msgspec.json.encode(rendered.calls)

    # The steps of the tests.

    def _told(self, kind: str, limit: Limit, size: int) -> bool:
        """Whether a field of a size is complained of, for its size."""
        for example in self.examples()[kind]:
            content = _replaced(
                example, limit.field.split("."), lambda now: _sized(now, limit, size)
            )
            if content is not None:
                problems = self._channel().check(self.message(content))
                path = f"{CONTENT}.{limit.field.replace('[]', '[0]')}"
                return any(each.path == path and each.limit is not None for each in problems)
        raise AssertionError(f"no example of {kind} has {limit.field}")


def _sized(now: object, limit: Limit, size: int) -> object:
    if limit.unit != "items":
        return "x" * size if now is None or isinstance(now, str) else None
    if not isinstance(now, tuple) or not (now or size == 0):
        return None
    return (now * size)[:size]


def _replaced(value: Any, steps: Sequence[str], make: Callable[[object], object]) -> Any:
    """Return a value with the field at a path made anew, or None where it has no such field."""
    head, *rest = steps
    name = head.removesuffix("[]")
    inner = getattr(value, name, None)
    new: object
    if head.endswith("[]"):
        first = _replaced(inner[0], rest, make) if inner else None
        new = None if first is None else (first, *inner[1:]) if inner else None
    elif rest:
        new = None if inner is None else _replaced(inner, rest, make)
    else:
        new = make(inner) if hasattr(value, name) else None
    return None if new is None else msgspec.structs.replace(value, **{name: new})
