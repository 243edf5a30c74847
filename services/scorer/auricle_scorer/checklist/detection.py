"""`detect`: related classes are asked together about each window of a conversation, and the places of all windows are put together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import Channel, Quote
from auricle_criteria import ErrorClass, Prompt
from auricle_judging import Rendered, render
from auricle_judging.clause_quotes import quotes_at
from auricle_judging.structured_output import FormReply

from auricle_scorer.checklist.model_step import Asker, portions
from auricle_scorer.concurrency import together
from auricle_scorer.llm_step import EMPTY_LINE


@dataclass(frozen=True)
class Place:
    """Where a class was proposed: a window, the labels in it, and their words in the shown transcript."""

    window: int
    labels: tuple[str, ...]
    quotes: tuple[Quote, ...]
    confidence: float


@dataclass(frozen=True)
class Proposal:
    """What detecting came to for a class. `open`: why some window has no answer; with neither places nor that, it was not found."""

    error_class: ErrorClass
    places: tuple[Place, ...]
    open: str | None
    confidence: float | None


async def detect(asker: Asker, classes: Sequence[ErrorClass]) -> list[Proposal]:
    """A proposal for each class. Raises ModelUnavailable."""
    groups = portions(classes, asker.meter.step.per_call)
    calls = [(window, group) for window in range(len(asker.reading.windows)) for group in groups]
    answers = await together([_ask(asker, window, group) for window, group in calls])
    said: dict[str, list[Place | float | str]] = defaultdict(list)
    for answer in answers:
        for name, one in answer.items():
            said[name].append(one)
    return [_proposal(one, said[one.id]) for one in classes]


async def _ask(asker: Asker, window: int, group: Sequence[ErrorClass]) -> Mapping[str, Place | float | str]:
    """For each class a place, the confidence that there is none, or why nobody can tell."""
    names = [one.id for one in group]
    rendered = asker.rendered(names, window, {"classes": [_told(one) for one in group]})
    reply = await asker.ask(names, rendered)
    if isinstance(reply, str):
        return dict.fromkeys(names, reply)
    return {name: _said(asker, name, window, reply, rendered) for name in names}


def question(prompt: Prompt, group: Sequence[ErrorClass], channel: Channel) -> str:
    """What is asked about a group, around an empty conversation."""
    told = {"classes": [_told(one) for one in group]}
    rendered = render(prompt.for_each([one.id for one in group]), [EMPTY_LINE], channel=channel, shots=0, told=told)
    return "\n".join(message["content"] for message in rendered.messages)


def _told(one: ErrorClass) -> Mapping[str, object]:
    return {"id": one.id, "question": one.definition.ru, "is": one.is_, "is_not": one.is_not}


def _said(asker: Asker, name: str, window: int, reply: FormReply, rendered: Rendered) -> Place | float | str:
    """The first token of the value decides between `null` and a place, so its probability is the confidence."""
    confidence = reply.opening(name)
    if confidence is None:
        return "no_confidence"
    if confidence < asker.meter.step.min_confidence:
        return "low_confidence"
    said = (reply.answer or {})[name]
    if said is None:
        return confidence
    labels = tuple(said["at"])
    quotes = quotes_at(labels, rendered.clauses, asker.reading.shown)
    return Place(window, labels, quotes, confidence) if quotes else "no_evidence"


def _proposal(error_class: ErrorClass, said: Sequence[Place | float | str]) -> Proposal:
    places = tuple(one for one in said if isinstance(one, Place))
    reasons = [one for one in said if isinstance(one, str)]
    absent = [one for one in said if isinstance(one, float)]
    sure = [place.confidence for place in places] or absent
    return Proposal(error_class, places, reasons[0] if reasons else None, min(sure) if sure else None)
