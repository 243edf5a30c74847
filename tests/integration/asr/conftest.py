"""A tenant with the asr worker in it: real Postgres, Redis, blob folder and HTTP; the speech server is scripted."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from auricle_asr.settings import AsrSettings
from auricle_asr.speech.engine import SpeechEngine
from auricle_asr.speech.faster_whisper_engine import FasterWhisperEngine, WhisperOptions
from auricle_asr.speech.openai_engine import OpenAiSpeechEngine, ServerOptions
from auricle_asr.wiring import Parts, wire
from auricle_cli.stack.ports import any_free
from auricle_contracts import Message, Priority, Step, stream_of
from auricle_kit.drain import Drain
from auricle_records import runs
from auricle_records.blobs import BlobStore, open_store
from auricle_records.database import Database
from auricle_records.runs import RunRow
from auricle_streams import OwnLeases, Streams
from fastapi import FastAPI
from fixtures import scripted_speech
from fixtures.tenant import Tenant, a_call
from integration.asr import speech_server

MODEL = Path(__file__).parents[3] / "models" / "speech"
WEIGHTS = Path(os.environ.get("AURICLE_TEST_SPEECH_MODEL", MODEL))
CALLS = Path(__file__).parents[2] / "data" / "calls"


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The app on a port of its own; its address, ending in /v1."""
    port = any_free()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it no other way)
        await asyncio.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.should_exit = True
        await running


@dataclass
class AsrHarness:
    """Posts recordings and waits for what becomes of them."""

    tenant: Tenant
    store: BlobStore
    streams: Streams
    parts: Parts
    settings: AsrSettings

    async def post(self, body: bytes, **changes: object) -> RunRow:
        """A stored recording with its published run."""
        received = await self.tenant.receive(a_call(**changes))
        recording = self.tenant.recording(received)
        await self.store.put_bytes(recording.blob_key, body)
        run = await self.tenant.store(received, recording)
        entry_id = await self.streams.publish(run.stream, run.message)
        assert await runs.PostgresRunStore(self.tenant.db).published(run.id, expected=None, entry_id=entry_id)
        return run

    async def ended(self, run: RunRow, *, seconds: float = 90.0) -> RunRow:
        """The run when it is done or dead."""
        async with asyncio.timeout(seconds):
            while True:
                found = await runs.get(self.tenant.db, run.workspace, run.id)
                if found.state in ("done", "dead"):
                    return found
                await asyncio.sleep(0.05)

    async def waiting_to_be_scored(self) -> list[Message]:
        """The runs that the worker handed on."""
        entries = await self.streams.redis.xrange(stream_of(Step.EVALUATE, Priority.LIVE))
        return [Message(run_id=fields[b"run_id"].decode()) for _, fields in entries]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[BlobStore]:
    opened = open_store(f"file://{tmp_path / 'blobs'}")
    yield opened
    await opened.close()


@asynccontextmanager
async def working(
    database: Database,
    postgres_url: str,
    redis_url: str,
    streams: Streams,
    store: BlobStore,
    tmp_path: Path,
    **settings: Any,
) -> AsyncIterator[AsrHarness]:
    """A worker at work, and a workspace that posts to it."""
    chosen = AsrSettings(
        database_url=postgres_url, redis_url=redis_url, blob_url=f"file://{tmp_path / 'blobs'}", work_dir=tmp_path / "work",
        drain_seconds=5.0, **settings,
    )  # fmt: skip
    tenant, drain = await Tenant(database).open(), Drain()
    async with OwnLeases(streams, "asr-test") as leases, wire(chosen, leases, drain) as parts:
        watching = asyncio.create_task(parts.engine_loader.watch())
        loop = asyncio.create_task(parts.worker.run())
        yield AsrHarness(tenant, store, streams, parts, chosen)
        drain.stopping.set()
        await loop
        watching.cancel()


@pytest.fixture
async def asr(
    database: Database, postgres_url: str, redis_url: str, streams: Streams, store: BlobStore, tmp_path: Path
) -> AsyncIterator[AsrHarness]:
    """A worker that asks the scripted speech server."""
    async with (
        served(scripted_speech.app()) as url,
        working(
            database, postgres_url, redis_url, streams, store, tmp_path, speech_engine="openai", speech_url=url,
            speech_model="scripted-whisper",
        ) as opened,
    ):  # fmt: skip
        yield opened


@pytest.fixture(scope="session")
def local() -> FasterWhisperEngine:
    """The demo weights, loaded once."""
    return FasterWhisperEngine(WhisperOptions(str(WEIGHTS), device="cpu", beam_size=1))


@pytest.fixture(params=["local", "server"])
async def engine(request: pytest.FixtureRequest, local: FasterWhisperEngine) -> AsyncIterator[SpeechEngine]:
    """Each engine that understands the sample calls."""
    async with opened(request.param, local) as found:
        yield found


@asynccontextmanager
async def opened(kind: str, local: FasterWhisperEngine) -> AsyncIterator[SpeechEngine]:
    """The demo weights in this process, or behind a server."""
    if kind == "local":
        yield local
        return
    async with served(speech_server.app(local)) as url:
        remote = OpenAiSpeechEngine(ServerOptions(url, "demo", concurrency=2))
        yield remote
        await remote.close()
