"""Keeper takes transcripts into the index of searching: masked, new ones and those from before, and none twice."""

from pathlib import Path

import pytest
from auricle_contracts import Role, Transcript, Turn
from auricle_keeper.indexing import TranscriptIndex
from auricle_masking import Detector
from auricle_records import conversations, paths, results
from auricle_records.blobs import BlobStore
from auricle_records.conversations import Filters
from auricle_records.runs import RunRow
from fixtures.tenant import Tenant, an_evaluation

SAID = "Меня зовут Светлана Орлова, мой номер 8 926 123-45-67, перезвоните по доставке."


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load(Path("prompts"))


@pytest.fixture
def index(tenant: Tenant, blobs: BlobStore, detector: Detector) -> TranscriptIndex:
    return TranscriptIndex(tenant.db, blobs, detector)


async def evaluated(tenant: Tenant, blobs: BlobStore, *said: str) -> RunRow:
    run = await tenant.begin(await tenant.chat())
    turns = tuple(Turn(id=at, participant="customer", role=Role.CUSTOMER, text=text) for at, text in enumerate(said, 1))
    transcript = Transcript(conversation_id=run.conversation_id, language="ru", turns=turns)
    key = paths.turns(tenant.workspace, run.conversation_id, run.revision)
    await blobs.put_bytes(key, transcript.model_dump_json().encode())
    await results.commit_evaluation(tenant.db, run, an_evaluation(run))
    return run


async def found(tenant: Tenant, words: str) -> list[str]:
    page = await conversations.page(tenant.db, tenant.workspace, Filters(text=words))
    return [turn.text for one in page.matches.values() for turn in one.turns]


async def test_what_is_personal_is_neither_found_nor_shown(
    tenant: Tenant, blobs: BlobStore, index: TranscriptIndex
) -> None:
    await evaluated(tenant, blobs, SAID)
    assert await index.round() == 1
    assert await index.round() == 0, "none twice"
    (shown,) = await found(tenant, "доставка")
    assert "[…]" in shown
    assert "Орлов" not in shown
    assert "926" not in shown
    for words in ("Светлана", "Орлова", "926", '"8 926 123"', "имя", "телефон"):
        assert await found(tenant, words) == [], words


async def test_every_workspace_is_indexed_and_what_cannot_be_read_stops_nothing(
    tenant: Tenant, blobs: BlobStore, index: TranscriptIndex
) -> None:
    run = await tenant.begin(await tenant.chat())
    await results.commit_evaluation(tenant.db, run, an_evaluation(run))  # its blob is not there
    broken = await evaluated(tenant, blobs, SAID)
    await blobs.put_bytes(paths.turns(tenant.workspace, broken.conversation_id, broken.revision), b"{")
    neighbour = await tenant.neighbour()
    for one in (tenant, neighbour):
        await evaluated(one, blobs, SAID)
    assert await index.round() == 4
    assert await index.round() == 0
    assert len(await found(tenant, "доставка")) == len(await found(neighbour, "доставка")) == 1
