"""Golden cases beside a question: excerpts of dialogues that people decided, as many with the error as without it.

    golden items, the nearest first ─► excerpts ─► pairs of a class, one with the error and one without ─► a question's nearest pairs

Where a class lacks one side, an example of its own file stands in: one correction acts at once, and nothing tips the balance. What is
chosen of a pool is chosen again of any part of it that holds the choice, so a step that is given what it showed before shows the same. A
case is a text of others, as the conversation is: fenced, each line under a label of its own, without who spoke but for the role.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from auricle_contracts import Channel, DetectionState, DigestLine, Role, ShownCase, Transcript
from auricle_contracts.golden import GoldenPlace, GoldenTurn
from auricle_criteria import Cases, ClassExample, ErrorClass
from auricle_judging import instructions
from auricle_judging.rendering import fenced

LINES, LINE_CHARS = 4, 160
"""Of an excerpt, as the examples of class files have."""
BEFORE = 2
"""Lines before the first place."""
CASES_GONE = "examples_gone"
"""Flag of an evaluation that was to show what was shown before, of which some is removed, taken back or another by now."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_ANSWERS = {DetectionState.FOUND: "yes", DetectionState.NOT_FOUND: "no"}


@dataclass(frozen=True)
class SimilarCase:
    """An excerpt, and what was decided of a class in it; `at`: numbers (from 1) of the lines that show the error.

    `rank` in its pool, from 0; None with an item id of "" for an example of the class's own file.
    """

    item_id: str
    error_class: str
    state: DetectionState
    lines: tuple[tuple[Role, str], ...]
    at: tuple[int, ...]
    rank: int | None = None

    @property
    def shown(self) -> ShownCase:
        """As an evaluation names it: by item, and by the hash of what is shown of it."""
        said = [self.error_class, self.state, [[role.value, text] for role, text in self.lines], list(self.at)]
        content = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
        return ShownCase(item_id=self.item_id, error_class=self.error_class, state=self.state, content=content)


@dataclass(frozen=True)
class CasePool:
    """Cases of one conversation, the nearest first. `pinned`: by step what it showed before, which then stands in their place.

    `gone`: so many of those are there no more.
    """

    nearest: tuple[SimilarCase, ...] = ()
    pinned: Mapping[str, tuple[SimilarCase, ...]] | None = None
    gone: int = 0

    def of(self, step: str) -> tuple[SimilarCase, ...]:
        """What this step may show."""
        return self.nearest if self.pinned is None else self.pinned.get(step, ())


class CaseSearch(Protocol):
    """The golden set of the workspace, for one conversation."""

    async def pool(self, shown: Transcript, error_classes: Sequence[str], *, most: int) -> CasePool:
        """Cases of these classes near to the transcript that a model is shown, of each at most so many on either side."""
        ...


