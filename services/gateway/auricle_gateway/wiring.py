"""Settings → parts. The only place that opens anything."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from auricle_contracts import Step
from auricle_kit.egress import DEFAULT_PORTS, Policy
from auricle_kit.sealing import Keyring
from auricle_masking import Detector
from auricle_records.blobs import open_store
from auricle_records.database import Database
from auricle_records.runs import Desk
from auricle_streams import Streams

from auricle_gateway import recipe
from auricle_gateway.parts import Limits, Parts
from auricle_gateway.prices import PriceBook
from auricle_gateway.privacy import Privacy
from auricle_gateway.rates import Rates
from auricle_gateway.settings import GatewaySettings
from auricle_gateway.signing import Signer
from auricle_gateway.tokens import Callers
from auricle_gateway.workers import Workers


@asynccontextmanager
async def open_parts(settings: GatewaySettings) -> AsyncIterator[Parts]:
    """Everything that the routes need, closed again at the end. Raises what is wrong with prompts/ before anything is opened."""
    pinned = recipe.read(
        settings.prompts_dir,
        scorecard=settings.scorecard,
        speech_model=settings.speech_model,
        model_name=settings.model_name,
        condensed=settings.condensed_workspaces,
    )
    prices = PriceBook.read(settings.prompts_dir / "prices")
    detector = Detector.load(settings.prompts_dir)
    keyring = Keyring.parse(settings.masking_keys.get_secret_value())
    store = open_store(settings.blob_url)
    workers = Workers(_worker_urls(settings))
    try:
        async with (
            Database.connect(settings.database_url, pool_size=settings.database_pool) as db,
            Streams.connect(settings.redis_url) as streams,
        ):
            yield Parts(
                db=db,
                store=store,
                callers=Callers(db),
                streams=streams,
                desk=Desk(db),
                queue_cap=settings.queue_cap,
                pinned=pinned,
                prices=prices,
                rates=Rates(settings.rate_per_minute, settings.redis_url, streams.redis.connection_pool),
                limits=_limits(settings),
                egress=_egress(settings),
                signer=_signer(settings),
                workers=workers,
                privacy=Privacy(db, detector, keyring),
                page_url=settings.console_url,
            )
    finally:
        await workers.close()
        await store.close()


def _worker_urls(settings: GatewaySettings) -> dict[Step, str]:
    urls = {Step.TRANSCRIBE: settings.asr_url, Step.EVALUATE: settings.scorer_url}
    return {step: url.rstrip("/") for step, url in urls.items() if url}


def _limits(settings: GatewaySettings) -> Limits:
    return Limits(
        recording_bytes=settings.max_recording_bytes,
        json_bytes=settings.max_json_bytes,
        duration_ms=settings.max_duration_seconds * 1000,
        upload_seconds=settings.upload_seconds,
    )


def _egress(settings: GatewaySettings) -> Policy:
    ports = frozenset(DEFAULT_PORTS[scheme] for scheme in settings.fetch_schemes) | {8443}
    return Policy(
        schemes=settings.fetch_schemes,
        ports=ports,
        max_bytes=settings.max_recording_bytes,
        total_seconds=settings.fetch_seconds,
    )


def _signer(settings: GatewaySettings) -> Signer:
    secret = settings.upload_secret.get_secret_value() if settings.upload_secret else secrets.token_hex(32)
    return Signer(secret.encode(), settings.public_url)
