"""The scorer's flow over labelled dialogues: compressor and rules for real, and a model server that the caller names."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from auricle_contracts import Detection, DetectionState, Direction, Evaluation, Layer
from auricle_criteria import Bundle, Checklist, ClassChoice, ClassState, ErrorClass, FoundBy, Library
from auricle_judging import ModelClient
from auricle_samples.dialogues.written.errors import MarkedDialogue
from auricle_scorer.scoring import Scorer, Served, Subject
from auricle_scorer.settings import ScorerSettings
from auricle_scorer.wiring import scorer
from integration.scorer.conftest import compressor_and_rules

PROMPTS = Path("prompts")
CONTEXT = 4096
Judge = Callable[[MarkedDialogue], Awaitable[Mapping[str, Detection]]]


@cache
def shipped() -> Library:
    """The release's files, read once."""
    return Library.read(PROMPTS)


def bundle_of(classes: Iterable[ErrorClass]) -> Bundle:
    """A card without criteria of the model, and all classes that no rule decides."""
    library = shipped()
    by_prompt = {"state": ClassState.EXPERIMENTAL, "found_by": FoundBy.PROMPT, "rule": None}
    asked = {one.id: one.model_copy(update=by_prompt) for one in classes if one.found_by is not FoundBy.RULE}
    card = library.scorecards["sales"]
    criteria = tuple(one for one in card.criteria if one.layer is not Layer.MODEL)
    choices = tuple(ClassChoice(error_class=name) for name in asked)
    plain = {"criteria": criteria, "sections": (), "pass_mark": None}
    card = card.model_copy(update=plain | {"checklist": Checklist(flow="checklist", live=False, classes=choices)})
    return Bundle.of(Library({card.id: card}, library.prompts, library.flows, asked), card.id)


@asynccontextmanager
async def flow(url: str, name: str, classes: Iterable[ErrorClass]) -> AsyncIterator[Judge]:
    """What the flow says of a dialogue, by class."""
    async with compressor_and_rules(timeout_s=120) as neighbours, ModelClient(url, name) as client:
        settings = ScorerSettings(prompts_dir=PROMPTS, model_url=url, model_name=name, raw_share=0.0)
        model = await client.served()
        assert model is not None, f"{url} does not serve {name}"
        served = Served(name, "cpu", model.demo_weights, model.context or CONTEXT, model.weights)
        parts = scorer(settings, neighbours, client).pinned_to(bundle_of(classes))
        yield _judge(parts, served)


def _judge(parts: Scorer, served: Served) -> Judge:
    async def judge(dialogue: MarkedDialogue) -> Mapping[str, Detection]:
        about = Subject(dialogue.transcript(), dialogue.channel, Direction.INBOUND, None, {})
        return detections((await parts.score(about, served, recipe="bench")).evaluation)

    return judge


def detections(evaluation: Evaluation) -> Mapping[str, Detection]:
    """The outcomes with the places of the findings."""
    quotes = {
        outcome.error_class: tuple(
            quote for one in evaluation.findings if one.error_class == outcome.error_class for quote in one.quotes
        )
        for outcome in evaluation.outcomes
    }
    return {
        one.error_class: Detection(
            error_class=one.error_class, version=one.version, state=one.state, why=one.why, confidence=one.confidence,
            quotes=quotes[one.error_class] if one.state is DetectionState.FOUND else (), source=Layer.MODEL, step=one.step,
        )
        for one in evaluation.outcomes
    }  # fmt: skip
