"""`detect`: related classes are asked together about each window of a conversation, and the places of all windows are put together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import Channel, Quote
from auricle_contracts.knowledge import Citation
from auricle_criteria import ErrorClass, Prompt
from auricle_judging import Rendered, render
from auricle_judging.clause_quotes import quotes_at
from auricle_judging.structured_output import FormReply

from auricle_scorer.checklist.model_step import Asker, portions
from auricle_scorer.concurrency import together
from auricle_scorer.llm_step import EMPTY_LINE


@dataclass(frozen=True)
class ProposedPlace:
    """Where a class was proposed: a window, the labels in it, and their words in the shown transcript.

    `passage`: of the knowledge base, which the words contradict.
    """

    window: int
    labels: tuple[str, ...]
    quotes: tuple[Quote, ...]
    confidence: float
    passage: Citation | None = None


WindowAnswer = ProposedPlace | float | str
"""A place, the confidence that there is none, or why nobody can tell."""


@dataclass(frozen=True)
class Proposal:
    """What detecting came to for a class. `open`: why some window has no answer; with neither places nor that, it was not found."""

    error_class: ErrorClass
    places: tuple[ProposedPlace, ...]
    open: str | None
    confidence: float | None


async def detect(asker: Asker, classes: Sequence[ErrorClass]) -> list[Proposal]:
    """A proposal for each class. Raises ModelUnavailable."""
    groups = portions(classes, asker.meter.step.per_call)
    calls = [(window, group) for window in range(len(asker.reading.windows)) for group in groups]
    answers = await together([_ask(asker, window, group) for window, group in calls])
    said: dict[str, list[WindowAnswer]] = defaultdict(list)
    for answer in answers:
        for name, one in answer.items():
            said[name] += one
    return [_proposal(one, said[one.id]) for one in classes]


async def _ask(asker: Asker, window: int, group: Sequence[ErrorClass]) -> Mapping[str, Sequence[WindowAnswer]]:
    """For each class its place, the confidence that there is none, or why nobody can tell; of claims a place each."""
    names = [one.id for one in group]
    question = asker.question(names, claims=_claims(group))
    cases = asker.cases(group)
    rendered = asker.rendered(question, window, {"classes": [_told(one) for one in group]}, cases=cases)
    reply = await asker.ask(question, rendered, names, cases)
    if isinstance(reply, str):
        return dict.fromkeys(names, (reply,))
    return {one.id: _window_answers(asker, one, window, reply, rendered) for one in group}


def question(prompt: Prompt, group: Sequence[ErrorClass], channel: Channel) -> str:
    """What is asked about a group, around an empty conversation."""
    told = {"classes": [_told(one) for one in group]}
    asked = prompt.for_each([one.id for one in group], _claims(group))
    rendered = render(asked, [EMPTY_LINE], channel=channel, shots=0, told=told)
    return "\n".join(message["content"] for message in rendered.messages)


def _told(one: ErrorClass) -> Mapping[str, object]:
    return {"id": one.id, "question": one.definition.ru, "is": one.is_, "is_not": one.is_not, "claim": one.by_articles}


def _claims(group: Sequence[ErrorClass]) -> frozenset[str]:
    return frozenset(one.id for one in group if one.by_articles)


def _window_answers(
    asker: Asker, one: ErrorClass, window: int, reply: FormReply, rendered: Rendered
) -> Sequence[WindowAnswer]:
    """The first token of the value decides between `null` and a place, so its probability is the confidence."""
    confidence = reply.opening(one.id)
    if confidence is None:
        return ("no_confidence",)
    if confidence < asker.meter.step.min_confidence:
        return ("low_confidence",)
    said = (reply.answer or {})[one.id]
    if said is None:
        return (confidence,)
    labels = tuple(dict.fromkeys(said["at"]))
    at = [(label,) for label in labels] if one.by_articles else [labels]
    quoted = [(where, quotes_at(where, rendered.clauses, asker.reading.shown)) for where in at]
    places = [ProposedPlace(window, where, quotes, confidence) for where, quotes in quoted if quotes]
    return places or ("no_evidence",)


def _proposal(error_class: ErrorClass, said: Sequence[WindowAnswer]) -> Proposal:
    places = tuple(one for one in said if isinstance(one, ProposedPlace))
    reasons = [one for one in said if isinstance(one, str)]
    absent = [one for one in said if isinstance(one, float)]
    sure = [place.confidence for place in places] or absent
    return Proposal(error_class, places, reasons[0] if reasons else None, min(sure) if sure else None)
