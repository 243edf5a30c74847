"""`auricle bench`: measurements that anybody can repeat."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auricle_cli import benches
from auricle_cli.options import root


class ShippedSet(StrEnum):
    """Labelled dialogues that come with the project."""

    DEVELOPMENT = "development"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    FIFTH = "fifth"


app = typer.Typer(no_args_is_help=True, help="Measure; the tables go to docs/evidence.")


@app.command("compression")
def compression(
    dialogues: Annotated[int, typer.Option(help="Held-out dialogues that are scored uncut and at each level.")] = 200,
) -> None:
    """Planted facts beside other ways of shortening, and what each level costs the judge. Goes on where it was broken off."""
    benches.run(root(), "test_compression.py", {"AURICLE_BENCH_DIALOGUES": str(dialogues)})


@app.command("checklist")
def checklist(
    data: Annotated[
        list[Path] | None,
        typer.Option(help="Labelled dialogues, JSONL; several are read as one. Default: a shipped set."),
    ] = None,
    shipped: Annotated[
        ShippedSet,
        typer.Option("--set", help="Which shipped set: beside which detectors were written, or one of the others."),
    ] = ShippedSet.DEVELOPMENT,
    out: Annotated[Path | None, typer.Option(help="Write the figures there too, as JSON.")] = None,
    model_url: Annotated[
        str, typer.Option(help="Model server, ending in /v1: asked for what only a prompt finds.")
    ] = "",
    model_name: Annotated[str, typer.Option(help="The model, as the server calls it.")] = "judge",
    floor: Annotated[
        bool, typer.Option(help="Learn the floor of words: minutes on a large set, all else takes seconds.")
    ] = True,
) -> None:
    """What is found of labelled errors, per class and channel: precision, recall, F1, false alarms, intervals, floors."""
    files = ":".join(str(path.resolve()) for path in data or ())
    written = str(out.resolve()) if out else ""
    asked = {
        "AURICLE_BENCH_MODEL": model_url,
        "AURICLE_BENCH_MODEL_NAME": model_name,
        "AURICLE_BENCH_SET": shipped.value,
        "AURICLE_BENCH_FLOOR": "yes" if floor else "no",
    }
    benches.run(root(), "test_checklist.py", {"AURICLE_BENCH_DATA": files, "AURICLE_BENCH_OUT": written, **asked})


@app.command("control")
def control(
    data: Annotated[
        list[Path] | None,
        typer.Option(help="Labelled dialogues, JSONL; several are read as one. Default: a shipped set."),
    ] = None,
    shipped: Annotated[ShippedSet, typer.Option("--set", help="Which shipped set.")] = ShippedSet.SECOND,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Only these; default: all that a prompt can be asked about.")
    ] = None,
    dialogues: Annotated[int, typer.Option(help="At most so many, evenly out of the set; 0: all.", min=0)] = 0,
    model_url: Annotated[str, typer.Option(help="Model server, ending in /v1; default: the shipped judge.")] = "",
    model_name: Annotated[str, typer.Option(help="The model, as the server calls it.")] = "judge",
    out: Annotated[Path | None, typer.Option(help="Write the figures there too, as JSON.")] = None,
    candidate: Annotated[
        Path | None, typer.Option(help="Write the flow there with verify off where it does not pay.")
    ] = None,
) -> None:
    """The flow beside one prompt with the same classes, at equal recall: false alarms, calls, tokens, seconds; what pays per class."""
    asked = {
        "AURICLE_BENCH_DATA": ":".join(str(path.resolve()) for path in data or ()),
        "AURICLE_BENCH_SET": shipped.value,
        "AURICLE_BENCH_CLASSES": ",".join(classes or ()),
        "AURICLE_BENCH_DIALOGUES": str(dialogues) if dialogues else "",
        "AURICLE_BENCH_MODEL": model_url,
        "AURICLE_BENCH_MODEL_NAME": model_name,
        "AURICLE_BENCH_OUT": str(out.resolve()) if out else "",
        "AURICLE_BENCH_CANDIDATE": str(candidate.resolve()) if candidate else "",
    }
    benches.run(root(), "test_control.py", asked)


@app.command("swap")
def swap(
    model_url: Annotated[
        str, typer.Option(help="Model server, ending in /v1: asked for what only a prompt finds.")
    ] = "",
    model_name: Annotated[str, typer.Option(help="The model, as the server calls it.")] = "judge",
    out: Annotated[Path | None, typer.Option(help="Write the figures there too, as JSON.")] = None,
) -> None:
    """Whether verdicts follow the definition: a strict and a lenient one of each class (prompts/swaps/)."""
    asked = {
        "AURICLE_BENCH_MODEL": model_url,
        "AURICLE_BENCH_MODEL_NAME": model_name,
        "AURICLE_BENCH_OUT": str(out.resolve()) if out else "",
    }
    benches.run(root(), "test_swap.py", asked)


@app.command("complibench")
def complibench(
    data: Annotated[Path, typer.Option(help="CompliBench's folder: <domain>/conversation_*.json.")],
    dialogues: Annotated[int, typer.Option(help="At most so many, evenly out of all; 0: all.", min=0)] = 0,
    model_url: Annotated[str, typer.Option(help="Model server, ending in /v1; default: the shipped judge.")] = "",
    model_name: Annotated[str, typer.Option(help="The model, as the server calls it.")] = "judge",
    out: Annotated[Path | None, typer.Option(help="Write the figures there too, as JSON.")] = None,
) -> None:
    """A public benchmark through the flow, its guidelines as error classes: its three figures, beside floors."""
    asked = {
        "AURICLE_BENCH_DATA": str(data.resolve()),
        "AURICLE_BENCH_DIALOGUES": str(dialogues) if dialogues else "",
        "AURICLE_BENCH_MODEL": model_url,
        "AURICLE_BENCH_MODEL_NAME": model_name,
        "AURICLE_BENCH_OUT": str(out.resolve()) if out else "",
    }
    benches.run(root(), "test_complibench.py", asked)


@app.command("spelling")
def spelling(
    data: Annotated[Path, typer.Option(help="A folder with sources.txt and corrections.txt, a sentence a line.")],
    out: Annotated[Path | None, typer.Option(help="Write the figures there too, as JSON.")] = None,
) -> None:
    """How spelling is corrected beside people, and beside a dictionary alone: precision, recall, F1."""
    written = str(out.resolve()) if out else ""
    benches.run(root(), "test_spelling.py", {"AURICLE_BENCH_DATA": str(data.resolve()), "AURICLE_BENCH_OUT": written})


@app.command("fairness")
def fairness(
    out: Annotated[Path | None, typer.Option(help="Write the figures there too, as JSON.")] = None,
    model_url: Annotated[str, typer.Option(help="Model server, ending in /v1: the judge is asked too.")] = "",
    model_name: Annotated[str, typer.Option(help="The model, as the server calls it.")] = "judge",
    dialogues: Annotated[int, typer.Option(help="How many held-out dialogues the judge gets; rules get all.")] = 40,
) -> None:
    """Which share of verdicts flips when names, gender forms, accents, ё or the order of small talk are changed."""
    asked = {
        "AURICLE_BENCH_MODEL": model_url,
        "AURICLE_BENCH_MODEL_NAME": model_name,
        "AURICLE_BENCH_DIALOGUES": str(dialogues),
        "AURICLE_BENCH_OUT": str(out.resolve()) if out else "",
    }
    benches.run(root(), "test_fairness.py", asked)
