"""The arms of `auricle bench control`: the flow, the flow without its second look, and one prompt that does everything at once.

    flow         route ─► detect ─► verify ─► comment          as it is shipped
    split        route ─► detect                               what verify is worth shows beside it
    one_prompt   all classes of the channel in one question    what the split is worth shows beside it

The one prompt is made by code from the same class files and says all that the flow's prompts say of a class, and when it can occur.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from auricle_contracts import Channel, Detection, DetectionState, Direction
from auricle_criteria import Bundle, ErrorClass, Flow, FoundBy, Prompt, StepKind
from auricle_judging import ModelClient
from auricle_samples.dialogues.written.errors import MarkedDialogue
from auricle_scorer.scoring import Scorer, Served, Subject
from auricle_scorer.settings import ScorerSettings
from auricle_scorer.wiring import scorer
from bench.checklist_model import CONTEXT, PROMPTS, bundle_of, detections
from integration.scorer.conftest import compressor_and_rules


class Arm(StrEnum):
    """A way of asking about the same classes."""

    ONE_PROMPT = "one_prompt"
    SPLIT = "split"
    FLOW = "flow"


@dataclass(frozen=True)
class Cost:
    """What asking about one dialogue took. `tokens_cached` of `tokens_in` came from the server's cache; None where it does not say."""

    calls: int
    tokens_in: int
    tokens_cached: int | None
    tokens_out: int
    seconds: float


@dataclass(frozen=True)
class Said:
    """What an arm said of one dialogue."""

    detections: Mapping[str, Detection]
    cost: Cost


ANSWER_TOKENS, COMMENT_TOKENS, MOST_ANSWER = 14, 1200, 8192
"""Of a class that is not there; of comments on those that are; of the whole answer."""
INSTRUCTIONS = (
    "Ты проверяешь работу agent. По каждому пункту: null, если такой ошибки нет, для неё не было случая, подходит исключение или agent "
    "рядом исправился; иначе at: одна-две метки, где она видна, и слова для agent на языке разговора, доброжелательно, без имён: "
    "what: что не так, why: почему это важно, how: как сказать лучше."
)
_TEXT = {"type": "string", "minLength": 5, "maxLength": 200}
_PLACES = {
    "type": "object",
    "additionalProperties": False,
    "required": ["at", "what", "why", "how"],
    "properties": {
        "at": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/$defs/label"}},
        "what": _TEXT,
        "why": _TEXT,
        "how": _TEXT,
    },
}


def compared(classes: Iterable[ErrorClass], names: Sequence[str] = ()) -> list[ErrorClass]:
    """The classes that both arms can be asked about: no rule decides them, and no knowledge base. `names`: these alone."""
    asked = [one for one in classes if one.found_by is not FoundBy.RULE and not one.by_articles]
    strange = set(names) - {one.id for one in asked}
    if strange:
        raise ValueError(f"no prompt is asked about {sorted(strange)}")
    return [one for one in asked if not names or one.id in names]


