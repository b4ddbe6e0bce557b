from hypothesis import given
from hypothesis import strategies as st

from gateway.model.media import Media
from gateway.model.template_content import (
    CurrencyParameter,
    DateParameter,
    MediaParameter,
    Template,
    TemplateButton,
    TemplateCard,
    TextParameter,
)
from gateway.policy.template import FieldMistake, TemplatePattern, read_template

KNOWN = ("contact.name", "metadata.*")


def words(text: str) -> TextParameter:
    return TextParameter(text=text, name="x")


ORDER = Template(
    name="order",
    language="es",
    header=words("Hola {{ contact.name | first_word }}"),
    body=(
        words("{{ metadata.id }}"),
        words("fijo"),
        CurrencyParameter(code="ARS", amount_1000=1, fallback="{{ metadata.total }} ARS"),
        DateParameter(fallback="{{ metadata.day }}"),
    ),
    buttons=(
        TemplateButton(index=0, type="url", text="pedidos/{{ metadata.id }}"),
        TemplateButton(index=1, type="quick_reply", payload="order:{{ metadata.id }}"),
        TemplateButton(index=2, type="flow", token="{{ metadata.id }}"),  # noqa: S106 - no secret
    ),
    cards=(
        TemplateCard(
            header=MediaParameter(format="image", media=Media(url="https://example.com/{{x}}")),
            body=(words("{{ contact.name }}"),),
            buttons=(TemplateButton(index=0, type="quick_reply", payload="{{ metadata.id }}"),),
        ),
    ),
)


def pattern(template: Template) -> TemplatePattern:
    found = read_template(template, KNOWN)
    assert isinstance(found, TemplatePattern), found
    return found


def test_every_text_of_a_template_is_filled() -> None:
    values = {
        "contact": {"name": "Ana Pérez"},
        "metadata": {"id": "7/a", "total": 9, "day": "lunes"},
    }
    filled = pattern(ORDER).fill(values)
    assert filled.missing == ()
    assert filled.template == Template(
        name="order",
        language="es",
        header=words("Hola Ana"),
        body=(
            words("7/a"),
            words("fijo"),
            CurrencyParameter(code="ARS", amount_1000=1, fallback="9 ARS"),
            DateParameter(fallback="lunes"),
        ),
        buttons=(
            TemplateButton(index=0, type="url", text="pedidos/7%2Fa"),
            TemplateButton(index=1, type="quick_reply", payload="order:7/a"),
            TemplateButton(index=2, type="flow", token="{{ metadata.id }}"),  # noqa: S106
        ),
        cards=(
            TemplateCard(
                header=ORDER.cards[0].header,
                body=(words("Ana Pérez"),),
                buttons=(TemplateButton(index=0, type="quick_reply", payload="7/a"),),
            ),
        ),
    )


def test_what_is_missing_is_told_with_its_path() -> None:
    filled = pattern(ORDER).fill({"metadata": {"id": 7, "total": 9, "day": "lunes"}})
    assert filled.missing == (
        ("$.header.text", "contact.name"),
        ("$.cards[0].body[0].text", "contact.name"),
    )


def test_every_mistake_is_told_with_its_path() -> None:
    wrong = Template(
        name="order",
        language="es",
        body=(words("{{ contact.nam }}"), words("{{ contact.name }}"), words("{{")),
    )
    assert read_template(wrong, KNOWN) == (
        FieldMistake(
            path="$.body[0].text",
            position=3,
            explanation="contact.nam is no value; did you mean contact.name?",
        ),
        FieldMistake(path="$.body[2].text", position=0, explanation="}} is missing"),
    )


@given(st.text(st.characters()))
def test_no_name_breaks_the_platform_s_rules(name: str) -> None:
    once = pattern(Template(name="t", language="es", body=(words("Hola\n{{ contact.name }}  !"),)))
    (parameter,) = once.fill({"contact": {"name": name}}).template.body
    assert isinstance(parameter, TextParameter)
    assert not {"\n", "\t", "\r"} & set(parameter.text)
    assert "     " not in parameter.text
    assert len(parameter.text) <= 1024
