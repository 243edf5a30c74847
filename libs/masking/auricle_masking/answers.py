"""A few words that answer the other side's question for a name: "Как к вам обращаться?" — "Лев"; "Имя?" — "Ван Дер Йохан, с семьёй"."""

from collections.abc import Sequence

from auricle_masking.name_context import Around, can_be_anything, is_title
from auricle_masking.tokenization import Line, Token

LONGEST_ANSWER = 3  # words
LONGEST_WRITTEN = 5  # words with capitals
_ENDS = frozenset(",.;:!?\n(")


def find(line: Line, around: Around, lines: Sequence[Line]) -> tuple[int, int] | None:
    """First and last token of the name at the beginning of the answer; None where there is none."""
    if not line.number or not line.tokens or lines[line.number - 1].participant == line.participant:
        return None
    asked = lines[line.number - 1]
    if not any(around.asks.at(asked, place) for place in range(len(asked.tokens))):
        return None
    first = next((place for place, token in enumerate(line.tokens) if not token.facts.filler), None)
    if first is None:
        return None
    last = _end(line, first)
    said = [token for token in line.tokens[first : last + 1] if not token.facts.filler]
    return (first, last) if _is_name(line, first, said, around, whole=last + 1 == len(line.tokens)) else None


def _end(line: Line, first: int) -> int:
    """The last token before a sign that ends what is said."""
    last = first
    while last + 1 < len(line.tokens) and not set(line.gap(last + 1)) & _ENDS:
        last += 1
    return last


def _is_name(line: Line, first: int, said: Sequence[Token], around: Around, *, whole: bool) -> bool:
    capitals = all(is_title(line, place) for place in range(first, first + len(said)))
    if not 0 < len(said) <= (LONGEST_WRITTEN if capitals else LONGEST_ANSWER):
        return False
    likely = any(token.facts.perhaps or token.facts.unknown or around.listed for token in said)
    written = capitals and likely and len(said) > 1
    if not all(
        (can_be_anything(token.facts) or token.facts.perhaps or written) and not token.is_digits for token in said
    ):
        return False
    if not whole:
        return likely and (capitals or any(token.facts.perhaps for token in said)) and len(said) > 1
    return likely or (len(said) == 1 and said[0].facts.noun)
