"""A training is asked for, reports by its own key, proposes, and is decided by a person; what cannot be is refused with its reason."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_contracts import MemberRole
from auricle_records import keys, trainings
from auricle_records.database import Database
from auricle_records.trainings.requests import pace
from integration.gateway.conftest import Door, running
from integration.gateway.learnable import examples
from integration.gateway.signed_in import person_of
from sqlalchemy.exc import DBAPIError

SECRET = "what keeper and the trainer share"
WANTED = {"base": "judge_5m", "numbers": {"passes": 3}}


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway whose keeper starts trainings."""
    given = {"rate_per_minute": 0, "training_driver": "process"}
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", **given) as alone:
        yield alone


async def launched(door: Door, training_id: str) -> httpx.AsyncClient:
    """A client with the key that keeper opens for the training's job."""
    token = keys.derived(SECRET, training_id)
    await trainings.launch(door.db, "ours", training_id, token)
    return httpx.AsyncClient(base_url=door.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


async def asked(door: Door) -> str:
    await examples(door.ours, 24, fewest=4)
    made = await door.ours.post("/v1/trainings", json=WANTED)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def told(job: httpx.AsyncClient, training_id: str, **said: Any) -> httpx.Response:
    return await job.post(f"/v1/trainings/{training_id}/progress", json=said)


ADAPTER = """
id: judge
version: 1
note: of a test
base: judge-5m
base_hash: %s
data: 0123456789abcdef
rank: 4
prompts: [evaluate@0123456789abcdef, intent@0123456789abcdef]
files:
  - {path: adapter.gguf, sha256: %s}
  - {path: adapter_config.json, sha256: %s}
  - {path: adapter_model.safetensors, sha256: %s}
""" % (("a" * 64,) * 4)


async def proposed(door: Door, job: httpx.AsyncClient, training_id: str) -> str:
    """The version that it proposes."""
    assert (await told(job, training_id, state="preparing", data="0123456789abcdef", examples=16)).status_code == 200
    assert (await told(job, training_id, state="running", step=4, steps=9, loss=0.5, seconds=12.0)).status_code == 200
    version = await job.post("/v1/artefacts", json={"kind": "adapter", "text": ADAPTER, "state": "candidate"})
    assert version.status_code == 201, version.text
    artefact = str(version.json()["id"])
    assert (await told(job, training_id, state="gated", artefact_id=artefact, step=9)).status_code == 200
    done = await told(job, training_id, state="proposed", verdict="passed")
    assert done.status_code == 200, done.text
    return artefact


async def test_what_is_asked_for_is_estimated_and_one_is_under_way(door: Door) -> None:
    await examples(door.ours, 24, fewest=4)
    estimate = (await door.ours.post("/v1/training-estimates", json=WANTED)).json()
    assert 4 <= estimate["examples"] < 24, "golden items of the training split only"
    assert estimate["enough"]
    assert estimate["seconds"] is None, "no training of this base has ended here"
    assert 10 << 20 < estimate["memory"] < 4 << 30
    made = await door.ours.post("/v1/trainings", json=WANTED)
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["numbers"]["passes"]) == ("asked", 3)
    assert [one["state"] for one in made.json()["history"]] == ["asked"]
    again = await door.ours.post("/v1/trainings", json=WANTED)
    assert (again.status_code, again.json()["code"]) == (409, "training_open")
    actions = [one["action"] for one in (await door.ours.get("/v1/audit")).json()["items"]]
    assert "training_asked" in actions


