"""Which recipe a new conversation gets: everything that makes its result, pinned when it comes in."""

import hashlib
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auricle_contracts import Level, Recipe
from auricle_criteria import Library
from auricle_records import recipes, workspaces
from auricle_records.database import Database

CONDENSE = "condense"
DEPTH_SECONDS = 5.0


@dataclass(frozen=True)
class Pinned:
    """The recipe of this process's settings, and what may be chosen under its scorecard, by criterion.

    `condensed` workspaces have the meaning of talk from the model, by the prompt `condense`: that is another recipe.
    So is each depth of compression that a workspace chooses; a choice made at another gateway holds here after `DEPTH_SECONDS`.

    A live pointer per workspace replaces it when scorecards are rows.
    """

    recipe: Recipe
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    condensed: frozenset[str] = frozenset()
    condense: str = ""
    _known_in: set[tuple[str, str]] = field(default_factory=set, compare=False, repr=False)
    _depths: dict[str, tuple[float, Level]] = field(default_factory=dict, compare=False, repr=False)

    async def for_workspace(self, db: Database, workspace: str) -> str:
        """The recipe's hash; the first time, its row is made for the workspace (rows of recipes are never removed)."""
        own = self.of(workspace, await self._deepest(db, workspace))
        if (workspace, own.hash) not in self._known_in:
            await recipes.pin(db, workspace, own)
            self._known_in.add((workspace, own.hash))
        return own.hash

    def of(self, workspace: str, deepest: Level = Level.HARD) -> Recipe:
        """The recipe of this workspace, which lets its conversations be cut so deep."""
        told = {"compression": self.condense} if workspace in self.condensed else {}
        return self.recipe.model_copy(update={**told, "deepest": deepest})

    def forget_depth(self, workspace: str) -> None:
        """It has chosen anew."""
        self._depths.pop(workspace, None)

    async def _deepest(self, db: Database, workspace: str) -> Level:
        now = time.monotonic()
        until, deepest = self._depths.get(workspace, (now, Level.HARD))
        if until <= now:
            deepest = (await workspaces.depth(db, workspace)).deepest
            self._depths[workspace] = (now + DEPTH_SECONDS, deepest)
        return deepest


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
