"""The settings of the local model server."""

from pathlib import Path

from auricle_kit.settings import Settings as KitSettings
from pydantic import Field


class Settings(KitSettings):
    """Which weights, and how much of the machine they may use."""

    port: int = Field(8083, ge=0, le=65535, description="Port of the OpenAI-compatible server.")
    judge_dir: Path = Field(
        Path("models/judge"), description="Folder with serving.yaml, the GGUF base and its adapters."
    )
    llm_context: int = Field(4096, ge=512, description="Context of one request, in tokens.")
    llm_slots: int = Field(2, ge=1, le=64, description="Requests that are worked on at once.")
    llm_threads: int = Field(
        1,
        ge=0,
        description="Threads of the engine, 0 for every core. A small model gains nothing from more: its threads wait for each "
        "other by spinning, and beside busy neighbours two took 21 s for what one did in 0.45 s.",
    )
