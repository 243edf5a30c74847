"""`python -m auricle_trainer.datasets`: build a data set, export labels to annotation tools."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from auricle_quality import golden_lines

from auricle_trainer.datasets import argilla, building, label_studio
from auricle_trainer.datasets.building import Wanted
from auricle_trainer.datasets.reading import Unreadable

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)


class Tool(StrEnum):
    """Annotation tools that labels go to."""

    ARGILLA = "argilla"
    LABEL_STUDIO = "label-studio"


@app.command()
def build(
    sources: Annotated[list[Path], typer.Argument(help=".xlsx, .jsonl, or .json of Argilla or Label Studio.")],
    out: Annotated[Path, typer.Option(help="The data set's folder.")],
    columns: Annotated[Path | None, typer.Option("--map", help="YAML: which column or question holds what.")] = None,
    prompts: Annotated[Path, typer.Option(help="The folder of scorecards and language packs.")] = Path("prompts"),
    scorecard: Annotated[str, typer.Option(help="By which values are checked.")] = "sales",
    workspace: Annotated[str, typer.Option(help="Whose agents these are: pseudonyms and splits follow it.")] = "local",
    recordings: Annotated[
        Path | None, typer.Option(help="A folder with a file for each call: others are told.")
    ] = None,
) -> None:
    """Read, mask, clean, split by agent and time, and write with a card."""
    try:
        card = building.build(Wanted(tuple(sources), columns, prompts, scorecard, workspace, recordings), out)
    except Unreadable as error:
        sys.exit(str(error))
    told = {name: card[name] for name in ("hash", "dialogues", "examples", "cleaning")}
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))


@app.command()
def export(
    golden: Annotated[Path, typer.Argument(help="JSONL, as `auricle golden export` or a data set has it.")],
    tool: Tool,
    out: Annotated[Path, typer.Argument(help="The JSON file that the tool imports.")],
) -> None:
    """Golden dialogues with their labels for Argilla or Label Studio."""
    found = [line.dialogue for line in golden_lines.read(golden.read_bytes()) if line.dialogue is not None]
    told = (
        [argilla.record(one) for one in found]
        if tool is Tool.ARGILLA
        else [label_studio.task(number, one) for number, one in enumerate(found, 1)]
    )
    out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    typer.echo(f"{out}: {len(told)}")


@app.command()
def sample(
    out: Annotated[Path, typer.Argument(help="The workbook.")] = Path("docs/training/conversations.xlsx"),
) -> None:
    """The shipped workbook, made anew: 300 synthetic conversations in analysts' columns."""
    from auricle_trainer.datasets import sample_workbook

    sample_workbook.write(out)


if __name__ == "__main__":
    app()
