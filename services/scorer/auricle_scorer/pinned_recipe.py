"""The pinned recipe: a run is evaluated by what it was pinned to, or waits for it, or ends with the reason. Never by something else.

scorecard, prompts   from the recipe's row, else from prompts/ where the content is the same
rules, compressor    their version in every reply
model, weights       what the server says that it serves; for one that does not tell its weights, what the settings say

A rolling deployment mixes versions for a while, so a part of another version is waited for; after that the run ends, and resending it
pins the current recipe.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from auricle_contracts import Recipe
from auricle_criteria import Bundle, Library
from auricle_records import recipes
from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.runs import RunRow

from auricle_scorer.errors import RecipePending, RecipeUnavailable

WAIT_S = 60.0
RESEND = "resend the run: it is then evaluated under the current recipe"


@dataclass(frozen=True)
class Pinned:
    """A recipe, with the scorecard and the prompts that it names."""

    recipe: Recipe
    bundle: Bundle


@dataclass(frozen=True)
class PinnedRecipes:
    """Loads recipes by run. Rows never change, so each is read once in a process."""

    db: Database
    library: Library
    loaded: dict[tuple[str, str], Pinned] = field(default_factory=dict)

    async def of(self, run: RunRow) -> Pinned:
        """Raises RecipeUnavailable."""
        key = run.workspace, run.recipe
        if key not in self.loaded:
            self.loaded[key] = await self._load(*key)
        return self.loaded[key]

    async def _load(self, workspace: str, recipe_hash: str) -> Pinned:
        try:
            recipe, artefacts = await recipes.load_with_artefacts(self.db, workspace, recipe_hash)
        except NotFound:
            raise RecipeUnavailable(f"there is no recipe {recipe_hash}", action=RESEND) from None
        kept = Bundle.kept(artefacts)
        candidates = [kept] if kept else []
        candidates += [Bundle.of(self.library, name) for name in self.library.scorecards]
        bundle = next((one for one in candidates if one.is_pinned_by(recipe)), None)
        if bundle is None:
            raise RecipeUnavailable(f"nobody has {recipe.scorecard} with {recipe.flow} any more", action=RESEND)
        return Pinned(recipe, bundle)


@dataclass(frozen=True)
class RecipeCheck:
    """What serves now beside what is pinned. A part of another version is waited for, each for a minute after it was first seen."""

    clock: Callable[[], float] = time.monotonic
    first_seen: dict[tuple[str, str, str], float] = field(default_factory=dict)

    def model(self, recipe: Recipe, name: str, weights: str | None) -> None:
        """Name and weights of the model. A recipe that pins no weights takes any."""
        self._same("model", recipe.language_model, name)
        if recipe.weights is not None:
            self._same("weights", recipe.weights, weights or "nothing")

    def rules(self, recipe: Recipe, version: str) -> None:
        """The version in a reply of the rules service."""
        self._same("rules", recipe.rules, version)

    def compressor(self, recipe: Recipe, version: str) -> None:
        """The version of a digest; what stands behind `+` is the prompt that told dropped talk."""
        if recipe.compressor is not None:
            self._same("compressor", recipe.compressor, version.partition("+")[0])

    def _same(self, part: str, pinned: str, served: str) -> None:
        """Raises RecipePending, or RecipeUnavailable when it was waited for long enough."""
        if pinned == served:
            return
        since = self.first_seen.setdefault((part, pinned, served), self.clock())
        told = f"the recipe pins {part} {pinned}, {served} serves"
        if self.clock() - since < WAIT_S:
            raise RecipePending(told)
        raise RecipeUnavailable(told, action=RESEND)
