"""The words by which customers leave mass sends, come back, or ask for help.

Sources: FCC 24-24 (stop, quit, end, revoke, opt out, cancel, unsubscribe), the Canadian short code rules (STOP and
ARRET, HELP, AIDE and INFO, whatever the programme's language), Twilio's default lists. The other French words are ours.
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
    (Wish.RETURN, "en"): ("start", "unstop", "yes"),
    (Wish.RETURN, "fr"): ("debuter", "reprendre"),
    (Wish.HELP, "en"): ("help", "info"),
    (Wish.HELP, "fr"): ("aide",),
}
_TABLE = {word: Keyword(wish, language, word.upper()) for (wish, language), words in WORDS.items() for word in words}
MAX_CHARACTERS = 40
"""Nothing longer is a keyword, spaces and marks around it included."""
_AROUND = " .,;:!?…¡¿'\"«»“”‘’()"


def read_keyword(text: str) -> Keyword | None:
    """The keyword that the text consists of, in any case, with or without accents and marks around it."""
    if len(text) > MAX_CHARACTERS:
        return None
    return _TABLE.get(fold(text.strip().strip(_AROUND)))
