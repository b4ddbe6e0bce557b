"""Whom a message goes to, as far as its turn is concerned."""

from gateway.edge.outbound.ticket import recipient_of
from gateway.model.outbound import OutboundMessage
from gateway.model.outbound_content import Read, Typing


def test_marks_of_messages_alone_do_not_wait_for_each_other() -> None:
    first, second = (OutboundMessage(account="a", content=Read(to=each)) for each in ("m1", "m2"))
    assert recipient_of(first) != recipient_of(second)
    typing = OutboundMessage(account="a", content=Typing(to="m1"))
    assert recipient_of(first) == recipient_of(typing)


def test_a_mark_that_names_the_contact_keeps_the_order_of_theirs() -> None:
    named = OutboundMessage(account="a", to="34600000000", content=Read(to="m1"))
    again = OutboundMessage(account="a", to="+34 600 000 000", content=Typing())
    assert recipient_of(named) == recipient_of(again)
