"""What the routes are made of; `wiring` is the only place that makes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from auricle_kit.egress import Policy
from auricle_records.blobs import BlobStore
from auricle_records.database import Database
from auricle_records.runs import PostgresRunStore
from auricle_streams import Streams
from fastapi import Depends, Request

from auricle_gateway.access.rates import Rates
from auricle_gateway.access.tokens import Callers
from auricle_gateway.artefacts.rules_check import RulesService
from auricle_gateway.conversations.sse import ProgressFeed
from auricle_gateway.costs.prices import PriceBook
from auricle_gateway.hooks.registry import Hooks
from auricle_gateway.intake.publishing import Publisher
from auricle_gateway.intake.storage_quota import StorageQuota
from auricle_gateway.operations.worker_health import Workers
from auricle_gateway.recipe import Pinned
from auricle_gateway.redaction.audio import RedactedAudio
from auricle_gateway.redaction.privacy import Privacy
from auricle_gateway.rest.body_slots import BodySlots
from auricle_gateway.sessions.sign_in import SignIn
from auricle_gateway.trainings.bases import Training
from auricle_gateway.uploads.signing import Signer


@dataclass(frozen=True)
class Limits:
    """How much one request may bring, and how long it may take."""

    recording_bytes: int
    json_bytes: int
    duration_ms: int
    upload_seconds: int
    receiving_stale_seconds: float


@dataclass(frozen=True)
class Parts:
    """Stores, limits and policies, in one frozen value per process. `judges`: the pins of the release's judges, by id."""

    db: Database
    store: BlobStore
    callers: Callers
    streams: Streams
    run_store: PostgresRunStore
    queue_cap: int
    publisher: Publisher
    pinned: Pinned
    prices: PriceBook
    rates: Rates
    limits: Limits
    storage_quota: StorageQuota
    body_slots: BodySlots
    egress: Policy
    signer: Signer
    workers: Workers
    privacy: Privacy
    redacted_audio: RedactedAudio
    progress_feed: ProgressFeed
    page_url: str | None
    sign_in: SignIn
    hooks: Hooks
    judges: Mapping[str, str]
    rules: RulesService
    training: Training


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(_parts)]
