"""A live pointer that moves is felt by the next run of a worker that goes on working; a run that is pinned already is not touched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from auricle_contracts import DetectionState, Role
from auricle_criteria import ClassChoice, Library
from auricle_criteria.detectors import Detector, Mark
from auricle_criteria.scorecards import Scorecard
from auricle_gateway import recipe
from auricle_gateway.artefacts.live import new_version
from auricle_records import artefacts, results
from auricle_records.artefacts import Evidence
from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.runs import RunRow
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted
from integration.scorer.conftest import PROMPTS, ScorerHarness, working

WHY = Evidence(Actor("api_key", "key"), "fewer questions")


def shorter(card: Scorecard) -> Scorecard:
    """Two questions are left of it, and no checklist."""
    criteria = tuple(one for one in card.criteria if one.id in ("intent", "channel"))
    return card.model_copy(update={"criteria": criteria, "checklist": None, "sections": (), "pass_mark": None})


@pytest.fixture
async def scorer_harness(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> AsyncIterator[ScorerHarness]:
    """A scorer that asks the scripted model, and is not started again."""
    settings = {"database_url": postgres_url, "model_url": scripted[0]}
    async with working(neighbours, database, redis_url, tmp_path / "blobs", **settings) as harness:
        yield harness


async def test_the_next_run_is_judged_by_what_is_live_and_a_pinned_one_by_its_own(
    scorer_harness: ScorerHarness,
) -> None:
    tenant = scorer_harness.tenant
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="tiny", model_name="judge")
    version = new_version(shorter(Library.read(Path(PROMPTS)).scorecards["sales"]))
    tenant.recipe = await pinned.for_workspace(tenant.db, tenant.workspace)
    flying = await scorer_harness.store_chat()

    made, _ = await artefacts.add(tenant.db, tenant.workspace, version, WHY.actor)
    shipped = pinned.live.shipped_hashes[made.of]
    await artefacts.promote(
        tenant.db, tenant.workspace, made.id, WHY, shipped=shipped, expected=None, check=pinned.live.check
    )
    pinned.live.forget(tenant.workspace)
    tenant.recipe = await pinned.for_workspace(tenant.db, tenant.workspace)
    assert await asked(scorer_harness, await scorer_harness.post()) == ["intent", "channel"]
    await scorer_harness.publish(flying)
    assert len(await asked(scorer_harness, flying)) > 10

    await artefacts.roll_back(
        tenant.db, tenant.workspace, made.id, WHY, shipped=shipped, to_shipped=False, check=pinned.live.check
    )
    pinned.live.forget(tenant.workspace)
    again = await pinned.for_workspace(tenant.db, tenant.workspace)
    assert (again, again == tenant.recipe) == (flying.recipe, False)
    tenant.recipe = again
    assert len(await asked(scorer_harness, await scorer_harness.post())) > 10


async def test_a_detector_that_is_live_finds_in_the_next_run_what_the_released_one_does_not(
    scorer_harness: ScorerHarness,
) -> None:
    """The rules service is not started again: what it is to look for comes with the recipe."""
    tenant = scorer_harness.tenant
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="tiny", model_name="judge")
    said = "карамболь"
    own = Detector(id="rudeness", version=9, note="Ours.", found=(Mark(says=(said,)),))
    library = Library.read(Path(PROMPTS))
    card = library.scorecards["sales"]
    assert card.checklist is not None
    looked = card.checklist.model_copy(update={"classes": (ClassChoice(error_class="rudeness"),)})
    for artefact in (own, card.model_copy(update={"checklist": looked})):
        made, _ = await artefacts.add(tenant.db, tenant.workspace, new_version(artefact), WHY.actor)
        shipped = pinned.live.shipped_hashes[made.of]
        await artefacts.promote(
            tenant.db, tenant.workspace, made.id, WHY, shipped=shipped, expected=None, check=pinned.live.check
        )
    pinned.live.forget(tenant.workspace)
    tenant.recipe = await pinned.for_workspace(tenant.db, tenant.workspace)
    run = await scorer_harness.post(((Role.AGENT, f"Вот такая {said}."),))
    ended = await scorer_harness.ended(run)
    assert ended.state == "done", ended.last_error
    stored = await results.load_evaluation(tenant.db, run.workspace, run.conversation_id)
    (outcome,) = [one for one in stored.evaluation.outcomes if one.error_class == "rudeness"]
    assert outcome.state is DetectionState.FOUND
    (finding,) = [one for one in stored.evaluation.findings if one.error_class == "rudeness"]
    assert [quote.text for quote in finding.quotes] == [said]


async def asked(harness: ScorerHarness, run: RunRow) -> list[str]:
    """The criteria of the run's evaluation, which is done."""
    ended = await harness.ended(run)
    assert ended.state == "done", ended.last_error
    stored = await results.load_evaluation(harness.tenant.db, run.workspace, run.conversation_id)
    assert stored.evaluation.recipe == run.recipe
    return [one.criterion for one in stored.evaluation.answers]
