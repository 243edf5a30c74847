"""What the rules service is told from outside."""

from pathlib import Path

from auricle_kit.settings import Settings
from pydantic import Field


class RulesSettings(Settings):
    """Read by `wiring` only."""

    prompts_dir: Path = Field(Path("prompts"), description="Folder of prompts, rules and language packs.")
    port: int = Field(8082, ge=0, le=65535, description="Port of the rules service.")
    min_heard_confidence: float = Field(
        0.5, ge=0, le=1, description="Answers on words heard less surely than this are undetermined."
    )
