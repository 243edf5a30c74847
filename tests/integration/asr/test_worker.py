"""The `transcribe` step end to end: a posted recording becomes a transcript and a run for the scorer, or a clear error."""

import asyncio
import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from auricle_asr.speech.openai_engine import LONGEST_HINT
from auricle_contracts import Participant, Role
from auricle_contracts.vocabularies import Vocabulary, version_of
from auricle_records import conversations, paths, recipes, results, vocabularies
from auricle_records.blobs import BlobStore
from auricle_records.database import Database
from auricle_streams import Streams
from fixtures import scripted_speech
from fixtures.tenant import RECIPE
from integration.asr.conftest import CALLS, AsrHarness, served, working
from unit.asr.audio_files import encoded, noise, read, silence, tone, wav

TALK = (CALLS / "02-ru-delivery.wav").read_bytes()
ON_TRACKS = (Participant(id="op", role=Role.AGENT, track=0), Participant(id="kl", role=Role.CUSTOMER, track=1))


async def test_a_call_becomes_a_transcript_and_the_next_run(asr: AsrHarness) -> None:
    run = await asr.ended(await asr.post(TALK, participants=ON_TRACKS))
    assert run.state == "done"
    found = await results.load_transcript(asr.tenant.db, asr.store, run.workspace, run.conversation_id)
    assert {turn.participant for turn in found.turns} == {"op", "kl"}
    assert [turn.id for turn in found.turns] == list(range(1, len(found.turns) + 1))
    assert [turn.start_ms for turn in found.turns] == sorted(turn.start_ms or 0 for turn in found.turns)
    assert (found.engine, found.demo_weights, found.language) == ("openai/scripted-whisper", False, "ru")
    view = await conversations.get(asr.tenant.db, run.workspace, run.conversation_id)
    assert view.recording
    assert (view.recording.tracks, view.recording.duration_ms, view.recording.sample_rate_hz) == (2, 52193, 8000)
    (evaluate,) = [one for one in view.runs if one.step == "evaluate"]
    assert [message.run_id for message in await asr.waiting_to_be_scored()] == [evaluate.id]


async def test_peaks_lie_beside_the_recording(asr: AsrHarness) -> None:
    run = await asr.ended(await asr.post(TALK))
    peaks = json.loads(await asr.store.get_bytes(paths.peaks(run.workspace, run.conversation_id)))
    assert len(peaks["tracks"]) == 2
    assert len(peaks["tracks"][0]) == -(-52193 // peaks["bucket_ms"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "audio_empty"),
        (b"<html>no such recording</html>", "not_audio"),
        (b"fLaC" + bytes(500), "audio_broken"),
        (wav([silence(1)] * 2)[:44], "audio_empty"),
        (encoded("flac", [silence(40)]), "audio_too_long"),
    ],
)
async def test_a_poison_recording_dies_with_its_code_and_the_next_one_is_heard(
    body: bytes, code: str, database: Database, postgres_url: str, redis_url: str, streams: Streams, store: BlobStore,
    tmp_path: Path,
) -> None:  # fmt: skip
    async with (
        served(scripted_speech.app()) as url,
        working(
            database, postgres_url, redis_url, streams, store, tmp_path, speech_engine="openai", speech_url=url,
            max_audio_seconds=30.0,
        ) as asr,
    ):  # fmt: skip
        poison, sound = await asr.post(body), await asr.post(wav([tone(3)]))
        dead = await asr.ended(poison)
        assert dead.state == "dead"
        assert dead.last_error
        assert dead.last_error.startswith(code)
        assert (await asr.ended(sound)).state == "done"


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        (wav([silence(20), silence(20)]), "silent"),
        (wav([noise(20)]), "no_speech"),
        (wav([tone(20, hz=425)]), "no_speech"),
        (encoded("mp3", [noise(20)])[:9000], "duration_mismatch"),
    ],
)
async def test_nothing_to_hear_is_a_clear_state_and_no_error(body: bytes, flag: str, asr: AsrHarness) -> None:
    run = await asr.ended(await asr.post(body))
    assert run.state == "done"
    found = await results.load_transcript(asr.tenant.db, asr.store, run.workspace, run.conversation_id)
    assert found.turns == ()
    assert flag in found.flags


