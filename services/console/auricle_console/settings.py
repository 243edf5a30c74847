"""What the console is told from outside."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auricle_kit.settings import Settings
from pydantic import AfterValidator, Field, SecretStr


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is called {name}; give an IANA name, as Europe/Moscow") from None
    return name


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
    console_timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC", description="Time zone of the page's times and days, by its IANA name (Europe/Moscow)."
    )
    report_max_conversations: int = Field(100, ge=1, le=1000, description="Most conversations in one report file.")
    report_max_recording_bytes: int = Field(
        64 << 20, ge=0, description="Larger recordings are left out of report files."
    )
