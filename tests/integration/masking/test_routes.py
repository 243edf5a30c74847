"""Each kind is planted in a conversation, and looked for in everything that comes out: prompts, views, files, events, logs."""

import io
import json
import logging
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
from auricle_contracts import (
    AnswerState,
    Channel,
    CriterionKind,
    Digest,
    DigestLine,
    Direction,
    Level,
    Quote,
    Role,
    Scope,
    Span,
    Step,
    Transcript,
    Turn,
    Word,
)
from auricle_gateway.redaction import bleep
from auricle_kit.sealing import Keyring
from auricle_masking import Detector, mask, seal
from auricle_records import masking, outbox, paths, results, webhooks
from auricle_records.masking import SealedMap
from auricle_records.results import Heard
from auricle_scorer.scoring import Subject
from integration.gateway import outcomes
from integration.gateway.conftest import PROMPTS, Door, running
from integration.gateway.posted import post_call, post_chat
from unit.asr.audio_files import wav

KEY = "a:" + "A" * 43 + "="
PLANTED = {
    "phone": ("мой номер 8 912 345-67-89", ("345-67-89", "912 345")),
    "spoken": ("или восемь девятьсот шестнадцать сто одиннадцать двадцать два тридцать три", ("шестнадцать сто",)),
    "card": ("карта 4276 1234 5678 9014", ("5678 9014",)),
    "email": ("почта olga.k@mail.ru", ("olga.k",)),
    "passport": ("паспорт 4510 123456", ("123456",)),
    "snils": ("снилс 112-233-445 95", ("233-445",)),
    "inn": ("инн 500100732259", ("500100732259",)),
    "address": ("адрес улица ленина дом пять квартира двенадцать", ("ленина",)),
    "name": ("меня зовут ольга викторовна", ("викторовна",)),
}
SECRETS = tuple(secret for _, found in PLANTED.values() for secret in found)


def transcript(conversation: str) -> Transcript:
    turns = []
    for number, (text, _) in enumerate(PLANTED.values(), start=1):
        at = number * 1000
        words = tuple(
            Word(text=word, start_ms=at + 90 * place, end_ms=at + 90 * place + 80, confidence=0.9)
            for place, word in enumerate(text.split())
        )
        turns.append(
            Turn(
                id=number,
                participant="customer",
                role=Role.CUSTOMER,
                text=text,
                start_ms=at,
                end_ms=at + 900,
                words=words,
            )
        )
    return Transcript(conversation_id=conversation, language="ru", turns=tuple(turns), duration_ms=11_000)


def leaks(text: str) -> list[str]:
    """Planted secrets that can be read in the text."""
    return [secret for secret in SECRETS if secret in text.lower()]


@pytest.fixture(scope="module")
async def door(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, rate_per_minute=0, masking_keys=KEY) as door:
        await webhooks.add(door.db, "ours", url="https://crm.example.com/hook")
        yield door


@pytest.fixture(scope="module")
async def call(door: Door) -> str:
    return await judged_call(door)


async def judged_call(door: Door) -> str:
    """A call in which everything is said, judged with quotes and a summary that repeat all of it."""
    conversation = await post_call(door.ours, external_id="call-1")
    run = await outcomes._begin(door, await outcomes.view(door, conversation), Step.TRANSCRIBE)
    said = transcript(conversation)
    key = paths.transcript("ours", conversation, 1)
    await door.parts.store.put_bytes(key, said.model_dump_json().encode())
    await results.commit_transcript(door.db, run, Heard(said, key))
    judged = await outcomes._begin(door, await outcomes.view(door, conversation), Step.EVALUATE)
    quotes = tuple(Quote(turn=t.id, span=Span(start=0, end=len(t.text)), text=t.text) for t in said.turns)
    everything = "; ".join(turn.text for turn in said.turns)
    answer = outcomes._answer("politeness", CriterionKind.SCORE, AnswerState.ANSWERED, 90, quotes)
    answer = answer.model_copy(update={"reasoning": everything})
    evaluation = outcomes._evaluation(judged).model_copy(update={"answers": (answer,), "summary": everything})
    keyring = Keyring.parse(KEY)
    assert keyring is not None
    sealed = seal(keyring, mask(said, Detector.load(PROMPTS)).secrets, "ours", conversation, 1)
    kept = SealedMap(conversation, 1, sealed.key_id, sealed.body)
    digest = Digest(
        version="1", level=Level.LIGHT, level_reason="", lines=(DigestLine(role=Role.CUSTOMER, text=everything, turns=(1,)),), dropped=(),
        tokens_before=9, tokens_after=9, token_counter="none",
    )  # fmt: skip
    digest_key = paths.digest("ours", conversation, 1, judged.id)
    await door.parts.store.put_bytes(digest_key, digest.model_dump_json().encode())
    await results.commit_evaluation(door.db, judged, evaluation, digest_key=digest_key, secrets=kept)
    return conversation


