"""All phrases of all rules in one automaton a language, so that a turn is read once for every rule.

label = rule id | `unless:<id>` | `<id>/<place>` for the parts of pairs and orders
A phrase with gaps is found by its first word; the rest is looked for behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from auricle_criteria.conditions import Group, Order, Pairs, Phrases
from auricle_criteria.errors import BadArtefact
from auricle_criteria.rules import Rule
from auricle_languages import AnalysedTurn, Hit, Language, Languages, PhraseBook, by_place, fluently, in_each_language
from auricle_languages.language import LISTS

UNLESS = "unless:"
_GAPPED = "gapped:"
Lemmas = tuple[str, ...]


def part(rule: str, place: int) -> str:
    """The label of one group of a pair or an order."""
    return f"{rule}/{place}"


class PhraseIndex:
    """Built once. Raises `BadArtefact` for a list that no pack has."""

    def __init__(self, rules: Iterable[Rule], languages: Languages) -> None:
        groups: dict[str, Group] = {}
        distances: dict[str, int] = {}
        for rule in rules:
            groups |= _groups(rule)
            if isinstance(rule.look_for, Phrases) and rule.look_for.distance:
                distances[rule.id] = rule.look_for.distance
        self._readers = {one: _Reader(one, groups, distances) for one in languages}
        self._books = {one: reader.book for one, reader in self._readers.items()}

    def find(self, turns: Sequence[AnalysedTurn]) -> Mapping[str, Sequence[tuple[int, Hit]]]:
        """Label → (place of the turn, hit) of every rule's phrases, in order of place."""
        spoken, lemmas = [read.language for read in turns], [read.lemmas for read in turns]
        hits = in_each_language(spoken, lemmas, self._books)
        hits = fluently(self._books, spoken, lemmas, [read.fluent for read in turns], hits)
        labelled: defaultdict[str, list[tuple[int, Hit]]] = defaultdict(list)
        for place, found in enumerate(hits):
            for hit in self._readers[spoken[place]].whole(found, lemmas[place]) if found else ():
                labelled[hit.label].append((place, hit))
        return labelled


class _Reader:
    """The automaton of one language, and what must follow the first words of phrases with gaps."""

    def __init__(self, language: Language, groups: Mapping[str, Group], distances: Mapping[str, int]) -> None:
        self._gapped: dict[str, list[Lemmas]] = {}
        self._distances = distances
        lists: dict[str, list[Lemmas]] = {}
        for label, group in groups.items():
            phrases = _lemmas(language, group)
            if label in distances:
                self._gapped[label] = [phrase for phrase in phrases if len(phrase) > 1]
                lists[_GAPPED + label] = [phrase[:1] for phrase in self._gapped[label]]
            lists[label] = phrases
        self.book = PhraseBook(lists)

    def whole(self, hits: Sequence[Hit], lemmas: Sequence[str]) -> Sequence[Hit]:
        """The hits, with phrases that have gaps instead of their first words."""
        if not any(hit.label.startswith(_GAPPED) for hit in hits):
            return hits
        stretched = chain.from_iterable(self._stretched(hit, lemmas) for hit in hits)
        return sorted({*(hit for hit in hits if not hit.label.startswith(_GAPPED)), *stretched}, key=by_place)

    def _stretched(self, hit: Hit, lemmas: Sequence[str]) -> Iterator[Hit]:
        label = hit.label.removeprefix(_GAPPED)
        if label == hit.label:
            return
        for phrase in self._gapped[label]:
            last = _last_of(phrase, hit.first, lemmas, self._distances[label]) if phrase[0] == hit.phrase else None
            if last is not None:
                yield Hit(label, " ".join(phrase), hit.first, last)


def _last_of(phrase: Lemmas, first: int, lemmas: Sequence[str], distance: int) -> int | None:
    """Where the phrase that begins at `first` ends, each word at most `distance` words behind the one before."""
    at = first
    for lemma in phrase[1:]:
        window = lemmas[at + 1 : at + 2 + distance]
        if lemma not in window:
            return None
        at += 1 + window.index(lemma)
    return at


def _groups(rule: Rule) -> dict[str, Group]:
    look_for = rule.look_for
    groups: dict[str, Group] = {}
    if isinstance(look_for, Phrases):
        groups = {rule.id: look_for, UNLESS + rule.id: Group(phrases=look_for.unless)}
    elif isinstance(look_for, Order):
        groups = {part(rule.id, place): step for place, step in enumerate(look_for.steps)}
    elif isinstance(look_for, Pairs):
        both = chain.from_iterable((pair.first, pair.second) for pair in look_for.pairs)
        groups = {part(rule.id, place): group for place, group in enumerate(both)}
    for group in groups.values():
        if unknown := set(group.lists) - set(LISTS):
            raise BadArtefact(f"rule {rule.id} names the lists {sorted(unknown)}, which no language pack has")
    return groups


def _lemmas(language: Language, group: Group) -> list[Lemmas]:
    own = language.phrases(group.phrases.get(language.pack.language, ()))
    packs = chain.from_iterable(language.lists[one] for one in group.lists)
    return list(dict.fromkeys(chain(own, packs)))
