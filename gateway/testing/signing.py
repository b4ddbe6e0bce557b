"""What every channel must do about signatures and secrets, as tests; ``ChannelContract`` has them."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pytest

from gateway.errors import SignatureInvalid
from gateway.testing.subject import ReadingSubject, secrets


class SigningContract(ReadingSubject):
    """Tests of how a channel tells its platform from others, and what it shows of its secrets.

    Attributes:
        signs_body: Whether a signature is over the body (else it only names a secret).
    """

    signs_body: ClassVar[bool] = True

    @abc.abstractmethod
    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        """Return the headers, names in lower case, with which the platform signs a body."""

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