def one_prompt(classes: Sequence[ErrorClass], detect: Prompt) -> Prompt:
    """Everything about all of these classes in one question; system text, language and temperature are those of `detect`."""
    said = "\n".join((INSTRUCTIONS, *map(_told, classes)))
    body = {
        "id": "one_prompt",
        "version": 1,
        "author": "auricle",
        "note": "The control of the flow: all classes at once.",
        "serves": detect.serves,
        "language": detect.language,
        "temperature": detect.temperature,
        "max_tokens": min(MOST_ANSWER, ANSWER_TOKENS * len(classes) + COMMENT_TOKENS),
        "question": f"{{% raw %}}{said}{{% endraw %}}",
        "system": detect.system,
        "repair": detect.repair,
        "schema": {
            "type": "object",
            "additionalProperties": False,
            "required": list(detect.serves),
            "properties": {name: {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/places"}]} for name in detect.serves},
            "$defs": {"label": {"type": "string", "enum": []}, "places": _PLACES},
        },
    }
    return Prompt.model_validate(body)


def _told(one: ErrorClass) -> str:
    """All that detect, verify and comment say of it."""
    parts = (
        f"{one.id} ({one.title.ru}): {one.definition.ru}",
        f"Случай: {one.opportunity.when}",
        f"Это: {one.is_}",
        f"Не это: {' '.join(one.is_not)}",
        f"Тон: {one.comment_tone.ru}",
    )
    return " ".join(parts)


def bundle(arm: Arm, classes: Sequence[ErrorClass], channel: Channel) -> Bundle:
    """What the scorer is pinned to for a dialogue of this channel."""
    own = [one for one in classes if channel in one.opportunity.channels]
    whole = bundle_of(own)
    if whole.flow is None:
        raise ValueError("the card has no flow")
    if arm is Arm.FLOW:
        return with_steps(whole, (StepKind.ROUTE, StepKind.DETECT, StepKind.VERIFY, StepKind.COMMENT))
    if arm is Arm.SPLIT:
        return with_steps(whole, (StepKind.ROUTE, StepKind.DETECT))
    detect = whole.flow_prompts[0]
    prompt = one_prompt(own, detect)
    # More classes than a flow's file may put into one call: that is what is to be measured.
    wide = {"prompt": prompt.id, "max_tokens": 1_000_000, "per_call": max(1, len(own))}
    step = next(one for one in whole.flow.steps if one.kind is StepKind.DETECT).model_copy(update=wide)
    flow = Flow(id="one_prompt", version=1, note="The control.", steps=(step,))
    return whole.model_copy(update={"flow": flow, "flow_prompts": (prompt,)})


def with_steps(whole: Bundle, kinds: Sequence[StepKind]) -> Bundle:
    """Only these steps of its flow."""
    if whole.flow is None:
        raise ValueError("the card has no flow")
    flow = whole.flow
    steps = tuple(step for step in flow.steps if step.kind in kinds)
    named = {step.prompt for step in steps}
    prompts = tuple(one for one in whole.flow_prompts if one.id in named)
    return whole.model_copy(update={"flow": flow.model_copy(update={"steps": steps}), "flow_prompts": prompts})


@dataclass(frozen=True)
class Asking:
    """The scorer over one model server, asked by any arm."""

    parts: Scorer
    served: Served
    classes: Sequence[ErrorClass]

    async def ask(self, arm: Arm, dialogue: MarkedDialogue) -> Said:
        """What the arm says of a dialogue, and what it cost."""
        return await self.judged(bundle(arm, self.classes, dialogue.channel), dialogue)

    async def judged(self, by: Bundle, dialogue: MarkedDialogue) -> Said:
        """What a bundle says of a dialogue, and what it cost."""
        about = Subject(dialogue.transcript(), dialogue.channel, Direction.INBOUND, None, {})
        evaluation = (await self.parts.pinned_to(by).score(about, self.served, recipe="bench")).evaluation
        steps = [one for one in evaluation.steps if one.calls]
        cached = [one.tokens_cached for one in steps if one.tokens_cached is not None]
        cost = Cost(
            calls=sum(one.calls for one in steps),
            tokens_in=sum(one.tokens_in for one in steps),
            tokens_cached=sum(cached) if cached else None,
            tokens_out=sum(one.tokens_out for one in steps),
            seconds=sum(one.seconds for one in steps),
        )
        return Said(detections(evaluation), cost)


@asynccontextmanager
async def asking(url: str, name: str, classes: Sequence[ErrorClass]) -> AsyncIterator[Asking]:
    """Compressor and rules for real, and the model server of this address."""
    async with compressor_and_rules(timeout_s=120) as neighbours, ModelClient(url, name, timeout_s=600) as client:
        settings = ScorerSettings(prompts_dir=PROMPTS, model_url=url, model_name=name, raw_share=0.0)
        model = await client.served()
        if model is None:
            raise ValueError(f"{url} does not serve {name}")
        served = Served(name, "cpu", model.demo_weights, model.context or CONTEXT, model.weights)
        yield Asking(scorer(settings, neighbours, client), served, classes)


def confidence(said: Said, name: str) -> float | None:
    """How sure the arm is that the class is there; None where it did not find it."""
    found = said.detections.get(name)
    if found is None or found.state is not DetectionState.FOUND:
        return None
    return 0.0 if found.confidence is None else found.confidence
