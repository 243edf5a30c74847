"""What the compressor is told from outside."""

from pathlib import Path

from auricle_kit.settings import Settings
from pydantic import Field, SecretStr


class CompressorSettings(Settings):
    """Read by `wiring` only."""

    prompts_dir: Path = Field(Path("prompts"), description="Folder of prompts, rules and language packs.")
    port: int = Field(8081, ge=0, le=65535, description="Port of the compressor.")
    model_url: str = Field("", description="OpenAI-compatible address of the language model, ending in /v1.")
    model_name: str = Field("judge", description="Model whose tokenizer counts.")
    condense_model: str = Field(
        "", description="Model that tells dropped talk in a line, for those who ask; empty: none."
    )
    condense_timeout_seconds: float = Field(20.0, gt=0, description="How long such a line may take.")
    model_api_key: SecretStr = Field(SecretStr("none"), description="Bearer key of the model server.")
    tokenize_timeout_seconds: float = Field(1.0, gt=0, description="How long a count may wait for the model server.")
    tokenize_retry_seconds: float = Field(30.0, gt=0, description="Pause after a tokenizer that did not answer.")
