"""What is known already is found again where it could not be recognised by itself: the last four digits, "вера" without a phrase."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from auricle_contracts.masking import PersonalKind

from auricle_masking.dictation import Run
from auricle_masking.hits import Hit, LineSpan, Taken
from auricle_masking.tokenization import Line

LEAST_DIGITS = 4
SHORTEST_NAME = 3


def names(lines: Sequence[Line], known: Mapping[str, str], taken: Taken) -> Iterator[Hit]:
    """Single words whose lemma is one of a known name's; `known` is the name's value by lemma.

    A small letter among capitals is a word and no name, where it may be one: "Роман, ваш роман".
    """
    if not known:
        return
    for line in lines:
        spoken = line.text.islower()
        for token in line.tokens:
            facts = token.facts
            if not spoken and not facts.strong and token.text.islower() and not facts.surname:
                continue
            lemma = facts.name or facts.lemma
            value = known.get(lemma) if len(lemma) >= SHORTEST_NAME and not facts.plain else None
            if value is not None and not taken.overlaps(line.number, token.start, token.end):
                yield Hit(PersonalKind.NAME, value, (LineSpan(line.number, token.start, token.end),))


def numbers(
    runs: Iterable[Run], lines: Sequence[Line], known: Sequence[tuple[PersonalKind, str]], taken: Taken
) -> Iterator[Hit]:
    """Runs of at least four digits that are a piece of a known number; what is counted ("4567 рублей") is none."""
    if not known:
        return
    for run in runs:
        places = run.places()
        if any(taken.overlaps(place.line, place.start, place.end) for place in places) or _is_counted(run, lines):
            continue
        pieces = [reading for reading in run.readings() if len(reading) >= LEAST_DIGITS]
        found = next(((kind, value) for kind, value in known for piece in pieces if piece in value), None)
        if found:
            yield Hit(found[0], found[1], places)


def _is_counted(run: Run, lines: Sequence[Line]) -> bool:
    last = run.atoms[-1]
    tokens = lines[last.line].tokens
    return last.last + 1 < len(tokens) and tokens[last.last + 1].facts.unit
