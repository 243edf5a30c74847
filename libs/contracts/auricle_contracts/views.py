"""Saved views of the list: what narrows it, its order, its period and its columns, under a name."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from auricle_contracts.contract import Contract

Word = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class ViewIn(Contract):
    """`query` are filters of GET /v1/conversations and `sort`, by name, each with its values. `days`: the last so many, in place of `since`
    and `until`. `columns` are criteria, in order; none: those that the page chooses. A shared view is for everybody of the workspace.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
    query: Annotated[dict[Word, Annotated[tuple[Word, ...], Field(max_length=20)]], Field(max_length=30)] = Field(
        default_factory=dict
    )
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    columns: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=64)], ...], Field(max_length=20)
    ] = ()
    is_shared: bool = False


class SavedView(ViewIn):
    """`is_mine`: the caller made it. `owner` is a person's name where a person did."""

    id: str
    is_mine: bool
    owner: str | None
    updated_at: datetime


class SavedViews(Contract):
    """One's own and the shared ones, by name."""

    items: tuple[SavedView, ...]
