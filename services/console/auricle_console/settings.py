"""What the console is told from outside."""

from typing import Literal

from auricle_kit.settings import Settings
from pydantic import Field, SecretStr


class ConsoleSettings(Settings):
    """Read by `wiring` only."""

    port: int = Field(8090, ge=0, le=65535, description="Port of the review page.")
    gateway_url: str = Field("http://127.0.0.1:8080", description="Address of the gateway.")
    gateway_timeout_seconds: float = Field(20.0, gt=0, description="How long the page waits for the gateway.")
    prometheus_url: str | None = Field(None, description="Address of Prometheus, for the page's Operations.")
    console_secret: SecretStr | None = Field(
        None, description="Seals session cookies; set it when several consoles run. Default: a new one at each start."
    )
    console_session_hours: float = Field(12.0, gt=0, description="How long a login lasts.")
    console_cookie_secure: bool = Field(False, description="Send the session cookie over HTTPS only.")
    console_language: Literal["ru", "en"] = Field("ru", description="Language of a browser that asks for neither.")
    report_max_conversations: int = Field(100, ge=1, le=1000, description="Most conversations in one report file.")
    report_max_recording_bytes: int = Field(
        64 << 20, ge=0, description="Larger recordings are left out of report files."
    )
