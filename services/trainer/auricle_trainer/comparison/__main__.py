"""`python -m auricle_trainer.comparison`: adapters, bases and endpoints on the same items; the learning curve."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from auricle_contracts.golden import GoldenSplit

from auricle_trainer.comparison import items, measuring, subjects
from auricle_trainer.comparison import table as tables
from auricle_trainer.comparison.subjects import NoSubject
from auricle_trainer.datasets import folder

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
Data = Annotated[Path, typer.Argument(help="The data set's folder.")]
Split = Annotated[GoldenSplit, typer.Option(help="Whose dialogues are the items.")]
Limit = Annotated[int, typer.Option(help="So many items; 0: all.")]
Prompts = Annotated[Path, typer.Option(help="The folder of prompts.")]


@app.command()
def compare(
    data: Data,
    subject: Annotated[list[str], typer.Option(help="NAME=address or folder[#model][@USD per hour]; several times.")],
    out: Annotated[Path, typer.Option(help="Where compare.json and compare.md are written.")],
    split: Split = GoldenSplit.TEST,
    limit: Limit = 0,
    prompts: Prompts = Path("prompts"),
) -> None:
    """MAE, F1, broken answers, seconds, money; constant and TF-IDF below, people above."""
    try:
        asked = [subjects.parse(one) for one in subject]
    except NoSubject as error:
        sys.exit(str(error))
    told = _measured(data, split, limit)
    results = {one.name: measuring.measure(one, told["dialogues"], prompts) for one in asked}
    training, _ = items.read(data, GoldenSplit.TRAIN)
    report = _told(data, split, told) | {"results": results | measuring.floors(training, told["dialogues"])}
    text = tables.table(report)
    _write(out, "compare.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    _write(out, "compare.md", text)
    typer.echo(text)


@app.command()
def curve(
    data: Data,
    base: Annotated[Path, typer.Option(help="As for a run.")],
    out: Annotated[Path, typer.Option(help="A run a point, curve.json and curve.svg.")],
    sizes: Annotated[str, typer.Option(help="Conversations of each point, with commas.")] = "30,100,300,1000",
    base_gguf: Annotated[Path | None, typer.Option(help="The same base as GGUF.")] = None,
    base_name: str = "",
    split: Split = GoldenSplit.TEST,
    limit: Limit = 0,
    prompts: Prompts = Path("prompts"),
    rank: int = 16,
    passes: float = 2.0,
    batch_tokens: int = 4096,
    rate: float = 3e-4,
    whole_share: float = 0.3,
    most_held: int = 40,
) -> None:
    """Train on more and more, and measure each on the same items."""
    from auricle_trainer.comparison import curve as curves
    from auricle_trainer.tuning.bases import CannotTrain
    from auricle_trainer.tuning.plan import AnotherRun
    from auricle_trainer.tuning.run import Wanted

    wanted = Wanted(
        data,
        base,
        out,
        prompts,
        base_gguf,
        base_name,
        rank,
        passes,
        batch_tokens,
        rate,
        whole_share,
        most_held=most_held,
    )
    told = _measured(data, split, limit)
    known = max(folder.card(data)["examples"].values())
    wished = [int(one) for one in sizes.split(",") if one.strip()]
    reached = [one for one in wished if one <= known] + ([known] if max(wished) > known else [])
    try:
        found = curves.points(wanted, reached, told["dialogues"], typer.echo)
    except (CannotTrain, AnotherRun) as error:
        sys.exit(str(error))
    training, _ = items.read(data, GoldenSplit.TRAIN)
    floors = measuring.floors(training, told["dialogues"])
    report = _told(data, split, told) | {"base": base_name or base.name, "points": found, "floors": floors}
    _write(out, "curve.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    curves.draw(report, out / "curve.svg")
    typer.echo(f"{out / 'curve.svg'}: {', '.join(str(one['examples']) for one in found)} conversations")


def _measured(data: Path, split: GoldenSplit, limit: int) -> dict[str, Any]:
    try:
        found, left = items.read(data, split)
    except FileNotFoundError:
        sys.exit(f"{data} is no data set: `auricle train data` writes one")
    if not found:
        sys.exit(f"no dialogue of {split.value} has an answer to every question")
    return {"dialogues": found[: limit or None], "left_out": left}


def _told(data: Path, split: GoldenSplit, told: dict[str, Any]) -> dict[str, Any]:
    card = folder.card(data)
    return {
        "measured": str(date.today()), "data": card["hash"], "split": split.value, "items": len(told["dialogues"]),
        "left_out": told["left_out"], "ceilings": card["ceilings"],
    }  # fmt: skip


def _write(out: Path, name: str, text: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / name).write_text(text, "utf-8")


if __name__ == "__main__":
    app()
