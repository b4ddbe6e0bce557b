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

import re
from datetime import timedelta
from typing import Final

import msgspec

from gateway import loader
from gateway.channel.channel import ChannelSettings
from gateway.testing.answering import AnsweringContract
from gateway.testing.delivering import DeliveringContract
from gateway.testing.reading import ReadingContract
from gateway.testing.sending import SendingContract
from gateway.testing.signing import SigningContract

_HIDDEN: Final = re.compile(r"(^|_)(secret|token|password|passphrase)s?$")
"""Names of settings whose values nobody may see."""


class ChannelContract(
    ReadingContract, SigningContract, SendingContract, AnsweringContract, DeliveringContract
):
    """Tests of a channel, reading and sending; a plugin's test class inherits them.

    What it is told by attributes and methods is in its bases: ``bodies`` and ``signed`` at least;
    for a channel that sends, ``refusal``.
    """

    def test_it_is_offered_by_an_installed_plugin(self) -> None:
        offered = loader.load().channels
        assert offered.get(self.channel_type.type) is self.channel_type, (
            f"no installed plugin offers {self.channel_type!r}; installed: {sorted(offered)}"
        )

    def test_its_names_are_fit_for_settings_and_for_people(self) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", self.channel_type.type)
        assert self.channel_type.title.strip()

    def test_every_setting_is_described(self) -> None:
        own = _own_fields(self.channel_type.settings_type)
        silent = [each.encode_name for each in own if not _description(each.type)]
        assert not silent, f"without a description in msgspec.Meta: {silent}"

    def test_what_must_be_hidden_is_a_secret(self) -> None:
        bare = [
            each.encode_name
            for each in _own_fields(self.channel_type.settings_type)
            if _HIDDEN.search(each.name) and isinstance(_inner(each.type), msgspec.inspect.StrType)
        ]
        assert not bare, f"text, and not Secret or Secrets: {bare}"

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


def _own_fields(settings_type: type[ChannelSettings]) -> list[msgspec.inspect.Field]:
    """Return every key that a channel adds to those all accounts have."""
    known = set(ChannelSettings.__struct_fields__)
    schema = msgspec.inspect.type_info(settings_type)
    assert isinstance(schema, msgspec.inspect.StructType)
    return [each for each in schema.fields if each.name not in known]


def _inner(kind: msgspec.inspect.Type) -> msgspec.inspect.Type:
    return kind.type if isinstance(kind, msgspec.inspect.Metadata) else kind


def _description(kind: msgspec.inspect.Type) -> str:
    if not isinstance(kind, msgspec.inspect.Metadata):
        return ""
    return str((kind.extra_json_schema or {}).get("description", ""))
