"""What scorecards and prompts have in common: an id, a version, an author's note, and a hash of what they say."""

import hashlib
import json
from functools import cached_property
from typing import Annotated, Self

from auricle_contracts import Contract
from pydantic import Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Title(Contract):
    """A title in the two languages of the page."""

    ru: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=120)]

    def in_language(self, language: str) -> str:
        """The title in `ru` or `en`; anything else reads English."""
        return self.ru if language == "ru" else self.en


class Artefact(Contract):
    """A versioned file of prompts/. Immutable: another content is another artefact."""

    id: Name
    version: Annotated[int, Field(ge=1)]
    note: str

    def __copy__(self) -> Self:
        """Without the hash: `model_copy` changes what it was made from."""
        copied = super().__copy__()
        copied.__dict__.pop("hash", None)
        return copied

    @cached_property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of the content as sorted JSON: comments and layout of the file do not count."""
        body = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()[:16]

    @property
    def pin(self) -> str:
        """How a recipe names it: `id@hash`."""
        return f"{self.id}@{self.hash}"
