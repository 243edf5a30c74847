"""The scorer's neighbours for real: compressor and rules on uvicorn, and two model servers, a scripted one and llama.cpp's."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from auricle_contracts import Recipe
from auricle_gateway import recipe
from auricle_judging import ModelClient, Retrying
from auricle_kit.drain import Drain
from auricle_llm.serving import MANIFEST
from auricle_records import paths, recipes, runs
from auricle_records.blobs import BlobStore, open_store
from auricle_records.database import Database
from auricle_records.runs import RunRow
from auricle_scorer.neighbours import Neighbours
from auricle_scorer.scoring import Scorer, Served
from auricle_scorer.settings import ScorerSettings
from auricle_scorer.wiring import Parts, scorer, wire
from auricle_streams import OwnLeases, Streams
from fastapi import FastAPI
from fixtures import vllm
from fixtures.scripted_model import Scripted, served
from fixtures.tenant import Tenant, a_chat
from integration.scorer.talks import SALE, Said, transcript

ROOT = Path(__file__).parents[3]
PROMPTS = ROOT / "prompts"
JUDGE = Path(os.environ.get("AURICLE_JUDGE_DIR", ROOT / "models" / "judge"))
QUICK = Retrying(attempts=3, base_s=0.01, cap_s=0.02)
WITHOUT_WEIGHTS = pytest.mark.skipif(not (JUDGE / MANIFEST).is_file(), reason="models/judge has no weights yet")


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[str]:
    """The app on a free port of this loop; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def compressor_and_rules(timeout_s: float = 30) -> AsyncIterator[Neighbours]:
    """Both services over the shipped prompts, the compressor without a model."""
    from auricle_compressor import app as compressor_app
    from auricle_compressor import wiring as compressor_wiring
    from auricle_compressor.settings import CompressorSettings
    from auricle_rules import app as rules_app
    from auricle_rules import wiring as rules_wiring
    from auricle_rules.settings import RulesSettings

    async with AsyncExitStack() as stack:
        cutting = await stack.enter_async_context(
            compressor_wiring.wire(CompressorSettings(prompts_dir=PROMPTS, model_url=""))
        )
        ruling = await stack.enter_async_context(rules_wiring.wire(RulesSettings(prompts_dir=PROMPTS)))
        compressor = await stack.enter_async_context(running(compressor_app.create_app(cutting)))
        rules = await stack.enter_async_context(running(rules_app.create_app(ruling)))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=timeout_s, trust_env=False))
        yield Neighbours(http, compressor, rules)


@pytest.fixture(scope="session")
async def neighbours() -> AsyncIterator[Neighbours]:
    """Compressor and rules over the shipped prompts."""
    async with compressor_and_rules() as both:
        yield both


@pytest.fixture(scope="session")
def scripted() -> Iterator[tuple[str, Scripted]]:
    """The scripted model server."""
    with served() as server:
        yield server


@pytest.fixture(scope="session")
async def llama() -> AsyncIterator[str]:
    """Our llm service over llama.cpp with the committed demo weights."""
    from auricle_llm import app, wiring
    from auricle_llm.settings import Settings

    async with wiring.wire(Settings(judge_dir=JUDGE)) as parts, running(app.create(parts)) as address:
        yield f"{address}/v1"


SERVERS = ["scripted", pytest.param("llama", marks=WITHOUT_WEIGHTS), *(["a_vllm"] if vllm.available() else [])]


@pytest.fixture(params=SERVERS)
def model_url(request: pytest.FixtureRequest) -> str:
    """Every server, one after the other: what holds for one must hold for the others."""
    given = request.getfixturevalue(request.param)
    if isinstance(given, vllm.Serving):
        return given.url
    return given if isinstance(given, str) else str(given[0])


@asynccontextmanager
async def scoring(neighbours: Neighbours, url: str, name: str = "judge", **changed: object) -> AsyncIterator[Scorer]:
    """The shipped scorecard's flow over a model of this server."""
    settings = ScorerSettings.model_validate({"prompts_dir": PROMPTS, "model_url": url, "model_name": name, **changed})
    async with ModelClient(url, name, retrying=QUICK) as client:
        yield scorer(settings, neighbours, client)


@dataclass
class ScorerHarness:
    """Posts text and waits for its evaluation."""

    tenant: Tenant
    store: BlobStore
    streams: Streams
    parts: Parts

    async def post(self, said: Said = SALE) -> RunRow:
        """A stored chat with its published run."""
        run = await self.store_chat(said)
        await self.publish(run)
        return run

    async def store_chat(self, said: Said = SALE) -> RunRow:
        """A chat whose run waits and is in no stream yet."""
        received = await self.tenant.receive(a_chat())
        body = self.tenant.turns(received)
        of = transcript(said).model_copy(update={"conversation_id": received.conversation_id})
        await self.store.put_bytes(body.blob_key, of.model_dump_json().encode())
        return await self.tenant.store(received, body)

    async def publish(self, run: RunRow) -> None:
        """Into its stream."""
        entry_id = await self.streams.publish(run.stream, run.message)
        assert await runs.PostgresRunStore(self.tenant.db).published(run.id, expected=None, entry_id=entry_id)

    async def ended(self, run: RunRow, *, seconds: float = 90.0) -> RunRow:
        """The run when it is done or dead."""
        async with asyncio.timeout(seconds):
            while True:
                found = await runs.get(self.tenant.db, run.workspace, run.id)
                if found.state in ("done", "dead"):
                    return found
                await asyncio.sleep(0.05)

    async def blobs(self, run: RunRow) -> list[str]:
        """What lies in the store for the conversation's first revision."""
        return [key async for key in self.store.list(paths.revision_prefix(run.workspace, run.conversation_id, 1))]


def shipped_recipe() -> Recipe:
    """What the door pins conversations to."""
    return recipe.read(PROMPTS, scorecard="sales", speech_model="tiny", model_name="judge").recipe


@asynccontextmanager
async def working(
    neighbours: Neighbours, database: Database, redis_url: str, folder: Path, **settings: object
) -> AsyncIterator[ScorerHarness]:
    """A worker at work, and a workspace that posts to it. `database_url` and `model_url` are the caller's to give."""
    given = {
        "redis_url": redis_url, "blob_url": f"file://{folder}", "prompts_dir": PROMPTS, "drain_seconds": 5.0,
        "compressor_url": neighbours.compressor_url, "rules_url": neighbours.rules_url,
    }  # fmt: skip
    chosen = ScorerSettings.model_validate(given | settings)
    tenant, drain = await Tenant(database).open(), Drain()
    tenant.recipe = await recipes.pin(database, tenant.workspace, shipped_recipe())
    async with (
        Streams.connect(redis_url) as streams,
        OwnLeases(streams, "scorer-test") as leases,
        wire(chosen, leases, drain) as parts,
    ):
        loop = asyncio.create_task(parts.worker.run())
        yield ScorerHarness(tenant, open_store(chosen.blob_url), streams, parts)
        drain.stopping.set()
        await loop


def demo(name: str = "judge", context: int = 4096) -> Served:
    """What `/v1/models` says of the demo judge."""
    return Served(name, "cpu", demo_weights=True, context=context)
