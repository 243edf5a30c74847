"""The labels of a dialogue, computed from marks: what was visibly said, and in which turn.

The generators never choose a score. They put marks on the pieces of text that they write, and the tables below turn
marks into labels, so that a reader with the text and these tables arrives at the same numbers.
"""

from collections.abc import Sequence
from enum import StrEnum

from auricle_contracts import Contract, SaleStage


class Mark(StrEnum):
    """Something that a reader can see in a piece of text."""

    OPENING = "opening"
    SUBJECT = "subject"
    # the agent's manners
    GREETING = "greeting"
    COURTESY = "courtesy"
    EMPATHY = "empathy"
    APOLOGY = "apology"
    FAREWELL = "farewell"
    IMPATIENCE = "impatience"
    RUDENESS = "rudeness"
    INTERRUPTION = "interruption"
    BLAME = "blame"
    EMPTY_REFUSAL = "empty_refusal"
    INFORMAL = "informal"
    # how far the sale went
    NEEDS = "needs"
    OFFER = "offer"
    OBJECTION = "objection"
    CLOSING = "closing"
    # how the agent met the objection before it
    ACKNOWLEDGE = "acknowledge"
    CLARIFY = "clarify"
    ARGUMENT = "argument"
    CONCESSION = "concession"
    CHECK = "check"
    PRESSURE = "pressure"
    DISMISSAL = "dismissal"
    IGNORED = "ignored"
    GAVE_UP = "gave_up"
    # where the customer stood at the end
    BOUGHT = "bought"
    NEXT_STEP = "next_step"
    LOOKS_LATER = "looks_later"
    THINKS = "thinks"
    INFORMED = "informed"
    CUT_OFF = "cut_off"
    DECLINED = "declined"
    FORBIDS = "forbids"


# Politeness: 50, plus each weight once (courtesy and rudeness twice at most), clipped to 0..100.
POLITENESS_BASE = 50
POLITENESS = {
    Mark.GREETING: 12, Mark.COURTESY: 8, Mark.EMPATHY: 10, Mark.APOLOGY: 6, Mark.FAREWELL: 10,
    Mark.IMPATIENCE: -15, Mark.RUDENESS: -30, Mark.INTERRUPTION: -12, Mark.BLAME: -20, Mark.EMPTY_REFUSAL: -15, Mark.INFORMAL: -12,
}  # fmt: skip
COUNTED_TWICE = {Mark.COURTESY, Mark.RUDENESS}

# One objection: 10, plus the moves of the reply, clipped to 0..100; several objections: the mean.
HANDLING_BASE = 10
HANDLING = {
    Mark.ACKNOWLEDGE: 20, Mark.CLARIFY: 20, Mark.ARGUMENT: 30, Mark.CONCESSION: 25, Mark.CHECK: 10,
    Mark.PRESSURE: -20, Mark.DISMISSAL: -5, Mark.IGNORED: -10, Mark.GAVE_UP: 0,
}  # fmt: skip

# Chance of a sale: where the customer stood at the end, moved a little by what the agent did. "Sale" is that the
# customer takes what is offered: an order, an extra, or staying with the company.
SIGNALS = {
    Mark.BOUGHT: 92, Mark.NEXT_STEP: 72, Mark.LOOKS_LATER: 50, Mark.THINKS: 35,
    Mark.INFORMED: 25, Mark.CUT_OFF: 18, Mark.DECLINED: 10, Mark.FORBIDS: 2,
}  # fmt: skip
CHANCE_GOOD_HANDLING, CHANCE_CONCESSION, CHANCE_RUDE, GOOD_HANDLING = 4, 4, -6, 60

STAGES = (
    (Mark.CLOSING, SaleStage.CLOSING), (Mark.OBJECTION, SaleStage.OBJECTIONS), (Mark.OFFER, SaleStage.PRESENTATION),
    (Mark.NEEDS, SaleStage.NEEDS), (Mark.OPENING, SaleStage.START),
)  # fmt: skip


