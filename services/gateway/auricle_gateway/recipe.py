"""Which recipe a new conversation gets: everything that makes its result, pinned when it comes in."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auricle_contracts import Recipe
from auricle_criteria import Library
from auricle_records import recipes
from auricle_records.database import Database

CONDENSE = "condense"


@dataclass(frozen=True)
class Pinned:
    """The recipe of this process's settings, and what may be chosen under its scorecard, by criterion.

    `condensed` workspaces have the meaning of talk from the model, by the prompt `condense`: that is another recipe.

    A live pointer per workspace replaces it when scorecards are rows.
    """

    recipe: Recipe
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    condensed: frozenset[str] = frozenset()
    condense: str = ""
    _known_in: set[str] = field(default_factory=set, compare=False, repr=False)

    async def for_workspace(self, db: Database, workspace: str) -> str:
        """The recipe's hash; the first time, its row is made for the workspace (rows of recipes are never removed)."""
        own = self.of(workspace)
        if workspace not in self._known_in:
            await recipes.pin(db, workspace, own)
            self._known_in.add(workspace)
        return own.hash

    def of(self, workspace: str) -> Recipe:
        """The recipe of this workspace."""
        if workspace not in self.condensed:
            return self.recipe
        return self.recipe.model_copy(update={"compression": self.condense})


def read(
    prompts: Path, *, scorecard: str, speech_model: str, model_name: str, condensed: Collection[str] = ()
) -> Pinned:
    """Hash what prompts/ says. Raises BadArtefact or UnknownArtefact when it cannot be used."""
    library = Library.read(prompts)
    card = library.scorecard(scorecard)
    return Pinned(
        Recipe(
            scorecard=card.pin,
            flow="+".join(prompt.pin for prompt in library.prompts_of(card)),
            language_model=model_name,
            speech_model=Path(speech_model).name or speech_model,
            rules=f"rules@{hash_of_folders(prompts / 'rules', prompts / 'languages', prompts / 'masking')}",
        ),
        card.choices,
        frozenset(condensed),
        library.prompts[CONDENSE].pin,
    )


def hash_of_folders(*folders: Path) -> str:
    """First 16 hex digits over names and bytes of the folders' YAML files."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            digest.update(f"{folder.name}/{path.name}".encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
