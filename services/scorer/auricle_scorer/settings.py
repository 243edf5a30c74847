"""The settings of the scorer."""

from pathlib import Path

from auricle_contracts.judges import Reasoning
from auricle_streams.settings import WorkerSettings
from pydantic import Field, SecretStr


class ScorerSettings(WorkerSettings):
    """Where the neighbours are, which model judges, and when it is not believed."""

    port: int = Field(9102, ge=0, le=65535, description="Health and metrics beside the worker; 0 turns them off.")
    database_url: str = Field(
        "postgresql+asyncpg://auricle_app@127.0.0.1:5432/auricle", description="Postgres, as the application's role."
    )
    blob_url: str = Field("file:///var/lib/auricle/blobs", description="Blob store: file:///folder or s3://bucket.")
    prompts_dir: Path = Field(Path("prompts"), description="Folder of scorecards and prompts.")
    scorecard: str = Field("sales", description="Scorecard that conversations are evaluated by.")
    compressor_url: str = Field("http://127.0.0.1:8081", description="Address of the compressor.")
    rules_url: str = Field("http://127.0.0.1:8082", description="Address of the rules service.")
    neighbour_timeout_seconds: float = Field(120.0, gt=0, description="How long compressor and rules may take.")
    model_url: str = Field("http://127.0.0.1:8083/v1", description="OpenAI-compatible model server, ending in /v1.")
    model_name: str = Field("judge", description="Model that judges, as the server calls it.")
    model_api_key: SecretStr = Field(SecretStr("none"), description="Bearer key of the model server.")
    model_timeout_seconds: float = Field(120.0, gt=0, description="How long one answer of the model may take.")
    model_weights: str = Field("", description="Hash of the judge's weights where the server does not tell its own.")
    model_device: str = Field("cpu", description="What the model server computes on, as the price file calls it.")
    model_share: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Part of the model server's time that this scorer answers for: one divided by the scorers in front of it.",
    )
    model_context: int = Field(4096, ge=512, description="Context in tokens where the server does not tell its own.")
    model_reasoning: Reasoning = Field(
        Reasoning.SHORT,
        description="Whether the model writes why before it answers (short, none), where the server does not tell.",
    )
    prompt_shots: int | None = Field(None, ge=0, description="Examples in the prompt; empty: as the prompt file says.")
    max_windows: int = Field(8, ge=1, description="Stretches of a long conversation that are read at most.")
    calibration: Path | None = Field(
        None, description="Curves from confidence to the share of right answers, made for this model and these prompts."
    )
    raw_share: float = Field(
        0.01, ge=0, le=1, description="Share of conversations that are read uncut too, to compare."
    )
    min_role_confidence: float = Field(0.6, ge=0, le=1, description="Below it nobody knows who the agent is.")
    min_heard_confidence: float = Field(0.5, ge=0, le=1, description="Quotes heard less surely leave the answer open.")
    masking_keys: SecretStr = Field(
        SecretStr(""),
        description="id:base64 of 32 bytes, several by commas; the first seals reverse maps. Empty: none are kept.",
    )
    past_messages: int = Field(
        10_000, ge=0, description="Masked messages kept of each agent, to find templates again; 0 keeps none."
    )
    scorer_concurrency: int = Field(4, ge=1, le=256, description="Conversations that are evaluated at once.")
