"""Our own services: one shape for all, and the settings that each may be told."""

from importlib import import_module
from typing import Any, Literal

from auricle_kit.settings import Settings
from pydantic import Field, create_model
from pydantic.config import JsonDict

from values.closed import Closed, Named, Resources

SERVICES = ("gateway", "asr", "compressor", "rules", "scorer", "keeper", "console", "llm")


def known_settings() -> dict[str, str]:
    """Every AURICLE_ variable of every service, with its description."""
    found: dict[str, str] = {}
    for service in SERVICES:
        module = import_module(f"auricle_{service}.settings")
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, Settings) and one.__module__ == module.__name__:
                for name, field in one.model_fields.items():
                    found.setdefault(field.alias or f"AURICLE_{name.upper()}", field.description or "")
    return found


NAMES: JsonDict = {"propertyNames": {"enum": [*sorted(known_settings())]}}


class Autoscale(Closed):
    min: int = Field(ge=1, description="Fewest pods.")
    max: int = Field(ge=1, description="Most pods.")
    cpu_percent: int = Field(
        ge=10, le=95, description="Mean CPU, in percent of the request, above which pods are added."
    )


class Service(Closed):
    enabled: bool = Field(True, description="Whether it runs.")
    image: Literal["cpu", "asr"] = Field("cpu", description="Which of `images`.")
    replicas: int = Field(1, ge=0, description="Pods, where neither KEDA nor an HPA decides.")
    port: int = Field(ge=1, le=65535, description="Port of HTTP, health and metrics.")
    env: dict[str, str] = Field({}, description="Settings of this service alone.", json_schema_extra=NAMES)
    secrets: dict[str, str] = Field({}, description="Setting → key of the Secret.", json_schema_extra=NAMES)
    calls: list[str] = Field(
        default_factory=list, description="Services that it talks to; the policies are made from this."
    )
    outside: bool = Field(False, description="Talks to addresses outside (S3, webhooks) on port 443.")
    priority: Literal["door", "work", "batch"] = Field("work", description="PriorityClass of k8s/.")
    budget: bool = Field(False, description="A PodDisruptionBudget of one; not for workloads that sleep.")
    autoscale: Autoscale | None = Field(None, description="An HPA on CPU.")
    pool: Literal["speech", "language"] | None = Field(None, description="Karpenter's pool of GPU nodes.")
    gpus: int = Field(0, ge=0, description="GPUs of one pod.")
    drain_seconds: int = Field(
        20, ge=1, le=100, description="Time for work in flight after SIGTERM; grace is 15 s more."
    )
    weights: str = Field(
        "",
        pattern="^(s3://.+)?$",
        description="Folder that is copied to /weights/<its name> before the start; the recipe names it so.",
    )
    resources: Resources = Field(description="What it needs.")


def optional(names: dict[str, str]) -> Any:
    """Fields for `create_model`, whose overloads cannot be told of fields that are counted at run time."""
    return {name: (str | None, Field(None, description=said)) for name, said in sorted(names.items())}


def each_service() -> Any:
    """Likewise: every service has the same shape."""
    return dict.fromkeys(sorted(SERVICES), (Service, ...))


Shared: Any = create_model("Shared", __base__=Named, **optional(known_settings()))
Services: Any = create_model("Services", __base__=Closed, **each_service())