@pytest.fixture(scope="module")
async def reader(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A key that may read and export, and not unmask."""
    async with await door.client("ours", Scope.READ, Scope.EXPORT) as client:
        yield client


def test_the_plant_can_be_found() -> None:
    """The check must be able to fail: unmasked text holds every secret."""
    assert leaks(" ".join(turn.text for turn in transcript("c").turns)) == list(SECRETS)


def test_the_model_and_the_compressor_see_nothing() -> None:
    said = transcript("c")
    subject = Subject(said, Channel.CALL, Direction.INBOUND, None, {}, mask(said, Detector.load(PROMPTS)))
    assert leaks(subject.shown.model_dump_json()) == []
    assert subject.transcript is said


@pytest.mark.parametrize("what", ["transcript", "evaluation", "digest"])
async def test_views_hide_everything(reader: httpx.AsyncClient, call: str, what: str) -> None:
    response = await reader.get(f"/v1/conversations/{call}/{what}")
    assert response.status_code == 200, response.text
    assert leaks(response.text) == []
    assert "[ТЕЛЕФОН_1]" in response.text


async def test_a_digest_that_is_masked_already_is_shown_as_it_is(door: Door, reader: httpx.AsyncClient) -> None:
    """The scorer stores it with placeholders; a word of the data ("name", "phone") may be a part of one."""
    texts = (
        "my name is james name, call 415-555-0132",
        "james name speaking, the phone is 415-555-0132",
        "имя ольга имя",
    )
    turns = [{"participant": "customer", "text": text} for text in texts]
    conversation = await post_chat(door.ours, turns=turns, participants=[{"id": "customer", "role": "customer"}])
    judged = await outcomes._begin(door, await outcomes.view(door, conversation), Step.EVALUATE)
    said = await results.load_transcript(door.db, door.parts.store, "ours", conversation)
    done = mask(said, Detector.load(PROMPTS))
    shown = tuple(turn.text for turn in done.transcript.turns)
    assert shown[1].startswith("[NAME_1] speaking")
    lines = tuple(DigestLine(role=Role.CUSTOMER, text=text, turns=(turn,)) for turn, text in enumerate(shown, start=1))
    counts: dict[str, Any] = {"tokens_before": 9, "tokens_after": 9, "token_counter": "none"}
    digest = Digest(version="1", level=Level.LIGHT, level_reason="", lines=lines, dropped=(), **counts)
    key = paths.digest("ours", conversation, 1, judged.id)
    await door.parts.store.put_bytes(key, digest.model_dump_json().encode())
    keyring = Keyring.parse(KEY)
    assert keyring is not None
    sealed = seal(keyring, done.secrets, "ours", conversation, 1)
    kept = SealedMap(conversation, 1, sealed.key_id, sealed.body)
    await results.commit_evaluation(door.db, judged, outcomes._evaluation(judged), digest_key=key, secrets=kept)
    reply = (await reader.get(f"/v1/conversations/{conversation}/digest")).json()
    assert tuple(line["text"] for line in reply["lines"]) == shown
    views = (await reader.get(f"/v1/conversations/{conversation}/transcript")).json()
    assert tuple(turn["text"] for turn in views["turns"]) == shown


async def test_what_people_said_about_answers_is_hidden_too(door: Door, reader: httpx.AsyncClient, call: str) -> None:
    everything = "; ".join(text for text, _ in PLANTED.values())
    said = {"conversation_id": call, "criterion": "politeness", "state": "answered", "value": 50, "comment": everything}
    assert (await door.ours.post("/v1/labels", json=said)).status_code == 201
    shown = await reader.get("/v1/labels", params={"conversation_id": call})
    assert leaks(shown.text) == []
    assert "[ТЕЛЕФОН_1]" in shown.text
    csv = await reader.get("/v1/export", params={"format": "csv", "sheet": "labels"})
    assert leaks(csv.text) == []


async def test_quotes_point_into_the_masked_transcript(reader: httpx.AsyncClient, call: str) -> None:
    shown = Transcript.model_validate_json((await reader.get(f"/v1/conversations/{call}/transcript")).content)
    report = (await reader.get(f"/v1/conversations/{call}/evaluation")).json()
    texts = {turn.id: turn.text for turn in shown.turns}
    for quote in report["evaluation"]["answers"][0]["quotes"]:
        assert texts[quote["turn"]][quote["span"]["start"] : quote["span"]["end"]] == quote["text"]


async def test_files_hide_everything(reader: httpx.AsyncClient, call: str) -> None:
    for sheet in ("report", "answers", "findings"):
        csv = await reader.get("/v1/export", params={"format": "csv", "sheet": sheet})
        assert leaks(csv.text) == [], sheet
        table = pq.read_table(
            io.BytesIO((await reader.get("/v1/export", params={"format": "parquet", "sheet": sheet})).content)
        )
        assert leaks(json.dumps(table.to_pylist(), ensure_ascii=False, default=str)) == [], sheet
    book = openpyxl.load_workbook(io.BytesIO((await reader.get("/v1/export", params={"format": "xlsx"})).content))
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    assert leaks(cells) == []
    assert "[ТЕЛЕФОН_1]" in cells


async def test_events_and_logs_hide_everything(door: Door, call: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await door.ours.get(f"/v1/conversations/{call}/transcript", params={"unmasked": True})
        due = await outbox.due(door.db)
    assert due
    assert leaks(" ".join(one.event.model_dump_json() for one in due)) == []
    assert leaks(caplog.text) == []


async def test_a_key_without_the_scope_is_refused_and_nothing_is_audited(
    door: Door, reader: httpx.AsyncClient, call: str
) -> None:
    before = await masking.audited(door.db, "ours")
    for path in (f"{call}/transcript?unmasked=true", f"{call}/digest?unmasked=true", f"{call}/secrets"):
        assert (await reader.get(f"/v1/conversations/{path}")).status_code == 403
    assert await masking.audited(door.db, "ours") == before


async def test_the_scope_shows_everything_and_is_audited(door: Door, call: str) -> None:
    for path in ("transcript", "evaluation"):
        response = await door.ours.get(f"/v1/conversations/{call}/{path}", params={"unmasked": True})
        assert leaks(response.text) == list(SECRETS)
    secrets = (await door.ours.get(f"/v1/conversations/{call}/secrets")).json()["secrets"]
    assert {one["kind"] for one in secrets} == set(PLANTED) - {"spoken"}
    seen = (await door.ours.get("/v1/unmaskings")).json()["items"]
    assert [one["what"] for one in seen[:3]] == ["secrets", "evaluation", "transcript"]
    assert {one["conversation_id"] for one in seen} == {call}


async def test_a_workspace_chooses(door: Door, reader: httpx.AsyncClient, call: str) -> None:
    put = await door.ours.put("/v1/masking", json={"kinds": ["card"], "exports": False})
    assert put.status_code == 200
    try:
        shown = (await reader.get(f"/v1/conversations/{call}/transcript")).text
        assert "5678 9014" not in shown
        assert "345-67-89" in shown
        assert leaks((await reader.get("/v1/export", params={"format": "csv", "sheet": "answers"})).text)
    finally:
        await door.ours.put("/v1/masking", json={})
    assert (await door.ours.put("/v1/masking", json={"kinds": ["shoes"]})).status_code == 422
    assert (await reader.get("/v1/masking")).status_code == 403


def samples(body: bytes) -> tuple[np.ndarray[Any, np.dtype[np.int16]], int]:
    with wave.open(io.BytesIO(body)) as sound:
        data = np.frombuffer(sound.readframes(sound.getnframes()), np.int16).reshape(-1, sound.getnchannels())
        return data, sound.getframerate()


async def test_a_tone_sounds_over_what_is_hidden(door: Door, reader: httpx.AsyncClient, call: str) -> None:
    response = await reader.get(f"/v1/conversations/{call}/recording", params={"masked": True})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "audio/wav"
    body, _ = samples(response.content)
    raw, _ = samples((await door.ours.get(f"/v1/conversations/{call}/recording")).content)
    assert body.shape == raw.shape
    part = await reader.get(
        f"/v1/conversations/{call}/recording", params={"masked": True}, headers={"Range": "bytes=0-99"}
    )
    assert (part.status_code, len(part.content)) == (206, 100)


async def test_keys_without_the_scope_hear_tones_and_who_hears_everything_is_written_down(
    door: Door, reader: httpx.AsyncClient, call: str
) -> None:
    plain = await reader.get(f"/v1/conversations/{call}/recording")
    assert (plain.headers["content-type"], plain.headers["cache-control"]) == ("audio/wav", "no-store")
    before = len((await masking.audited(door.db, "ours")).items)
    async with await door.client("ours", Scope.READ, Scope.UNMASK) as listener:
        ours = await listener.get(f"/v1/conversations/{call}/recording")
    assert ours.headers["cache-control"].startswith("private")
    assert ours.headers["etag"] != plain.headers["etag"]
    now = (await masking.audited(door.db, "ours")).items
    assert (len(now), now[0].what) == (before + 1, "recording")


async def test_a_hundred_seeks_hide_no_earlier_look(door: Door, call: str) -> None:
    """Ranges of one recording are written down once a minute (twice where the minute ends meanwhile), and the log has pages."""
    assert (await door.ours.get(f"/v1/conversations/{call}/transcript", params={"unmasked": "true"})).status_code == 200
    newest = (await masking.audited(door.db, "ours", limit=1)).items[0].id
    async with await door.client("ours", Scope.READ, Scope.UNMASK) as listener:
        for start in range(30):
            heard = await listener.get(f"/v1/conversations/{call}/recording", headers={"Range": f"bytes={start}-"})
            assert heard.status_code == 206
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        reply = (await door.ours.get("/v1/unmaskings", params={"limit": 1, **cursor})).json()
        found += reply["items"]
        if reply["next_cursor"] is None:
            break
        cursor = {"cursor": reply["next_cursor"]}
    later = [one.id for one in (await masking.audited(door.db, "ours")).items if one.id > newest]
    assert 1 <= len(later) <= 2
    assert [one["what"] for one in found[: len(later) + 1]] == ["recording"] * len(later) + ["transcript"]


async def test_a_workspace_may_let_every_reader_hear_everything(
    door: Door, reader: httpx.AsyncClient, call: str
) -> None:
    await door.ours.put("/v1/masking", json={"recordings": False})
    try:
        plain = await reader.get(f"/v1/conversations/{call}/recording")
        assert plain.headers["cache-control"].startswith("private")
    finally:
        await door.ours.put("/v1/masking", json={})


def test_the_tone_covers_its_span_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "b.wav"
    with target.open("wb") as file:
        assert bleep.write(io.BytesIO(wav([np.full(8000, 7, np.int16)] * 2)), "wav", file, [(250, 500)]) == 8000
    heard, rate = samples(target.read_bytes())
    assert rate == 8000
    assert (heard[:2000] == 7).all()
    assert (heard[4000:] == 7).all()
    assert not (heard[2000:4000] == 7).all(axis=1).any()
    assert np.abs(heard[2000:4000]).max() > 2000
