"""One prompt that fails blanks what it serves and nothing else; a server that fails hands the run back, and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from auricle_contracts import AnswerState
from auricle_judging import ModelRefused, ModelUnavailable
from auricle_kit.metering import Meter
from auricle_scorer.errors import NeighbourUnavailable
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted, served
from integration.scorer.test_scoring import MODEL_LAYER, answer, scored

INTENT, EVERYTHING = "Зачем", ""
LATENCY_MS = 800


@pytest.mark.parametrize(("status", "why"), [(413, "context_too_long"), (422, "model_refused")])
async def test_a_prompt_that_is_refused_alone_costs_only_what_it_serves(
    neighbours: Neighbours, status: int, why: str
) -> None:
    with served(Scripted(refused={INTENT: status})) as (url, _):
        result = await scored(neighbours, url)
    intent = answer(result.evaluation, "intent")
    assert (intent.state, intent.why) == (AnswerState.UNDETERMINED, why)
    kept = [answer(result.evaluation, name) for name in MODEL_LAYER]
    assert {one.state for one in kept} <= {AnswerState.ANSWERED, AnswerState.NOT_APPLICABLE}
    assert set(result.usages[2].criteria or {}) == set(MODEL_LAYER)


async def test_a_server_that_refuses_every_prompt_is_a_wrong_setting(neighbours: Neighbours) -> None:
    with served(Scripted(refused={EVERYTHING: 422})) as (url, _), pytest.raises(ModelRefused):
        await scored(neighbours, url)


async def test_a_server_that_fails_at_the_second_prompt_hands_the_run_back(neighbours: Neighbours) -> None:
    with served(Scripted(refused={INTENT: 503})) as (url, _), pytest.raises(ModelUnavailable):
        await scored(neighbours, url)


@asynccontextmanager
async def rules_that_hang_up(model: Scripted) -> AsyncIterator[str]:
    """Takes the request and closes the connection as soon as the model is at work, as a service that dies does."""

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not model.begun:  # noqa: ASYNC110 (the model has no event)
            await asyncio.sleep(0.02)
        await asyncio.sleep(LATENCY_MS / 4000)
        writer.close()

    door = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}"
    door.close()


async def test_when_rules_fail_nobody_goes_on_asking_the_model(neighbours: Neighbours) -> None:
    """The call that is cut off is charged, as waste; no other is begun."""
    meter = Meter()
    with served(Scripted(latency_ms=LATENCY_MS)) as (url, model):
        async with rules_that_hang_up(model) as rules:
            with meter.job(), pytest.raises(NeighbourUnavailable, match="rules"):
                await scored(replace(neighbours, rules_url=rules), url)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.sleep(3 * LATENCY_MS / 1000)
        assert model.begun == 1
    assert not [task for task in left if "scorer" in repr(task)]
    tally = meter.tally()
    assert tally.attributed_ns == 0
    assert tally.wasted_ns > 0
