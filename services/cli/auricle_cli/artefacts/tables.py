"""Versions and promotions as tables."""

import json
from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

Json = dict[str, Any]
MOST_FIGURES = 6


def versions_table(versions: Sequence[Json], title: str) -> Table:
    """One line a version."""
    names = ("artefact", "version", "state", "used", "held", "author", "note")
    table = _table(title, names)
    for one in versions:
        marks = ("yes" if one["in_use"] else "", "yes" if one["held"] else "")
        table.add_row(
            escape(f"{one['kind']}/{one['name']}@{one['hash'][:8]}"), str(one["version"]), one["state"], *marks,
            escape(author(one, "author")), escape(one["note"]),
        )  # fmt: skip
    return table


def history_table(versions: Sequence[Json]) -> Table:
    """One line a version: what was measured of it, and for which classes and criteria it answers."""
    table = _table(
        "Versions, newest first", ("hash", "version", "state", "author", "figures", "serves", "note", "written")
    )
    for one in versions:
        table.add_row(
            one["hash"], str(one["version"]), one["state"], escape(author(one, "author")),
            escape(figures(one["figures"])), escape(served(one["serves"])), escape(one["note"]), one["created_at"][:16],
        )  # fmt: skip
    return table


def promotions_table(promotions: Sequence[Json]) -> Table:
    """One line a move of the live pointer."""
    table = _table("Promotions, newest first", ("when", "what", "from", "to", "who", "reason", "evidence"))
    for one in promotions:
        table.add_row(
            one["created_at"][:16], one["action"].replace("_", " "), place(one, "from"), place(one, "to"),
            escape(author(one, "actor")), escape(one["reason"]), escape(figures(one["evidence"])),
        )  # fmt: skip
    return table


def place(promotion: Json, side: str) -> str:
    """A version by its hash; what came with a release says so."""
    hashed = promotion[f"{side}_hash"]
    if hashed is None:
        return "nothing"
    return str(hashed[:8]) if promotion[f"{side}_held"] else f"{hashed[:8]} (shipped)"


def author(one: Json, field: str) -> str:
    """A name, else the key's id."""
    return "shipped" if one[f"{field}_kind"] == "shipped" else str(one[f"{field}_name"] or one[field])


def figures(told: Json) -> str:
    """The first few, by name; of a gate its verdict."""
    words = [f"{name} {_figure(value)}" for name, value in told.items()]
    return ", ".join(words[:MOST_FIGURES]) + (" …" if len(words) > MOST_FIGURES else "")


def gate(version: Json) -> str:
    """What the gate said of a version, in a line."""
    told = version["figures"].get("gate")
    return f"gate: {_figure(told)}, {told.get('at', '')}" if isinstance(told, dict) else "gate: it was never run"


def _figure(value: Any) -> str:
    if isinstance(value, dict) and "verdict" in value:
        return f"{value['verdict']} on {value.get('items', 0)} items"
    return value if isinstance(value, str) else json.dumps(value)


def served(names: Sequence[str]) -> str:
    """All of a few; of many, how many."""
    return ", ".join(names) if len(names) <= MOST_FIGURES else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _table(title: str, names: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in names:
        table.add_column(name)
    return table
