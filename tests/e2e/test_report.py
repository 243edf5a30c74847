"""What a user lives through, over HTTP alone: a recording becomes a report, with scripted engines and everything else real."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli.house.house import House
from fixtures.scripted_house import scripted_house, state_folder
from fixtures.storm import load, proofs
from fixtures.storm.receiver import Receiver, receiver

SERVICES = ("compressor", "rules", "gateway", "keeper", "asr", "scorer")
OFTEN = {"AURICLE_TOMBSTONES_SECONDS": "1", "AURICLE_TOMBSTONE_PAUSE_SECONDS": "1"}


@dataclass
class Scene:
    """A house with a webhook receiver, and a client with the workspace's key."""

    house: House
    receiver: Receiver
    client: httpx.Client

    def post(self, item: load.Item) -> str:
        return load.post(self.house.plan.url("gateway"), self.house.key, item)

    def wait(self, conversation: str, *progress: str, seconds: float = 60.0) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            view: dict[str, Any] = self.client.get(f"/v1/conversations/{conversation}").json()
            if view["progress"] in progress:
                return view
            time.sleep(0.1)
        raise AssertionError(f"{conversation} is {view['progress']}: {view['runs']}")


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with (
        receiver(refuse_every=2) as hook,
        state_folder() as state,
        scripted_house(state, services=SERVICES, settings=OFTEN) as house,
    ):
        proofs.Proofs(house).execute(f"UPDATE workspaces SET allowed_hosts = ARRAY['{hook.host}']")
        headers = {"Authorization": f"Bearer {house.key}"}
        with httpx.Client(base_url=house.plan.url("gateway"), headers=headers, timeout=20.0) as client:
            assert client.post("/v1/webhooks", json={"url": hook.url}).is_success
            yield Scene(house, hook, client)


def test_a_recording_becomes_a_report(scene: Scene) -> None:
    conversation = scene.post(load.call(random.Random(1), 1))
    scene.wait(conversation, "done")
    transcript = scene.client.get(f"/v1/conversations/{conversation}/transcript").json()
    assert {turn["role"] for turn in transcript["turns"]} == {"agent", "customer"}
    report = scene.client.get(f"/v1/conversations/{conversation}/evaluation").json()
    turns = {turn["id"]: turn["text"] for turn in transcript["turns"]}
    quotes = [quote for answer in report["evaluation"]["answers"] for quote in answer["quotes"]]
    assert quotes
    for quote in quotes:
        assert turns[quote["turn"]][quote["span"]["start"] : quote["span"]["end"]] == quote["text"]
        assert quote["start_ms"] is not None
    assert {line["usage"]["step"] for line in report["costs"]} == {"transcribe", "evaluate"}
    assert all(line["amount_usd"] is None for line in report["costs"] if line["usage"]["device"] == "cpu")


def test_a_chat_becomes_a_report(scene: Scene) -> None:
    conversation = scene.post(load.chat(random.Random(2), 2))
    scene.wait(conversation, "done")
    answers = scene.client.get(f"/v1/conversations/{conversation}/evaluation").json()["evaluation"]["answers"]
    assert {"politeness", "stage", "price_mentions"} <= {answer["criterion"] for answer in answers}


def test_one_trace_runs_from_the_post_to_the_webhook(scene: Scene) -> None:
    conversation = scene.post(load.call(random.Random(3), 3))
    scene.wait(conversation, "done")
    event = _event_of(scene, conversation)
    trace = scene.receiver.traceparents[event].split("-")[1]
    lines = (scene.house.state / "traces.jsonl").read_text().splitlines()
    services = {span["service"] for span in map(json.loads, lines) if span["trace_id"] == trace}
    assert {"gateway", "asr", "scorer", "compressor", "rules", "keeper"} <= services


def _event_of(scene: Scene, conversation: str) -> str:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for event, body in list(scene.receiver.bodies.items()):
            if scene.receiver.accepted[event] and json.loads(body)["data"]["conversation_id"] == conversation:
                return event
        time.sleep(0.1)
    raise AssertionError("no webhook came")


def test_a_broken_recording_ends_dead_with_its_reason_and_its_neighbour_is_done(scene: Scene) -> None:
    broken = load.Item("broken", b"RIFF\x24\x00\x00\x00WAVEfmt nonsense", {"Content-Type": "audio/wav"})
    dead = scene.post(broken)
    neighbour = scene.post(load.call(random.Random(4), 4))
    assert scene.wait(neighbour, "done")
    (run,) = scene.wait(dead, "dead")["runs"]
    assert run["last_error"].split(":")[0] in ("not_audio", "audio_broken", "audio_empty")
    assert scene.client.post(f"/v1/runs/{run['id']}/resend").is_success


def _blobs_of(scene: Scene, conversation: str) -> list[Path]:
    found = (scene.house.state / "blobs").rglob("*")
    return [path for path in found if conversation in str(path) and path.is_file()]


@pytest.mark.parametrize("step", ["transcribing", "evaluating"])
def test_a_delete_in_the_middle_of_work_leaves_nothing(scene: Scene, step: str) -> None:
    conversation = scene.post(load.call(random.Random(len(step)), 10 + len(step)))
    scene.wait(conversation, step, "done")
    assert scene.client.delete(f"/v1/conversations/{conversation}").status_code == 204
    assert scene.client.get(f"/v1/conversations/{conversation}").status_code in (404, 410)
    time.sleep(3)  # the worker that was at it ends its work, and must leave nothing
    end = time.monotonic() + 15  # what it wrote before its lease went, keeper removes in its next round
    while _blobs_of(scene, conversation) and time.monotonic() < end:
        time.sleep(0.2)
    assert not _blobs_of(scene, conversation)
    for table in ("transcripts", "evaluations", "runs"):
        query = f"SELECT count(*) FROM {table} WHERE conversation_id = '{conversation}'"
        assert proofs.Proofs(scene.house).count(query) == 0, table
