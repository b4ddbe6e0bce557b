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

import msgspec

from gateway import loader
from gateway.channel.channel import ChannelSettings
from gateway.testing.answering import AnsweringContract
from gateway.testing.delivering import DeliveringContract
from gateway.testing.reading import ReadingContract
from gateway.testing.sending import SendingContract
from gateway.testing.signing import SigningContract


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
