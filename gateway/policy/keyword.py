"""Words by which a contact leaves or joins a list: ``BAJA``, ``STOP``, ``ALTA``. Pure.

A keyword counts only when it is the whole message. Case, accents, formatting and exclamation marks
around it do not matter; a question mark does. Words that also answer other questions ("cancelar" an
order, "salir" of a menu) count only as an answer to marketing.

Source: "Opt-out keywords", CTIA Messaging Principles and Best Practices, section 5; the words that
Spanish and Portuguese speaking businesses print below their campaigns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

Language: TypeAlias = Literal["en", "es", "pt"]
Action: TypeAlias = Literal["opt_out", "opt_in"]

LANGUAGES: Final[tuple[Language, ...]] = ("es", "en", "pt")

LEAVE: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("stop", "stop all", "stopall", "unsubscribe", "unsubscribe me", "opt out", "optout"),
    "es": (
        "baja",
        "dar de baja",
        "darme de baja",
        "dame de baja",
        "quiero darme de baja",
        "cancelar suscripción",
        "no quiero recibir más mensajes",
        "no quiero más mensajes",
        "desuscribir",
        "desuscribirme",
    ),
    "pt": (
        "descadastrar",
        "descadastre-me",
        "me descadastre",
        "cancelar inscrição",
        "não quero receber mais mensagens",
        "não quero mais receber mensagens",
        "não quero mais mensagens",
    ),
}
"""Leave a list, whatever was said before."""

LEAVE_MARKETING: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("cancel", "end", "quit", "remove", "revoke"),
    "es": ("cancelar", "salir", "parar", "detener", "alto", "eliminar", "no más"),
    "pt": ("sair", "cancelar", "parar", "pare", "remover", "não quero mais"),
}
"""Leave a list, as an answer to marketing; otherwise they may mean anything."""

JOIN: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("start", "unstop", "subscribe", "subscribe me", "opt in", "optin"),
    "es": ("alta", "dar de alta", "darme de alta", "suscribir", "suscribirme", "suscribirse"),
    "pt": ("voltar a receber", "quero receber", "inscrever", "inscrever-me", "cadastrar"),
}
"""Join a list; for a contact who left none it changes nothing."""

_EDGES: Final = " \t\r\n.,;!¡*_~\"'`´«»“”‘’"  # noqa: RUF001 - quotes as people type them
_SILENT: Final = frozenset({"Mn", "Cf"})
_LONGEST: Final = 60
"""Characters; longer texts are no keywords, and need not be looked at."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a contact asked for; ``keyword`` as it stands in the table."""

    action: Action
    keyword: str
    language: Language


def wish(
    text: str, *, after_marketing: bool, languages: Collection[Language] = LANGUAGES
) -> Wish | None:
    """Tell whether a message is a wish to leave or to join.

    Args:
        text: The whole message.
        after_marketing: Whether the last message to this contact was marketing.
        languages: Those whose words count.

    Returns:
        None for everything else, also for texts that contain a keyword.
    """
    if len(text) > _LONGEST:
        return None
    for found, always in _WISHES.get(_plain(text), ()):
        if found.language in languages and (always or after_marketing):
            return found
    return None


def _plain(text: str) -> str:
    """Return a text without accents, case, and what stands around it."""
    letters = text.strip(_EDGES).casefold()
    if not letters.isascii():
        apart = unicodedata.normalize("NFKD", letters)
        letters = "".join(each for each in apart if unicodedata.category(each) not in _SILENT)
    return " ".join(letters.split()).strip(_EDGES)


def _wishes() -> dict[str, list[tuple[Wish, bool]]]:
    """Return the wishes of each plain word, and whether it counts whatever was said before."""
    found: dict[str, list[tuple[Wish, bool]]] = {}
    tables: tuple[tuple[Mapping[Language, tuple[str, ...]], Action, bool], ...] = (
        (LEAVE, "opt_out", True),
        (LEAVE_MARKETING, "opt_out", False),
        (JOIN, "opt_in", True),
    )
    for table, action, always in tables:
        for language in LANGUAGES:
            for keyword in table[language]:
                told = Wish(action=action, keyword=keyword, language=language)
                found.setdefault(_plain(keyword), []).append((told, always))
    return found


_WISHES: Final = _wishes()
