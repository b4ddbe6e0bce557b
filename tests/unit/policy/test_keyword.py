from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.keyword import JOIN, LEAVE, LEAVE_MARKETING, Action, Language, Wish, wish

WORDS = [
    pytest.param(table, language, each, id=f"{language}-{each}")
    for table in (LEAVE, LEAVE_MARKETING, JOIN)
    for language, words in table.items()
    for each in words
]


@pytest.mark.parametrize(("table", "language", "keyword"), WORDS)
def test_every_keyword_is_known_after_marketing(
    table: dict[Language, tuple[str, ...]], language: Language, keyword: str
) -> None:
    found = wish(keyword.upper(), after_marketing=True, languages=(language,))
    action: Action = "opt_in" if table is JOIN else "opt_out"
    assert found == Wish(action=action, keyword=keyword, language=language)


def test_the_page_names_every_keyword_where_it_belongs() -> None:
    page = (Path(__file__).parents[3] / "docs/opt-outs.md").read_text("utf-8")
    for title, table in (
        ("leave, always", LEAVE),
        ("leave, as an answer to marketing", LEAVE_MARKETING),
        ("join", JOIN),
    ):
        cells = [", ".join(table[each]) for each in ("es", "en", "pt")]
        assert f"| {title} | {' | '.join(cells)} |" in page


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("STOP", "opt_out"),
        ("stop.", "opt_out"),
        ("  Stop!! ", "opt_out"),
        ("*STOP*", "opt_out"),
        ("“BAJA”", "opt_out"),
        ("¡baja!", "opt_out"),
        ("dar  de\nbaja", "opt_out"),
        ("No quiero recibir mas mensajes", "opt_out"),
        ("NÃO QUERO MAIS MENSAGENS", "opt_out"),
        ("nao quero mais mensagens", "opt_out"),
        ("\uff33\uff34\uff2f\uff30", "opt_out"),  # full-width letters
        ("Alta", "opt_in"),
        ("start", "opt_in"),
        ("quero receber", "opt_in"),
    ],
)
def test_case_accents_and_marks_around_a_keyword_do_not_matter(text: str, action: str) -> None:
    found = wish(text, after_marketing=False)
    assert found is not None
    assert found.action == action


@pytest.mark.parametrize("text", ["CANCELAR", "sair", "Salir", "cancel", "parar", "quit", "end"])
def test_words_that_answer_other_questions_count_after_marketing_only(text: str) -> None:
    assert wish(text, after_marketing=False) is None
    found = wish(text, after_marketing=True)
    assert found is not None
    assert found.action == "opt_out"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "no",
        "não",
        "stop it",
        "don't stop",
        "stop?",
        "¿baja?",
        "no stop",
        "planta baja",
        "baja 2",
        "la presión está baja",
        "BAJA, por favor revisen mi pedido 77",
        "quiero cancelar mi pedido",
        "cancelar pedido",
        "unsubscribed",
        "alta costura",
        "stop\nstop",
        "🛑",
        "STOP" * 40,
    ],
)
def test_ambiguous_texts_are_no_wish_even_after_marketing(text: str) -> None:
    assert wish(text, after_marketing=True) is None


def test_only_the_languages_of_the_account_count() -> None:
    assert wish("BAJA", after_marketing=True, languages={"en", "pt"}) is None
    assert wish("SAIR", after_marketing=True, languages={"es"}) is None


@given(st.text(), st.sampled_from(["STOP", "BAJA", "SAIR", "CANCELAR", "ALTA"]), st.text())
def test_letters_beside_a_keyword_make_it_ordinary_text(
    before: str, keyword: str, after: str
) -> None:
    letters = [each for each in before + after if each.isascii() and each.isalnum()]
    text = f"{before} {keyword} {after}"
    if len(letters) > 3:
        found = wish(text, after_marketing=True)
        assert found is None or len(found.keyword) > len(keyword)
