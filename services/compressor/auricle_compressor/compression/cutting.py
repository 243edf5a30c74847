"""One conversation on its way through the stages: whole turns, inside of turns, what is said again, depth, lines."""

from collections.abc import Iterable, Sequence

from auricle_contracts import DigestLine, DigestStretch, DroppedTurn, Level, Role
from auricle_languages import AnalysedTurn

from auricle_compressor.compression import deduplication, selection, token_filter, turn_filter
from auricle_compressor.compression.protection import Protection

FOLDING = (Level.MEDIUM, Level.HARD)
JOINED_CHARS = 400  # a line that is longer takes no neighbour in


class Cutting:
    """Which turns go whole, which tokens go inside the others, and why. By turn id."""

    def __init__(self, turns: Sequence[AnalysedTurn], protect: Protection, stretches: Sequence[DigestStretch]) -> None:
        self.protect = protect
        self.levels = dict(_levels(turns, stretches))
        self.fates = turn_filter.fates([one for one in turns if self._level(one) is not Level.RAW], protect)
        self.reasons: dict[int, str] = dict(self.fates.dropped)
        self.left = [read for read in turns if read.turn.id not in self.reasons]
        self.removed: dict[int, set[int]] = {read.turn.id: set() for read in self.left}
        self.folds = deduplication.Folds()

    def done(self) -> tuple[tuple[DigestLine, ...], tuple[DroppedTurn, ...]]:
        """The stages in order."""
        self._structure()
        if "repeats" not in self.protect:
            self._meaning()
        if "talk" not in self.protect:
            self._depth()
        lines = tuple(self._lines())
        return lines, tuple(DroppedTurn(turn=number, reason=self.reasons[number]) for number in sorted(self.reasons))

    def _level(self, read: AnalysedTurn) -> Level:
        return self.levels[read.turn.id]

    def _structure(self) -> None:
        for read in self.left:
            answers = read.turn.id in self.fates.answers
            gone = token_filter.removed(read, self._level(read), self.protect, answers=answers)
            self._remove(read, gone, "filler" if read.tokens else "empty")

    def _meaning(self) -> None:
        folding = {read.turn.id for read in self.left if self._level(read) in FOLDING}
        self.folds = deduplication.folds(self.left, self.removed, self.fates.answers, folding)
        for read in self.left:
            self._remove(read, self.folds.gone.get(read.turn.id, set()), "said_again")

    def _depth(self) -> None:
        opened: set[str] = set()
        before: AnalysedTurn | None = None
        for read in self.left:
            gone = selection.unneeded(
                read, self.removed[read.turn.id], self._level(read), self._place(read, before, opened)
            )
            self._remove(read, gone, "talk")
            before = read

    def _place(self, read: AnalysedTurn, before: AnalysedTurn | None, opened: set[str]) -> selection.TurnContext:
        number, speaker = read.turn.id, read.turn.participant
        first = speaker not in opened and (read.turn.role is not Role.AGENT or not opened)
        opens = first and selection.opens(read, self.removed[number])
        if opens:
            opened.add(speaker)
        meets = before is not None and before.turn.participant != speaker and selection.heats(before)
        return selection.TurnContext(answers=number in self.fates.answers, opens=opens, meets=meets)

    def _remove(self, read: AnalysedTurn, gone: set[int], reason: str) -> None:
        """The reason of what took a turn's last word is the turn's reason."""
        number = read.turn.id
        self.removed[number] |= gone
        emptied = len(self.removed[number]) == len(read.tokens)
        if emptied and number not in self.reasons and self._level(read) is not Level.RAW:
            self.reasons[number] = reason

    def _lines(self) -> Iterable[DigestLine]:
        """At hard, neighbours of one speaker are one line: who speaks is written once."""
        last: DigestLine | None = None
        speaker: tuple[str, Role, Level] | None = None
        for read in self.left:
            if read.turn.id in self.reasons:
                continue
            line, now = self._line(read), (read.turn.participant, read.turn.role, self._level(read))
            if last is not None and now == speaker and now[2] is Level.HARD and len(last.text) < JOINED_CHARS:
                last = last.model_copy(update={"turns": last.turns + line.turns, "text": _beside(last.text, line.text)})
                continue
            if last is not None:
                yield last
            last, speaker = line, now
        if last is not None:
            yield last

    def _line(self, read: AnalysedTurn) -> DigestLine:
        number = read.turn.id
        text = read.turn.text.strip()
        if self._level(read) is not Level.RAW:
            text = token_filter.joined(read, self.removed[number], self.folds.counts.get(number, {}))
        also = (*self.fates.folded.get(number, ()), *self.folds.stands_for.get(number, ()))
        return DigestLine(turns=(number, *also), role=read.turn.role, text=text)


def _beside(first: str, second: str) -> str:
    return f"{first} {second}" if first[-1:] in ".!?…" else f"{first}. {second}"


def _levels(turns: Iterable[AnalysedTurn], stretches: Iterable[DigestStretch]) -> Iterable[tuple[int, Level]]:
    """Each turn's id with its level; the stretches are in the order of the turns."""
    rest = iter(stretches)
    stretch = next(rest, None)
    for read in turns:
        assert stretch is not None
        yield read.turn.id, stretch.level
        if read.turn.id == stretch.last:
            stretch = next(rest, None)
