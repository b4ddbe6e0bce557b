"""The form before the chat, and what it is checked for on our side."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import ContactUpdated, MessageReceived, Secrets
from gateway_webchat import forms
from gateway_webchat.settings import Field
from tests.plugins.webchat.site import OpenSite, text
from tests.plugins.webchat.test_identity import KEY, identity

FORM = (
    Field(name="name", label={"es": "Nombre", "en": "Name"}, required=True),
    Field(name="email", label="Email", type="email", required=True),
    Field(name="topic", label="Topic", type="select", options=("sales", "help")),
    Field(name="terms", label="I agree", type="checkbox", required=True),
)
FILLED: dict[str, Any] = {"name": " Ana ", "email": "ana@shop.example", "terms": True}


async def test_nobody_says_anything_before_the_form_is_filled_in(open_site: OpenSite) -> None:
    async with open_site(form=FORM) as site:
        ana = await site.begin()
        assert ana.told["form"]
        (error,) = await ana.post(text("hello"))
        assert (error["code"], await site.events()) == ("form_required", [])


async def test_what_was_filled_in_goes_with_every_message(open_site: OpenSite) -> None:
    async with open_site(form=FORM) as site:
        ana = await site.begin()
        ana = await site.begin(token=ana.token, form={**FILLED, "other": "not asked"})
        assert not ana.told["form"]
        await ana.post(text("hello"))
        again = await site.begin(token=ana.token)
        assert not again.told["form"]
        changed, received = await site.events()
        assert isinstance(changed, ContactUpdated)
        assert isinstance(received, MessageReceived)
        wanted = {"name": "Ana", "email": "ana@shop.example", "terms": "true"}
        assert changed.change.facts == received.contact.attributes == wanted
        assert received.contact.name == "Ana"
        # Nobody has checked the address: it is no way to recognise a contact.
        assert received.contact.address("email") is None


async def test_somebody_the_site_knows_is_not_asked(open_site: OpenSite) -> None:
    async with open_site(form=FORM, identity_key=Secrets(KEY)) as site:
        ana = await site.begin(identity=identity())
        assert not ana.told["form"]
        (ack,) = await ana.post(text("hello"))
        assert ack["type"] == "ack"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"topic": "gossip"}, "topic"),
        ({"terms": False}, "terms"),
    ],
)
async def test_a_wrong_answer_names_its_field(
    open_site: OpenSite, changes: dict[str, Any], field: str
) -> None:
    async with open_site(form=FORM) as site:
        status, told = await site.ask("session", {"form": {**FILLED, **changes}})
        assert (status, told["code"]) == (422, f"form_{field}")


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("email", "a.b+c@d.example", "a@b"),
        ("phone", "+57 (300) 123-4567", "call me"),
        ("text", "anything", ""),
    ],
)
def test_answers_are_checked_by_the_type_of_their_field(type_: Any, good: str, bad: str) -> None:
    field = Field(name="it", label="It", type=type_, required=True)
    assert forms.read({"it": good}, (field,)) == {"it": good}
    with pytest.raises(forms.Unfilled):
        forms.read({"it": bad}, (field,))
