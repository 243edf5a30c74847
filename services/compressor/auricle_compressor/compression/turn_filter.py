"""Turn filter: turns that hold no information are dropped, each with its reason.

empty        no word in it
backchannel  a listener's sound ("угу", "понятно") that answers nothing
hold         "секундочку, я уточню" and nothing else
repeat       the speaker says his last turn again; its line stands for both
echo         says back what the other side has just said, and asks nothing
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auricle_contracts import Role
from auricle_languages import AnalysedTurn

from auricle_compressor.compression.acts import asks, offers, puts_off
from auricle_compressor.compression.protection import PROTECTED_LISTS, Protection

ECHO_TOKENS = 8


@dataclass
class Fates:
    """Reasons by turn id; turns that a line stands for beside its own; turns that answer something."""

    dropped: dict[int, str] = field(default_factory=dict)
    folded: dict[int, list[int]] = field(default_factory=dict)
    answers: set[int] = field(default_factory=set)


def fates(turns: Sequence[AnalysedTurn], protect: Protection) -> Fates:
    """One walk over the turns in order."""
    walk = _Walk(protect)
    for read in turns:
        walk.step(read)
    return walk.fates


@dataclass
class _Walk:
    """Who waits for an answer (`asked`), whose offer stands (`offered`), and the last kept turn."""

    protect: Protection
    fates: Fates = field(default_factory=Fates)
    asked: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    last: AnalysedTurn | None = None

    def step(self, read: AnalysedTurn) -> None:
        reason = self._reason(read)
        if reason:
            self.fates.dropped[read.turn.id] = reason
            return
        self.last = read
        if puts_off(read):
            return
        answers = _others(self.asked | self.offered, read)
        if answers:
            self.fates.answers.add(read.turn.id)
        self.asked.intersection_update({read.turn.participant})
        self.offered.intersection_update({read.turn.participant})
        if asks(read):
            self.asked.add(read.turn.participant)
        if offers(read, answers=answers):
            self.offered.add(read.turn.participant)

    def _reason(self, read: AnalysedTurn) -> str | None:
        if not read.tokens:
            return "empty"
        answers = _others(self.asked, read)
        if sound := _sound(read, self.protect):
            agrees = bool(read.of("affirmations")) and (answers or _others(self.offered, read))
            return None if agrees else sound
        if self.last is None or answers:
            return None
        if "repeats" not in self.protect and _repeats(read, self.last):
            self.fates.folded.setdefault(self.last.turn.id, []).append(read.turn.id)
            return "repeat"
        return "echo" if "echoes" not in self.protect and _echoes(read, self.last) else None


def _others(waiting: set[str], read: AnalysedTurn) -> bool:
    """Whether somebody else waits for this turn. Where roles are unknown, a participant may be two people."""
    return bool(waiting if read.turn.role is Role.UNKNOWN else waiting - {read.turn.participant})


def _sound(read: AnalysedTurn, protect: Protection) -> str | None:
    """`backchannel` or `hold` when the turn consists of nothing else."""
    droppable = [label for label in ("fillers", "backchannels", "holds") if label not in protect]
    every = frozenset(range(len(read.tokens)))
    if read.covered_by(*(label for label in droppable if label != "holds")) == every:
        return "backchannel"
    return "hold" if read.covered_by(*droppable) == every else None


def _repeats(read: AnalysedTurn, last: AnalysedTurn) -> bool:
    return read.turn.participant == last.turn.participant and _norms(read) == _norms(last)


def _norms(read: AnalysedTurn) -> list[str]:
    return [token.norm for token in read.tokens]


def _echoes(read: AnalysedTurn, last: AnalysedTurn) -> bool:
    """Only what has content, and only content that the other side has just said, in the same form of number or name."""
    content = {analysis.lemma for analysis in read.analyses if analysis.content}
    return (
        read.turn.participant != last.turn.participant
        and 0 < len(read.tokens) <= ECHO_TOKENS
        and bool(content)
        and content <= set(last.lemmas)
        and not asks(read)
        and not read.of(*PROTECTED_LISTS)
    )
