"""A run that is tried again pays only for what is missing; what it paid for before is in its ledger once."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from auricle_contracts import DetectionState, Priority, Step
from auricle_records import recipes, results, runs
from auricle_records.database import Database
from auricle_records.runs import RunRequest
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted, served
from integration.scorer.checklist_flow import Finds, by_prompt
from integration.scorer.conftest import ScorerHarness, shipped_recipe, working
from integration.scorer.test_flow import RUDE
from sqlalchemy import text

VERIFY, COMMENT = "попробуй опровергнуть", "Напиши agent по каждой"


async def pinned(harness: ScorerHarness) -> None:
    """What a model finds of two classes, by the shipped flow."""
    bundle, tenant = by_prompt("blame", "condescension"), harness.tenant
    recipe = shipped_recipe().model_copy(update={"scorecard": bundle.scorecard.pin, "flow": bundle.flow_pin})
    tenant.recipe = await recipes.pin(tenant.db, tenant.workspace, recipe, bundle.body())


async def kept(harness: ScorerHarness) -> int:
    """Completions that wait for another attempt."""
    async with harness.tenant.db.transaction(harness.tenant.workspace) as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM paid_completions")) or 0)


def asked(finds: Finds) -> Mapping[str, int]:
    return {kind: finds.calls(kind) for kind in ("criteria", "detect", "verify", "comment", "summary")}


async def test_a_server_that_fails_in_the_middle_is_asked_only_for_the_rest(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    finds = Finds({"blame": "T2", "condescension": "T4"})
    with served(Scripted(context=16_000, say=finds, refused={VERIFY: 503})) as (url, model):
        given = {"database_url": postgres_url, "model_url": url}
        async with working(neighbours, database, redis_url, tmp_path / "blobs", **given) as harness:
            await pinned(harness)
            run = await harness.post(RUDE)
            async with asyncio.timeout(60):
                while not await kept(harness):  # noqa: ASYNC110 (a row has no event)
                    await asyncio.sleep(0.05)
            assert asked(finds) == {"criteria": 2, "detect": 1, "verify": 0, "comment": 0, "summary": 0}
            model.refused.clear()
            ended = await harness.ended(run, seconds=60)
            assert (ended.state, ended.attempts) == ("done", 0)
            stored = await results.load_evaluation(harness.tenant.db, run.workspace, run.conversation_id)
            assert asked(finds) == {"criteria": 2, "detect": 1, "verify": 1, "comment": 1, "summary": 1}
            assert await kept(harness) == 0
    assert [one.error_class for one in stored.evaluation.findings] == ["blame", "condescension"]
    (used,) = [one for one in stored.usages if one.part == "model"]
    assert sum(one.tokens_in for one in stored.evaluation.steps) < (used.tokens_in or 0)


async def test_a_step_that_was_refused_is_asked_alone_when_the_conversation_is_evaluated_again(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    finds = Finds({"blame": "T2", "condescension": "T4"})
    with served(Scripted(context=16_000, say=finds, refused={COMMENT: 422})) as (url, model):
        given = {"database_url": postgres_url, "model_url": url}
        async with working(neighbours, database, redis_url, tmp_path / "blobs", **given) as harness:
            await pinned(harness)
            run = await harness.ended(await harness.post(RUDE), seconds=60)
            assert run.state == "done"
            before = asked(finds)
            assert before["comment"] == 0
            assert await kept(harness) == 5
            model.refused.clear()
            db = harness.tenant.db
            wanted = RunRequest(
                run.conversation_id, run.revision, Step.EVALUATE, harness.tenant.recipe, "again", Priority.LIVE
            )
            again = await runs.request(db, run.workspace, wanted)
            entry = await harness.streams.publish(again.stream, again.message)
            assert await runs.PostgresRunStore(db).published(again.id, expected=None, entry_id=entry)
            assert (await harness.ended(again, seconds=60)).state == "done"
            stored = await results.load_evaluation(db, run.workspace, run.conversation_id)
            assert asked(finds) == {**before, "comment": 1}
            assert await kept(harness) == 0
    assert all(one.state is DetectionState.FOUND for one in stored.evaluation.outcomes)
    assert stored.evaluation.findings[0].comment.startswith("Вы обвинили клиента")