async def test_what_cannot_be_trained_is_refused_with_its_reason(door: Door) -> None:
    without = await door.ours.post("/v1/trainings", json=WANTED)
    assert (without.status_code, without.json()["code"]) == (409, "golden_consent_missing")
    await examples(door.ours, 6, fewest=300)
    few = await door.ours.post("/v1/trainings", json=WANTED)
    assert (few.status_code, few.json()["code"]) == (409, "too_few_examples")
    count = (await door.ours.post("/v1/training-estimates", json=WANTED)).json()["examples"]
    assert few.json()["detail"] == f"300 examples are needed and {count} are there"
    strange = await door.ours.post("/v1/trainings", json={"base": "gpt"})
    assert (strange.status_code, strange.json()["code"]) == (422, "invalid_request")
    assert "judge_5m" in strange.json()["action"]
    assert (await door.ours.post("/v1/trainings", json={})).status_code == 422, "no base was chosen"
    bits = await door.ours.post("/v1/trainings", json={"base": "judge_5m", "numbers": {"four_bit": True}})
    assert bits.status_code == 422
    schedule = await door.ours.put("/v1/training-settings", json={"schedule": "weekly"})
    assert schedule.status_code == 422, "a schedule needs a base"


async def test_who_may_not_promote_may_not_ask(door: Door) -> None:
    training = await asked(door)
    reviewer = await person_of(door.ours, MemberRole.REVIEWER, email="reviewer@example.com")
    assert (await reviewer.get("/v1/trainings")).status_code == 200
    for method, path, body in (
        ("POST", "/v1/trainings", WANTED),
        ("POST", "/v1/training-estimates", WANTED),
        ("PUT", "/v1/training-settings", {}),
        ("DELETE", f"/v1/trainings/{training}", None),
        ("POST", f"/v1/trainings/{training}/refusal", {"reason": "because"}),
    ):
        assert (await reviewer.request(method, path, json=body)).status_code == 403, path
    agent = await person_of(door.ours, MemberRole.AGENT, email="agent@example.com")
    assert (await agent.get("/v1/trainings")).status_code == 403


async def test_a_job_reports_by_its_own_key_proposes_and_makes_nothing_live(door: Door) -> None:
    training = await asked(door)
    strange = await told(door.ours, training, state="preparing")
    assert strange.status_code == 403, "an admin's key is not the job's"
    job = await launched(door, training)
    assert (await job.get("/v1/golden-export", params={"split": "train"})).text.count("\n") >= 4
    assert (await job.get("/v1/golden-export", params={"split": "test"})).status_code == 403, "while it trains"
    jumped = await told(job, training, state="gated")
    assert (jumped.status_code, jumped.json()["code"]) == (409, "training_over")
    artefact = await proposed(door, job, training)
    shown = (await door.ours.get(f"/v1/trainings/{training}")).json()
    assert (shown["state"], shown["verdict"], shown["artefact_state"]) == ("proposed", "passed", "candidate")
    assert [one["state"] for one in shown["history"]] == ["asked", "preparing", "running", "gated", "proposed"]
    assert (shown["step"], shown["steps"], shown["examples"]) == (9, 9, 16)
    assert (await job.get("/v1/trainings")).status_code == 401, "its key ended with it"
    promoted = await door.ours.post(f"/v1/artefacts/{artefact}/promote", json={"reason": "it passed"})
    assert promoted.status_code == 200, promoted.text
    assert (await door.ours.get(f"/v1/trainings/{training}")).json()["artefact_state"] == "live"
    back = await door.ours.post(f"/v1/artefacts/{artefact}/rollback", json={"reason": "worse on e-mails"})
    assert back.status_code == 200, back.text
    assert (await door.ours.get(f"/v1/trainings/{training}")).json()["artefact_state"] == "retired"


