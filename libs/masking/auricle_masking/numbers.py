"""What a dictated number is: the nearest cue says it, else its shape and check digits.

`none` cues and units silence shapes, but not that of a phone as it is printed; `price` cues all but that of a phone.
A number with talk inside ("восемьсот двенадцать, сам номер, триста …") is one where only the whole has the shape of a phone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from auricle_contracts.masking import PersonalKind

from auricle_masking import checks
from auricle_masking.dictation import Run
from auricle_masking.hits import Hit
from auricle_masking.number_cues import NONE, PRICE, Cue, cue_of
from auricle_masking.tokenization import Line

LEAST_SPOKEN_ATOMS = 4
STRAY_DIGITS = 3  # misheard beside a number; they would give half of it away
MOST_ATOMS = 16
MOST_TALK, LEAST_PART = 4, 3  # words inside a number; digits on either side of them
LONGEST_PHONE = 11  # digits without a plus
GROUPED = 3  # digits between the separators of a sum
FEWEST_SHAPED, MOST_SHAPED = 10, 16  # digits: a phone without a country, a card
PASSPORT = PersonalKind.PASSPORT.value
PASSPORT_NUMBER = 6  # digits behind the series
_LENGTHS: dict[str, range] = {
    "phone": range(6, 16), "card": range(13, 20), "snils": range(11, 12), "inn": range(10, 13), "passport": range(9, 11),
}  # fmt: skip
_CHECKS: dict[str, Callable[[str], bool]] = {"card": checks.luhn, "snils": checks.is_snils, "inn": checks.is_inn}


def find(runs: Iterable[Run], lines: Sequence[Line], languages: Sequence[str]) -> Iterator[Hit]:
    """Every run that is a phone, a card, a passport, a SNILS or an INN."""
    passport_turn = -1
    found = list(_rejoined(list(runs), lines, languages))
    runs_by_line: dict[int, list[Run]] = defaultdict(list)
    for run in found:
        runs_by_line[run.atoms[0].line].append(run)
    for run in found:
        cue = cue_of(run, lines)
        if cue.kind == PASSPORT:
            passport_turn = run.atoms[0].line
        passported = run.atoms[0].line == passport_turn and cue.kind in ("", PASSPORT)
        if passported and _is_passport_piece(run, cue, _longest_digits(runs_by_line[run.atoms[0].line])):
            yield Hit(PersonalKind.PASSPORT, run.digits, run.places())
            continue
        yield from _of_run(run, cue, languages[run.atoms[0].line])


def _rejoined(found: Sequence[Run], lines: Sequence[Line], languages: Sequence[str]) -> Iterator[Run]:
    """The runs, two as one where talk stands inside a phone."""
    before: Run | None = None
    for run in found:
        if before and (whole := _around_talk(before, run, lines, languages)):
            before = whole
            continue
        if before:
            yield before
        before = run
    if before:
        yield before


def _around_talk(before: Run, run: Run, lines: Sequence[Line], languages: Sequence[str]) -> Run | None:
    """Both as one phone; None where one is something by itself, or where a cue or a unit stands between."""
    line = lines[run.atoms[0].line]
    first, last = before.atoms[-1].last + 1, run.atoms[0].first
    if before.atoms[0].line != line.number or run.atoms[-1].line != line.number or not 0 < last - first <= MOST_TALK:
        return None
    whole = Run([*before.atoms, *run.atoms], before.plus)
    language = languages[line.number]
    between = line.tokens[first:last]
    if _is_code(line, before) and any(token.facts.tells for token in between):
        whole.told = True  # "код 916, номер 203 40 41"
    cue = cue_of(whole, lines)
    if cue.kind not in ("", "phone") or any(token.facts.unit or token.facts.cue for token in line.tokens[first:last]):
        return None
    if min(before.least, run.least) < LEAST_PART or _by_shape(before, cue, language) or _by_shape(run, cue, language):
        return None
    least = LONGEST_PHONE if not cue.kind else FEWEST_SHAPED
    found = _by_shape(whole, cue, language)
    return whole if found and found[0] == "phone" and len(found[1]) >= least else None


def _is_code(line: Line, run: Run) -> bool:
    """Whether the word right before says that these digits are the code of a place or an operator."""
    first = run.atoms[0].first
    return first > 0 and line.tokens[first - 1].facts.area_code


def _of_run(run: Run, cue: Cue, language: str) -> Iterator[Hit]:
    kind = _by_cue(run, cue) or _by_shape(run, cue, language)
    if kind is not None and kind[0] == "phone" and checks.is_toll_free(kind[1], language=language):
        return
    if kind is not None:
        yield Hit(PersonalKind(kind[0]), canonical(kind[0], kind[1]), run.places())
    elif cue.kind != NONE and not cue.counted and len(run.atoms) > 1:
        yield from _inside(run, cue, language)


def _by_cue(run: Run, cue: Cue) -> tuple[str, str] | None:
    lengths = _LENGTHS.get(cue.kind)
    if (
        lengths is None
        or (cue.kind == "phone" and any(atom.scaled for atom in run.atoms))
        or (cue.counted and len(run.atoms) < LEAST_SPOKEN_ATOMS)
        or (cue.money and not cue.told)
    ):
        return None
    fitting = [reading for reading in run.readings() if len(reading) in lengths]
    if cue.kind == "inn":
        fitting = [reading for reading in fitting if len(reading) != 11]
    if not fitting:
        return None
    if cue.kind == "phone" and len(fitting[0]) == 12 and checks.is_inn(fitting[0]):
        return "inn", fitting[0]
    checked = _CHECKS.get(cue.kind)
    return cue.kind, next((reading for reading in fitting if checked and checked(reading)), fitting[0])


def _by_shape(run: Run, cue: Cue, language: str) -> tuple[str, str] | None:
    if cue.kind == NONE or cue.counted:
        printed = not cue.counted and checks.is_mobile_as_printed(_printed(run))
        return ("phone", run.digits) if printed else None
    if cue.kind == PRICE:
        return _priced(run, language)
    return _likeliest(run, language) or next(
        (
            (kind, reading)
            for reading in run.readings()
            for kind in ("card", "phone", "inn")
            if _has_shape(kind, reading, run, language)
        ),
        None,
    )


def _priced(run: Run, language: str) -> tuple[str, str] | None:
    """A phone in a sentence about a price: "сколько стоит доставка на 8 926 …"; digits by threes are a sum of any length."""
    printed = _printed(run)
    if len(printed) > 1 and all(len(chunk) == GROUPED for chunk in printed[1:]):
        return None
    phones = (one for one in run.readings() if _has_shape("phone", one, run, language))
    return next((("phone", one) for one in phones), None)


def _printed(run: Run) -> list[str]:
    """The chunks that came as digits."""
    return [atom.readings[0] for atom in run.atoms if not atom.spoken]


def _likeliest(run: Run, language: str) -> tuple[str, str] | None:
    """What only the likeliest reading may be: among many readings a short check digit is right by chance."""
    if language not in ("ru", "") or not _is_dictated(run):
        return None
    digits = run.digits
    if checks.is_snils(digits) and not _has_shape("phone", digits, run, language):
        return "snils", digits
    if checks.is_passport(_printed(run)) and len(digits) == 10:
        return "passport", digits
    if len(digits) == 10 and checks.is_inn(digits) and not _has_shape("phone", digits, run, "ru"):
        return "inn", digits
    return None


def _has_shape(kind: str, digits: str, run: Run, language: str) -> bool:
    if kind == "card":
        return len(digits) == MOST_SHAPED and (checks.is_card(digits) or checks.is_printed_card(_printed(run)))
    if kind == "phone":
        shaped = checks.is_phone(digits, plus=run.plus is not None, language=language) or (
            language in ("ru", "") and checks.is_printed_phone(_printed(run))
        )
        return shaped and _is_dictated(run)
    return len(digits) == 12 and checks.is_inn(digits) and language in ("ru", "")


def _is_dictated(run: Run) -> bool:
    """Not an amount: "девяносто тысяч девятьсот двенадцать"."""
    return not any(atom.scaled for atom in run.atoms) and (
        len(run.atoms) >= LEAST_SPOKEN_ATOMS or not run.atoms[0].spoken or run.plus is not None
    )


def _longest_digits(runs: Iterable[Run]) -> int:
    return max(len(run.digits) for run in runs)


def _is_passport_piece(run: Run, cue: Cue, longest: int) -> bool:
    """The whole, or behind the cue a series of four and a number of six said apart, of which one alone is neither."""
    lengths = (9, 10) if cue.behind or longest < PASSPORT_NUMBER else (4, 6, 9, 10)
    return not any(atom.scaled for atom in run.atoms) and any(len(one) in lengths for one in run.readings())


def _inside(run: Run, cue: Cue, language: str) -> Iterator[Hit]:
    """Two numbers in one breath: the longest stretches of atoms that are something by themselves."""
    first = 0
    for start, last in _stretches(run):
        if start < first:
            continue
        part = run.part(start, last)
        found = _by_shape(part, cue, language)
        if found and not _is_cut_out(run, start, last):
            rest = len(run.digits) - len(part.digits)
            yield Hit(PersonalKind(found[0]), canonical(*found), (run if rest <= STRAY_DIGITS else part).places())
            if rest <= STRAY_DIGITS:
                return
            first = last + 1


def _is_cut_out(run: Run, first: int, last: int) -> bool:
    """Digits dictated one by one that go on beyond a phone are a longer number, unless what is beside is one of its own."""
    if run.least <= LONGEST_PHONE or not all(atom.spoken for atom in run.atoms):
        return False
    sides = (run.part(0, first - 1), run.part(last + 1, len(run.atoms)))
    return any(side.atoms and side.least < FEWEST_SHAPED for side in sides)


def _stretches(run: Run) -> Iterator[tuple[int, int]]:
    """First and last atom of what has as many digits as a shape, from the left, longest first; the rest is not worth a reading."""
    least = [0, *accumulate(min(map(len, atom.readings)) for atom in run.atoms)]
    most = [0, *accumulate(max(map(len, atom.readings)) for atom in run.atoms)]
    for first in range(len(run.atoms)):
        for last in range(min(len(run.atoms), first + MOST_ATOMS) - 1, first - 1, -1):
            if most[last + 1] - most[first] < FEWEST_SHAPED:
                break
            if least[last + 1] - least[first] <= MOST_SHAPED:
                yield first, last


def canonical(kind: str, digits: str) -> str:
    """Equal for two ways to write one number: 8 912 … and +7 912 … are one phone."""
    return digits[-10:] if kind == "phone" and len(digits) > 10 else digits
