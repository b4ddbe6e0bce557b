"""What every channel must make of a platform's answers, as tests; ``ChannelContract`` has them."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channel.outbound import Answer, Receipt
from gateway.errors import InDoubt, NotCarried, PlatformFailure, Rejected, Temporary, Throttled
from gateway.model.status import PlatformError
from gateway.testing.subject import WritingSubject

_GARBAGE: Final = (
    b"",
    b"<html>Bad gateway</html>",
    b"null",
    b"[]",
    b"{}",
    b'{"error": 1}',
    b"\xff",
)
_STATUSES: Final = (200, 201, 302, 400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 504)
_NONSENSE: Final = st.sampled_from(_GARBAGE) | st.binary(max_size=20)
_PATIENT: Final = settings(
    deadline=None,
    max_examples=300,
    # One test is inherited by many classes: that is what a contract is.
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


class AnsweringContract(WritingSubject):
    """Tests of how a channel reads answers."""

    def refusal(self, error: PlatformError) -> Answer:
        """Return the answer by which the platform tells one of the channel's ``known_errors``."""
        pytest.fail(f"override refusal(): with which answer does the platform tell {error.code}?")

    def test_a_channel_that_sends_knows_its_platforms_errors(self) -> None:
        known = self.channel_type.known_errors
        assert known or not self._asks(), "`known_errors` is empty"
        names = [(each.code, each.subcode, each.title) for each in known]
        assert len(set(names)) == len(names), "an error is in the table twice"
        for each in known:
            assert each.code, each
            assert each.explanation, each
            assert each.action, each

    def test_every_error_it_knows_comes_out_as_its_table_says(self) -> None:
        if not self.channel_type.capabilities:
            return
        for each in self.channel_type.known_errors:
            found = self._read(self.refusal(each))
            if isinstance(found, Receipt):
                assert each.action == "none", f"{each.code} is taken for a receipt"
                continue
            assert type(found) is not PlatformFailure, f"{each.code} does not say who must act"
            told = found.error
            for name in ("code", "subcode", "explanation", "action"):
                assert getattr(told, name) == getattr(each, name), f"{each.code}: {name}"

    def test_an_answer_is_a_receipt_or_an_error_with_a_code(self) -> None:
        for answer in self.answers():
            self._read(answer)

    @_PATIENT
    @given(status=st.integers(100, 599), body=_NONSENSE)
    def test_an_answer_without_sense_is_an_error_with_a_code(
        self, status: int, body: bytes
    ) -> None:
        self._read(Answer(status=status, body=body))

    @_PATIENT
    @given(status=st.sampled_from(_STATUSES), body=_NONSENSE)
    def test_an_answer_without_sense_is_judged_by_its_status(
        self, status: int, body: bytes
    ) -> None:
        if not self._asks():
            return
        found = self._read(Answer(status=status, body=body))
        if status >= 500:
            # The message may be out, or come to be: only a refusal is final.
            assert isinstance(found, Temporary | InDoubt), f"{status}: {found!r}"
        elif status == 429:
            assert isinstance(found, Throttled | Temporary), f"{status}: {found!r}"
        elif status >= 300:
            assert isinstance(found, PlatformFailure), f"{status} is taken for a receipt"
        else:
            assert not isinstance(found, Rejected), f"{status} is taken for a refusal"

    def _asks(self) -> bool:
        """Whether there is a platform that answers."""
        return self.calls_platform and bool(self.channel_type.capabilities)

    def _read(self, answer: Answer) -> Receipt | PlatformFailure:
        found = self._answered(answer)
        if isinstance(found, PlatformFailure):
            assert found.error.code, answer
            assert str(found), answer
        return found

    def _answered(self, answer: Answer) -> Receipt | PlatformFailure:
        try:
            return self._channel().read_answer(answer)
        except PlatformFailure as failure:
            return failure
        except NotCarried as nothing:
            if self.channel_type.capabilities:
                raise AssertionError("it sends, and cannot read answers") from nothing
            return PlatformFailure(PlatformError(code="not_carried"))
