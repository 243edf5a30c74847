"""Keeper starts the jobs of trainings as real processes, watches and ends them; a job's own script stands in for the trainer."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts.trainings import TrainingNumbers, TrainingSettings
from auricle_keeper.settings import KeeperSettings
from auricle_keeper.trainings.processes import Processes
from auricle_keeper.trainings.rounds import MOST_ATTEMPTS, Trainings, scheduled
from auricle_records import trainings
from auricle_records.callers import Actor
from auricle_records.trainings import settings
from integration.gateway.conftest import Door, running
from integration.gateway.learnable import examples
from pydantic import ValidationError

SECRET = "what keeper and trainer share"
JOB = """
import json, os, sys, time, urllib.request
url, training = os.environ["AURICLE_GATEWAY_URL"], os.environ["AURICLE_TRAINING_ID"]
folder = os.path.join(os.environ["AURICLE_TRAINING_DIR"], training)
def tell(**said):
    body = json.dumps(said).encode()
    headers = {"Authorization": "Bearer " + os.environ["AURICLE_API_KEY"], "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{url}/v1/trainings/{training}/progress", body, headers))
assert "AURICLE_DATABASE_URL" not in os.environ
"""
TRAINS = JOB + "tell(state='preparing')\ntime.sleep(600)\n"
BREAKS = JOB + "print('torch is missing', flush=True)\nsys.exit(3)\n"
RESUMES = (
    JOB
    + """
mark = os.path.join(folder, "mark")
if not os.path.exists(mark):
    tell(state="preparing")
    tell(state="running", step=3, steps=9)
    open(mark, "w").close()
    os.kill(os.getpid(), 9)
