"""A dry run at the scorer: judged by the version's recipe, kept beside the evaluation that counts, and by nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from auricle_contracts.artefacts import DryRunMethod
from auricle_criteria import Library
from auricle_gateway import recipe
from auricle_gateway.artefacts.live import new_version
from auricle_records import artefacts, dry_runs, results
from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.dry_runs import NewDryRun, Wanted
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted
from integration.scorer.conftest import PROMPTS, ScorerHarness, working
from integration.scorer.test_live_artefacts import shorter

ACTOR = Actor("api_key", "key")


@pytest.fixture
async def scorer_harness(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> AsyncIterator[ScorerHarness]:
    settings = {"database_url": postgres_url, "model_url": scripted[0]}
    async with working(neighbours, database, redis_url, tmp_path / "blobs", **settings) as harness:
        yield harness


async def test_a_version_is_tried_and_what_counts_stays(scorer_harness: ScorerHarness) -> None:
    tenant = scorer_harness.tenant
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="tiny", model_name="judge")
    live = tenant.recipe = await pinned.for_workspace(tenant.db, tenant.workspace)
    judged = await scorer_harness.ended(await scorer_harness.post())
    assert judged.state == "done", judged.last_error
    before = await results.load_evaluation(tenant.db, tenant.workspace, judged.conversation_id)
    blobs = await scorer_harness.blobs(judged)

    version = new_version(shorter(Library.read(PROMPTS).scorecards["sales"]))
    made, _ = await artefacts.add(tenant.db, tenant.workspace, version, ACTOR)
    body = await artefacts.load(tenant.db, tenant.workspace, made.id)
    composed = await pinned.live.with_version(tenant.db, tenant.workspace, body)
    tried = await pinned.for_composed(tenant.db, tenant.workspace, composed)
    new = NewDryRun(made.id, tried, live, DryRunMethod.JUDGED, ACTOR)
    past = await dry_runs.chosen(tenant.db, tenant.workspace, Wanted(most=5))
    started, (run,) = await dry_runs.start(tenant.db, tenant.workspace, new, past, {})
    await scorer_harness.publish(run)
    ended = await scorer_harness.ended(run)
    assert ended.state == "done", ended.last_error

    (one,) = await dry_runs.compared(tenant.db, tenant.workspace, started.id)
    assert one.after is not None
    assert [answer.criterion for answer in one.after.answers] == ["intent", "channel"]
    assert (await dry_runs.get(tenant.db, tenant.workspace, started.id)).is_done
    used = await dry_runs.used(tenant.db, tenant.workspace, started.id)
    assert sum(usage.tokens_in or 0 for usage in used) > 0
    after = await results.load_evaluation(tenant.db, tenant.workspace, judged.conversation_id)
    assert after == before, "neither the evaluation nor what the conversation cost"
    assert await scorer_harness.blobs(judged) == blobs
