"""Settings become parts; the only constructor of the service."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from auricle_contracts import Step
from auricle_criteria import Bundle, Library
from auricle_judging import ModelClient
from auricle_judging.calibration import Calibration
from auricle_kit.drain import Drain
from auricle_kit.metering import Meter
from auricle_kit.sealing import Keyring
from auricle_masking import Detector
from auricle_records import worker_uptime
from auricle_records.blobs import BlobStore, open_store
from auricle_records.database import Database
from auricle_records.grants import SCORER
from auricle_records.runs import PostgresRunStore, RunRow
from auricle_records.worker_uptime import WorkerIdentity
from auricle_streams import Consumer, Leases, Streams, Worker

from auricle_scorer.adapters import AdapterModels
from auricle_scorer.comparing import Comparison
from auricle_scorer.judgement import Doubt
from auricle_scorer.llm_step import PromptRunner
from auricle_scorer.message_history import AgentMessageHistory
from auricle_scorer.metered import Metered
from auricle_scorer.neighbours import Neighbours
from auricle_scorer.pinned_recipe import PinnedRecipes
from auricle_scorer.privacy import Privacy
from auricle_scorer.readiness import Readiness
from auricle_scorer.scoring import Scorer
from auricle_scorer.settings import ScorerSettings
from auricle_scorer.worker import Evaluate, ModelSettings


@dataclass(frozen=True)
class Parts:
    """The worker's loop, and what its health server shows."""

    worker: Worker[RunRow]
    readiness: Readiness


@asynccontextmanager
async def wire(settings: ScorerSettings, leases: Leases, drain: Drain) -> AsyncIterator[Parts]:
    """Everything open and connected; closed in reverse order."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(Database.connect(settings.database_url, role=SCORER))
        streams = await stack.enter_async_context(Streams.connect(settings.redis_url))
        store = open_store(settings.blob_url)
        stack.push_async_callback(store.close)
        neighbours = await neighbours_of(settings, stack)
        model = await stack.enter_async_context(model_client(settings))
        readiness = await stack.enter_async_context(Readiness(model, neighbours).watching())
        meter = Meter(share=settings.model_share)
        post = WorkerIdentity.now("scorer", lambda: settings.model_device)
        await stack.enter_async_context(worker_uptime.reporting(db, meter, post))
        flow = scorer(settings, neighbours, model)
        handler = _handler(settings, db, store, flow, readiness, meter, AdapterModels(model))
        worker = Worker(
            Consumer(streams, Step.EVALUATE, leases.consumer, settings.lease_policy), PostgresRunStore(db), handler,
            leases=leases, drain=drain, ready=readiness.ready, concurrency=settings.scorer_concurrency,
            drain_seconds=settings.drain_seconds,
        )  # fmt: skip
        yield Parts(worker, readiness)


def scorer(settings: ScorerSettings, neighbours: Neighbours, model: ModelClient) -> Scorer:
    """The flow of the scorecard that the settings name. Raises BadArtefact for a folder that cannot be used."""
    library = Library.read(settings.prompts_dir)
    runner = PromptRunner(neighbours, Metered(model))
    doubt = Doubt(settings.min_role_confidence, settings.min_heard_confidence)
    comparison = Comparison(runner, settings.raw_share)
    calibration = Calibration.read(settings.calibration) if settings.calibration else None
    return Scorer(
        Bundle.of(library, settings.scorecard),
        neighbours,
        runner,
        doubt,
        settings.max_windows,
        settings.prompt_shots,
        comparison,
        calibration,
    )


async def neighbours_of(settings: ScorerSettings, stack: AsyncExitStack) -> Neighbours:
    """Compressor and rules, over a client that `stack` closes."""
    http = httpx.AsyncClient(timeout=settings.neighbour_timeout_seconds, trust_env=False)
    await stack.enter_async_context(http)
    return Neighbours(http, settings.compressor_url.rstrip("/"), settings.rules_url.rstrip("/"))


def model_client(settings: ScorerSettings) -> ModelClient:
    """The model that the settings name."""
    return ModelClient(
        settings.model_url, settings.model_name, api_key=settings.model_api_key.get_secret_value(),
        timeout_s=settings.model_timeout_seconds,
    )  # fmt: skip


def _handler(
    settings: ScorerSettings,
    db: Database,
    store: BlobStore,
    flow: Scorer,
    readiness: Readiness,
    meter: Meter,
    adapters: AdapterModels,
) -> Evaluate:
    keyring = Keyring.parse(settings.masking_keys.get_secret_value())
    privacy = Privacy(db, Detector.load(settings.prompts_dir), keyring)
    history = AgentMessageHistory(db, settings.past_messages)
    pinned = PinnedRecipes(db, Library.read(settings.prompts_dir))
    told = ModelSettings(
        settings.model_device, settings.model_context, settings.model_weights or None, settings.model_reasoning
    )
    return Evaluate(db, store, flow, pinned, readiness, privacy, history, meter, told, adapters)
