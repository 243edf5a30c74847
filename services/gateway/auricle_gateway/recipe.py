"""Which recipe a new conversation gets: everything that makes its result, pinned when it comes in."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auricle_contracts import Level, Recipe
from auricle_contracts.canaries import Side
from auricle_contracts.digests import COMPRESSION
from auricle_contracts.vocabularies import VocabularyView
from auricle_criteria import Bundle, ErrorClass, Library
from auricle_criteria.adapters import JUDGE, Adapter
from auricle_criteria.pins import changed_rules_pin, rules_pin
from auricle_languages.pack import load_packs, version_of
from auricle_records import canaries, recipes, vocabularies, workspaces
from auricle_records.database import Database

from auricle_gateway.artefacts.live import Composed, LiveArtefacts

CONDENSE = "condense"
CHOICES_SECONDS = 5.0


@dataclass(frozen=True)
class Choices:
    """What a workspace has chosen that makes its results."""

    deepest: Level = Level.HARD
    vocabulary: VocabularyView = field(default_factory=VocabularyView)


AS_SHIPPED = Choices()


@dataclass(frozen=True)
class Pinned:
    """The recipe of this process's settings as shipped, and what each workspace's live pointers make of it.

    `condensed` workspaces have the meaning of talk from the model, by the prompt `condense`: that is another recipe.
    So are each depth of compression and each vocabulary that a workspace chooses; a choice made at another gateway holds here
    after `CHOICES_SECONDS`.
    """

    recipe: Recipe
    live: LiveArtefacts
    condensed: frozenset[str] = frozenset()
    condense: str = ""
    _known_in: set[tuple[str, str]] = field(default_factory=set, compare=False, repr=False)
    _choices: dict[str, tuple[float, Choices]] = field(default_factory=dict, compare=False, repr=False)

    async def for_workspace(self, db: Database, workspace: str) -> str:
        """The recipe's hash; the first time, its row is made for the workspace (rows of recipes are never removed).

        Scorecard, prompts, flow, classes and vocabulary are kept beside it: its runs can be worked on after pointers and files have
        changed.
        """
        return await self.for_composed(db, workspace, await self.live.of(db, workspace))

    async def for_conversation(self, db: Database, workspace: str, conversation_id: str) -> str:
        """The same for one conversation: a candidate's recipe where the canary that runs holds it."""
        composed = await self.live.of(db, workspace)
        if composed.trying is None or composed.canary is None:
            return await self.for_composed(db, workspace, composed)
        side = Side.CANARY if composed.trying.holds(conversation_id) else Side.LIVE
        recipe = await self.for_composed(db, workspace, composed.canary if side is Side.CANARY else composed)
        if (composed.trying.id, recipe) not in self._known_in:
            await canaries.note_recipe(db, workspace, composed.trying.id, recipe, side)
            self._known_in.add((composed.trying.id, recipe))
        return recipe

    async def for_composed(self, db: Database, workspace: str, composed: Composed) -> str:
        """The same of what need not be live: what a dry run is judged by, and a canary's share."""
        chosen, bundle = await self._chosen(db, workspace), composed.bundle
        own = self.of(workspace, chosen, bundle, composed.library.adapters.get(JUDGE))
        if (workspace, own.hash) not in self._known_in:
            await self.live.seed(db, workspace)
            await recipes.pin(db, workspace, own, bundle.body(), chosen.vocabulary.terms)
            self._known_in.add((workspace, own.hash))
        return own.hash

    async def choices(self, db: Database, workspace: str) -> Mapping[str, tuple[str, ...]]:
        """What may be chosen under the workspace's scorecard, by criterion."""
        return (await self.live.of(db, workspace)).bundle.scorecard.choices

    async def classes(self, db: Database, workspace: str) -> Mapping[str, ErrorClass]:
        """The workspace's whole checklist by id, of which people choose when they add a finding."""
        return (await self.live.of(db, workspace)).library.classes

    def of(
        self,
        workspace: str,
        chosen: Choices = AS_SHIPPED,
        bundle: Bundle | None = None,
        adapter: Adapter | None = None,
    ) -> Recipe:
        """The recipe of this workspace, which has chosen so; without a bundle, as shipped.

        An adapter is asked by a name that holds its content's hash, so its weights are not pinned once more.
        """
        told: dict[str, Any] = {"compression": self.condense} if workspace in self.condensed else {}
        if bundle:
            rules = changed_rules_pin(self.recipe.rules, bundle.rule_changes)
            told |= {"scorecard": bundle.scorecard.pin, "flow": bundle.flow_pin, "rules": rules}
        told |= {"adapter": adapter.pin, "language_model": adapter.served, "weights": None} if adapter else {}
        told |= {"deepest": chosen.deepest, "vocabulary": chosen.vocabulary.version}
        return self.recipe.model_copy(update=told)

    def forget_choices(self, workspace: str) -> None:
        """It has chosen anew."""
        self._choices.pop(workspace, None)

    async def _chosen(self, db: Database, workspace: str) -> Choices:
        now = time.monotonic()
        until, chosen = self._choices.get(workspace, (now, Choices()))
        if until <= now:
            depth = await workspaces.depth(db, workspace)
            chosen = Choices(depth.deepest, await vocabularies.get(db, workspace))
            self._choices[workspace] = (now + CHOICES_SECONDS, chosen)
        return chosen


def speech_named(model: str, by_language: Mapping[str, str]) -> str:
    """What hears, as the recipe says it: the weights' names without their folders, each language with its own behind them."""
    routes = [f"{language}:{_named(folder)}" for language, folder in sorted(by_language.items())]
    return " ".join([_named(model), *routes])


def _named(model: str) -> str:
    return Path(model).name or model


def read(
    prompts: Path,
    *,
    scorecard: str,
    speech_model: str,
    model_name: str,
    condensed: Collection[str] = (),
    weights: str = "",
) -> Pinned:
    """Hash what prompts/ says; `weights` is the hash of those that judge, as the model server tells it, empty: any will do.

    Raises BadArtefact or UnknownArtefact when it cannot be used.
    """
    library = Library.read(prompts)
    live = LiveArtefacts(library, scorecard)
    bundle = live.as_shipped.bundle
    return Pinned(
        Recipe(
            scorecard=bundle.scorecard.pin,
            flow=bundle.flow_pin,
            language_model=model_name,
            speech_model=speech_model,
            rules=rules_pin(prompts),
            compressor=f"{COMPRESSION}/{version_of(load_packs(prompts / 'languages').values())}",
            weights=weights or None,
        ),
        live,
        frozenset(condensed),
        library.prompts[CONDENSE].pin,
    )
