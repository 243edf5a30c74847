"""The `evaluate` step end to end: on real Postgres, Redis, blobs and HTTP, a stored chat becomes the current evaluation."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from auricle_contracts import Recipe
from auricle_criteria import Library
from auricle_records import conversations, recipes, results, runs
from auricle_records.database import Database
from auricle_scorer.neighbours import Neighbours
from fixtures.house import RECIPE
from fixtures.scripted_model import Scripted, served
from integration.scorer.conftest import PROMPTS, ScorerHouse, working


@pytest.fixture
async def scorer_house(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> AsyncIterator[ScorerHouse]:
    """A scorer that asks the scripted model."""
    async with working(
        neighbours, database, redis_url, tmp_path / "blobs", database_url=postgres_url, model_url=scripted[0]
    ) as house:
        yield house


async def test_a_chat_becomes_the_current_evaluation(scorer_house: ScorerHouse) -> None:
    run = await scorer_house.ended(await scorer_house.post())
    assert (run.state, run.attempts) == ("done", 0)
    stored = await results.load_evaluation(scorer_house.house.db, run.workspace, run.conversation_id)
    assert stored.evaluation.current
    assert stored.evaluation.recipe == run.recipe
    assert stored.evaluation.demo_weights
    assert {usage.part for usage in stored.usages} == {"rules", "compressor", "model"}
    assert stored.digest_key in await scorer_house.blobs(run)
    assert await scorer_house.streams.length(run.stream) == 0


async def test_a_scorecard_that_is_not_the_pinned_one_is_said(scorer_house: ScorerHouse) -> None:
    house = scorer_house.house
    run = await scorer_house.ended(await scorer_house.post())
    stored = await results.load_evaluation(house.db, run.workspace, run.conversation_id)
    assert "recipe_drift" in stored.evaluation.flags
    library = Library.read(PROMPTS)
    card = library.scorecard("sales")
    flow = "+".join(prompt.pin for prompt in library.prompts_of(card))
    house.recipe = await recipes.pin(
        house.db, house.workspace, Recipe.model_validate({**RECIPE.model_dump(), "scorecard": card.pin, "flow": flow})
    )
    run = await scorer_house.ended(await scorer_house.post())
    stored = await results.load_evaluation(house.db, run.workspace, run.conversation_id)
    assert stored.evaluation.flags == ("confidence_uncalibrated",)


async def test_an_empty_chat_is_done_without_a_digest(scorer_house: ScorerHouse) -> None:
    run = await scorer_house.ended(await scorer_house.post(()))
    stored = await results.load_evaluation(scorer_house.house.db, run.workspace, run.conversation_id)
    assert stored.digest_key is None
    assert {usage.part for usage in stored.usages} == {"rules"}


async def test_a_conversation_deleted_meanwhile_leaves_no_digest(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with served(Scripted(latency_ms=700)) as (url, _):
        async with working(
            neighbours, database, redis_url, tmp_path / "blobs", database_url=postgres_url, model_url=url
        ) as house:
            run = await house.post()
            async with asyncio.timeout(10):
                while (await runs.get(database, run.workspace, run.id)).state != "working":  # noqa: ASYNC110 (a row has no event)
                    await asyncio.sleep(0.02)
            await conversations.delete(database, run.workspace, run.conversation_id)
            async with asyncio.timeout(10):
                while await house.streams.length(run.stream):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert not [key for key in await house.blobs(run) if "digest" in key]


async def test_a_sleeping_model_makes_the_worker_wait_and_then_work(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with served(Scripted(sleeping=True)) as (url, model):
        async with working(
            neighbours, database, redis_url, tmp_path / "blobs", database_url=postgres_url, model_url=url
        ) as house:
            run = await house.post()
            await asyncio.sleep(1)
            assert house.parts.worker.state == "waiting_for_model"
            assert await house.parts.readiness.checks() == {"dependencies": "waiting_for_model"}
            view = await conversations.get(database, run.workspace, run.conversation_id)
            assert (view.runs[0].state, view.runs[0].attempts) == ("waiting", 0)
            model.sleeping = False
            assert (await house.ended(run)).attempts == 0


async def test_without_compressor_or_rules_nothing_is_taken(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> None:
    for gone in ("compressor", "rules"):
        settings = {"database_url": postgres_url, "model_url": scripted[0], f"{gone}_url": "http://127.0.0.1:9"}
        async with working(neighbours, database, redis_url, tmp_path / "blobs", **settings) as house:
            assert house.parts.worker.state == f"waiting_for_{gone}"
