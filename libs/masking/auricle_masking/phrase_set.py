"""Short word-by-word phrases before and after a place: a few dozen, so tuples in sets by length are enough."""

from collections.abc import Iterable

from auricle_contracts.folding import fold_word

from auricle_masking.tokenization import Line


class PhraseSet:
    """PhraseSet of one to four words, matched on compared forms."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._known = {tuple(fold_word(phrase).split()) for phrase in phrases}
        self._lengths = sorted({len(phrase) for phrase in self._known}, reverse=True)
        self._firsts = {phrase[0] for phrase in self._known}
        self._lasts = {phrase[-1] for phrase in self._known}

    def before(self, line: Line, place: int) -> int:
        """How many tokens directly before this one are a phrase; 0 for none, the longest wins."""
        if not place or line.forms[place - 1] not in self._lasts:
            return 0
        return next((n for n in self._lengths if n <= place and line.forms[place - n : place] in self._known), 0)

    def at(self, line: Line, place: int) -> int:
        """How many tokens from this one on are a phrase."""
        if place >= len(line.forms) or line.forms[place] not in self._firsts:
            return 0
        return next((n for n in self._lengths if line.forms[place : place + n] in self._known), 0)
