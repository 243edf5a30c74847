"""Settings → parts. The only place that opens anything."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from auricle_kit.egress import DEFAULT_PORTS, Policy
from auricle_kit.errors import AuricleError
from auricle_kit.sealing import Keyring
from auricle_masking import Detector
from auricle_records.blobs import BlobStore, open_store
from auricle_records.database import Database
from auricle_records.grants import KEEPER
from auricle_streams import Streams

from auricle_keeper.alert_sending import AlertDeliveries
from auricle_keeper.alerts import Alerts
from auricle_keeper.canaries import Canaries
from auricle_keeper.cleaning import DeadHookEvents, GateTraces, Orphans, Receiving, Retention, SentEvents, Tombstones
from auricle_keeper.drift import Drift
from auricle_keeper.feeder import Feeder
from auricle_keeper.gauges import Gauges
from auricle_keeper.indexing import TranscriptIndex
from auricle_keeper.jobs import Job
from auricle_keeper.mail import Mailer, Server
from auricle_keeper.notices import Notices
from auricle_keeper.resealing import Keys, ReverseMaps
from auricle_keeper.review import Outliers, Sample, Triage
from auricle_keeper.sending import Outbox, SecretSealer
from auricle_keeper.settings import KeeperSettings
from auricle_keeper.shadows import Shadows
from auricle_keeper.sweeper import IdleConsumers, Sweeper
from auricle_keeper.trainings.kubernetes import Account, KubernetesJobs
from auricle_keeper.trainings.launching import Launcher
from auricle_keeper.trainings.processes import Processes
from auricle_keeper.trainings.rounds import Trainings
from auricle_keeper.webhook import Sender


@dataclass(frozen=True)
class Parts:
    """An open keeper."""

    db: Database
    streams: Streams
    blobs: BlobStore
    jobs: Sequence[Job]

    async def ready(self) -> dict[str, str]:
        """For `/readyz`: each store answers, or the code of what is wrong."""
        checks = {"postgres": self.db.check, "redis": self.streams.ping, "blobs": self.blobs.check}
        return {name: await _answer(check) for name, check in checks.items()}


@asynccontextmanager
async def open_parts(settings: KeeperSettings) -> AsyncIterator[Parts]:
    """Everything, closed again at the end. Stores are reached when they are first needed."""
    keyring = Keyring.parse(settings.masking_keys.get_secret_value())
    sender = Sender(_policy(settings), total_seconds=settings.webhook_seconds, keyring=keyring)
    blobs = open_store(settings.blob_url)
    try:
        async with (
            Database.connect(settings.database_url, role=KEEPER) as db,
            Streams.connect(settings.redis_url) as streams,
        ):
            yield Parts(db, streams, blobs, jobs(settings, db, streams, blobs, sender, keyring, _launcher(settings)))
    finally:
        await blobs.close()
        await sender.close()


def jobs(
    settings: KeeperSettings,
    db: Database,
    streams: Streams,
    blobs: BlobStore,
    sender: Sender,
    keyring: Keyring | None,
    launcher: Launcher | None = None,
) -> Sequence[Job]:
    """All that keeper does."""
    feeder = Feeder(db, streams, cap=settings.queue_cap, after_s=settings.feed_after_seconds)
    sweeper = Sweeper(db, streams, after_s=settings.sweep_after_seconds)
    consumers = IdleConsumers(streams, idle_s=settings.consumer_idle_seconds)
    receiving = Receiving(db, blobs, stale_s=settings.receiving_stale_seconds)
    tombstones = Tombstones(db, blobs, pause_s=settings.tombstone_pause_seconds)
    deliveries = Outbox(db, sender)
    mailer = Mailer(_mail_server(settings)) if settings.smtp_host else None
    telling = AlertDeliveries(db, sender, mailer, page_url=settings.console_url)
    index = TranscriptIndex(db, blobs, Detector.load(settings.prompts_dir))
    events = SentEvents(db, sent_s=settings.sent_events_seconds, dead_s=settings.dead_events_seconds)
    return (
        Job("feeder", settings.feed_seconds, feeder.round),
        Job("sweeper", settings.sweep_seconds, sweeper.round),
        Job("consumers", settings.consumers_seconds, consumers.round),
        # `due` holds each delivery back from the others, so that several keepers may send at once.
        Job("outbox", settings.outbox_seconds, deliveries.round, alone=False, finish=deliveries.finish),
        Job("receiving", settings.receiving_seconds, receiving.round),
        Job("tombstones", settings.tombstones_seconds, tombstones.round),
        Job("orphans", settings.orphans_seconds, Orphans(db, blobs, after_s=settings.orphan_after_seconds).round),
        Job("retention", settings.retention_seconds, Retention(db).round),
        *(_sealing(settings, db, keyring) if keyring else ()),
        Job("events", settings.events_seconds, events.round),
        Job("hook_events", settings.events_seconds, DeadHookEvents(db, dead_s=settings.dead_events_seconds).round),
        Job("gate_traces", settings.events_seconds, GateTraces(db, kept_s=settings.gate_traces_seconds).round),
        Job("triage", settings.triage_seconds, Triage(db).round),
        Job("index", settings.index_seconds, index.round),
        Job("sample", settings.sample_seconds, Sample(db, claimed_s=settings.review_claim_seconds).round),
        Job("drift", settings.drift_seconds, Drift(db).round, alone=False),
        Job("outliers", settings.outliers_seconds, Outliers(db).round),
        *(_mails(settings, db, mailer) if mailer else ()),
        Job("canaries", settings.canaries_seconds, Canaries(db).round),
        *(_trainings(settings, db, launcher) if launcher else ()),
        Job("shadows", settings.shadows_seconds, Shadows(db).round),
        Job("alerts", settings.alerts_seconds, Alerts(db).round),
        Job("alert_deliveries", settings.alert_deliveries_seconds, telling.round),
        Job("gauges", settings.gauges_seconds, Gauges(db, streams).round, alone=False),
    )


def _sealing(settings: KeeperSettings, db: Database, keyring: Keyring) -> Sequence[Job]:
    return (
        Job("secrets", settings.secrets_seconds, SecretSealer(db, keyring).round),
        Job("reverse_maps", settings.secrets_seconds, ReverseMaps(db, keyring).round),
        Job("keys", settings.secrets_seconds, Keys(db, keyring).round, alone=False),
    )


def _trainings(settings: KeeperSettings, db: Database, launcher: Launcher) -> Sequence[Job]:
    secret = settings.training_secret.get_secret_value()
    kept = Trainings(db, launcher, secret=secret, at_once=settings.trainings_at_once)
    return (Job("trainings", settings.trainings_seconds, kept.round, finish=kept.close),)


def _launcher(settings: KeeperSettings) -> Launcher | None:
    """None where none is wanted."""
    if settings.training_driver == "process":
        return Processes(settings.training_command, settings.training_dir, os.environ)
    if settings.training_driver == "kubernetes":
        return KubernetesJobs(Account(settings.kubernetes_url, settings.kubernetes_account), settings.training_cronjob)
    return None


def _mails(settings: KeeperSettings, db: Database, mailer: Mailer) -> Sequence[Job]:
    notices = Notices(
        db,
        mailer,
        page_url=settings.console_url,
        language=settings.mail_language,
        gather_s=settings.mail_gather_seconds,
        digest_s=settings.mail_digest_seconds,
        pause_s=settings.mail_pause_seconds,
    )
    return (Job("notices", settings.mail_seconds, notices.round),)


def _mail_server(settings: KeeperSettings) -> Server:
    return Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        sender=settings.mail_from,
    )


def _policy(settings: KeeperSettings) -> Policy:
    ports = frozenset(DEFAULT_PORTS[scheme] for scheme in settings.fetch_schemes) | {8443}
    return Policy(schemes=settings.fetch_schemes, ports=ports)


async def _answer(check: Callable[[], Awaitable[None]]) -> str:
    try:
        await check()
    except AuricleError as error:
        return error.code
    return "ok"
