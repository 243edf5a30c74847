"""A redacted recording: every format that is transcribed plays with tones, is decoded once, and is served by ranges."""

import asyncio
import io
import struct
import wave
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest
from auricle_contracts import Role, Scope, Step, Transcript, Turn, Word
from auricle_gateway.redaction import audio
from auricle_kit.audio import child
from auricle_kit.audio.sniffing import id3_bytes
from auricle_records import paths, results
from auricle_records.results import Heard
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh
from unit.asr.audio_files import ENCODED, encoded, noise, wav, wav_gsm, wav_s24, wav_u8

SECONDS = 2.0
SAID = "мой номер 8 912 345-67-89"
SPOKEN_MS = (500, 1000)


def rf64(body: bytes) -> bytes:
    """The same WAV as EBU Tech 3306 writes it: 64-bit sizes in a chunk of their own."""
    data = body.index(b"data")
    sizes = struct.pack("<QQQI", len(body) + 28, len(body) - data - 8, 0, 0)
    ds64 = b"ds64" + struct.pack("<I", len(sizes)) + sizes
    return b"RF64\xff\xff\xff\xffWAVE" + ds64 + body[12 : data + 4] + b"\xff\xff\xff\xff" + body[data + 8 :]


def rifx(samples: np.ndarray[Any, np.dtype[np.int16]]) -> bytes:
    """16-bit PCM with every number big-endian."""
    data = samples.astype(">i2").tobytes()
    head = struct.pack(">HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + struct.pack(">I", 16) + head + b"data" + struct.pack(">I", len(data)) + data
    return b"RIFX" + struct.pack(">I", len(body)) + body


def recordings() -> dict[str, bytes]:
    """Two seconds of noise in every format that the asr step takes."""
    one = [noise(SECONDS)]
    mp3 = encoded("mp3", one)
    found = {name: encoded(name, one) for name in ENCODED}
    found |= {"wav": wav(one), "stereo": wav(one * 2), "wav_u8": wav_u8(one), "wav_s24": wav_s24(one)}
    found |= {"wav_gsm": wav_gsm(SECONDS), "rf64": rf64(wav(one)), "rifx": rifx(one[0])}
    found |= {"mp3_mpeg25": mp3[id3_bytes(mp3) :], "ogg_chained": encoded("opus", one) + encoded("opus", one)}
    assert found["mp3_mpeg25"][:2] == b"\xff\xe3"  # MPEG 2.5, as telephony has it
    return found


RECORDINGS = recordings()


async def posted(door: Door, body: bytes) -> str:
    """A call whose transcript holds a telephone number from half a second to one second."""
    reply = await door.ours.post(
        "/v1/conversations", content=body, headers={"Content-Type": "audio/wav"}, params={"external_id": fresh()}
    )
    assert reply.status_code == 202, reply.text
    conversation = str(reply.json()["id"])
    await said(door, conversation)
    return conversation


async def said(door: Door, conversation: str) -> None:
    run = await outcomes._begin(door, await outcomes.view(door, conversation), Step.TRANSCRIBE)
    start, end = SPOKEN_MS
    words = tuple(Word(text=word, start_ms=start, end_ms=end, confidence=0.9) for word in SAID.split())
    turn = Turn(id=1, participant="c", role=Role.CUSTOMER, text=SAID, start_ms=start, end_ms=end, words=words)
    heard = Transcript(conversation_id=conversation, language="ru", turns=(turn,), duration_ms=2000)
    key = paths.transcript("ours", conversation, 1)
    await door.parts.store.put_bytes(key, heard.model_dump_json().encode())
    await results.commit_transcript(door.db, run, Heard(heard, key))


@pytest.fixture(scope="module")
async def reader(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A key without the scope `unmask`."""
    async with await door.client("ours", Scope.READ) as client:
        yield client


def played(body: bytes) -> tuple[np.ndarray[Any, np.dtype[np.int16]], int]:
    with wave.open(io.BytesIO(body)) as sound:
        data = np.frombuffer(sound.readframes(sound.getnframes()), np.int16).reshape(-1, sound.getnchannels())
        return data, sound.getframerate()


@pytest.mark.parametrize("name", RECORDINGS)
async def test_every_format_plays_with_tones(door: Door, reader: httpx.AsyncClient, name: str) -> None:
    conversation = await posted(door, RECORDINGS[name])
    reply = await reader.get(f"/v1/conversations/{conversation}/recording")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "audio/wav"), reply.text
    samples, rate = played(reply.content)
    expected = 2 * SECONDS if name == "ogg_chained" else SECONDS
    assert len(samples) / rate == pytest.approx(expected, abs=0.25)  # AAC pads
    inside = samples[int(0.55 * rate) : int(0.95 * rate), 0].astype(float)
    spectrum = np.abs(np.fft.rfft(inside))
    assert np.argmax(spectrum) * rate / len(inside) == pytest.approx(1000, abs=5)
    assert samples.shape[1] == (2 if name == "stereo" else 1)


async def test_it_is_decoded_once(door: Door, reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads and ranges are served from the blob; the process is told by what it starts."""
    started: list[str] = []
    run = child.run

    async def counted(module: str, order: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        started.append(module)
        return await run(module, order, seconds=seconds)

    monkeypatch.setattr(child, "run", counted)
    conversation = await posted(door, RECORDINGS["mp3"])
    path = f"/v1/conversations/{conversation}/recording"
    both = await asyncio.gather(reader.get(path), reader.get(path))
    whole = both[0]
    head = await reader.head(path)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole.content)))
    for start in (0, 1000, 20_000):
        part = await reader.get(path, headers={"Range": f"bytes={start}-{start + 99}"})
        assert (part.status_code, part.content) == (206, whole.content[start : start + 100])
        assert part.headers["etag"] == whole.headers["etag"]
    assert (await reader.get(path, headers={"Range": "bytes=99999999-"})).status_code == 416
    assert started == [audio.BLEEP]


