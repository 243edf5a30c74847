"""`verify`: a second look at each proposed place, which only tries to refute. What it does not let stand is not found."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_criteria import ErrorClass
from auricle_judging.rendering import prompt_lines

from auricle_scorer.checklist.detection import Place, Proposal
from auricle_scorer.checklist.model_step import Asker, portions
from auricle_scorer.concurrency import together


@dataclass(frozen=True)
class Verified:
    """What is left of a proposal: places that stand with their confidence, and why some could not be looked at."""

    error_class: ErrorClass
    places: tuple[Place, ...]
    open: str | None
    refuted: int


Verdict = float | bool | str
"""The confidence of a place that stands, False for a refuted one, or why nobody can tell."""


async def verify(asker: Asker, proposals: Sequence[Proposal]) -> list[Verified]:
    """One for each proposal that has places. Raises ModelUnavailable."""
    by_window: dict[int, list[tuple[Proposal, Place]]] = defaultdict(list)
    for proposal in proposals:
        for place in proposal.places:
            by_window[place.window].append((proposal, place))
    calls = [part for items in by_window.values() for part in portions(items, asker.meter.step.per_call)]
    verdicts: dict[tuple[str, int], Verdict] = {}
    for answer in await together([_ask(asker, part) for part in calls]):
        verdicts |= answer
    return [_verified(one, verdicts) for one in proposals if one.places]


async def _ask(asker: Asker, items: Sequence[tuple[Proposal, Place]]) -> Mapping[tuple[str, int], Verdict]:
    names, window = [proposal.error_class.id for proposal, _ in items], items[0][1].window
    told = [_told(asker, proposal.error_class, place) for proposal, place in items]
    reply = await asker.ask(names, asker.rendered(names, window, {"classes": told}))
    keys = [(name, window) for name in names]
    if isinstance(reply, str):
        return dict.fromkeys(keys, reply)
    least = asker.meter.step.min_confidence
    return {(name, window): _verdict((reply.answer or {})[name], reply.probability(name), least) for name in names}


def _verdict(said: str, probability: float | None, least: float) -> Verdict:
    if probability is None:
        return "no_confidence"
    if probability < least:
        return "low_confidence"
    return probability if said == "yes" else False


def _told(asker: Asker, one: ErrorClass, place: Place) -> Mapping[str, object]:
    """Labels only: words of the conversation never stand outside the fence."""
    around = _around(asker, place)
    return {
        "id": one.id, "question": one.definition.ru, "is_not": one.is_not, "at": place.labels, "around": around,
    }  # fmt: skip


def _around(asker: Asker, place: Place) -> str:
    """The lines before and behind a place, from label to label."""
    lines = prompt_lines(asker.reading.windows[place.window])
    held = [n for n, line in enumerate(lines) if {clause.label for clause in line.clauses} & set(place.labels)]
    first = max(0, min(held, default=0) - asker.meter.step.around)
    last = min(len(lines) - 1, max(held, default=0) + asker.meter.step.around)
    return f"{lines[first].label}–{lines[last].label}"


def _verified(proposal: Proposal, verdicts: Mapping[tuple[str, int], Verdict]) -> Verified:
    stands, open_, refuted = [], None, 0
    for place in proposal.places:
        verdict = verdicts[proposal.error_class.id, place.window]
        if verdict is False:
            refuted += 1
        elif isinstance(verdict, str):
            open_ = open_ or verdict
        else:
            stands.append(Place(place.window, place.labels, place.quotes, float(verdict)))
    return Verified(proposal.error_class, tuple(stands), open_ or proposal.open, refuted)
