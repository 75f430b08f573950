"""The words by which customers leave mass sends, come back, or ask for help.

Sources: FCC 24-24 (stop, quit, end, revoke, opt out, cancel, unsubscribe), the Canadian short code rules (STOP and
ARRET, HELP, AIDE and INFO, whatever the programme's language), Twilio's default lists, AWS's (OPT-OUT, REMOVE). The
other French words and all of the other languages are our choice: no list of any authority names them. Of these we took
none that answers an ordinary question, as "cancelar" does about an appointment. A word stands in one language only,
where two have it.
"""

from __future__ import annotations

from dataclasses import dataclass

from scopchat.channels.providers.base import Wish
from scopchat.common.folding import fold


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that stood alone in a text. It is answered in its own language."""

    wish: Wish
    language: str
    word: str


WORDS: dict[tuple[Wish, str], tuple[str, ...]] = {
    (Wish.LEAVE, "en"): (
        *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke"),
        *("optout", "opt out", "opt-out", "remove"),
    ),
    (Wish.LEAVE, "fr"): ("arret", "arrete", "arreter", "desabonner", "desinscrire"),
    (Wish.LEAVE, "es"): ("alto", "baja", "darme de baja", "detener", "parar"),
    (Wish.LEAVE, "pt"): ("descadastrar", "sair"),
    (Wish.LEAVE, "de"): ("abbestellen", "abmelden", "stopp"),
    (Wish.LEAVE, "it"): ("cancellami", "disiscrivi", "disiscrivimi"),
    (Wish.LEAVE, "nl"): ("afmelden", "stoppen", "uitschrijven"),
    (Wish.LEAVE, "ar"): ("إلغاء الاشتراك", "إيقاف", "توقف"),
    (Wish.RETURN, "en"): ("start", "unstop", "yes"),
    (Wish.RETURN, "fr"): ("debuter", "reprendre"),
    (Wish.RETURN, "es"): ("alta", "comenzar", "iniciar"),
    (Wish.RETURN, "pt"): ("comecar", "voltar"),
    (Wish.RETURN, "de"): ("anmelden", "starten"),
    (Wish.RETURN, "it"): ("inizia", "iscrivimi"),
    (Wish.RETURN, "nl"): ("aanmelden", "inschrijven"),
    (Wish.RETURN, "ar"): ("ابدأ", "اشتراك"),
    (Wish.HELP, "en"): ("help", "info"),
    (Wish.HELP, "fr"): ("aide",),
    (Wish.HELP, "es"): ("ayuda",),
    (Wish.HELP, "pt"): ("ajuda",),
    (Wish.HELP, "de"): ("hilfe",),
    (Wish.HELP, "it"): ("aiuto",),
    (Wish.HELP, "nl"): ("hulp",),
    (Wish.HELP, "ar"): ("مساعدة",),
}
_TABLE = {
    fold(word): Keyword(wish, language, word.upper()) for (wish, language), words in WORDS.items() for word in words
}
MAX_CHARACTERS = 40
"""Nothing longer is a keyword, spaces and marks around it included."""
_AROUND = " .,;:!?…¡¿'\"«»“”„‘’()،؛؟\u00a0\u202f\u200e\u200f"
"""Marks and spaces as phones write them: French sets narrow ones before its marks, Arabic invisible ones around."""


def read_keyword(text: str) -> Keyword | None:
    """The keyword that the text consists of, in any case, with or without accents and marks around it."""
    if len(text) > MAX_CHARACTERS:
        return None
    return _TABLE.get(fold(text.strip().strip(_AROUND)))
