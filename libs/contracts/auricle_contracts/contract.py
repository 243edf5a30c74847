"""The base of everything that crosses a process border: frozen, and closed to unknown fields so that a typo is an error."""

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A value that two services agree on. Compared by value, never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")
