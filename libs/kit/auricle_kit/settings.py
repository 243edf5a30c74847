"""The settings that every process has. A service subclasses this once, in its `settings` module, and only its `wiring` reads it."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment as `AURICLE_<FIELD>`; frozen, so that what a process started with is what it runs with."""

    model_config = SettingsConfigDict(env_prefix="AURICLE_", frozen=True, extra="ignore", env_ignore_empty=True)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is written.")
    log_format: Literal["json", "console"] = Field(
        "json", description="`console` is for people, `json` for collectors."
    )
    trace_file: str | None = Field(None, description="Append finished spans to this file, one JSON object a line.")
    otlp_endpoint: str | None = Field(None, description="OTLP/HTTP collector, for example http://otel:4318/v1/traces.")
    bind_host: str = Field("127.0.0.1", description="Address that HTTP servers listen on; 0.0.0.0 in containers.")
    drain_seconds: float = Field(20.0, gt=0, description="After SIGTERM, how long work in flight may take to end.")
