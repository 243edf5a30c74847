"""What a user lives through, over HTTP alone: a recording becomes a report, with scripted engines and everything else real."""

import json
import random
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli.stack.local_stack import LocalStack
from fixtures.scripted_stack import ROOT, scripted_stack, state_folder
from fixtures.storm import load, proofs
from fixtures.storm.receiver import Receiver, receiver
from unit.asr import audio_files

SERVICES = ("compressor", "rules", "gateway", "keeper", "asr", "scorer")
OFTEN = {"AURICLE_TOMBSTONES_SECONDS": "1", "AURICLE_TOMBSTONE_PAUSE_SECONDS": "1"}


@dataclass
class Scene:
    """A stack with a webhook receiver, and a client with the workspace's key."""

    stack: LocalStack
    receiver: Receiver
    client: httpx.Client

    def post(self, item: load.Item) -> str:
        return load.post(self.stack.plan.url("gateway"), self.stack.key, item)

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
        scripted_stack(state, services=SERVICES, settings=OFTEN) as stack,
    ):
        proofs.Proofs(stack).execute(f"UPDATE workspaces SET allowed_hosts = ARRAY['{hook.host}']")
        headers = {"Authorization": f"Bearer {stack.key}"}
        with httpx.Client(base_url=stack.plan.url("gateway"), headers=headers, timeout=20.0) as client:
            assert client.post("/v1/webhooks", json={"url": hook.url}).is_success
            yield Scene(stack, hook, client)


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
    wanted = {"gateway", "asr", "scorer", "compressor", "rules", "keeper"}
    end = time.monotonic() + 30
    while not wanted <= _services_of(scene, trace) and time.monotonic() < end:
        time.sleep(0.2)  # keeper's span ends, and is written, after the receiver has answered
    assert wanted <= _services_of(scene, trace)


def _services_of(scene: Scene, trace: str) -> set[str]:
    lines = (scene.stack.state / "traces.jsonl").read_text().splitlines(keepends=True)
    spans = [json.loads(line) for line in lines if line.endswith("\n")]
    return {span["service"] for span in spans if span["trace_id"] == trace}


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
    found = (scene.stack.state / "blobs").rglob("*")
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
        assert proofs.Proofs(scene.stack).count(query) == 0, table


RATE_HZ, SECONDS = 8000, 4


def spoken() -> bytes:
    """The first seconds of a sample call, at 8 kHz, as a WAV whose header is 44 bytes long."""
    track, *_ = audio_files.read((ROOT / "tests" / "data" / "calls" / "02-ru-delivery.wav").read_bytes())
    return audio_files.wav([track[: RATE_HZ * SECONDS]], RATE_HZ)


def with_size(size: int) -> bytes:
    body = spoken()
    return body[:40] + struct.pack("<I", size) + body[44:]


def in_mp3() -> bytes:
    """MPEG-2.5 without a tag: its first bytes are FF E3."""
    (track,) = audio_files.read(spoken())
    body = audio_files.encoded("mp3", [track])
    start = body.index(b"\xff\xe3")
    return body[start:]


def chained() -> bytes:
    (track,) = audio_files.read(spoken())
    return audio_files.encoded("opus", [track]) + audio_files.encoded("opus", [track])


RECORDINGS: dict[str, tuple[Callable[[], bytes], int]] = {
    "size-of-a-pipe": (lambda: with_size(0x7FFFF000), 1),
    "largest-size": (lambda: with_size(0x80000000), 1),
    "quarter-of-the-size": (lambda: with_size(len(spoken()) // 4), 1),
    "half-of-the-bytes-per-second": (lambda: spoken()[:28] + struct.pack("<I", RATE_HZ) + spoken()[32:], 1),
    "mp3-at-8-khz": (in_mp3, 1),
    "ogg-chain": (chained, 2),
}


def test_recordings_as_telephony_writes_them_are_heard_whole_and_played(scene: Scene) -> None:
    """Each without a type, as clients send it; what a header says wrongly costs no sound and makes no flag."""
    about = {"Content-Type": "application/octet-stream"}
    posted = {name: scene.post(load.Item(name, make(), about)) for name, (make, _) in RECORDINGS.items()}
    for name, conversation in posted.items():
        view = scene.wait(conversation, "done", "dead", seconds=120)
        assert view["progress"] == "done", (name, view["runs"])
        transcript = scene.client.get(f"/v1/conversations/{conversation}/transcript").json()
        whole_ms = 1000 * SECONDS * RECORDINGS[name][1]
        assert transcript["duration_ms"] == pytest.approx(whole_ms, abs=200), name
        assert not {"duration_mismatch", "damaged"} & set(transcript["flags"]), name
        assert transcript["turns"], name
        redacted = scene.client.get(f"/v1/conversations/{conversation}/recording", params={"masked": True})
        assert (redacted.status_code, redacted.headers["content-type"]) == (200, "audio/wav"), name
