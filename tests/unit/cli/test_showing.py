"""What the terminal says of an agent is what the gateway said: its fields by the names of the API's own document."""

import json
from pathlib import Path

from auricle_cli.showing import agents_table
from rich.console import Console

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text("utf-8"))


def criterion(mean: float | None) -> dict[str, object]:
    return {"title": "x", "kind": "score", "answered": 1, "not_applicable": 0, "undetermined": 0, "mean": mean}


def test_means_of_the_answers_stand_in_the_table() -> None:
    answers = {"politeness": criterion(90.4), "objection_handling": criterion(None)}
    agent = {"agent": "a1", "name": "Ирина", "conversations": 3, "criteria": answers}
    shape = DOCUMENT["components"]["schemas"]["AgentView"]
    assert set(agent) <= set(shape["properties"])
    console = Console(record=True, width=100)
    console.print(agents_table([agent]))
    (row,) = [line for line in console.export_text().splitlines() if "Ирина" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["Ирина", "3", "90", "—", "—"]
