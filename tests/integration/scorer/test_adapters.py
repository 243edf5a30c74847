"""A published adapter judges the next run, and nobody is started again for it; rolled back, the next run is judged without it."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from auricle_cli.training import adapters as trained_adapters
from auricle_cli.training.adapters import ENGINES, Trained
from auricle_criteria.adapters import Adapter, AdapterFile
from auricle_gateway import recipe
from auricle_gateway.artefacts.live import new_version
from auricle_llm import app, wiring
from auricle_llm.settings import Settings
from auricle_records import artefacts, recipes
from auricle_records.artefacts import Evidence
from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.runs import RunRow
from auricle_scorer.neighbours import Neighbours
from integration.scorer.conftest import JUDGE, PROMPTS, WITHOUT_WEIGHTS, ScorerHarness, running, working
from sqlalchemy import text

WHY = Evidence(Actor("api_key", "key"), "MAE 9 in place of 12")
pytestmark = WITHOUT_WEIGHTS


@dataclass
class Laboratory:
    """A worker and a model server that nobody starts again; `folder` is where the server reads adapters."""

    harness: ScorerHarness
    folder: Path


@pytest.fixture
async def laboratory(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[Laboratory]:
    judge = tmp_path / "judge"
    judge.mkdir()
    for name in ("base.gguf", "adapter.gguf", "serving.yaml"):
        (judge / name).symlink_to(JUDGE / name)
    async with wiring.wire(Settings(judge_dir=judge)) as parts, running(app.create(parts)) as address:
        given = {"database_url": postgres_url, "model_url": f"{address}/v1"}
        async with working(neighbours, database, redis_url, tmp_path / "blobs", **given) as harness:
            yield Laboratory(harness, judge / "adapters")


def trained(folder: Path) -> Trained:
    """The shipped judge's adapter as a run would leave it."""
    (folder / "hf").mkdir(parents=True)
    for inside, source in (
        ("adapter.gguf", "adapter.gguf"),
        ("hf/adapter_model.safetensors", "hf/adapter/adapter_model.safetensors"),
        ("hf/adapter_config.json", "hf/adapter/adapter_config.json"),
    ):
        (folder / inside).symlink_to(JUDGE / source)
    sums = {name: hashlib.sha256((folder / inside).read_bytes()).hexdigest() for name, inside in ENGINES.items()}
    adapter = Adapter(
        id="judge", version=1, note="ours", base="auricle-judge", base_hash="0" * 64, data="f" * 16, rank=32,
        files=tuple(AdapterFile(path=name, sha256=digest) for name, digest in sorted(sums.items())),
    )  # fmt: skip
    return Trained(adapter, {}, folder)


async def judged_by(harness: ScorerHarness, run: RunRow) -> set[str]:
    """Models in the ledger of the run, which is done."""
    ended = await harness.ended(run)
    assert ended.state == "done", ended.last_error
    async with harness.tenant.db.transaction(run.workspace) as connection:
        found = text("SELECT model FROM ledger WHERE run_id = :run AND model IS NOT NULL")
        return set(await connection.scalars(found, {"run": run.id}))


async def test_published_and_rolled_back_without_a_restart(laboratory: Laboratory, tmp_path: Path) -> None:
    harness, tenant = laboratory.harness, laboratory.harness.tenant
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="tiny", model_name="judge")
    plain = await pinned.for_workspace(tenant.db, tenant.workspace)
    tenant.recipe = plain
    assert await judged_by(harness, await harness.post()) == {"judge"}

    ours = trained(tmp_path / "run")
    made, _ = await artefacts.add(tenant.db, tenant.workspace, new_version(ours.adapter), WHY.actor)
    await artefacts.promote(
        tenant.db, tenant.workspace, made.id, WHY, shipped=None, expected=None, check=lambda held: pinned.live.check(held, made.id)
    )  # fmt: skip
    pinned.live.forget(tenant.workspace)
    tenant.recipe = await pinned.for_workspace(tenant.db, tenant.workspace)
    kept = await recipes.load(tenant.db, tenant.workspace, tenant.recipe)
    assert (kept.adapter, kept.language_model) == (ours.adapter.pin, ours.adapter.served)
    early = await harness.post()  # before the files are there: it waits for them
    await trained_adapters._lay(ours, f"file://{laboratory.folder}")
    assert await judged_by(harness, early) == {ours.adapter.served}
    assert await judged_by(harness, await harness.post()) == {ours.adapter.served}

    await artefacts.roll_back(
        tenant.db, tenant.workspace, made.id, WHY, shipped=None, to_shipped=False, check=pinned.live.check
    )
    pinned.live.forget(tenant.workspace)
    tenant.recipe = await pinned.for_workspace(tenant.db, tenant.workspace)
    assert tenant.recipe == plain
    assert await judged_by(harness, await harness.post()) == {"judge"}
