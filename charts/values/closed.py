"""What every model of values is: nothing but what is named, and what a container needs."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Closed(BaseModel):
    """Nothing but what is named; names as Helm's users write them."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True, strict=True)


class Named(BaseModel):
    """Nothing but what is named, in the names as they are."""

    model_config = ConfigDict(extra="forbid")


class Amounts(Closed):
    cpu: str | None = Field(None, pattern="^[0-9]+(m|\\.[0-9]+)?$", description="Cores.")
    memory: str | None = Field(None, pattern="^[0-9]+(Mi|Gi)$", description="Memory.")


class Resources(Closed):
    requests: Amounts = Field(description="What a pod is scheduled by.")
    limits: Amounts = Field(
        description="Memory above it ends the container; CPU is not limited, that would only throttle."
    )
