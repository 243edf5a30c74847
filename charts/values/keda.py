"""Values of keda/."""

from typing import Any

from pydantic import Field

from values.closed import Closed


class Redis(Closed):
    address: str = Field(pattern="^([a-zA-Z0-9.-]+:[0-9]+)?$", description="host:port; empty: the trial Redis.")
    tls: bool = Field(description="TLS towards Redis.")
    secret: str = Field(
        description="Secret with Redis's password; empty: none is asked for. The trial Redis has its own."
    )
    secret_key: str = Field(min_length=1, description="Key of the password in it.")


class Scaling(Closed):
    enabled: bool = Field(description="Make its ScaledObject; off where it does not run in this cluster.")
    max_replicas: int = Field(ge=1, description="Most pods.")
    entries_per_replica: int = Field(ge=1, description="Entries, waiting and in flight, for one pod.")
    wake_above: int = Field(
        ge=0, description="Entries that do not wake it from zero yet; above 0 the last ones wait until more come."
    )
    cooldown_seconds: int = Field(ge=0, description="Time with nothing to do before the last pod goes.")
    up_pods: int = Field(ge=1, description="Pods that may come within 30 s.")
    down_window_seconds: int = Field(ge=60, description="For how long fewer pods must have been enough.")
    down_period_seconds: int = Field(ge=1, le=1800, description="One pod goes in this time.")


class KedaValues(Closed):
    """Values of keda/."""

    enabled: bool = Field(description="Make the ScaledObjects; off: each workload stays at one pod.")
    redis: Redis
    asr: Scaling
    vllm: Scaling
    scorer: Scaling
    global_: dict[str, Any] = Field(default_factory=dict, alias="global", description="Helm's own.")
