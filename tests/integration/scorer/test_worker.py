"""The `evaluate` step end to end: on real Postgres, Redis, blobs and HTTP, a stored chat becomes the current evaluation."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from auricle_contracts import Layer
from auricle_criteria import Bundle, Library
from auricle_records import conversations, recipes, results, runs
from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted, served
from integration.scorer.conftest import PROMPTS, ScorerHarness, shipped_recipe, working


@pytest.fixture
async def scorer_harness(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> AsyncIterator[ScorerHarness]:
    """A scorer that asks the scripted model."""
    async with working(
        neighbours, database, redis_url, tmp_path / "blobs", database_url=postgres_url, model_url=scripted[0]
    ) as tenant:
        yield tenant


async def test_a_chat_becomes_the_current_evaluation(scorer_harness: ScorerHarness) -> None:
    run = await scorer_harness.ended(await scorer_harness.post())
    assert (run.state, run.attempts) == ("done", 0)
    stored = await results.load_evaluation(scorer_harness.tenant.db, run.workspace, run.conversation_id)
    assert stored.evaluation.current
    assert stored.evaluation.recipe == run.recipe
    assert stored.evaluation.demo_weights
    assert {usage.part for usage in stored.usages} == {"rules", "compressor", "model"}
    assert stored.digest_key in await scorer_harness.blobs(run)
    assert await scorer_harness.streams.length(run.stream) == 0


@pytest.mark.parametrize(("told", "setting"), [("none", "short"), (None, "none")])
async def test_a_judge_that_writes_no_reasoning_is_asked_for_none_by_its_server_or_by_the_setting(
    neighbours: Neighbours,
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
    told: str | None,
    setting: str,
) -> None:
    blobs = tmp_path / "blobs"
    with served(Scripted(reasoning=told)) as (url, _):
        async with working(
            neighbours, database, redis_url, blobs, database_url=postgres_url, model_url=url, model_reasoning=setting
        ) as harness:
            run = await harness.ended(await harness.post())
            stored = await results.load_evaluation(harness.tenant.db, run.workspace, run.conversation_id)
    assert run.state == "done"
    assert stored.evaluation.summary is None
    assert not any(one.reasoning for one in stored.evaluation.answers if one.layer is Layer.MODEL)


async def test_a_run_is_evaluated_by_what_it_was_pinned_to_though_the_files_have_changed(
    scorer_harness: ScorerHarness,
) -> None:
    tenant, library = scorer_harness.tenant, Library.read(PROMPTS)
    shipped = Bundle.of(library, "sales")
    criteria = tuple(one for one in shipped.scorecard.criteria if one.id in ("intent", "channel"))
    older = Bundle(
        scorecard=shipped.scorecard.model_copy(
            update={"criteria": criteria, "note": "of last year", "checklist": None, "sections": (), "pass_mark": None}
        ),
        prompts=(library.prompts["intent"],),
    )
    pinned = shipped_recipe().model_copy(update={"scorecard": older.scorecard.pin, "flow": older.flow_pin})
    tenant.recipe = await recipes.pin(tenant.db, tenant.workspace, pinned, older.body())
    run = await scorer_harness.ended(await scorer_harness.post())
    stored = await results.load_evaluation(tenant.db, run.workspace, run.conversation_id)
    assert [one.criterion for one in stored.evaluation.answers] == ["intent", "channel"]
    assert stored.evaluation.flags == ("confidence_uncalibrated",)


@pytest.mark.parametrize("changed", [{"scorecard": "sales@0"}, {"flow": "evaluate@0"}])
async def test_a_recipe_that_nobody_has_ends_the_run_and_resending_it_takes_the_current_one(
    scorer_harness: ScorerHarness, changed: dict[str, str]
) -> None:
    tenant, current = scorer_harness.tenant, scorer_harness.tenant.recipe
    tenant.recipe = await recipes.pin(tenant.db, tenant.workspace, shipped_recipe().model_copy(update=changed))
    run = await scorer_harness.ended(await scorer_harness.post())
    assert run.state == "dead"
    assert (run.last_error or "").startswith("recipe_unavailable: ")
    with pytest.raises(NotFound):
        await results.load_evaluation(tenant.db, run.workspace, run.conversation_id)
    again = await runs.resend(tenant.db, run.workspace, run.id, current_recipe=current)
    entry = await scorer_harness.streams.publish(again.stream, again.message)
    assert await runs.PostgresRunStore(tenant.db).published(again.id, expected=None, entry_id=entry)
    ended = await scorer_harness.ended(again)
    assert (ended.state, ended.recipe) == ("done", current)


@pytest.mark.parametrize(
    "changed", [{"rules": "rules@0"}, {"compressor": "compression-0/0"}, {"language_model": "other"}, {"weights": "0"}]
)
async def test_a_part_of_another_version_is_waited_for_and_then_ends_the_run(
    scorer_harness: ScorerHarness, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]
) -> None:
    monkeypatch.setattr("auricle_scorer.worker.PAUSE_S", 0.05)
    monkeypatch.setattr("auricle_scorer.pinned_recipe.WAIT_S", 1.0)
    tenant = scorer_harness.tenant
    tenant.recipe = await recipes.pin(tenant.db, tenant.workspace, shipped_recipe().model_copy(update=changed))
    run = await scorer_harness.post()
    await asyncio.sleep(0.5)
    waiting = await runs.get(tenant.db, run.workspace, run.id)
    assert (waiting.state in ("waiting", "working"), waiting.attempts) == (True, 0)
    ended = await scorer_harness.ended(run)
    assert ended.state == "dead"
    assert (ended.last_error or "").startswith("recipe_unavailable: the recipe pins ")


async def test_an_empty_chat_is_done_without_a_digest(scorer_harness: ScorerHarness) -> None:
    run = await scorer_harness.ended(await scorer_harness.post(()))
    stored = await results.load_evaluation(scorer_harness.tenant.db, run.workspace, run.conversation_id)
    assert stored.digest_key is None
    assert {usage.part for usage in stored.usages} == {"rules"}


async def test_a_conversation_deleted_meanwhile_leaves_no_digest(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with served(Scripted(latency_ms=700)) as (url, _):
        async with working(
            neighbours, database, redis_url, tmp_path / "blobs", database_url=postgres_url, model_url=url
        ) as tenant:
            run = await tenant.post()
            async with asyncio.timeout(10):
                while (await runs.get(database, run.workspace, run.id)).state != "working":  # noqa: ASYNC110 (a row has no event)
                    await asyncio.sleep(0.02)
            await conversations.delete(database, run.workspace, run.conversation_id)
            async with asyncio.timeout(10):
                while await tenant.streams.length(run.stream):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert not [key for key in await tenant.blobs(run) if "digest" in key]


async def test_a_sleeping_model_makes_the_worker_wait_and_then_work(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with served(Scripted(sleeping=True)) as (url, model):
        async with working(
            neighbours, database, redis_url, tmp_path / "blobs", database_url=postgres_url, model_url=url
        ) as tenant:
            run = await tenant.post()
            await asyncio.sleep(1)
            assert tenant.parts.worker.state == "waiting_for_model"
            assert await tenant.parts.readiness.checks() == {"dependencies": "waiting_for_model"}
            view = await conversations.get(database, run.workspace, run.conversation_id)
            assert (view.runs[0].state, view.runs[0].attempts) == ("waiting", 0)
            model.sleeping = False
            assert (await tenant.ended(run)).attempts == 0


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
        async with working(neighbours, database, redis_url, tmp_path / "blobs", **settings) as tenant:
            assert tenant.parts.worker.state == f"waiting_for_{gone}"
