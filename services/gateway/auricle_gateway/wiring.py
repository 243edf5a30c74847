"""Settings → parts. The only place that opens anything."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from auricle_contracts import Step
from auricle_criteria.judges import read_judges
from auricle_criteria.training_bases import read_bases
from auricle_identity.oidc import Client, Provider
from auricle_kit.egress import DEFAULT_PORTS, Policy
from auricle_kit.sealing import Keyring
from auricle_masking import Detector
from auricle_records.blobs import open_store
from auricle_records.database import Database
from auricle_records.grants import GATEWAY
from auricle_records.people.sessions import Lifetime
from auricle_records.runs import PostgresRunStore
from auricle_streams import Streams

from auricle_gateway import recipe
from auricle_gateway.access.rates import Rates
from auricle_gateway.access.tokens import Callers, UnknownKeys
from auricle_gateway.artefacts.rules_check import RulesService
from auricle_gateway.conversations.sse import ProgressFeed
from auricle_gateway.costs.prices import PriceBook
from auricle_gateway.hooks import worker
from auricle_gateway.hooks.integrations import read_integrations
from auricle_gateway.hooks.registry import Hooks
from auricle_gateway.intake.publishing import Publisher
from auricle_gateway.intake.storage_quota import StorageQuota
from auricle_gateway.operations.worker_health import Workers
from auricle_gateway.parts import Limits, Parts
from auricle_gateway.redaction.audio import RedactedAudio
from auricle_gateway.redaction.privacy import Privacy
from auricle_gateway.rest.body_slots import BodySlots
from auricle_gateway.sessions.sign_in import TOO_MANY_TRIES, SignIn
from auricle_gateway.settings import MIB, GatewaySettings
from auricle_gateway.trainings.bases import Training
from auricle_gateway.uploads.signing import Signer


@asynccontextmanager
async def open_parts(settings: GatewaySettings) -> AsyncIterator[Parts]:
    """Everything that the routes need, closed again at the end. Raises what is wrong with prompts/ before anything is opened."""
    pinned = recipe.read(
        settings.prompts_dir,
        scorecard=settings.scorecard,
        speech_model=recipe.speech_named(settings.speech_model, settings.speech_models),
        model_name=settings.model_name,
        condensed=settings.condensed_workspaces,
        weights=settings.model_weights,
    )
    integrations = read_integrations(settings.prompts_dir / "integrations")
    judges = {name: one.pin for name, one in read_judges(settings.prompts_dir).items()}
    prices = PriceBook.read(settings.prompts_dir / "prices")
    detector = Detector.load(settings.prompts_dir)
    keyring = Keyring.parse(settings.masking_keys.get_secret_value())
    store = open_store(settings.blob_url)
    workers = Workers(_worker_urls(settings))
    redacted_audio = RedactedAudio(
        store, at_once=settings.redactions_at_once, memory_bytes=settings.redaction_memory_mib * MIB
    )
    try:
        async with (
            Database.connect(settings.database_url, role=GATEWAY, pool_size=settings.database_pool) as db,
            Streams.connect(settings.redis_url) as streams,
            Publisher.running(db, streams, settings.queue_cap) as publisher,
            ProgressFeed.running(db, settings.max_event_streams) as progress_feed,
            httpx.AsyncClient() as http,
        ):
            parts = Parts(
                db=db,
                store=store,
                callers=Callers(db, UnknownKeys(settings.unknown_keys_per_minute), _lifetime(settings)),
                streams=streams,
                run_store=PostgresRunStore(db),
                queue_cap=settings.queue_cap,
                publisher=publisher,
                pinned=pinned,
                prices=prices,
                rates=Rates(settings.rate_per_minute, settings.redis_url, streams.redis.connection_pool),
                limits=_limits(settings),
                storage_quota=StorageQuota(db, settings.storage_quota_mib * MIB),
                body_slots=BodySlots(settings.large_bodies_at_once),
                egress=_egress(settings),
                signer=_signer(settings),
                workers=workers,
                privacy=Privacy(db, detector, keyring),
                redacted_audio=redacted_audio,
                progress_feed=progress_feed,
                page_url=settings.console_url,
                sign_in=_sign_in(settings, db, keyring, streams, http),
                hooks=Hooks(integrations, settings.public_url, UnknownKeys(settings.unknown_keys_per_minute)),
                judges=judges,
                rules=RulesService(http, settings.rules_url.rstrip("/")),
                training=Training(settings.training_driver != "off", read_bases(settings.prompts_dir)),
            )
            async with worker.running(parts):
                yield parts
    finally:
        await workers.close()
        await redacted_audio.close()
        await store.close()


def _sign_in(
    settings: GatewaySettings, db: Database, keyring: Keyring | None, streams: Streams, http: httpx.AsyncClient
) -> SignIn:
    pool = streams.redis.connection_pool
    return SignIn(
        db,
        keyring,
        _provider(settings, http),
        lifetime=_lifetime(settings),
        tries=Rates(settings.sign_ins_per_minute, settings.redis_url, pool, detail=TOO_MANY_TRIES),
        link_s=settings.reset_link_seconds,
    )


def _worker_urls(settings: GatewaySettings) -> dict[Step, str]:
    urls = {Step.TRANSCRIBE: settings.asr_url, Step.EVALUATE: settings.scorer_url}
    return {step: url.rstrip("/") for step, url in urls.items() if url}


def _limits(settings: GatewaySettings) -> Limits:
    return Limits(
        recording_bytes=settings.max_recording_bytes,
        json_bytes=settings.max_json_bytes,
        duration_ms=settings.max_duration_seconds * 1000,
        upload_seconds=settings.upload_seconds,
        receiving_stale_seconds=settings.receiving_stale_seconds,
    )


def _lifetime(settings: GatewaySettings) -> Lifetime:
    return Lifetime(settings.session_idle_seconds, settings.session_seconds)


def _provider(settings: GatewaySettings, http: httpx.AsyncClient) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    page = (settings.console_url or "").rstrip("/")
    return Provider(
        Client(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            redirect_url=settings.oidc_redirect_url or f"{page}/sign-in/oidc",
        ),
        http,
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
