import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.filling import Filled, Mistake, Pattern, Values, read

KNOWN = ("agent.name", "contact.name", "contact.phone", "message.text", "metadata.*")
VALUES: Values = {
    "contact": {"name": "Ana María Pérez", "phone": "5491155551234"},
    "message": {"text": "¿Dónde está mi pedido?"},
    "agent": {"name": ""},
    "metadata": {
        "order_id": "A-77",
        "items": 3,
        "total": 12.5,
        "paid": True,
        "note": None,
        "address": {"city": "Córdoba"},
        "tags": ["vip"],
    },
}


def pattern(text: str) -> Pattern:
    found = read(text, KNOWN)
    assert isinstance(found, Pattern), found
    return found


def filled(text: str) -> Filled:
    return pattern(text).fill(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Hola", "Hola"),
        ("Hola {{ contact.name }}", "Hola Ana María Pérez"),
        ("Hola {{contact.name}}!", "Hola Ana María Pérez!"),
        ("{{ contact.name | first_word }}: {{ message.text }}", "Ana: ¿Dónde está mi pedido?"),
        ("{{ contact.name | first_word | upper }}", "ANA"),
        ("{{ contact.name | lower }}", "ana maría pérez"),
        ("{{ metadata.order_id }}{{ metadata.items }}", "A-773"),
        ("{{ metadata.total }} {{ metadata.paid }}", "12.5 true"),
        ("{{ metadata.address.city }}", "Córdoba"),
        ('{{ agent.name | default("tu asesor") }}', "tu asesor"),
        ("{{ agent.name | default('tu asesor') | upper }}", "TU ASESOR"),
        ('{{ metadata.gone | default("a }} b \\"c\\" \\\\") }}', 'a }} b "c" \\'),
        ('{{ contact.name | default("nobody") }}', "Ana María Pérez"),
        ("{ one brace } and }} these are text", "{ one brace } and }} these are text"),
        ("{{\n  contact.name\n  | first_word\n}}", "Ana"),
    ],
)
def test_places_are_filled(text: str, expected: str) -> None:
    assert filled(text) == Filled(text=expected)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Soy {{ agent.name }}.", "agent.name"),
        ("Soy {{ metadata.gone }}.", "metadata.gone"),
        ("Soy {{ metadata.note }}.", "metadata.note"),
        ("Soy {{ metadata.address }}.", "metadata.address"),
        ("Soy {{ metadata.tags }}.", "metadata.tags"),
        ("Soy {{ metadata.order_id.more }}.", "metadata.order_id.more"),
        ('Soy {{ agent.name | default("") }}.', "agent.name"),
    ],
)
def test_what_is_missing_is_told_and_left_out(text: str, missing: str) -> None:
    assert filled(text) == Filled(text="Soy .", missing=(missing,))


@pytest.mark.parametrize(
    ("text", "position", "explanation"),
    [
        ("Hola {{ contact.nme }}", 8, "contact.nme is no value; did you mean contact.name?"),
        ("{{ metadata }}", 3, "metadata is no value; did you mean metadata.*?"),
        (
            "{{ zzz }}",
            3,
            f"zzz is no value; known are {', '.join(KNOWN)}",
        ),
        (
            "{{ contact.name | frist_word }}",
            18,
            "frist_word is no filter; did you mean first_word?",
        ),
        ("Hola {{ contact.name", 5, "}} is missing"),
        ("Hola {{", 5, "}} is missing"),
        ("{{ }}", 3, "the name of a value is expected here, not }}"),
        ("{{1}}", 2, "1 is not expected here"),
        ("{{ contact.name() }}", 15, "| or }} is expected here, not ("),
        (
            "{{ contact.name.__class__ }}",
            3,
            "contact.name.__class__ is no value; did you mean contact.name?",
        ),
        ("{{ contact['name'] }}", 3, "contact is no value; did you mean contact.name?"),
        ("{{ contact.name + 1 }}", 16, "+ is not expected here"),
        ("{{ contact.name | }}", 18, "the name of a filter is expected here, not }}"),
        ("{{ contact.name | default }}", 26, '("…") after default is expected here, not }}'),
        ("{{ contact.name | default(upper) }}", 26, "a text in quotes is expected here, not upper"),
        ('{{ contact.name | default("x" }}', 30, ") is expected here, not }}"),
        ('{{ contact.name | default("x }}', 26, '" is not expected here'),
        ("{{ contact.name contact.name }}", 16, "| or }} is expected here, not contact.name"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, position: int, explanation: str) -> None:
    assert read(text, KNOWN) == Mistake(position=position, explanation=explanation)


def test_values_are_never_read_as_places() -> None:
    hostile: Values = {"contact": {"name": "{{ metadata.secret }}"}, "metadata": {"secret": "x"}}
    assert pattern("{{ contact.name }}").fill(hostile).text == "{{ metadata.secret }}"


def test_one_text_is_filled_for_many_contacts() -> None:
    greeting = pattern("Hola {{ contact.name }}")
    names = ("Ana", "Bruno")
    texts = [greeting.fill({"contact": {"name": each}}).text for each in names]
    assert texts == ["Hola Ana", "Hola Bruno"]


def test_a_value_of_which_cleaning_leaves_nothing_counts_as_missing() -> None:
    found = pattern('{{ contact.name | default("cliente") }}').fill(
        {"contact": {"name": "\x00\x00"}}, clean=lambda text: text.replace("\x00", "")
    )
    assert found == Filled(text="cliente")


def test_values_are_cleaned_after_their_filters_and_the_words_around_them_are_not() -> None:
    found = pattern("a {{ contact.name | first_word }} a")
    assert found.fill(VALUES, clean=lambda text: text.replace("a", "*")).text == "a An* a"


@given(st.text())
def test_text_without_places_comes_out_as_it_went_in(text: str) -> None:
    found = read(text, KNOWN)
    if "{{" not in text:
        assert isinstance(found, Pattern)
        assert found.fill({}) == Filled(text=text)


@given(st.text(alphabet="{} |().\"'\\acdefmnorstu_1\n"))
def test_reading_never_raises(text: str) -> None:
    assert isinstance(read("{{ contact.name" + text, KNOWN), Pattern | Mistake)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json, json)
def test_filling_never_raises_whatever_the_values(name: object, metadata: object) -> None:
    text = pattern('{{ contact.name | first_word }}, {{ metadata.order_id | default("none") }}')
    assert ", " in text.fill({"contact": {"name": name}, "metadata": metadata}).text
