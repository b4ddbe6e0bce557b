from typing import Literal

import pytest

from gateway.model.content import OutboundContent, Text
from gateway.model.outbound import OutboundMessage
from gateway.model.outbound_content import Read, Typing
from gateway.model.template_content import Template
from gateway.policy.consent import Purpose, Standing, purpose, suppressed

TEXT = Text(text="Hola")
UNKNOWN = Template(name="t", language="es")
UTILITY = Template(name="t", language="es", category="utility")
MARKETING = Template(name="t", language="es", category="marketing")
CODE = Template(name="t", language="es", category="authentication")


@pytest.mark.parametrize(
    ("content", "lane", "expected"),
    [
        (TEXT, "live", "reply"),
        (TEXT, "bulk", "marketing"),
        (MARKETING, "live", "marketing"),
        (UTILITY, "live", "notice"),
        (UTILITY, "bulk", "notice"),
        (CODE, "live", "code"),
        (UNKNOWN, "live", "marketing"),
        (Read(to="m"), "bulk", "mark"),
        (Typing(), "live", "mark"),
    ],
)
def test_what_a_message_is_for(
    content: OutboundContent, lane: Literal["live", "bulk"], expected: Purpose
) -> None:
    message = OutboundMessage(account="a", to="1", content=content, lane=lane)
    assert purpose(message) == expected


CONTENT = Standing()
NO_MARKETING = Standing(opted_out=frozenset({"marketing"}))
NOTHING = Standing(opted_out=frozenset({"all"}))
A_TOPIC = Standing(opted_out=frozenset({"weekly menu"}))
BLOCKED = Standing(blocked=True)
GONE = Standing(unreachable=True)

TABLE: list[tuple[Standing, dict[Purpose, str | None]]] = [
    (CONTENT, {}),
    (A_TOPIC, {}),
    (NO_MARKETING, {"marketing": "opted_out"}),
    (NOTHING, {"marketing": "opted_out", "notice": "opted_out"}),
    (BLOCKED, dict.fromkeys(("marketing", "notice", "code", "reply"), "blocked")),
    (GONE, dict.fromkeys(("marketing", "notice", "code", "reply"), "unreachable")),
]


@pytest.mark.parametrize("what", ["marketing", "notice", "code", "reply", "mark"])
@pytest.mark.parametrize(("standing", "reasons"), TABLE)
def test_who_is_not_written_to(
    standing: Standing, reasons: dict[Purpose, str | None], what: Purpose
) -> None:
    found = suppressed(what, standing)
    assert (found.reason if found else None) == reasons.get(what)
    assert found is None or found.explanation.endswith(".")


def test_who_we_block_is_not_said_to_have_blocked_us() -> None:
    found = suppressed("reply", BLOCKED)
    assert found is not None
    assert found.explanation == "The contact blocked this account, or is blocked by it."
