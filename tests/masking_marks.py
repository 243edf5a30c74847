"""The test set of masking: texts with marks become turns with spans, and findings are compared with them."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from auricle_contracts import Role, Turn
from auricle_contracts.masking import PersonalKind
from auricle_masking import Detector

DATA = Path(__file__).parents[0] / "data" / "masking"
_MARK = re.compile(r"\{(\w+)\|([^}]*)\}")
_TELLING = re.compile(r"\d+|[^\W\d_]{3,}")


@dataclass(frozen=True)
class Marked:
    """A span that masking must hide."""

    turn: int
    start: int
    end: int
    kind: PersonalKind


@dataclass(frozen=True)
class Case:
    """A conversation of one or a few turns, with everything that identifies a person in it."""

    id: str
    tag: str
    language: str
    turns: tuple[Turn, ...]
    marked: tuple[Marked, ...]


def load(*names: str) -> list[Case]:
    """The cases of these files of tests/data/masking."""
    lines = [line for name in names for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    return [_case(json.loads(line)) for line in lines]


def _case(row: dict[str, object]) -> Case:
    turns, marked = [], []
    told = row["turns"]
    assert isinstance(told, list)
    for number, (role, text) in enumerate(told):
        plain, spans = unmarked(text)
        marked += [Marked(number, start, end, kind) for start, end, kind in spans]
        turns.append(Turn(id=number + 1, participant=role, role=Role(role), text=plain))
    return Case(str(row["id"]), str(row["tag"]), str(row["language"]), tuple(turns), tuple(marked))


def unmarked(text: str) -> tuple[str, list[tuple[int, int, PersonalKind]]]:
    """The text without its marks, and where they were."""
    parts: list[str] = []
    spans = []
    read = written = 0
    for match in _MARK.finditer(text):
        parts += (text[read : match.start()], match.group(2))
        written += match.start() - read
        spans.append((written, written + len(match.group(2)), PersonalKind(match.group(1))))
        read, written = match.end(), written + len(match.group(2))
    return "".join([*parts, text[read:]]), spans


@dataclass
class Score:
    """Counts of one kind. A mark is found when every number and every word of three letters of it is covered by findings of its kind."""

    marks: int = 0
    found: int = 0
    hidden: int = 0
    reported: int = 0
    right: int = 0
    misses: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.marks if self.marks else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.reported if self.reported else 1.0


def measure(cases: Iterable[Case], detector: Detector) -> dict[PersonalKind, Score]:
    """By kind. `hidden` counts marks that are covered by findings of any kind: nothing of them leaks."""
    scores: dict[PersonalKind, Score] = defaultdict(Score)
    for case in cases:
        hits = detector.find(case.turns, declared=case.language).hits
        places = [(place.line, place.start, place.end, hit.kind) for hit in hits for place in hit.places]
        for mark in case.marked:
            _count_mark(scores[mark.kind], case, mark, places)
        for line, start, end, kind in places:
            score = scores[kind]
            score.reported += 1
            touched = any(m.turn == line and m.kind is kind and start < m.end and m.start < end for m in case.marked)
            score.right += touched
            if not touched:
                score.extras.append(f"{case.id}: {case.turns[line].text[start:end]!r} in {case.turns[line].text!r}")
    return scores


def _count_mark(score: Score, case: Case, mark: Marked, places: list[tuple[int, int, int, PersonalKind]]) -> None:
    score.marks += 1
    text = case.turns[mark.turn].text
    telling = [(m.start(), m.end()) for m in _TELLING.finditer(text, mark.start, mark.end)]
    same = [(start, end) for line, start, end, kind in places if line == mark.turn and kind is mark.kind]
    every = [(start, end) for line, start, end, _ in places if line == mark.turn]
    score.found += _covered(telling, same)
    score.hidden += _covered(telling, every)
    if not _covered(telling, same):
        score.misses.append(
            f"{case.id} [{case.tag}]: {text[mark.start : mark.end]!r} in {text!r}, found {[text[s:e] for s, e in every]}"
        )


def _covered(telling: list[tuple[int, int]], spans: list[tuple[int, int]]) -> bool:
    return all(any(start <= first and last <= end for start, end in spans) for first, last in telling)


def table(scores: dict[PersonalKind, Score]) -> Iterator[dict[str, object]]:
    """One row a kind, and the sum."""
    total = Score()
    for kind in PersonalKind:
        score = scores.get(kind, Score())
        for name in ("marks", "found", "hidden", "reported", "right"):
            setattr(total, name, getattr(total, name) + getattr(score, name))
        yield _row(kind.value, score)
    yield _row("all", total)


def _row(name: str, score: Score) -> dict[str, object]:
    return {
        "kind": name, "marks": score.marks, "found": score.found, "hidden": score.hidden, "reported": score.reported,
        "right": score.right, "recall": round(score.recall, 4), "precision": round(score.precision, 4),
    }  # fmt: skip
