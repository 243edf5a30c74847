"""Recipes by content hash. Writes the table `recipes`, which only grows."""

from collections.abc import Mapping
from typing import Any

from auricle_contracts import Recipe
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.tables import recipes

ARTEFACTS = "artefacts"  # beside the recipe's own fields in its row


async def pin(db: Database, workspace: str, recipe: Recipe, artefacts: Mapping[str, Any] | None = None) -> str:
    """Keep the recipe under its hash, with the content of what it names, and return the hash.

    Callers pin when a recipe becomes live, not for each conversation.
    """
    body = recipe.model_dump(mode="json") | ({ARTEFACTS: dict(artefacts)} if artefacts else {})
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
    async with db.transaction(workspace) as connection:
        body = await connection.scalar(select(recipes.c.body).where(recipes.c.hash == recipe_hash))
    if body is None:
        raise NotFound(f"no recipe {recipe_hash}")
    kept = dict(body)
    artefacts = kept.pop(ARTEFACTS, None)
    return Recipe.model_validate(kept), artefacts