async def test_the_key_of_a_job_promotes_nothing_and_reads_the_test_split_for_its_gate_only(door: Door) -> None:
    training = await asked(door)
    job = await launched(door, training)
    await told(job, training, state="preparing")
    await told(job, training, state="running")
    version = await job.post("/v1/artefacts", json={"kind": "adapter", "text": ADAPTER, "state": "candidate"})
    await told(job, training, state="gated", artefact_id=version.json()["id"])
    refused = await job.post(f"/v1/artefacts/{version.json()['id']}/promote", json={"reason": "by itself"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    share = {"share": 5, "reason": "by itself"}
    assert (await job.post(f"/v1/artefacts/{version.json()['id']}/canaries", json=share)).status_code == 403
    assert (await job.post("/v1/trainings", json=WANTED)).status_code == 403
    assert (await job.get("/v1/golden-export", params={"split": "test"})).status_code == 200
    assert (await told(job, training, state="proposed", artefact_id="0193-nowhere")).status_code == 404


async def test_a_proposal_is_refused_by_a_person_and_its_version_retires(door: Door) -> None:
    training = await asked(door)
    job = await launched(door, training)
    await proposed(door, job, training)
    refused = await door.ours.post(f"/v1/trainings/{training}/refusal", json={"reason": "worse on e-mails"})
    assert refused.status_code == 200, refused.text
    assert (refused.json()["state"], refused.json()["artefact_state"]) == ("refused", "retired")
    assert refused.json()["history"][-1]["detail"] == "worse on e-mails"
    again = await door.ours.post(f"/v1/trainings/{training}/refusal", json={"reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (409, "training_over")


async def test_what_is_stopped_takes_no_report_and_another_may_be_asked_for(door: Door) -> None:
    training = await asked(door)
    job = await launched(door, training)
    await told(job, training, state="preparing")
    stopped = await door.ours.delete(f"/v1/trainings/{training}")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    assert (await told(job, training, state="running")).status_code == 401
    again = await door.ours.delete(f"/v1/trainings/{training}")
    assert (again.status_code, again.json()["code"]) == (409, "training_over")
    assert (await door.ours.post("/v1/trainings", json=WANTED)).status_code == 201


async def test_a_failure_has_a_code_and_its_words(door: Door) -> None:
    training = await asked(door)
    job = await launched(door, training)
    assert (await told(job, training, state="failed")).status_code == 422, "without a code"
    failed = await told(job, training, state="failed", error="memory_too_small", detail="9 GiB are needed, 2 are free")
    assert failed.status_code == 200, failed.text
    shown = (await door.ours.get(f"/v1/trainings/{training}")).json()
    assert (shown["state"], shown["error"]) == ("failed", "memory_too_small")
    assert shown["detail"] == "9 GiB are needed, 2 are free"


async def test_time_is_told_by_what_ended_here_and_too_long_is_refused(door: Door) -> None:
    training = await asked(door)
    job = await launched(door, training)
    await proposed(door, job, training)
    assert await pace(door.db, "ours", "judge_5m") == (12.0 / 16 / 3, 1)
    estimate = (await door.ours.post("/v1/training-estimates", json=WANTED)).json()
    assert estimate["seconds"] == pytest.approx(12.0 / 16 * estimate["examples"])
    long = {"base": "judge_5m", "numbers": {"passes": 50}}
    async with door.db.transaction("ours") as connection:
        await connection.exec_driver_sql("UPDATE trainings SET seconds = 360000")
    refused = await door.ours.post("/v1/trainings", json=long)
    assert (refused.status_code, refused.json()["code"]) == (409, "over_time")


async def test_where_nothing_starts_trainings_none_is_asked_for(
    postgres_url: str, redis_server: Any, tmp_path: Path
) -> None:
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", rate_per_minute=0) as alone:
        settings = (await alone.ours.get("/v1/training-settings")).json()
        assert not settings["starts"]
        assert settings["bases"][0]["name"] == "judge_5m", "the smallest first"
        refused = await alone.ours.post("/v1/trainings", json=WANTED)
        assert (refused.status_code, refused.json()["code"]) == (409, "training_off")


async def test_states_are_written_once(door: Door) -> None:
    training = await asked(door)
    gateway: Database = door.parts.db
    for statement in ("DELETE FROM training_states", "UPDATE training_states SET state = 'stopped'"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with gateway.transaction("ours") as connection:
                await connection.exec_driver_sql(f"{statement} WHERE training_id = '{training}'")