async def test_another_choice_of_what_is_hidden_makes_another_and_removes_the_older(
    door: Door, reader: httpx.AsyncClient
) -> None:
    conversation = await posted(door, RECORDINGS["wav"])
    path = f"/v1/conversations/{conversation}/recording"
    hidden = await reader.get(path)
    await door.ours.put("/v1/masking", json={"kinds": ["card"]})
    try:
        other = await reader.get(path)
        again = await reader.get(
            path, headers={"Range": "bytes=0-9", "If-Range": hidden.headers["etag"]}
        )  # the tones have changed, so the player gets the whole
        assert (again.status_code, again.content) == (200, other.content)
    finally:
        await door.ours.put("/v1/masking", json={})
    assert other.headers["etag"] != hidden.headers["etag"]
    kept = [key async for key in door.parts.store.list(paths.redacted_prefix("ours", conversation))]
    assert len(kept) == 1
    assert (await reader.get(path)).content == hidden.content


async def test_what_is_no_audio_is_said_so(door: Door, reader: httpx.AsyncClient) -> None:
    for body, code in ((b"%PDF-1.7 of a bill", "not_audio"), (RECORDINGS["wav"][:44] + b"\0", "audio_broken")):
        conversation = await posted(door, body)
        reply = await reader.get(f"/v1/conversations/{conversation}/recording")
        assert (reply.status_code, reply.json()["code"]) == (422, code)


async def test_a_long_redaction_is_a_retry_and_goes_on(
    door: Door, reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio, "WAIT_SECONDS", 0.0)
    conversation = await posted(door, RECORDINGS["flac"])
    path = f"/v1/conversations/{conversation}/recording"
    early = await reader.get(path)
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    assert int(early.headers["retry-after"]) > 0
    for _ in range(200):
        reply = await reader.get(path)
        if reply.status_code != 409:
            break
        await asyncio.sleep(0.1)
    assert reply.headers["content-type"] == "audio/wav"


async def test_a_deleted_conversation_leaves_no_redaction(door: Door, reader: httpx.AsyncClient) -> None:
    conversation = await posted(door, RECORDINGS["wav"])
    await reader.get(f"/v1/conversations/{conversation}/recording")
    await door.ours.delete(f"/v1/conversations/{conversation}")
    assert not [key async for key in door.parts.store.list(paths.prefix("ours", conversation))]


@pytest.mark.parametrize("name", RECORDINGS)
async def test_what_players_cannot_seek_in_is_wav_for_who_may_hear_all(door: Door, name: str) -> None:
    """Without a transcript too: nothing is hidden."""
    headers = {"Content-Type": "audio/x"}
    reply = await door.ours.post(
        "/v1/conversations", content=RECORDINGS[name], headers=headers, params={"external_id": fresh()}
    )
    path = f"/v1/conversations/{reply.json()['id']}/recording"
    heard = await door.ours.get(path, params={"seekable": "true"})
    assert heard.status_code == 200, heard.text
    if name.startswith(("mp3", "aac", "amr", "wav_gsm", "rf64", "rifx")):
        samples, rate = played(heard.content)
        assert len(samples) / rate == pytest.approx(SECONDS, abs=0.25)
        part = await door.ours.get(path, params={"seekable": "true"}, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, heard.content[100:200])
    else:
        assert heard.content == RECORDINGS[name]
    assert (await door.ours.get(path)).content == RECORDINGS[name], "asked for as it was received"


async def test_a_seekable_form_is_for_who_may_hear_all_and_lives_beside_the_redaction(
    door: Door, reader: httpx.AsyncClient
) -> None:
    conversation = await posted(door, RECORDINGS["mp3"])
    path = f"/v1/conversations/{conversation}/recording"
    whole = await door.ours.get(path, params={"seekable": "true"})
    hidden = await reader.get(path, params={"seekable": "true"})
    assert hidden.content == (await reader.get(path)).content != whole.content
    assert hidden.content == (await door.ours.get(path, params={"seekable": "true", "masked": "true"})).content
    kept = [key async for key in door.parts.store.list(paths.prefix("ours", conversation))]
    assert sum(key.endswith(".wav") for key in kept) == 2
