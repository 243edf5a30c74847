"""An adapter as the registry keeps it: what it was trained on and by what, and which files it is; the files lie where engines read them."""

from typing import Annotated

from auricle_contracts import Contract
from pydantic import Field, StringConstraints

from auricle_criteria.artefact import Artefact

JUDGE = "judge"
"""The only name that decides: the adapter that judges a workspace's conversations."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Inside = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$")]
Told = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AdapterFile(Contract):
    """A file of the adapter's folder, by its content."""

    path: Inside
    sha256: Sha256


class Adapter(Artefact):
    """`base` is the base's name, `base_hash` the SHA-256 of its weights as they were trained on; `data` the data set's hash; `prompts` the
    pins of the prompts that it was taught.
    """

    base: Told
    base_hash: Sha256
    data: Told
    rank: Annotated[int, Field(ge=1, le=512)]
    prompts: Annotated[tuple[Told, ...], Field(max_length=50)] = ()
    files: Annotated[tuple[AdapterFile, ...], Field(min_length=1, max_length=20)]

    @property
    def served(self) -> str:
        """What model servers call it, and its folder: by content, so that two versions never share a name."""
        return f"{self.id}-{self.hash}"
