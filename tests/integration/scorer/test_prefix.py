"""One prefix, many questions: a model server reads a conversation once, whatever is asked about it."""

from collections.abc import AsyncIterator

import pytest
from auricle_criteria import Library
from auricle_judging import Completion, ModelClient, render
from auricle_scorer.neighbours import Neighbours
from integration.scorer.checklist_flow import by_prompt
from integration.scorer.conftest import PROMPTS, WITHOUT_WEIGHTS, demo, scoring
from integration.scorer.talks import SALE, subject, transcript
from unit.judging.examples import lines

pytestmark = WITHOUT_WEIGHTS
OTHER = transcript(tuple((role, f"{text} Обращение {n}.") for n in range(3) for role, text in SALE))
LONG = transcript(tuple((role, f"{text} Номер заявки {n}.") for n in range(4) for role, text in SALE))


@pytest.fixture
async def client(llama: str) -> AsyncIterator[ModelClient]:
    async with ModelClient(llama, "judge", timeout_s=60) as one:
        yield one


async def asked(client: ModelClient, name: str) -> Completion:
    """One of the shipped prompts about the long sale; a word of the answer is enough."""
    library = Library.read(PROMPTS)
    rendered = render(library.prompts[name], lines(LONG), choices=library.scorecard("sales").choices)
    return await client.ask(rendered.messages, rendered.schema, temperature=0, max_tokens=1)


async def test_the_questions_of_a_flow_find_it_too_and_the_ledger_tells_it(neighbours: Neighbours, llama: str) -> None:
    bundle = by_prompt("blame", "rudeness", verify={"min_confidence": 0.0}, detect={"min_confidence": 0.0})
    async with scoring(neighbours, llama) as scorer:
        scored = await scorer.pinned_to(bundle).score(subject(OTHER), demo(), recipe="r1")
    detect = next(one for one in scored.evaluation.steps if one.step == "detect")
    assert detect.calls
    assert (detect.tokens_cached or 0) > detect.tokens_in / 2
    (used,) = [one for one in scored.usages if one.part == "model"]
    assert detect.tokens_cached is not None
    assert detect.tokens_cached < (used.tokens_cached or 0) < (used.tokens_in or 0)


async def test_the_second_question_finds_the_conversation_in_the_servers_cache(client: ModelClient) -> None:
    first, second = await asked(client, "evaluate"), await asked(client, "intent")
    assert second.tokens_cached is not None
    assert second.tokens_cached > second.tokens_in / 2
    assert second.tokens_in > 500
    assert (first.tokens_cached or 0) < second.tokens_cached
