"""Names spelt letter by letter: "п е т р о в а", "П-Е-Т-Р-О-В", "пэ е тэ эр о вэ", "b as in boy r i e r"; the name itself behind it too."""

from collections.abc import Iterator

from auricle_contracts.masking import PersonalKind

from auricle_masking.hits import Hit, LineSpan
from auricle_masking.tokenization import Line, Token

FEWEST_LETTERS, FEWEST_NAMED = 4, 5
_BETWEEN = ("", "-", ",", ".", "–", "—")
_GLOSSES = (("as", "in"), ("for",), ("like",), ("как",), ("как", "в", "слове"), ("как", "в"))


def find(line: Line) -> Iterator[Hit]:
    """Runs of single letters, or of their names, which nothing else can be."""
    if sum(token.facts.letter for token in line.tokens) < FEWEST_LETTERS:
        return
    start = 0
    while start < len(line.tokens):
        letters, end = _letters(line, start)
        single = sum(len(token.text) == 1 for token in letters)
        named = len(letters) >= FEWEST_NAMED and single < len(letters)
        if named or len(letters) == single >= FEWEST_LETTERS:
            end += _is_spelt(line, end, letters)
            first, last = line.tokens[start], line.tokens[end - 1]
            value = "".join(token.facts.norm for token in letters)
            yield Hit(PersonalKind.NAME, value, (LineSpan(line.number, first.start, last.end),))
        start = max(end, start + 1)


def _letters(line: Line, start: int) -> tuple[list[Token], int]:
    """The letters from here on, and the place behind them and their glosses ("b as in boy")."""
    letters: list[Token] = []
    end = start
    while end < len(line.tokens) and line.tokens[end].facts.letter:
        if letters and line.gap(end).strip() not in _BETWEEN:
            break
        letters.append(line.tokens[end])
        end += 1 + _gloss(line, end + 1)
    return letters, end


def _gloss(line: Line, place: int) -> int:
    """How many tokens behind a letter say a word that begins with it."""
    width = next((len(one) for one in _GLOSSES if line.forms[place : place + len(one)] == one), 0)
    word = place + width
    told = width and word < len(line.tokens) and line.forms[word][:1] == line.forms[place - 1][:1]
    return width + 1 if told else 0


def _is_spelt(line: Line, place: int, letters: list[Token]) -> bool:
    """Whether the word behind is what was spelt: as long, and with its first letter: "бэ е эл о у эс белоус"."""
    if place >= len(line.tokens) or line.gap(place).strip():
        return False
    word = line.forms[place]
    name = letters[0].facts.norm
    first = name[1] if len(name) > 1 and name[0] == "э" else name[0]  # "эм" is м
    return abs(len(word) - len(letters)) <= 1 and word[0] == first and len(word) >= FEWEST_LETTERS
