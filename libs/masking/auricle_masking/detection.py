"""Everything found in one conversation. E-mails first, then addresses, numbers, names: the first finder wins a place."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import Turn
from auricle_contracts.masking import PersonalKind, Secrets
from auricle_languages import load_packs as load_language_packs

from auricle_masking import addresses, dictation, emails, names, numbers, packs, recalling
from auricle_masking.dictation import Run
from auricle_masking.hits import Hit, Taken
from auricle_masking.lexicon import Lexicon
from auricle_masking.names import Around
from auricle_masking.packs import Pack
from auricle_masking.reading import Line, read

_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
_LATIN = re.compile(r"[A-Za-z]+")


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
        self._around = {name: Around.of(lexicon.pack) for name, lexicon in lexicons.items()}

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
        """By script: Cyrillic is Russian, Latin English; without letters what was declared."""
        cyrillic = sum(map(len, _CYRILLIC.findall(text)))
        latin = sum(map(len, _LATIN.findall(text)))
        if cyrillic == latin:
            return next((one for one in declared if one in self._lexicons), next(iter(self._lexicons)))
        wanted = "ru" if cyrillic > latin else "en"
        return wanted if wanted in self._lexicons else next(iter(self._lexicons))

    def _spoken(self, turns: Sequence[Turn], declared: str | None) -> str:
        """The language of what has no letters: declared, else that of the whole conversation; "" where nothing says."""
        if declared in self._lexicons:
            return declared
        text = " ".join(turn.text for turn in turns)
        return self.language_of(text) if _CYRILLIC.search(text) or _LATIN.search(text) else ""

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
        lines = read(turns, [{**self._scripts, (own := self._lexicons[name]).pack.script: own} for name in languages])
        runs = dictation.runs(lines)
        taken = Taken()
        hits: list[Hit] = []
        for line, language in zip(lines, languages, strict=True):
            hits += taken.add(emails.find(line, self._email))
            hits += taken.add(addresses.find(line, runs, self.pack(language)))
        hits += taken.add(numbers.find(runs, lines, languages if spoken else [turn.language or "" for turn in turns]))
        kept = known.kept if known else ()
        named, staying = names.find(lines, [self._around[language] for language in languages], taken, kept)
        hits += taken.add(named)
        hits += taken.add(
            _recalled(lines, runs, [*_earlier(known), *((hit.kind, hit.value) for hit in hits)], staying, taken)
        )
        chosen = sorted(
            (hit for hit in hits if hit.kind in wanted), key=lambda hit: (hit.places[0].line, hit.places[0].start)
        )
        return Found(tuple(chosen), staying)


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
    return [*recalling.names(lines, lemmas, taken), *recalling.numbers(runs, lines, digits, taken)]
