"""One prefix, many questions: a model server reads a conversation once, whatever is asked about it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
from auricle_criteria import Library
from auricle_judging import Completion, ModelClient, render
from auricle_judging.client import TokenCount
from auricle_judging.rendering import ChatMessage
from auricle_scorer.neighbours import Neighbours
from fixtures import vllm
from integration.scorer.checklist_flow import by_prompt
from integration.scorer.conftest import PROMPTS, WITHOUT_WEIGHTS, demo, scoring
from integration.scorer.talks import SALE, subject, transcript
from unit.judging.examples import lines

pytestmark = WITHOUT_WEIGHTS
OTHER = transcript(tuple((role, f"{text} Обращение {n}.") for n in range(3) for role, text in SALE))
LONG = transcript(tuple((role, f"{text} Номер заявки {n}.") for n in range(4) for role, text in SALE))


ALONE = transcript(tuple((role, f"{text} Заказ {n}.") for n in range(4) for role, text in SALE))
SHARE = 0.9  # servers keep whole blocks of tokens, vLLM sixteen
SERVERS = ["llama", *([pytest.param("a_vllm", marks=pytest.mark.vllm)] if vllm.available() else [])]


@pytest.fixture(params=SERVERS)
def caching(request: pytest.FixtureRequest) -> str:
    """Each server that has a cache of prefixes, and tells what it read from it."""
    given = request.getfixturevalue(request.param)
    return given.url if isinstance(given, vllm.Serving) else str(given)


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


class Watched:
    """A client that remembers what each question read."""

    def __init__(self, client: ModelClient) -> None:
        self.client = client
        self.asked: list[Completion] = []
        self.prefixes: list[str] = []

    async def ask(self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], **how: Any) -> Completion:
        said = await self.client.ask(messages, schema, **how)
        self.asked.append(said)
        whole = "".join(message["content"] for message in messages[:2])
        self.prefixes.append(whole[: whole.index(">>>") + 3])
        return said

    async def count(self, text: str) -> TokenCount:
        return await self.client.count(text)


async def test_from_the_second_call_of_a_flow_on_the_prefix_is_read_from_the_cache(
    neighbours: Neighbours, caching: str
) -> None:
    """By the server's own counter, of every call, whatever its step; the ledger sums the same counters up."""
    bundle = by_prompt("blame", "rudeness", verify={"min_confidence": 0.0}, detect={"min_confidence": 0.0})
    async with ModelClient(caching, "judge", timeout_s=120) as one, scoring(neighbours, caching) as scorer:
        watched = Watched(one)
        pinned = scorer.asking(watched).pinned_to(bundle)
        scored = await pinned.score(subject(ALONE), demo(), recipe="r1")
        prefix = (await one.count(watched.prefixes[0])).count
    assert len(watched.asked) >= 3
    assert len(set(watched.prefixes)) == 1
    for said in watched.asked[1:]:
        assert said.tokens_cached is not None
        assert SHARE * prefix <= said.tokens_cached < said.tokens_in
    (used,) = [one for one in scored.usages if one.part == "model"]
    assert used.tokens_in == sum(said.tokens_in for said in watched.asked)
    assert used.tokens_cached == sum(said.tokens_cached or 0 for said in watched.asked)


async def test_the_second_question_finds_the_conversation_in_the_servers_cache(client: ModelClient) -> None:
    first, second = await asked(client, "evaluate"), await asked(client, "intent")
    assert second.tokens_cached is not None
    assert second.tokens_cached > second.tokens_in / 2
    assert second.tokens_in > 500
    assert (first.tokens_cached or 0) < second.tokens_cached
