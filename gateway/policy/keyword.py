"""Words by which a contact leaves or joins a list: ``BAJA``, ``STOP``, ``ALTA``. Pure.

A keyword counts only when it is the whole message. Case, accents, formatting and exclamation marks
around it do not matter; a question mark does. Words that also answer other questions ("cancelar" an
order, "salir" of a menu) count only as an answer to marketing.

Source: "Opt-out keywords", CTIA Messaging Principles and Best Practices, section 5; the words that
Spanish and Portuguese speaking businesses print below their campaigns.
"""

from __future__ import annotations

import re
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
_SPACES: Final = re.compile(r"\s+")
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
    plain = _plain(text)
    for table, action, counts in _TABLES:
        if not counts and not after_marketing:
            continue
        for language in LANGUAGES:
            keyword = table[language].get(plain) if language in languages else None
            if keyword is not None:
                return Wish(action=action, keyword=keyword, language=language)
    return None


def _plain(text: str) -> str:
    """Return a text without accents, case, and what stands around it."""
    apart = unicodedata.normalize("NFKD", text.strip(_EDGES).casefold())
    letters = "".join(each for each in apart if unicodedata.category(each) not in {"Mn", "Cf"})
    return _SPACES.sub(" ", letters).strip(_EDGES)


def _table(words: Mapping[Language, tuple[str, ...]]) -> dict[Language, dict[str, str]]:
    return {language: {_plain(each): each for each in found} for language, found in words.items()}


_TABLES: Final[tuple[tuple[dict[Language, dict[str, str]], Action, bool], ...]] = (
    (_table(LEAVE), "opt_out", True),
    (_table(LEAVE_MARKETING), "opt_out", False),
    (_table(JOIN), "opt_in", True),
)
"""Words, what they ask for, and whether they count whatever was said before."""
