"""Deduplication of sentences: what one speaker repeats in almost the same words becomes one sentence with its count. No model.

"Рассрочка двенадцать месяцев, без переплаты." … "То есть рассрочка без переплаты, двенадцать месяцев."
─► "Рассрочка двенадцать месяцев, без переплаты (×2)."

Said again: the same numbers and the same negations, and nearly all of its content words were in the earlier sentence. An answer
and a question are never folded: they are said to somebody.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from auricle_languages import AnalysedTurn

from auricle_compressor.compression import figures
from auricle_compressor.compression.clauses import Clause, clauses

LEAST_CONTENT = 3
SHARE = 0.75
ROOT_LETTERS = 5
# Earlier sentences with one word in common that are compared: a bound for conversations of 20,000 turns.
CANDIDATES = 40
NEVER = ("greetings", "farewells", "thanks", "apologies", "refusals", "conflict", "objections")


@dataclass
class _Sentence:
    """A sentence that may be said again; its `content` grows by the words in which it is."""

    turn: int
    tokens: tuple[int, ...]
    content: set[str]
    fixed: frozenset[str]
    denials: frozenset[str]


@dataclass
class Folds:
    """By turn id: tokens that go, turns that a turn now stands for, and how often each token's sentence was said."""

    gone: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    stands_for: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))


def folds(
    turns: Sequence[AnalysedTurn], removed: Mapping[int, set[int]], answers: set[int], folded_turns: set[int]
) -> Folds:
    """What folds in these turns. Turns outside of `folded_turns` can be said again later, but are not folded themselves."""
    found = Folds()
    earlier: dict[tuple[str, str], list[_Sentence]] = defaultdict(list)
    for read in turns:
        for sentence in _sentences(read, removed.get(read.turn.id, set())):
            may_fold = read.turn.id in folded_turns and read.turn.id not in answers
            first = _said_before(read, sentence, earlier) if may_fold else None
            if first is not None:
                _fold(found, first, sentence)
                sentence.content -= first.content
                first.content |= sentence.content
            for root in sentence.content:
                earlier[read.turn.participant, root].append(first or sentence)
    return found


def _fold(found: Folds, first: _Sentence, again: _Sentence) -> None:
    found.gone[again.turn].update(again.tokens)
    times = found.counts[first.turn].get(first.tokens[0], 1) + 1
    found.counts[first.turn].update(dict.fromkeys(first.tokens, times))
    if again.turn != first.turn and again.turn not in found.stands_for[first.turn]:
        found.stands_for[first.turn].append(again.turn)


def _sentences(read: AnalysedTurn, removed: set[int]) -> Iterator[_Sentence]:
    by_number: dict[int, list[Clause]] = defaultdict(list)
    for clause in clauses(read, removed):
        by_number[clause.sentence].append(clause)
    # "повторю" is no content: that a thing is said again is what the count says
    unfoldable, announced = read.covered_by(*NEVER), read.covered_by("announcements")
    for parts in by_number.values():
        tokens = [n for clause in parts for n in clause.tokens]
        fixed = _fixed(read, tokens)
        content = set(fixed) | {
            _root(read.analyses[n].lemma) for n in tokens if n not in announced and _carries(read, n)
        }
        if parts[0].asks or len(content) < LEAST_CONTENT or not unfoldable.isdisjoint(tokens):
            continue
        denials = frozenset(read.analyses[n].lemma for n in tokens if _denies(read, n))
        yield _Sentence(read.turn.id, tuple(tokens), content, fixed, denials)


def _carries(read: AnalysedTurn, number: int) -> bool:
    """Content beside figures."""
    return read.analyses[number].content and not figures.is_figure(read, number)


def _root(lemma: str) -> str:
    """So that "доставка" is said again by "доставляем"."""
    return lemma[:ROOT_LETTERS]


def _fixed(read: AnalysedTurn, tokens: Sequence[int]) -> frozenset[str]:
    """Numbers and names, which must be the very same."""
    return figures.said(read, tokens) | {read.analyses[n].lemma for n in tokens if read.analyses[n].name}


def _denies(read: AnalysedTurn, number: int) -> bool:
    return (read.analyses[number].lemma,) in read.language.lists["negations"]


def _said_before(
    read: AnalysedTurn, sentence: _Sentence, earlier: Mapping[tuple[str, str], list[_Sentence]]
) -> _Sentence | None:
    """The earliest sentence of this speaker that says it already."""
    found: list[_Sentence] = []
    for root in sentence.content:
        found += [one for one in earlier.get((read.turn.participant, root), [])[-CANDIDATES:] if _says(one, sentence)]
    return min(found, key=lambda one: (one.turn, one.tokens), default=None)


def _says(first: _Sentence, again: _Sentence) -> bool:
    """Never "не оформляем" by "оформляем", nor six by twelve."""
    common = len(again.content & first.content)
    return common >= SHARE * len(again.content) and again.fixed <= first.fixed and again.denials == first.denials
