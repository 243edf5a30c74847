"""What the gateway can be told. Read by `wiring` only."""

from pathlib import Path

from auricle_streams import StreamSettings
from pydantic import Field, SecretStr

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

    masking_keys: SecretStr = Field(
        SecretStr(""), description="Opens reverse maps; the same value as scorer's. Empty: placeholders stay closed."
    )
    scorecard: str = Field("sales", description="Id of the scorecard that new conversations are judged by.")
    speech_model: str = Field("models/speech", description="Named in the recipe; the same value as asr's.")
    model_name: str = Field("judge", description="Named in the recipe; the same value as scorer's.")
    condensed_workspaces: tuple[str, ...] = Field(
        (),
        description="Ids of the workspaces whose dropped talk a model tells in a line (JSON list); docs/compression.md.",
    )

    max_recording_bytes: int = Field(512 * MIB, gt=0, description="Largest recording, however it comes.")
    max_json_bytes: int = Field(16 * MIB, gt=0, description="Largest JSON body.")
    max_duration_seconds: int = Field(4 * 3600, gt=0, description="Longest conversation that is taken as turns.")
    rate_per_minute: int = Field(
        6000, ge=0, description="Requests that one API key may send in a minute; 0 is no limit."
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
