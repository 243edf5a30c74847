"""What the routes are made of; `wiring` is the only place that makes one."""

from dataclasses import dataclass
from typing import Annotated

from auricle_kit.egress import Policy
from auricle_records.blobs import BlobStore
from auricle_records.database import Database
from auricle_records.runs import Desk
from auricle_streams import Streams
from fastapi import Depends, Request

from auricle_gateway.prices import PriceBook
from auricle_gateway.privacy import Privacy
from auricle_gateway.rates import Rates
from auricle_gateway.recipe import Pinned
from auricle_gateway.signing import Signer
from auricle_gateway.tokens import Callers
from auricle_gateway.workers import Workers


@dataclass(frozen=True)
class Limits:
    """How much one request may bring."""

    recording_bytes: int
    json_bytes: int
    duration_ms: int
    upload_seconds: int


@dataclass(frozen=True)
class Parts:
    """Stores, limits and policies, in one frozen value per process."""

    db: Database
    store: BlobStore
    callers: Callers
    streams: Streams
    desk: Desk
    queue_cap: int
    pinned: Pinned
    prices: PriceBook
    rates: Rates
    limits: Limits
    egress: Policy
    signer: Signer
    workers: Workers
    privacy: Privacy
    page_url: str | None


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(_parts)]
