"""Addresses that begin with their number: "221b baker street apartment five", "Flat 2, 117 Brackley Street, Stockport SK4 2LT"."""

import re
from bisect import bisect_left

from auricle_masking.addresses import INDEX_DIGITS, LONGEST_NAME, MOST_TOWNS, Addresses, Found

SHORTEST_TOWN = 4  # letters
_POST_CODE = re.compile(r"[,\s]*[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b")


class EnglishAddresses(Addresses):
    """The addresses of one line in a language that says the number first."""

    def _at(self, place: int) -> Found | None:
        return self._number_first(place) if self._street(place) else self._box(place)

    def _box(self, place: int) -> Found | None:
        """So: "PO Box 1234, Denver CO"."""
        tokens, forms = self._line.tokens, self._line.forms
        if place + 2 >= len(tokens) or forms[place : place + 2] != ("po", "box") or place + 2 not in self._atoms:
            return None
        return place, self._with_titles(place + 2)

    def _post_code(self, last: int) -> int | None:
        """The last token of a British post code right behind."""
        match = _POST_CODE.match(self._line.text, self._line.tokens[last].end)
        return bisect_left(self._line.tokens, match.end(), key=lambda token: token.start) - 1 if match else None

    def _spoken_town(self, last: int) -> int:
        """The word at the end in speech without capitals: "nineteen millbrook road leeds"."""
        tokens = self._line.tokens
        if last + 2 != len(tokens) or not self._line.text.islower() or self._line.gap(last + 1).strip():
            return last
        facts = tokens[last + 1].facts
        town = len(facts.norm) >= SHORTEST_TOWN and not (facts.plain or facts.cue or facts.is_number or facts.filler)
        return last + town

    def _house_name(self, first: int) -> int:
        """Where the name of a house before begins: "The Old Forge, 2 Chapel Lane"."""
        tokens, start = self._line.tokens, first
        while start and first - start < MOST_TOWNS and tokens[start - 1].text[0].isupper():
            if self._line.gap(start).strip() != ("," if start == first else ""):
                break
            start -= 1
        named = any(token.facts.norm in self._words.named for token in tokens[start:first])
        return start if named else first

    def _with_flat(self, first: int) -> int:
        """As in "flat 3, 17 High Road"."""
        flat = first >= 2 and self._is_word(first - 2, self._words.parts) and first - 1 in self._atoms
        return first - 2 if flat else self._house_name(first)

    def _with_titles(self, last: int) -> int:
        """The town and the index behind: "…, Springfield, IL 62704"."""
        tokens = self._line.tokens
        for _ in range(MOST_TOWNS):
            following = last + 1
            if following >= len(tokens) or self._line.gap(following).strip() not in ("", ","):
                break
            token, comma = tokens[following], self._line.gap(following).strip() == ","
            if code := self._post_code(last):
                return code
            town = token.text[:1].isupper() and not token.facts.plain and (comma or tokens[last].text[:1].isupper())
            if not town and not (token.is_digits and len(token.text) >= INDEX_DIGITS - 1):
                break
            last = following
        return last

    def _number_first(self, street: int) -> Found | None:
        """So: "221b baker street apartment five": a number, one to three words, the kind of street."""
        tokens = self._line.tokens
        for first in range(street - 1, max(-1, street - LONGEST_NAME - 4), -1):
            token, atom = self._line.tokens[first], self._atoms.get(first)
            if (
                atom is not None
                and first < street - 1
                and street - atom.last <= LONGEST_NAME + 2
                and atom.last < street - 1
            ):
                cased = tokens[street].text[:1].isupper() or self._line.text.islower() or not atom.spoken
                last = self._with_titles(self._tail(street + 1))
                return (self._with_flat(first), self._spoken_town(last)) if cased else None
            if token.facts.plain and not token.is_digits and first < street - 1:
                return None
        return None
