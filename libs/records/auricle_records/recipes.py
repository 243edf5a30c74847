"""Recipes by content hash. Writes the table `recipes`, which only grows."""

from collections.abc import Mapping, Sequence
from typing import Any

from auricle_contracts import Recipe
from auricle_contracts.vocabularies import version_of
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.tables import recipes

ARTEFACTS, TERMS = "artefacts", "terms"  # beside the recipe's own fields in its row


async def pin(
    db: Database,
    workspace: str,
    recipe: Recipe,
    artefacts: Mapping[str, Any] | None = None,
    terms: Sequence[str] = (),
) -> str:
    """Keep the recipe under its hash, with the content of what it names (`terms`: its vocabulary), and return the hash.

    Callers pin when a recipe becomes live, not for each conversation.
    """
    kept = {ARTEFACTS: dict(artefacts or {}), TERMS: list(terms)}
    body = recipe.model_dump(mode="json", exclude_none=True) | {
        name: content for name, content in kept.items() if content
    }
    values = {"workspace_id": workspace, "hash": recipe.hash, "body": body}
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(recipes).values(values).on_conflict_do_nothing())
    return recipe.hash


async def load(db: Database, workspace: str, recipe_hash: str) -> Recipe:
    """Raises NotFound."""
    return (await load_with_artefacts(db, workspace, recipe_hash))[0]


async def load_with_artefacts(
    db: Database, workspace: str, recipe_hash: str
) -> tuple[Recipe, Mapping[str, Any] | None]:
    """The recipe, and the content that was kept with it, None where there is none. Raises NotFound."""
    body = await _body(db, workspace, recipe_hash)
    return _recipe(body), body.get(ARTEFACTS)


async def vocabulary(db: Database, workspace: str, recipe_hash: str) -> tuple[str, ...]:
    """The terms of the recipe's vocabulary, none where it pins none. Raises NotFound, also where others were kept than it pins."""
    body = await _body(db, workspace, recipe_hash)
    terms = tuple(body.get(TERMS, ()))
    if version_of(terms) != _recipe(body).vocabulary:
        raise NotFound(f"recipe {recipe_hash} has lost its vocabulary")
    return terms


async def _body(db: Database, workspace: str, recipe_hash: str) -> Mapping[str, Any]:
    async with db.transaction(workspace) as connection:
        body = await connection.scalar(select(recipes.c.body).where(recipes.c.hash == recipe_hash))
    if body is None:
        raise NotFound(f"no recipe {recipe_hash}")
    return dict(body)


def _recipe(body: Mapping[str, Any]) -> Recipe:
    return Recipe.model_validate({name: value for name, value in body.items() if name not in (ARTEFACTS, TERMS)})