async def test_one_sound_on_both_tracks_is_heard_once(asr: AsrHarness) -> None:
    both = np.sum([track.astype(np.int32) for track in read(TALK)], axis=0).clip(-32768, 32767).astype(np.int16)
    run = await asr.ended(await asr.post(wav([both, both]), participants=ON_TRACKS))
    found = await results.load_transcript(asr.tenant.db, asr.store, run.workspace, run.conversation_id)
    assert "tracks_alike" in found.flags
    spans = [(turn.start_ms or 0, turn.end_ms or 0) for turn in found.turns]
    assert all(before[1] <= after[0] for before, after in pairwise(spans)), "no sentence twice"


async def test_a_conversation_deleted_meanwhile_leaves_no_blob(asr: AsrHarness) -> None:
    run = await asr.post(TALK)
    await conversations.delete(asr.tenant.db, run.workspace, run.conversation_id)
    await asyncio.sleep(1)
    assert not [key async for key in asr.store.list(f"ws/{run.workspace}/{run.conversation_id}/r1/")]


async def test_decoded_audio_does_not_stay_on_disk(asr: AsrHarness) -> None:
    await asr.ended(await asr.post(TALK))
    await asr.ended(await asr.post(b"not audio at all"))
    assert asr.settings.work_dir
    mine = asr.settings.work_dir / "auricle-asr" / str(os.getpid())
    async with asyncio.timeout(5):
        while list(mine.iterdir()):  # noqa: ASYNC110 (a folder has no event)
            await asyncio.sleep(0.05)


async def test_a_server_that_is_away_makes_the_worker_wait(
    database: Database, postgres_url: str, redis_url: str, streams: Streams, store: BlobStore, tmp_path: Path
) -> None:
    async with working(
        database, postgres_url, redis_url, streams, store, tmp_path, speech_engine="openai",
        speech_url="http://127.0.0.1:9/v1",
    ) as asr:  # fmt: skip
        run = await asr.post(TALK)
        await asyncio.sleep(1)
        assert asr.parts.engine_loader.ready() == "waiting_for_model"
        assert await asr.parts.engine_loader.checks() == {"engine": "waiting_for_model"}
        found = (await conversations.get(asr.tenant.db, run.workspace, run.conversation_id)).runs[0]
        assert (found.state, found.attempts) == ("waiting", 0)


async def test_the_vocabulary_of_the_recipe_is_told_whatever_was_chosen_since(
    database: Database, postgres_url: str, redis_url: str, streams: Streams, store: BlobStore, tmp_path: Path
) -> None:
    told: list[str] = []
    async with (
        served(scripted_speech.app(told=told)) as url,
        working(
            database, postgres_url, redis_url, streams, store, tmp_path, speech_engine="openai", speech_url=url,
        ) as asr,
    ):  # fmt: skip
        await vocabularies.choose(asr.tenant.db, asr.tenant.workspace, Vocabulary(terms=("Ромашка",)), "key")
        assert (await asr.ended(await asr.post(TALK))).state == "done"
        assert set(told) == {""}
        terms = ("Аурикл", "ОСАГО Плюс", *(f"название номер {number}" for number in range(90)))
        told_of = RECIPE.model_copy(update={"vocabulary": version_of(terms)})
        asr.tenant.recipe = await recipes.pin(asr.tenant.db, asr.tenant.workspace, told_of, terms=terms)
        assert (await asr.ended(await asr.post(TALK))).state == "done"
        (hint,) = {one for one in told if one}
        assert hint.startswith("Аурикл, ОСАГО Плюс, название номер 0, ")
        assert len(hint) <= LONGEST_HINT
        assert set(hint.split(", ")) <= set(terms)
