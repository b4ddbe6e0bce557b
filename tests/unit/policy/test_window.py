import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.content import OutboundContent, Reaction, Text
from gateway.model.outbound import Fallback, OutboundMessage
from gateway.model.outbound_content import Raw, Read, Typing
from gateway.model.template_content import Template
from gateway.model.window import HumanTag, WindowTerms
from gateway.policy.window import (
    AccountPolicy,
    Decision,
    Hold,
    Reject,
    Send,
    SendFallback,
    SendTagged,
    State,
    decide,
    incomplete,
    is_open,
    window,
)

HOUR = 3600 * 1000
DAY = 24 * HOUR
NOW = 1_800_000_000_000

WHATSAPP = WindowTerms(length=timedelta(hours=24))
MESSENGER = WindowTerms(
    length=timedelta(hours=24), human_tag=HumanTag(name="HUMAN_AGENT", length=timedelta(days=7))
)
TEXT = Text(text="Your order left today.")
THUMB = Reaction(to="m", emoji="👍")
OPENER = Template(name="opener", language="es")
OTHER = Template(name="other", language="es")

Policy = Literal["reject", "template", "hold", "tag"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A message to a contact who wrote ``ago`` milliseconds ago; None for never."""

    ago: int | None
    terms: WindowTerms | None = MESSENGER
    content: OutboundContent = TEXT
    policy: Policy | None = None
    account: Policy = "reject"
    fallback: bool = False
    account_fallback: bool = False
    human: bool = False
    lane: Literal["live", "bulk"] = "live"
    opener_sent: bool = False
    group: bool = False

    def decided(self) -> Decision:
        message = OutboundMessage(
            account="a",
            to=None if self.group else "1",
            to_group="2" if self.group else None,
            content=self.content,
            on_closed_window=self.policy,
            fallback=Fallback(template=OPENER) if self.fallback else None,
            human=self.human,
            lane=self.lane,
        )
        state = State(
            terms=self.terms,
            opened_at=None if self.ago is None else NOW - self.ago,
            now=NOW,
            opener_sent=self.opener_sent,
        )
        account = AccountPolicy(
            on_closed_window=self.account,
            fallback=Fallback(template=OTHER) if self.account_fallback else None,
        )
        return decide(message, state, account)


SEND = Send()
TAGGED = SendTagged("HUMAN_AGENT")
INSTEAD = SendFallback(template=OPENER, keep_original=False)
OPENED = SendFallback(template=OPENER, keep_original=True)

SENT: list[tuple[Case, Decision]] = [
    # open: everything goes as it is, whatever the policy and whoever wrote it
    (Case(ago=0), SEND),
    (Case(ago=-5000), SEND),  # the platform's clock is ahead of ours
    (Case(ago=DAY - 1), SEND),
    (Case(ago=DAY - 1, policy="tag", human=True), SEND),
    (Case(ago=DAY - 1, policy="template", fallback=True), SEND),
    (Case(ago=DAY - 1, policy="hold", fallback=True), SEND),
    (Case(ago=DAY - 1, policy="hold"), SEND),
    (Case(ago=0, lane="bulk"), SEND),
    (Case(ago=0, content=THUMB), SEND),
    # what needs no window
    (Case(ago=None, content=OPENER), SEND),
    (Case(ago=9 * DAY, content=OPENER, lane="bulk"), SEND),
    (Case(ago=9 * DAY, content=OPENER, policy="hold", opener_sent=True), SEND),
    (Case(ago=9 * DAY, content=Read(to="m")), SEND),
    (Case(ago=9 * DAY, content=Raw(body={"type": "template"})), SEND),
    # no rule, and groups
    (Case(ago=None, terms=None), SEND),
    (Case(ago=99 * DAY, terms=None, policy="hold"), SEND),
    (Case(ago=None, group=True), SEND),
    # the template instead: the message's, or else its account's
    (Case(ago=DAY, policy="template", fallback=True), INSTEAD),
    (Case(ago=None, policy="template", fallback=True), INSTEAD),
    (Case(ago=DAY, account="template", fallback=True), INSTEAD),
    (Case(ago=DAY, policy="template", fallback=True, account_fallback=True), INSTEAD),
    (Case(ago=DAY, policy="template", fallback=True, account="hold"), INSTEAD),
    (Case(ago=DAY, policy="template", fallback=True, lane="bulk"), INSTEAD),
    (
        Case(ago=DAY, policy="template", account_fallback=True),
        SendFallback(template=OTHER, keep_original=False),
    ),
    # an opener, and the message kept behind it; one opener is enough
    (Case(ago=DAY, policy="hold", fallback=True), OPENED),
    (Case(ago=None, policy="hold", fallback=True), OPENED),
    (Case(ago=DAY, account="hold", fallback=True), OPENED),
    (Case(ago=DAY, policy="hold", fallback=True, opener_sent=True), Hold()),
    (Case(ago=DAY, policy="template", fallback=True, opener_sent=True), INSTEAD),
    # the tag: from the expiry on, for seven days
    (Case(ago=DAY, policy="tag", human=True), TAGGED),
    (Case(ago=7 * DAY - 1, policy="tag", human=True), TAGGED),
    (Case(ago=3 * DAY, account="tag", human=True), TAGGED),
]

REFUSED: list[tuple[Case, str, str | None]] = [
    (Case(ago=DAY), "closed", None),
    (Case(ago=DAY, fallback=True), "closed", None),  # reject means reject
    (Case(ago=DAY, policy="reject", account="hold", fallback=True), "closed", None),
    (Case(ago=None), "never_opened", None),
    (Case(ago=None, policy="tag", human=True), "never_opened", None),
    (Case(ago=DAY, policy="template"), "no_fallback", "$.fallback"),
    (Case(ago=DAY, policy="hold"), "no_fallback", "$.fallback"),
    (Case(ago=DAY, policy="hold", opener_sent=True), "no_fallback", "$.fallback"),
    (Case(ago=DAY, policy="tag", human=True, terms=WHATSAPP), "no_tag", "$.on_closed_window"),
    (Case(ago=DAY, policy="tag"), "tag_not_human", "$.human"),
    (Case(ago=DAY, policy="tag", fallback=True), "tag_not_human", "$.human"),
    (Case(ago=DAY, policy="tag", human=True, lane="bulk"), "tag_bulk", "$.lane"),
    (Case(ago=DAY, policy="tag", lane="bulk"), "tag_not_human", "$.human"),
    (Case(ago=7 * DAY, policy="tag", human=True), "tag_closed", None),
    (Case(ago=DAY, content=Typing(), policy="template", fallback=True), "passing", None),
    (
        Case(ago=DAY, content=THUMB, policy="hold", fallback=True),
        "passing",
        None,
    ),
    (
        Case(ago=DAY, content=THUMB, policy="tag", human=True),
        "passing",
        None,
    ),
]


ALLOWED = "free-form messages are allowed for 24 hours."
LATE = "The time for a person's late answer has passed too."


@pytest.mark.parametrize(("case", "expected"), SENT, ids=[str(each) for each, _ in SENT])
def test_what_is_sent(case: Case, expected: Decision) -> None:
    assert case.decided() == expected


@pytest.mark.parametrize(
    ("case", "reason", "field"), REFUSED, ids=[str(each) for each, *_ in REFUSED]
)
def test_what_is_refused_and_which_field_is_at_fault(
    case: Case, reason: str, field: str | None
) -> None:
    decision = case.decided()
    assert isinstance(decision, Reject)
    assert (decision.reason, decision.field) == (reason, field)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case(ago=26 * HOUR + 1), f"The contact last wrote 26 hours ago; {ALLOWED}"),
        (Case(ago=DAY), f"The contact last wrote 24 hours ago; {ALLOWED}"),
        (Case(ago=2 * DAY), f"The contact last wrote 2 days ago; {ALLOWED}"),
        (
            Case(ago=None),
            "The contact has not written yet, so only a template may be sent.",
        ),
        (
            Case(ago=8 * DAY, policy="tag", human=True),
            f"The contact last wrote 8 days ago; {ALLOWED} {LATE}",
        ),
        (
            Case(ago=DAY, policy="hold"),
            'on_closed_window is "hold": say in fallback which template to send',
        ),
    ],
)
def test_a_refusal_says_in_words_what_happened(case: Case, expected: str) -> None:
    decision = case.decided()
    assert isinstance(decision, Reject)
    assert decision.explanation == expected


PAGE = (Path(__file__).parents[3] / "docs/windows.md").read_text("utf-8")
WORDED = [case for case, reason, _ in REFUSED if reason != "no_fallback"]


@pytest.mark.parametrize("case", WORDED, ids=[str(each) for each in WORDED])
def test_the_page_shows_the_sentence_that_says_why(case: Case) -> None:
    decision = case.decided()
    assert isinstance(decision, Reject)
    why = decision.explanation.split(". ")[-1]
    assert re.sub(r"wrote .* ago", "wrote 26 hours ago", why) in PAGE


def test_a_message_that_would_need_a_fallback_one_day_is_incomplete_today() -> None:
    message = OutboundMessage(account="a", content=TEXT, on_closed_window="hold")
    found = incomplete(message, AccountPolicy())
    assert found is not None
    assert found.field == "$.fallback"


def test_an_account_with_a_fallback_completes_its_messages() -> None:
    message = OutboundMessage(account="a", content=TEXT, on_closed_window="hold")
    assert incomplete(message, AccountPolicy(fallback=Fallback(template=OTHER))) is None


def test_a_template_needs_no_fallback() -> None:
    message = OutboundMessage(account="a", content=OPENER, on_closed_window="hold")
    assert incomplete(message, AccountPolicy()) is None


def test_a_window_that_opened_lasts_as_long_as_the_terms_say() -> None:
    opened = window(WHATSAPP, NOW)
    assert (opened.opened_at, opened.expires_at) == (NOW, NOW + DAY)


@given(
    ago=st.integers(-DAY, 30 * DAY),
    human=st.booleans(),
    lane=st.sampled_from(["live", "bulk"]),
    policy=st.sampled_from(["reject", "template", "hold", "tag"]),
    fallback=st.booleans(),
    opener_sent=st.booleans(),
)
def test_the_tag_is_only_ever_put_on_late_answers_of_people(
    ago: int,
    human: bool,  # noqa: FBT001 - hypothesis gives it by name
    lane: Literal["live", "bulk"],
    policy: Policy,
    fallback: bool,  # noqa: FBT001 - hypothesis gives it by name
    opener_sent: bool,  # noqa: FBT001 - hypothesis gives it by name
) -> None:
    case = Case(
        ago=ago, human=human, lane=lane, policy=policy, fallback=fallback, opener_sent=opener_sent
    )
    decision = case.decided()
    state = State(terms=MESSENGER, opened_at=NOW - ago, now=NOW)
    assert isinstance(decision, Send) == is_open(state)
    assert isinstance(decision, SendTagged) == (
        policy == "tag" and human and lane == "live" and DAY <= ago < 7 * DAY
    )
