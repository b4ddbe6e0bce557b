"""What is wrong with a new template is told with its field, before the platform is asked."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.api import (
    DefinedButton,
    DefinedCard,
    DefinedHeader,
    Media,
    Offer,
    TemplateDefinition,
)
from gateway.testing.whatsapp import GraphError
from gateway.testing.whatsapp.template_rules import check_new
from gateway_whatsapp import definitions, drafts

GOOD = TemplateDefinition(
    name="ready",
    language="pt_PT",
    category="utility",
    body="A encomenda {{1}} já chegou à loja.",
    examples={"1": "A-17"},
)
CODE = DefinedButton(type="one_time_code", code="copy_code")
LOGIN = TemplateDefinition(
    name="code", language="es", category="authentication", buttons=(CODE,), code_minutes=10
)
REPLY = DefinedButton(type="quick_reply", text="Sim")
CALL = DefinedButton(type="phone_number", text="Ligar", phone_number="+351210000000")
PICTURE = DefinedHeader(format="image", handle="4::x")
CARD = DefinedCard(header=PICTURE, body="Um pão de centeio", buttons=(REPLY,))


OFFER = {"category": "marketing", "offer": Offer(text="Só hoje", expires=True)}


def url(address: str, **more: Any) -> DefinedButton:
    return DefinedButton(type="url", text="Ver", url=address, **more)


def paths(definition: TemplateDefinition) -> list[str]:
    return [each.path for each in drafts.problems(definition)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"buttons": (REPLY, REPLY, CALL)},
        {"buttons": (url("https://a.example/{{1}}", example="https://a.example/7"),)},
        {"header": DefinedHeader(format="image", media=Media(stored_id="0-0"))},
        {"category": "marketing", "cards": (CARD, CARD), "ttl_seconds": 43_200},
        {"ttl_seconds": -1},
        {"buttons": (DefinedButton(type="flow", text="x", flow="1"),)},
        {"header": DefinedHeader(format="text", text="Loja {{1}} aberta", example="7")},
        {"buttons": (DefinedButton(type="voice_call", text="x", ttl_minutes=43_200),)},
        {**OFFER, "body": "x" * 600, "examples": {}, "header": PICTURE},
        {"category": "marketing", "header": DefinedHeader(format="gif", handle="4::x")},
    ],
)
def test_good_ones_are_good(changes: dict[str, Any]) -> None:
    assert paths(msgspec.structs.replace(GOOD, **changes)) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "Ready"}, "$.name"),
        ({"language": "portuguese"}, "$.language"),
        ({"body": ""}, "$.body"),
        ({"body": "x" * 1025, "examples": {}}, "$.body"),
        ({"body": "{{1}} já chegou à loja"}, "$.body"),
        ({"body": "Já chegou à loja {{1}}"}, "$.body"),
        ({"body": "Ah {{1}} oh"}, "$.body"),
        ({"body": "A encomenda {{2}} já chegou à loja.", "examples": {"2": "x"}}, "$.body"),
        ({"body": "A encomenda {{Order}} já chegou à loja.", "examples": {"Order": "x"}}, "$.body"),
        (
            {"body": "Da {{a}} e {{1}} já chegou à loja hoje.", "examples": {"a": "x", "1": "y"}},
            "$.body",
        ),
        ({"examples": {}}, "$.examples"),
        ({"examples": {"1": "A-17", "2": "what"}}, "$.examples"),
        ({"footer": "x" * 61}, "$.footer"),
        ({"footer": "De {{1}}"}, "$.footer"),
        ({"header": DefinedHeader(format="text", text="x" * 61)}, "$.header.text"),
        ({"header": DefinedHeader(format="text")}, "$.header.text"),
        ({"header": DefinedHeader(format="text", text="Olá {{1}}")}, "$.header.example"),
        (
            {"header": DefinedHeader(format="text", text="{{1}} {{2}}", example="x")},
            "$.header.text",
        ),
        ({"header": DefinedHeader(format="video")}, "$.header.media"),
        ({"buttons": (REPLY,) * 11}, "$.buttons"),
        ({"buttons": (REPLY, CALL, REPLY)}, "$.buttons"),
        ({"buttons": (CALL, CALL)}, "$.buttons"),
        ({"buttons": (DefinedButton(type="quick_reply"),)}, "$.buttons[0].text"),
        ({"buttons": (DefinedButton(type="quick_reply", text="x" * 26),)}, "$.buttons[0].text"),
        ({"buttons": (url("ftp://a"),)}, "$.buttons[0].url"),
        ({"buttons": (url("https://a/{{1}}/b", example="x"),)}, "$.buttons[0].url"),
        ({"buttons": (url("https://a/{{1}}"),)}, "$.buttons[0].example"),
        ({"buttons": (url("https://a/" + "x" * 2000),)}, "$.buttons[0].url"),
        ({"buttons": (DefinedButton(type="copy_code"),)}, "$.buttons[0].example"),
        (
            {"buttons": (DefinedButton(type="phone_number", text="x", phone_number="1" * 21),)},
            "$.buttons[0].phone_number",
        ),
        ({"buttons": (DefinedButton(type="flow", text="x", screen="A"),)}, "$.buttons[0].flow"),
        ({"buttons": (CODE,)}, "$.buttons[0].type"),
        ({"buttons": (DefinedButton(type="other", text="x"),)}, "$.buttons[0].type"),
        ({"cards": (CARD,)}, "$.cards"),
        ({"cards": (CARD, msgspec.structs.replace(CARD, buttons=(CALL,)))}, "$.cards"),
        ({"cards": (msgspec.structs.replace(CARD, buttons=()),) * 2}, "$.cards[0].buttons"),
        ({"cards": (msgspec.structs.replace(CARD, body="x" * 161),) * 2}, "$.cards[1].body"),
        ({"cards": (CARD, msgspec.structs.replace(CARD, body=None))}, "$.cards"),
        ({"cards": (CARD, CARD)}, "$.category"),
        ({"header": DefinedHeader(format="gif", handle="4::x")}, "$.header.format"),
        (
            {"header": DefinedHeader(format="text", text="Loja {{2}} aberta", example="7")},
            "$.header.text",
        ),
        (
            {"header": DefinedHeader(format="text", text="Loja {{Nome}} aberta", example="7")},
            "$.header.text",
        ),
        (
            {"buttons": (DefinedButton(type="voice_call", ttl_minutes=0),)},
            "$.buttons[0].ttl_minutes",
        ),
        (
            {"buttons": (DefinedButton(type="voice_call", ttl_minutes=43_201),)},
            "$.buttons[0].ttl_minutes",
        ),
        ({"offer": Offer(text="x" * 17)}, "$.offer.text"),
        ({"offer": Offer(text="Só hoje")}, "$.category"),
        ({**OFFER, "body": "x" * 601, "examples": {}}, "$.body"),
        ({**OFFER, "footer": "Padaria"}, "$.footer"),
        ({**OFFER, "header": DefinedHeader(format="text", text="Olá")}, "$.header.format"),
        ({"ttl_seconds": 10}, "$.ttl_seconds"),
        ({"category": "marketing", "ttl_seconds": -1}, "$.ttl_seconds"),
        ({"code_minutes": 10}, "$.code_minutes"),
        ({"security_recommendation": True}, "$.security_recommendation"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], path: str) -> None:
    assert path in paths(msgspec.structs.replace(GOOD, **changes))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"body": "O teu código é {{1}}."}, "$.body"),
        ({"header": PICTURE}, "$.header"),
        ({"footer": "Padaria"}, "$.footer"),
        ({"code_minutes": 91}, "$.code_minutes"),
        ({"buttons": ()}, "$.buttons"),
        ({"buttons": (REPLY,)}, "$.buttons"),
        ({"buttons": (DefinedButton(type="one_time_code"),)}, "$.buttons[0].code"),
        (
            {"buttons": (DefinedButton(type="one_time_code", code="one_tap"),)},
            "$.buttons[0].apps",
        ),
        (
            {"buttons": (DefinedButton(type="one_time_code", code="zero_tap"),)},
            "$.buttons[0].zero_tap_terms_accepted",
        ),
        ({"ttl_seconds": 1000}, "$.ttl_seconds"),
        (
            {"buttons": (msgspec.structs.replace(CODE, text="x" * 26),)},
            "$.buttons[0].text",
        ),
        (
            {"buttons": (msgspec.structs.replace(CODE, autofill_text="x" * 26),)},
            "$.buttons[0].autofill_text",
        ),
    ],
)
def test_a_code_has_the_platforms_own_words(changes: dict[str, Any], path: str) -> None:
    assert paths(LOGIN) == []
    assert path in paths(msgspec.structs.replace(LOGIN, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "Já chegou à loja {{1}}"},
        {"body": "Ah {{1}} oh"},
        {"examples": {}},
        {"footer": "De {{1}}"},
        {"header": DefinedHeader(format="video")},
        {"buttons": (REPLY, CALL, REPLY)},
        {"buttons": (url("https://a/{{1}}"),)},
        {"header": DefinedHeader(format="text", text="Loja {{2}} aberta", example="7")},
        {"cards": (CARD, msgspec.structs.replace(CARD, body=None))},
        {"cards": (CARD, CARD)},
        {**OFFER, "body": "x" * 601, "examples": {}},
        {**OFFER, "footer": "Padaria"},
    ],
)
def test_the_platform_would_refuse_it_too(changes: dict[str, Any]) -> None:
    wrong = msgspec.structs.replace(GOOD, **changes)
    check_new(definitions.created(GOOD, {}))
    assert paths(wrong)
    created = definitions.created(wrong, {})
    if changes == {"examples": {}}:
        created["components"][0].pop("example")
    with pytest.raises(GraphError):
        check_new(created)
