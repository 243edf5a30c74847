"""Settings of whoever talks to the queue; a service's settings class inherits these."""

from auricle_kit.settings import Settings
from pydantic import Field

from auricle_streams.delivery import LeasePolicy


class StreamSettings(Settings):
    """For publishers (gateway, keeper)."""

    redis_url: str = Field("redis://127.0.0.1:6379/0", description="Redis 6.2 or newer, with AOF where work matters.")
    queue_cap: int = Field(
        10_000, gt=0, description="Entries in one stream above which runs wait in Postgres until keeper feeds them."
    )


class WorkerSettings(StreamSettings):
    """For workers (asr, scorer), read by their supervisor too."""

    lease_renew_ms: int = Field(1000, ge=50, description="How often a lease is renewed.")
    lease_missed: int = Field(3, ge=2, description="Renewals missed before another worker takes the run.")
    item_deadline_seconds: float = Field(
        1800.0, gt=0, description="Longest time on one run before it counts as crashed."
    )

    @property
    def lease_policy(self) -> LeasePolicy:
        """The lease as the consumer and the supervisor use it."""
        return LeasePolicy(self.lease_renew_ms, self.lease_missed, int(self.item_deadline_seconds * 1000))
