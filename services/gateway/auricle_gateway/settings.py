"""What the gateway can be told. Read by `wiring` only."""

from pathlib import Path
from typing import Literal

from auricle_contracts import Language
from auricle_records.conversations import RECEIVING_STALE_S
from auricle_streams import StreamSettings
from pydantic import Field, IPvAnyNetwork, SecretStr

MIB = 1024 * 1024


class GatewaySettings(StreamSettings):
    """Environment `AURICLE_<FIELD>`."""

    port: int = Field(8080, ge=0, le=65535, description="Port of the REST door.")
    public_url: str = Field(
        "http://127.0.0.1:8080",
        alias="AURICLE_GATEWAY_URL",
        description="How clients reach this gateway; in signed upload URLs.",
    )
    console_url: str | None = Field(
        None, pattern=r"^https?://", description="How people reach the review page; Excel files link to it."
    )
    database_url: str = Field(description="postgresql+asyncpg://… of the application role.")
    database_pool: int = Field(8, ge=1, description="Connections to Postgres.")
    blob_url: str = Field(description="file:///folder or s3://bucket/prefix?endpoint=…")
    prompts_dir: Path = Field(Path("prompts"), description="Scorecards, prompts, rules and price files.")

    asr_url: str | None = Field(None, description="asr's health page, to tell what waiting calls wait for.")
    scorer_url: str | None = Field(None, description="scorer's health page, likewise.")
    rules_url: str = Field(
        "http://127.0.0.1:8082", description="The rules service, which checks rules and detectors before they are kept."
    )

    masking_keys: SecretStr = Field(
        SecretStr(""), description="Opens reverse maps; the same value as scorer's. Empty: placeholders stay closed."
    )
    scorecard: str = Field("sales", description="Id of the scorecard that new conversations are judged by.")
    speech_model: str = Field("models/speech", description="Named in the recipe; the same value as asr's.")
    speech_models: dict[Language, str] = Field(
        default_factory=dict, description="Named in the recipe beside it, by language; the same value as asr's."
    )
    model_name: str = Field("judge", description="Named in the recipe; the same value as scorer's.")
    model_weights: str = Field(
        "", description="Hash of the weights that judge, as the model server tells it; empty: the recipe pins none."
    )
    condensed_workspaces: tuple[str, ...] = Field(
        (),
        description="Ids of the workspaces whose dropped talk a model tells in a line (JSON list); docs/compression.md.",
    )

    training_driver: Literal["off", "process", "kubernetes"] = Field(
        "off", description="How keeper starts trainings; the same value as keeper's. `off`: none can be asked for."
    )

    max_recording_bytes: int = Field(512 * MIB, gt=0, description="Largest recording, however it comes.")
    max_json_bytes: int = Field(16 * MIB, gt=0, description="Largest JSON body.")
    large_bodies_at_once: int = Field(
        4, ge=1, description="JSON bodies and sheets above 128 KiB that are held in memory at the same time."
    )
    storage_quota_mib: int = Field(
        0,
        ge=0,
        description="What one workspace may keep in recordings and texts as received, in MiB; 0 is no limit. Beyond it 507.",
    )
    max_duration_seconds: int = Field(4 * 3600, gt=0, description="Longest conversation that is taken as turns.")
    max_event_streams: int = Field(200, ge=1, description="Event streams of conversations that may be open at once.")
    redactions_at_once: int = Field(2, ge=1, description="Recordings that are redacted at the same time.")
    redaction_memory_mib: int = Field(
        192, ge=128, description="Address space of each; all of them must fit beside the gateway into its memory limit."
    )
    rate_per_minute: int = Field(
        6000, ge=0, description="Requests that one API key may send in a minute; 0 is no limit."
    )
    unknown_keys_per_minute: int = Field(
        60, ge=0, description="Unknown API keys that one address may try in a minute; 0 is no limit."
    )
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        (),
        description="Networks of proxies whose X-Forwarded-For says where a request came from (JSON list); none: nobody's is believed.",
    )
    session_idle_seconds: int = Field(
        8 * 3600, ge=60, description="How long a person stays signed in without a request."
    )
    session_seconds: int = Field(7 * 86400, ge=60, description="How long a person stays signed in at most.")
    sign_ins_per_minute: int = Field(
        10, ge=0, description="Sign-ins that may be tried for one e-mail in a minute; 0 is no limit."
    )
    reset_link_seconds: int = Field(
        86400, ge=60, le=14 * 86400, description="How long the one-time link that sets a password is good for."
    )
    oidc_issuer: str = Field(
        "", description="The identity provider's issuer, as its tokens name it; empty: people sign in by password only."
    )
    oidc_client_id: str = Field("", description="How this installation is registered there.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The secret of that registration.")
    oidc_redirect_url: str = Field(
        "", description="Where the provider sends browsers back to; empty: `/sign-in/oidc` of the review page."
    )
    receiving_stale_seconds: float = Field(
        RECEIVING_STALE_S,
        gt=0,
        description="How long a gateway may not have renewed a conversation that it receives until a retry may begin anew.",
    )
    upload_seconds: int = Field(900, gt=0, le=86400, description="How long an upload URL is good for.")
    upload_secret: SecretStr | None = Field(
        None,
        description="Signs upload URLs of the folder store; set it when several gateways run. Default: a new one at each start.",
    )
    fetch_seconds: float = Field(120.0, gt=0, description="Longest time that fetching a recording_url may take.")
    fetch_schemes: frozenset[str] = Field(
        frozenset({"https"}), description="Schemes of recording_url and webhook targets."
    )