tell(state="running", step=9, steps=9, seconds=5.0, examples=4)
tell(state="gated")
tell(state="refused", verdict="too_few")
"""
)


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path) -> AsyncIterator[Door]:
    given = {"rate_per_minute": 0, "training_driver": "process"}
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", **given) as alone:
        await examples(alone.ours, 24, fewest=2)
        yield alone


def keeper(door: Door, folder: Path, script: str) -> Trainings:
    """With a job of this script."""
    environment = dict(os.environ) | {"AURICLE_GATEWAY_URL": door.url, "AURICLE_DATABASE_URL": "secret"}
    launcher = Processes((sys.executable, "-c", script), folder, environment)
    return Trainings(door.db, launcher, secret=SECRET, at_once=1)


async def asked(door: Door) -> str:
    made = await door.ours.post("/v1/trainings", json={"base": "judge_5m"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def until(kept: Trainings, door: Door, training: str, *states: str) -> dict[str, Any]:
    """Rounds until it is in one of these states."""
    for _ in range(600):
        await kept.round()
        found = dict((await door.ours.get(f"/v1/trainings/{training}")).json())
        if found["state"] in states:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(found)


async def test_a_job_that_is_lost_is_started_again_and_goes_on(door: Door, tmp_path: Path) -> None:
    training, kept = await asked(door), keeper(door, tmp_path / "trainings", RESUMES)
    ended = await until(kept, door, training, "refused", "failed")
    assert (ended["state"], ended["verdict"], ended["attempts"]) == ("refused", "too_few", 2)
    assert [one["state"] for one in ended["history"]] == ["asked", "preparing", "running", "gated", "refused"]
    for _ in range(100):
        await kept.round()
        if not await trainings.unreleased(door.db, "ours"):
            break
        await asyncio.sleep(0.1)
    assert not await trainings.unreleased(door.db, "ours"), "nothing is left of it"


async def test_a_stopped_training_ends_its_process(door: Door, tmp_path: Path) -> None:
    training, kept = await asked(door), keeper(door, tmp_path / "trainings", TRAINS)
    await until(kept, door, training, "preparing")
    (process,) = kept._launcher._running.values()  # type: ignore[attr-defined]
    assert (await door.ours.delete(f"/v1/trainings/{training}")).status_code == 200
    await kept.round()
    assert process.returncode is not None
    assert not await trainings.unreleased(door.db, "ours")


async def test_a_job_that_never_comes_up_fails_with_its_last_words(door: Door, tmp_path: Path) -> None:
    training, kept = await asked(door), keeper(door, tmp_path / "trainings", BREAKS)
    failed = await until(kept, door, training, "failed")
    assert (failed["error"], failed["attempts"]) == ("trainer_failed", MOST_ATTEMPTS)
    assert failed["detail"].endswith("torch is missing")


async def test_what_runs_for_too_long_is_ended(door: Door, tmp_path: Path) -> None:
    training, kept = await asked(door), keeper(door, tmp_path / "trainings", TRAINS)
    await until(kept, door, training, "preparing")
    async with door.db.transaction("ours") as connection:
        await connection.exec_driver_sql("UPDATE trainings SET launched_at = now() - interval '13 hours'")
    failed = await until(kept, door, training, "failed")
    assert failed["error"] == "over_time"
    await kept.round()
    assert not await trainings.unreleased(door.db, "ours")


async def test_keepers_end_ends_the_process_and_the_next_keeper_goes_on(door: Door, tmp_path: Path) -> None:
    training, kept = await asked(door), keeper(door, tmp_path / "trainings", TRAINS)
    await until(kept, door, training, "preparing")
    (process,) = kept._launcher._running.values()  # type: ignore[attr-defined]
    await kept.close()
    assert process.returncode is not None
    again = keeper(door, tmp_path / "trainings", TRAINS)
    await again.round()
    found = (await door.ours.get(f"/v1/trainings/{training}")).json()
    assert (found["state"], found["attempts"]) == ("preparing", 2)
    await again.close()


async def test_a_week_s_schedule_asks_once_and_says_why_it_could_not(door: Door) -> None:
    weekly = TrainingSettings.model_validate(
        {"base": "judge_5m", "schedule": "weekly", "weekday": 5, "hour": 1, "fewest": 2}
    )
    await settings.choose(door.db, "ours", weekly, "ann")
    now = datetime.now(UTC)
    assert await scheduled(door.db, "ours", now) == 0, "its slot was before it was chosen"
    later = now + timedelta(days=7)
    assert await scheduled(door.db, "ours", later) == 1
    (first,) = await trainings.listed(door.db, "ours")
    assert (first.state, first.actor.kind) == ("asked", "schedule")
    assert await scheduled(door.db, "ours", later) == 0, "one is under way"
    await trainings.stop(door.db, "ours", first.id, Actor("person", "ann"))
    many = weekly.model_copy(update={"fewest": 900})
    await settings.choose(door.db, "ours", many, "ann")
    assert await scheduled(door.db, "ours", now + timedelta(days=15)) == 1
    newest = (await trainings.listed(door.db, "ours"))[0]
    assert (newest.state, newest.error) == ("failed", "too_few_examples")
    assert newest.detail is not None
    assert newest.detail.startswith("900 examples are needed and ")


async def test_new_labels_ask(door: Door) -> None:
    by_labels = TrainingSettings.model_validate(
        {"base": "judge_5m", "schedule": "labels", "new_labels": 30, "fewest": 2}
    )
    await settings.choose(door.db, "ours", by_labels, "ann")
    now = datetime.now(UTC)
    assert await scheduled(door.db, "ours", now) == 0, "24 labels are there"
    enough = by_labels.model_copy(update={"new_labels": 20})
    await settings.choose(door.db, "ours", enough, "ann")
    assert await scheduled(door.db, "ours", now) == 1
    (first,) = await trainings.listed(door.db, "ours")
    await trainings.stop(door.db, "ours", first.id, Actor("person", "ann"))
    assert await scheduled(door.db, "ours", now) == 0, "none is new since"


async def test_one_job_at_a_time_over_all_workspaces(door: Door, tmp_path: Path) -> None:
    await examples(door.theirs, 24, fewest=2)
    ours, kept = await asked(door), keeper(door, tmp_path / "trainings", TRAINS)
    theirs = await trainings.ask(door.db, "theirs", "judge_5m", TrainingNumbers(), Actor("person", "bob"))
    await kept.round()
    attempts = [
        (await trainings.get(door.db, "ours", ours)).attempts,
        (await trainings.get(door.db, "theirs", theirs.id)).attempts,
    ]
    assert sorted(attempts) == [0, 1]
    await kept.close()


def test_a_driver_needs_a_secret() -> None:
    given: dict[str, Any] = {
        "database_url": "postgresql+asyncpg://x", "redis_url": "redis://x", "blob_url": "file:///x", "training_driver": "process",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="AURICLE_TRAINING_SECRET"):
        KeeperSettings(**given)
    assert KeeperSettings(**given, training_secret="sixteen letters or more").trainings_at_once == 1