class Seen(Contract):
    """A mark where it stands: the turn's id and the words, verbatim."""

    mark: Mark
    turn: int
    quote: str


class Evidence(Contract):
    """The turn that a label rests on, and its words."""

    turn: int
    quote: str


class PlantedError(Contract):
    """A mistake put in on purpose. `error_class` is this generator's own word for it."""

    error_class: str
    turn: int
    quote: str


class Truth(Contract):
    """The labels and their evidence. `objection_handling` is None when no objection arose."""

    politeness: int
    politeness_evidence: Evidence
    objection_handling: int | None
    objection_evidence: Evidence | None
    sale_chance: int
    sale_evidence: Evidence
    stage: SaleStage
    stage_evidence: Evidence
    intent: str
    errors: tuple[PlantedError, ...]
    seen: tuple[Seen, ...]


def judge(seen: Sequence[Seen], intent: str, errors: Sequence[PlantedError]) -> Truth:
    """The labels that follow from `seen`, which is in the order of the turns. Raises ValueError without an opening and an end signal."""
    handling, replies = handle(seen)
    chance, signal = chance_of_sale(seen, handling)
    stage, entered = furthest_stage(seen)
    return Truth(
        politeness=politeness(seen),
        politeness_evidence=_evidence(max(_manners(seen), key=lambda item: abs(POLITENESS.get(item.mark, 0)))),
        objection_handling=handling,
        objection_evidence=_evidence(max(replies, key=lambda item: abs(HANDLING[item.mark]))) if replies else None,
        sale_chance=chance,
        sale_evidence=_evidence(signal),
        stage=stage,
        stage_evidence=_evidence(entered),
        intent=intent,
        errors=tuple(errors),
        seen=tuple(seen),
    )


def politeness(seen: Sequence[Seen]) -> int:
    """0..100 from the agent's manners."""
    marks = [item.mark for item in seen]
    score = POLITENESS_BASE
    for mark, weight in POLITENESS.items():
        score += weight * min(marks.count(mark), 2 if mark in COUNTED_TWICE else 1)
    return _clip(score)


def handle(seen: Sequence[Seen]) -> tuple[int | None, list[Seen]]:
    """The mean over objections, and the moves that met the first one."""
    replies: list[list[Seen]] = []
    for item in seen:
        if item.mark is Mark.OBJECTION:
            replies.append([])
        elif item.mark in HANDLING and replies:
            replies[-1].append(item)
    if not replies:
        return None, []
    scores = [_clip(HANDLING_BASE + sum(HANDLING[mark] for mark in {item.mark for item in reply})) for reply in replies]
    return round(sum(scores) / len(scores)), replies[0]


def chance_of_sale(seen: Sequence[Seen], handling: int | None) -> tuple[int, Seen]:
    """0..100 and the customer's last signal."""
    signals = [item for item in seen if item.mark in SIGNALS]
    if not signals:
        raise ValueError("the dialogue has no end signal")
    marks = {item.mark for item in seen}
    score = SIGNALS[signals[-1].mark]
    score += CHANCE_GOOD_HANDLING * (handling is not None and handling >= GOOD_HANDLING)
    score += CHANCE_CONCESSION * (Mark.CONCESSION in marks)
    score += CHANCE_RUDE * (Mark.RUDENESS in marks)
    return _clip(score), signals[-1]


def furthest_stage(seen: Sequence[Seen]) -> tuple[SaleStage, Seen]:
    """The furthest stage and the piece that entered it first."""
    for mark, stage in STAGES:
        for item in seen:
            if item.mark is mark:
                return stage, item
    raise ValueError("the dialogue has no opening")


def _manners(seen: Sequence[Seen]) -> list[Seen]:
    """The marks of politeness; a dialogue without any rests on its opening."""
    return [item for item in seen if item.mark in POLITENESS] or [item for item in seen if item.mark is Mark.OPENING]


def _evidence(item: Seen) -> Evidence:
    return Evidence(turn=item.turn, quote=item.quote)


def _clip(score: int) -> int:
    return max(0, min(100, score))
