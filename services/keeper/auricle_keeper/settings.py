"""What keeper can be told: how often each job has its round, and when a thing counts as old. Read by `wiring` only."""

from pathlib import Path
from typing import Annotated, Literal, Self

from auricle_records.conversations import RECEIVING_STALE_S
from auricle_streams import StreamSettings
from pydantic import AfterValidator, Field, SecretStr, model_validator


def _ascii(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().isascii():
        raise ValueError("smtplib signs in with ASCII passwords only; make one of such letters")
    return secret


class KeeperSettings(StreamSettings):
    """Environment `AURICLE_<FIELD>`."""

    port: int = Field(9103, ge=0, le=65535, description="Port of health and metrics; 0 is none.")
    database_url: str = Field(description="postgresql+asyncpg://… of the application role.")
    blob_url: str = Field(description="file:///folder or s3://bucket/prefix?endpoint=…")

    feed_seconds: float = Field(1.0, gt=0, description="Between rounds of the feeder.")
    feed_after_seconds: float = Field(
        2.0, ge=0, description="How long a run may wait without an entry before the feeder publishes it for its maker."
    )
    sweep_seconds: float = Field(5.0, gt=0, description="Between rounds of the sweeper.")
    sweep_after_seconds: float = Field(
        5.0, ge=0, description="How long a run must not have changed before its entry is looked for."
    )
    consumers_seconds: float = Field(600.0, gt=0, description="Between rounds over idle consumers.")
    consumer_idle_seconds: float = Field(3600.0, gt=0, description="Silence after which an empty consumer is removed.")

    outbox_seconds: float = Field(0.5, gt=0, description="Between rounds of the outbox.")
    webhook_seconds: float = Field(15.0, gt=0, le=45, description="Longest time that one delivery may take.")
    masking_keys: SecretStr = Field(
        SecretStr(""),
        description="Opens and seals webhook secrets and reverse maps; the same value as gateway's. Empty: they are kept plain.",
    )
    secrets_seconds: float = Field(
        60.0, gt=0, description="Between rounds that seal webhook secrets and reverse maps under the first key."
    )
    fetch_schemes: frozenset[str] = Field(
        frozenset({"https"}), description="Schemes of recording_url and webhook targets."
    )

    receiving_seconds: float = Field(10.0, gt=0, description="Between rounds over given-up uploads.")
    receiving_stale_seconds: float = Field(
        RECEIVING_STALE_S,
        gt=0,
        description="How long a gateway may not have renewed a conversation that it receives until it counts as given up.",
    )
    tombstones_seconds: float = Field(10.0, gt=0, description="Between rounds over deleted conversations.")
    tombstone_pause_seconds: float = Field(
        60.0, ge=0, description="Between two looks at one deleted conversation's prefix."
    )
    orphans_seconds: float = Field(30.0, gt=0, description="Between rounds over what dead workers left behind.")
    orphan_after_seconds: float = Field(
        60.0,
        ge=0,
        description="How long a conversation's runs must have ended before its blobs are compared with its rows.",
    )
    retention_seconds: float = Field(300.0, gt=0, description="Between rounds over what workspaces no longer keep.")
    events_seconds: float = Field(300.0, gt=0, description="Between rounds over events that were sent or given up.")
    sent_events_seconds: float = Field(7 * 86400.0, ge=0, description="How long an event is kept after it was sent.")
    dead_events_seconds: float = Field(
        30 * 86400.0, ge=0, description="How long an event, also one of a hook, is kept after it was given up."
    )
    gate_traces_seconds: float = Field(
        30 * 86400.0, ge=0, description="How long it is kept what a gate asked of golden items."
    )
    triage_seconds: float = Field(
        3.0, gt=0, description="Between rounds that send evaluations and contested answers to the review queue."
    )
    index_seconds: float = Field(
        2.0, gt=0, description="Between rounds that take what was evaluated into the index of transcripts."
    )
    prompts_dir: Path = Field(Path("prompts"), description="Folder of language packs and masking words.")
    sample_seconds: float = Field(300.0, gt=0, description="Between rounds that fill up each agent's weekly sample.")
    drift_seconds: float = Field(
        3600.0, gt=0, description="Between looks at how often people change what the machine said, for /metrics."
    )
    outliers_seconds: float = Field(
        3600.0,
        gt=0,
        description="Between looks at which of last week's conversations lie far from others of their kind.",
    )
    review_claim_seconds: float = Field(
        12 * 3600.0, gt=0, description="How long a reviewer may have an item that they took, until it is given back."
    )
    gauges_seconds: float = Field(5.0, gt=0, description="Between measurements for /metrics.")

    smtp_host: str = Field("", description="Mail server; empty: nobody is written to.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port: 587 for STARTTLS, 465 for TLS.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is encrypted; `none` is for a server on the same machine."
    )
    smtp_user: str = Field("", description="Who signs in there; empty: nobody does.")
    smtp_password: Annotated[SecretStr, AfterValidator(_ascii)] = Field(
        SecretStr(""), description="Its password, of ASCII letters."
    )
    mail_from: str = Field("auricle@localhost", description="Who mails are from.")
    mail_language: Literal["ru", "en"] = Field("ru", description="Language of mails to whom chose none.")
    mail_seconds: float = Field(15.0, gt=0, description="Between rounds of notices.")
    mail_gather_seconds: int = Field(60, ge=0, description="How long a notice waits for others to share its mail.")
    mail_digest_seconds: int = Field(
        86400, ge=1, description="How often findings are told of, counted from 06:00 UTC: a day's are one mail."
    )
    mail_pause_seconds: float = Field(900.0, ge=0, description="Least time between two mails to one person.")
    alerts_seconds: float = Field(60.0, gt=0, description="Between looks at the rules of alerts.")
    canaries_seconds: float = Field(30.0, gt=0, description="Between looks at candidates on a share of live traffic.")
    shadows_seconds: float = Field(10.0, gt=0, description="Between rounds that take up new conversations for shadows.")
    alert_deliveries_seconds: float = Field(1.0, gt=0, description="Between rounds that tell of alerts.")
    training_driver: Literal["off", "process", "kubernetes"] = Field(
        "off",
        description="How trainings that were asked for are started: as a process of this machine, or as a Job of the cluster.",
    )
    training_secret: SecretStr = Field(
        SecretStr(""),
        description="Makes the keys of trainings' jobs; the same value as the trainer's. Needed by a driver.",
    )
    trainings_seconds: float = Field(5.0, gt=0, description="Between looks at trainings.")
    trainings_at_once: int = Field(1, ge=1, description="Jobs of trainings that are under way at once.")
    training_dir: Path = Field(Path("trainings"), description="Driver `process`: folder of data sets and checkpoints.")
    training_command: tuple[str, ...] = Field(
        ("python", "-m", "auricle_cli", "train", "job"), description="Driver `process`: what a job is (JSON list)."
    )
    training_cronjob: str = Field(
        "auricle-trainer", description="Driver `kubernetes`: the suspended CronJob that Jobs are made from."
    )
    kubernetes_url: str = Field("https://kubernetes.default.svc", description="Driver `kubernetes`: the API.")
    kubernetes_account: Path = Field(
        Path("/var/run/secrets/kubernetes.io/serviceaccount"),
        description="Driver `kubernetes`: folder with token, ca.crt and namespace of the pod's account.",
    )
    console_url: str = Field("http://localhost:8090", description="Address of the page, for links in mails and alerts.")

    @model_validator(mode="after")
    def _a_driver_has_a_secret(self) -> Self:
        if self.training_driver != "off" and len(self.training_secret.get_secret_value()) < 16:
            raise ValueError("AURICLE_TRAINING_DRIVER needs AURICLE_TRAINING_SECRET of 16 characters or more")
        return self
