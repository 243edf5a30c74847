"""How dense each stretch of a conversation is, which says how deep it may be cut. A measure of words, not of meaning; no model.

points   conflict, rudeness 2; objection, refusal, change of mood 1; decision ¼; number ⅒        per 100 words
         (decisions and numbers stay at every level: they add little to the need of depth)
new      half of the points more when most of its words were not said before, half less when few were
level    hard < MEDIUM_FROM ≤ medium < LIGHT_FROM ≤ light; one angry word alone ("пробки, ужас") lifts nothing
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auricle_contracts import DigestStretch, Level, Role
from auricle_languages import AnalysedTurn

from auricle_compressor.compression import figures

STRETCH_WORDS = 100
SHORT_WORDS = 40  # below this there is nothing to save, and a single phrase would be a high density
MEDIUM_FROM, MEDIUM_EVENTS = 3.0, 2
LIGHT_FROM, LIGHT_EVENTS = 6.0, 3
MOST_NEW, FEW_NEW = 0.6, 0.25
ORDER = (Level.HARD, Level.MEDIUM, Level.LIGHT, Level.RAW)


@dataclass(frozen=True)
class Density:
    """What was counted in a stretch. `mood`: turns in which a speaker's heat begins or ends."""

    words: int
    conflict: int
    objections: int
    mood: int
    decisions: int
    numbers: int
    new: float

    @property
    def points(self) -> float:
        """Weighted events per 100 words."""
        weighed = 2 * self.conflict + self.objections + self.mood + 0.25 * self.decisions + 0.1 * self.numbers
        freshness = 1.5 if self.new >= MOST_NEW else 0.5 if self.new <= FEW_NEW else 1.0
        return freshness * 100 * weighed / self.words if self.words else 0.0

    @property
    def level(self) -> Level:
        heated = self.conflict + self.objections
        if self.points >= LIGHT_FROM and heated >= LIGHT_EVENTS:
            return Level.LIGHT
        return Level.MEDIUM if self.points >= MEDIUM_FROM and heated >= MEDIUM_EVENTS else Level.HARD

    def __str__(self) -> str:
        return (
            f"{self.points:.1f} points per 100 words: conflict {self.conflict}, objections {self.objections}, mood {self.mood}, "
            f"decisions {self.decisions}, numbers {self.numbers}, new words {self.new:.0%} of {self.words}"
        )


def stretches(turns: Sequence[AnalysedTurn]) -> tuple[DigestStretch, ...]:
    """The conversation in stretches of about `STRETCH_WORDS` words with their levels. Short ones are light as a whole."""
    if not turns:
        return ()
    words = sum(len(read.tokens) for read in turns)
    if words < SHORT_WORDS:
        reason = f"{words} words, fewer than {SHORT_WORDS}"
        return (DigestStretch(first=turns[0].turn.id, last=turns[-1].turn.id, level=Level.LIGHT, reason=reason),)
    meter = _Meter()
    found = []
    for piece in _pieces(turns):
        density = meter.measure(piece)
        found.append(
            DigestStretch(
                first=piece[0].turn.id,
                last=piece[-1].turn.id,
                level=density.level,
                reason=f"{density.level}, {density}",
            )
        )
    return tuple(found)


def bounded(found: Sequence[DigestStretch], deepest: Level) -> tuple[DigestStretch, ...]:
    """The stretches, none cut deeper than the workspace allows."""
    return tuple(
        one.model_copy(update={"level": deepest, "reason": f"{deepest}, {bound(deepest)}; by density {one.reason}"})
        if ORDER.index(one.level) < ORDER.index(deepest)
        else one
        for one in found
    )


def bound(deepest: Level) -> str:
    """Why nothing is cut deeper."""
    return f"the workspace's choice is no deeper than {deepest}"


def lightest(found: Sequence[DigestStretch]) -> Level:
    """The level that every stretch keeps at least."""
    return max((stretch.level for stretch in found), key=ORDER.index, default=Level.LIGHT)


def _pieces(turns: Sequence[AnalysedTurn]) -> Iterator[list[AnalysedTurn]]:
    """A rest that is shorter than half a stretch joins the one before it."""
    pieces: list[list[AnalysedTurn]] = [[]]
    for read in turns:
        if sum(len(one.tokens) for one in pieces[-1]) >= STRETCH_WORDS:
            pieces.append([])
        pieces[-1].append(read)
    if len(pieces) > 1 and sum(len(one.tokens) for one in pieces[-1]) < STRETCH_WORDS / 2:
        pieces[-2:] = [pieces[-2] + pieces[-1]]
    yield from pieces


class _Meter:
    """What has been said so far, and who is heated."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._heated: dict[Role, bool] = {}

    def measure(self, piece: Sequence[AnalysedTurn]) -> Density:
        content = [analysis.lemma for read in piece for analysis in read.analyses if analysis.content]
        new = len(set(content) - self._said)
        self._said.update(content)
        return Density(
            words=sum(len(read.tokens) for read in piece),
            conflict=_count(piece, "conflict", "rudeness"),
            objections=_count(piece, "objections", "refusals"),
            mood=sum(self._turns_mood(read) for read in piece),
            decisions=_count(piece, "promises")
            + _count([r for r in piece if r.turn.role is not Role.AGENT], "decisions"),
            numbers=sum(len(figures.said(read, range(len(read.tokens)))) for read in piece),
            new=new / len(content) if content else 0.0,
        )

    def _turns_mood(self, read: AnalysedTurn) -> bool:
        heated = bool(read.of("conflict", "rudeness"))
        before = self._heated.get(read.turn.role, False)
        self._heated[read.turn.role] = heated
        return heated != before


def _count(turns: Sequence[AnalysedTurn], *labels: str) -> int:
    """Hits of these lists. A token counts once, however many phrases cover it."""
    return sum(len({hit.first for hit in read.of(*labels)}) for read in turns)
