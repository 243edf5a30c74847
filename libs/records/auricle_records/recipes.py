"""Recipes by content hash. Writes the table `recipes`, which only grows."""

from auricle_contracts import Recipe
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.tables import recipes


async def pin(db: Database, workspace: str, recipe: Recipe) -> str:
    """Keep the recipe under its hash and return the hash. Callers pin when a recipe becomes live, not for each conversation."""
    values = {"workspace_id": workspace, "hash": recipe.hash, "body": recipe.model_dump(mode="json")}
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(recipes).values(values).on_conflict_do_nothing())
    return recipe.hash


async def load(db: Database, workspace: str, recipe_hash: str) -> Recipe:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        body = await connection.scalar(select(recipes.c.body).where(recipes.c.hash == recipe_hash))
    if body is None:
        raise NotFound(f"no recipe {recipe_hash}")
    return Recipe.model_validate(body)
