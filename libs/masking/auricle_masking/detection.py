"""Everything found in one conversation. Dates of birth first, then e-mails, addresses, numbers, names: the first finder wins a place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import Turn
from auricle_contracts.masking import PLACEHOLDER, PersonalKind, Secrets
from auricle_languages import load_packs as load_language_packs

from auricle_masking import birth_dates, dictation, emails, known_values, names, numbers, packs, spelling
from auricle_masking.addresses import Addresses
from auricle_masking.birth_dates import BirthWords
from auricle_masking.dictation import Run
from auricle_masking.english_addresses import EnglishAddresses
from auricle_masking.hits import Hit, LineSpan, Taken
from auricle_masking.lexicon import Lexicon
from auricle_masking.name_context import Around
from auricle_masking.packs import Pack
from auricle_masking.tokenization import Line, tokenize_turns

FEWEST_FOREIGN = 3  # words of another script that make a turn another language's
FEWEST_TELLING = 3  # words of one script that tell a conversation's language where none was declared
_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
_LATIN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")


@dataclass(frozen=True)
class Found:
    """Hits by place, and the lemmas of names that stay."""

    hits: tuple[Hit, ...]
    kept: tuple[str, ...]


class Detector:
    """Ready to read; immutable but for the cache of words."""

    def __init__(self, lexicons: dict[str, Lexicon]) -> None:
        self._lexicons = lexicons
        self._email = packs.merged([lexicon.pack.email for lexicon in lexicons.values()])
        self._scripts: dict[str, Lexicon] = {lexicon.pack.script: lexicon for lexicon in lexicons.values()}
        known = [lexicon.pack for lexicon in lexicons.values()]
        self._around = {name: Around.of(lexicon.pack, known) for name, lexicon in lexicons.items()}
        self._birth = {name: BirthWords.of(lexicon.pack) for name, lexicon in lexicons.items()}

    @classmethod
    def load(cls, prompts_dir: Path) -> "Detector":
        """From `<prompts_dir>/masking` and the number words of `<prompts_dir>/languages`."""
        spoken = load_language_packs(prompts_dir / "languages")
        found = packs.load_packs(prompts_dir / "masking")
        return cls({name: Lexicon(pack, spoken.get(name)) for name, pack in found.items()})

    def pack(self, language: str) -> Pack:
        """The pack of a language; the first one for a language without."""
        return self._lexicons[language if language in self._lexicons else next(iter(self._lexicons))].pack

    def language_of(self, text: str, *declared: str | None) -> str:
        """By script: Cyrillic is Russian, Latin English. What was declared stays until whole phrases say otherwise: "ok" is no English."""
        cyrillic, latin = _CYRILLIC.findall(text), _LATIN.findall(text)
        known = next((one for one in declared if one in self._lexicons), None)
        wanted = "ru" if sum(map(len, cyrillic)) > sum(map(len, latin)) else "en"
        told = len(cyrillic if wanted == "ru" else latin) if cyrillic or latin else 0
        if known is not None and (wanted == known or told < FEWEST_FOREIGN):
            return known
        return wanted if told and wanted in self._lexicons else known or next(iter(self._lexicons))

    def _spoken(self, turns: Sequence[Turn], declared: str | None) -> str:
        """The language of numbers: declared, else that of the whole conversation; "" where nothing says, as one "ok" does not."""
        if declared in self._lexicons:
            return declared
        text = " ".join(turn.text for turn in turns)
        words = max(len(_CYRILLIC.findall(text)), len(_LATIN.findall(text)))
        return self.language_of(text) if words >= FEWEST_TELLING else ""

    def find(
        self,
        turns: Sequence[Turn],
        kinds: Iterable[PersonalKind] = tuple(PersonalKind),
        known: Secrets | None = None,
        declared: str | None = None,
    ) -> Found:
        """What of these kinds the turns hold, in order of place; `known` is an earlier reverse map of the conversation."""
        wanted = frozenset(kinds)
        spoken = self._spoken(turns, declared)
        languages = [self.language_of(turn.text, turn.language, spoken) for turn in turns]
        lines = tokenize_turns(
            turns, [{**self._scripts, (own := self._lexicons[name]).pack.script: own} for name in languages]
        )
        runs = dictation.runs(lines)
        taken = Taken()
        taken.add(_placeholders(lines))
        births = [self._birth[language] for language in languages]
        hits: list[Hit] = taken.add(birth_dates.find(lines, births))
        for line, language in zip(lines, languages, strict=True):
            hits += taken.add(emails.find(line, self._email))
            hits += taken.add(_addresses(line, runs, self.pack(language)))
        runs = _free(runs, taken)
        hits += taken.add(numbers.find(runs, lines, languages if spoken else [turn.language or "" for turn in turns]))
        for line in lines:
            hits += taken.add(spelling.find(line))
        kept = known.kept if known else ()
        named, staying = names.find(lines, [self._around[language] for language in languages], taken, kept)
        hits += taken.add(named)
        hits += taken.add(birth_dates.behind_names(lines, births, named))
        hits += taken.add(
            _recalled(lines, runs, [*_earlier(known), *((hit.kind, hit.value) for hit in hits)], staying, taken)
        )
        chosen = sorted(
            (hit for hit in hits if hit.kind in wanted), key=lambda hit: (hit.places[0].line, hit.places[0].start)
        )
        return Found(tuple(chosen), staying)


def _addresses(line: Line, runs: Sequence[Run], pack: Pack) -> Iterator[Hit]:
    """Every address of the line; `runs` are the numbers of the conversation."""
    atoms = {atom.first: atom for run in runs for atom in run.atoms if atom.line == line.number}
    if atoms:
        yield from (EnglishAddresses if pack.address.number_first else Addresses)(line, atoms, pack).all()


def _free(runs: Sequence[Run], taken: Taken) -> list[Run]:
    """The runs without what is something else already: "Лесная 5-17, 8 961 …" is an address and a phone."""
    free: list[Run] = []
    for run in runs:
        kept = [atom for atom in run.atoms if not taken.overlaps(atom.line, atom.start, atom.end)]
        if len(kept) == len(run.atoms):
            free.append(run)
        elif kept:
            free.append(Run(kept, run.plus if kept[0] is run.atoms[0] else None))
    return free


def _placeholders(lines: Sequence[Line]) -> list[Hit]:
    """What an earlier masking put there, which is never masked again."""
    found = ((line, match) for line in lines if "[" in line.text for match in PLACEHOLDER.finditer(line.text))
    return [Hit(PersonalKind.NAME, "", (LineSpan(line.number, match.start(), match.end()),)) for line, match in found]


def _earlier(known: Secrets | None) -> list[tuple[PersonalKind, str]]:
    return [(one.kind, one.value) for one in known.secrets] if known else []


def _recalled(
    lines: Sequence[Line],
    runs: Sequence[Run],
    known: Sequence[tuple[PersonalKind, str]],
    staying: Iterable[str],
    taken: Taken,
) -> list[Hit]:
    """Pieces of what is known. A name's lemma stands for the first person who had it."""
    lemmas = {lemma: value for kind, value in reversed(known) if kind is PersonalKind.NAME for lemma in value.split()}
    digits = [(kind, value) for kind, value in known if value.isdigit()]
    for lemma in staying:
        lemmas.pop(lemma, None)
    return [*known_values.names(lines, lemmas, taken), *known_values.numbers(runs, lines, digits, taken)]