@dataclass(frozen=True)
class CaseBook:
    """What one step may show of a pool."""

    setting: Cases
    pool: tuple[SimilarCase, ...]
    channel: Channel
    language: str | None

    def of(self, classes: Sequence[ErrorClass]) -> tuple[SimilarCase, ...]:
        """The cases of a question about these classes: pairs of one with the error and one without, the nearest pairs first.

        Claims have none, since the knowledge base decides them.
        """
        asked = {one.id: one for one in classes if not one.by_articles}
        pairs = sorted((pair for one in asked.values() for pair in self._pairs(one)), key=_nearness)
        chosen = pairs[: self.setting.count // 2]
        return tuple(chain.from_iterable(pair if number % 2 == 0 else pair[::-1] for number, pair in enumerate(chosen)))

    def text(self, cases: Sequence[SimilarCase]) -> str:
        """As a question shows them; nothing where there are none."""
        if not cases:
            return ""
        lines = {
            f"E{number}.{line} {role}:": text
            for number, one in enumerate(cases, 1)
            for line, (role, text) in enumerate(one.lines, 1)
        }
        decided = (_decided(number, one) for number, one in enumerate(cases, 1))
        return "\n".join((self.setting.heading, fenced(lines), *decided))

    def _pairs(self, one: ErrorClass) -> Iterator[tuple[SimilarCase, SimilarCase]]:
        own = {state: self._own(one, state) for state in _ANSWERS}
        golden = {
            state: [case for case in self.pool if (case.error_class, case.state) == (one.id, state)] for state in own
        }
        most = max(map(len, golden.values()))
        found, missing = ([*golden[state], *own[state]][:most] for state in _ANSWERS)
        return zip(found, missing, strict=False)

    def _own(self, one: ErrorClass, state: DetectionState) -> list[SimilarCase]:
        """Examples of the class's own file, those of this channel and language before others."""
        given = one.positives if state is DetectionState.FOUND else one.negatives
        return [_of_file(one, state, example) for example in sorted(given, key=self._strangeness)]

    def _strangeness(self, example: ClassExample) -> int:
        return 2 * (example.lang != (self.language or example.lang)) + (example.channel is not self.channel)


def filler(setting: Cases) -> str:
    """What stands for the cases where a question is only measured."""
    lines = {
        f"E{n}.{line} customer:": "пример " * (LINE_CHARS // 7) for n in range(setting.count) for line in range(LINES)
    }
    return "\n".join(
        (setting.heading, fenced(lines), *("E10 error_class_of_this_name: yes, E10.4" for _ in range(setting.count)))
    )


def excerpt(
    turns: Sequence[GoldenTurn], places: Sequence[GoldenPlace], words: frozenset[str]
) -> tuple[tuple[tuple[Role, str], ...], tuple[int, ...]]:
    """A few lines, and the numbers of those that show the error: around its first place, else those that share most words with `words`.

    Without what is said to the judge; no lines where nothing is left of them.
    """
    begin = max(0, min(places[0].turn - 1 - BEFORE, len(turns) - LINES)) if places else _nearest(turns, words)
    marked = {place.turn: place.text for place in reversed(places)}
    said = [
        DigestLine(turns=(number,), role=turn.role, text=turn.text)
        for number, turn in enumerate(turns[begin : begin + LINES], begin + 1)
        if turn.text.strip()
    ]
    kept, _, _ = instructions.withheld(said)
    lines = tuple((line.role, _cut(line.text, marked.get(line.turns[0], ""))) for line in kept)
    return lines, tuple(number for number, line in enumerate(kept, 1) if line.turns[0] in marked)


def words_of(transcript: Transcript) -> frozenset[str]:
    """The longer words of a conversation, without case."""
    return frozenset(_words(" ".join(turn.text for turn in transcript.turns)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _nearest(turns: Sequence[GoldenTurn], words: frozenset[str]) -> int:
    """Where the stretch of LINES turns begins that shares most words; the first of several."""
    shares = [len(words & {*_words(turn.text)}) for turn in turns]
    starts = range(max(1, len(turns) - LINES + 1))
    return max(starts, key=lambda start: (sum(shares[start : start + LINES]), -start))


def _cut(text: str, marked: str) -> str:
    """At most LINE_CHARS of it, and of a longer one those around the marked words."""
    if len(text) <= LINE_CHARS:
        return text.strip()
    at = max(0, text.find(marked)) if marked else 0
    begin = max(0, min(at - (LINE_CHARS - min(len(marked), LINE_CHARS)) // 2, len(text) - LINE_CHARS))
    return text[begin : begin + LINE_CHARS].strip()


def _nearness(pair: tuple[SimilarCase, SimilarCase]) -> int:
    return min(case.rank for case in pair if case.rank is not None)


def _of_file(one: ErrorClass, state: DetectionState, example: ClassExample) -> SimilarCase:
    at = example.at if state is DetectionState.FOUND else ()
    return SimilarCase("", one.id, state, tuple((role, text) for role, text in example.lines), at)


def _decided(number: int, case: SimilarCase) -> str:
    """Labels only: words of a case never stand outside the fence."""
    at = "".join(f", E{number}.{line}" for line in case.at)
    return f"E{number} {case.error_class}: {_ANSWERS[case.state]}{at}"
