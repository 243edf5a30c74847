"""Corrections act before any training: golden cases stand in the next question, and taking one back gives the old question, byte by byte.

The model is scripted and answers by the prompt's bytes alone, so that the same bytes have the same verdict and others another.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import DetectionState, Evaluation, Role
from auricle_contracts.artefacts import DryRunMethod
from auricle_contracts.golden import GoldenState, GoldenStatus
from auricle_criteria import Bundle, Cases
from auricle_criteria.artefact import Artefact
from auricle_gateway.artefacts.live import new_version
from auricle_records import artefacts, dry_runs, recipes, results
from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.dry_runs import NewDryRun, Wanted
from auricle_records.golden import items
from auricle_records.runs import RunRow
from auricle_scorer.checklist.golden_cases import CASES_GONE
from auricle_scorer.neighbours import Neighbours
from fixtures.golden_items import an_item, consent, label
from fixtures.scripted_model import Scripted, served
from integration.scorer.checklist_flow import by_prompt, kind_of
from integration.scorer.conftest import ScorerHarness, shipped_recipe, working

ACTOR = Actor("api_key", "key")
WINDOWS = ((Role.CUSTOMER, "Сколько стоит окно на кухню?"), (Role.AGENT, "Подскажите размер, и я посчитаю."))
NEARER = (
    (Role.CUSTOMER, "Здравствуйте, сколько стоит окно на кухню? Метр на полтора."),
    (Role.AGENT, "Сами меряйте размер, у соседей дешевле, гарантия пять лет."),
)
CASE = re.compile(r"^E\d blame: yes", re.MULTILINE)


def showing(count: int | None) -> Bundle:
    """The shipped flow over two classes, with so many cases or none."""
    bundle = by_prompt("blame", "condescension", verify={"min_confidence": 0.0}, detect={"min_confidence": 0.0})
    assert bundle.flow is not None
    cases = Cases(source="golden", count=count) if count else None
    return bundle.model_copy(update={"flow": bundle.flow.model_copy(update={"examples": cases})})


def by_bytes(schema: dict[str, Any], prompt: str) -> dict[str, Any] | None:
    """Blame stands at the agent's first line exactly where the question shows a case of it."""
    kind, labels = kind_of(schema), schema.get("$defs", {}).get("label", {}).get("enum", [])
    if kind == "detect":
        place = {"at": labels[:1]}
        return {name: place if name == "blame" and CASE.search(prompt) else None for name in schema["properties"]}
    return dict.fromkeys(schema["properties"], "yes") if kind == "verify" else None


class Asked:
    """A worker over that model, and the questions of `detect` and `verify` that it asks."""

    def __init__(self, harness: ScorerHarness, model: Scripted) -> None:
        self.harness, self.tenant, self.model = harness, harness.tenant, model

    async def judge_by(self, bundle: Bundle) -> None:
        """From now on."""
        pinned = shipped_recipe().model_copy(update={"scorecard": bundle.scorecard.pin, "flow": bundle.flow_pin})
        self.tenant.recipe = await recipes.pin(self.tenant.db, self.tenant.workspace, pinned, bundle.body())

    async def ended(self, run: RunRow) -> list[str]:
        """The questions of the run, which ends well."""
        self.model.prompts.clear()
        await self.harness.publish(run)
        ended = await self.harness.ended(run)
        assert ended.state == "done", ended.last_error
        return [one for one in self.model.prompts if "Найди ошибки" in one or "Проверь чужие" in one]

    async def evaluation(self, run: RunRow) -> Evaluation:
        return (await results.load_evaluation(self.tenant.db, run.workspace, run.conversation_id)).evaluation

    async def again(self, run: RunRow) -> tuple[list[str], Evaluation]:
        """Judged once more under the recipe."""
        prompts = await self.ended(await self.tenant.again(run))
        return prompts, await self.evaluation(run)

    async def item(self, said: Any = WINDOWS, state: GoldenState = GoldenState.FOUND) -> str:
        return await an_item(self.tenant.db, self.tenant.workspace, said, label(state, turn=2, text=said[1][1][:4]))

    async def taken_back(self, item: str) -> None:
        labels = (await items.get(self.tenant.db, self.tenant.workspace, item)).labels
        ids = [one.id for one in labels]
        await items.settle(self.tenant.db, self.tenant.workspace, item, GoldenStatus.WITHDRAWN, by="b", label_ids=ids)


@pytest.fixture
async def asked(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[Asked]:
    with served(Scripted(say=by_bytes, context=8192)) as (url, model):
        settings = {"database_url": postgres_url, "model_url": url}
        async with working(neighbours, database, redis_url, tmp_path / "blobs", **settings) as harness:
            yield Asked(harness, model)


def verdicts(evaluation: Evaluation) -> object:
    """All that was decided, and the steps' calls."""
    found = [one.model_dump(exclude={"id"}) for one in evaluation.findings]
    steps = [(one.step, one.state, one.calls, one.cases) for one in evaluation.steps]
    return evaluation.answers, evaluation.outcomes, found, evaluation.overall, evaluation.flags, steps


def cases_of(evaluation: Evaluation, step: str = "detect") -> list[tuple[str, str, DetectionState]]:
    (one,) = [one for one in evaluation.steps if one.step == step]
    return [(case.item_id, case.error_class, case.state) for case in one.cases]


async def test_a_correction_acts_at_once_and_taken_back_it_never_was(asked: Asked) -> None:
    db, workspace = asked.tenant.db, asked.tenant.workspace
    run = await asked.harness.store_chat()
    await asked.judge_by(showing(None))
    bare_prompts, bare = await asked.again(run)
    await asked.judge_by(showing(2))
    await consent(db, workspace)
    first_prompts, first = await asked.again(run)
    assert first_prompts == bare_prompts, "nothing golden: the very question of a flow without cases"
    assert verdicts(first) == verdicts(bare)

    item = await asked.item()
    prompts, corrected = await asked.again(run)
    assert cases_of(corrected) == [(item, "blame", DetectionState.FOUND)]
    assert cases_of(corrected, "verify") == [(item, "blame", DetectionState.FOUND)]
    assert [one.error_class for one in corrected.findings] == ["blame"]
    assert not first.findings
    (detect, verify) = prompts
    assert detect.startswith(first_prompts[0] + "\n"), "behind the question, so the shared prefix is the same"
    assert detect[: detect.index(">>>")] == verify[: verify.index(">>>")]
    assert "E1 blame: yes, E1.2" in detect
    assert "E2 blame: no" in detect, "as many without the error as with it"

    same_prompts, same = await asked.again(run)
    assert (same_prompts, verdicts(same)) == (prompts, verdicts(corrected)), "the same recipe, the same examples"

    await asked.taken_back(item)
    last_prompts, last = await asked.again(run)
    assert last_prompts == first_prompts
    assert verdicts(last) == verdicts(first)


async def test_nobody_is_named_in_a_case_and_no_agent_is_shown_his_own_past(asked: Asked) -> None:
    run = await asked.harness.store_chat()
    await asked.judge_by(showing(2))
    await consent(asked.tenant.db, asked.tenant.workspace)
    item = await asked.item()
    prompts, _ = await asked.again(run)
    stored = await items.get(asked.tenant.db, asked.tenant.workspace, item)
    for secret in (stored.dialogue.agent, item, "A-7", "Мария"):
        assert secret
        assert all(secret not in one for one in prompts)


async def tried(asked: Asked, version: Artefact | None = None) -> tuple[list[str], Evaluation]:
    """A dry run of the recipe that is pinned now over the newest conversation; its questions and its result."""
    db, workspace = asked.tenant.db, asked.tenant.workspace
    named = version or showing(2).scorecard.model_copy(update={"note": f"try {len(asked.model.asked)}"})
    made, _ = await artefacts.add(db, workspace, new_version(named), ACTOR)
    past = await dry_runs.chosen(db, workspace, Wanted(most=1))
    new = NewDryRun(made.id, asked.tenant.recipe, past[0].evaluation.recipe, DryRunMethod.JUDGED, ACTOR)
    started, (run,) = await dry_runs.start(db, workspace, new, past, {})
    prompts = await asked.ended(run)
    (one,) = await dry_runs.compared(db, workspace, started.id)
    assert one.after is not None
    return prompts, one.after


async def test_the_past_is_judged_again_with_what_was_shown_then_or_says_that_it_is_gone(asked: Asked) -> None:
    run = await asked.harness.store_chat()
    await asked.judge_by(showing(2))
    await consent(asked.tenant.db, asked.tenant.workspace)
    item = await asked.item()
    prompts, before = await asked.again(run)
    nearer = await asked.item(NEARER)
    then_prompts, then = await tried(asked)
    assert then_prompts == prompts, "a nearer item came later"
    assert (then.outcomes, CASES_GONE in then.flags) == (before.outcomes, False)
    await asked.taken_back(item)
    gone_prompts, gone = await tried(asked)
    assert CASES_GONE in gone.flags
    assert all("E1" not in one for one in gone_prompts)
    now_prompts, now = await asked.again(run)
    assert (cases_of(now), CASES_GONE in now.flags) == ([(nearer, "blame", DetectionState.FOUND)], False)
    assert now_prompts != prompts
