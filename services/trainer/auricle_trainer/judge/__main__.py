"""`python -m auricle_trainer.judge`: train, export, evaluate."""

import json
from pathlib import Path
from typing import Annotated

import typer

from auricle_trainer.judge import network, phases, recipe, sources
from auricle_trainer.judge.sources import heldout_dialogues

HELDOUT = sources.HAND_WRITTEN / "heldout.jsonl"
Work = Annotated[Path, typer.Option(help="data and checkpoints; a second run goes on from here")]
Prompts = Annotated[Path, typer.Option(help="the folder with the scoring prompt")]
Heldout = Annotated[Path, typer.Option(help="hand-written dialogues that no training has read")]
app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)


@app.callback()
def judge() -> None:
    """The small judge, from nothing."""


@app.command()
def train(work: Work, prompts: Prompts = Path("prompts"), phase: str = "all") -> None:
    """Tokenizer, base, adapter (and `--phase shuffled`: the baseline adapter); each resumes from its checkpoint."""
    network.prepare(recipe.SEED)
    if phase in ("all", "base"):
        phases.base(work, prompts)
    if phase in ("all", "adapter"):
        phases.adapter(work, prompts)
    if phase in ("all", "shuffled"):
        phases.shuffled(work, prompts)


@app.command()
def export(work: Work, target: Path = Path("models/judge"), shuffled: bool = False) -> None:
    """GGUF and safetensors of what `train` made; `--shuffled` puts the baseline adapter beside it, for `evaluate`."""
    from auricle_trainer.judge.export import everything

    everything(work, target, ("adapter", "shuffled") if shuffled else ("adapter",))


@app.command()
def evaluate(
    weights: Path = Path("models/judge"),
    prompts: Prompts = Path("prompts"),
    heldout: Heldout = HELDOUT,
    evidence: Path = Path("docs/evidence/judge.json"),
    limit: int = 0,
    baseline_limit: int = 40,
) -> None:
    """The figures of docs/evidence, through llama.cpp as the scorer asks it, on dialogues written by another hand."""
    from auricle_trainer.judge.evaluation import Bench
    from auricle_trainer.judge.evaluation import evaluate as measure

    figures = measure(Bench(weights, prompts, limit, baseline_limit), heldout_dialogues(heldout))
    evidence.parent.mkdir(parents=True, exist_ok=True)
    evidence.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    typer.echo(json.dumps({name: result["politeness"]["mae"] for name, result in figures["results"].items()}, indent=1))


@app.command()
def calibrate(
    weights: Path = Path("models/judge"),
    prompts: Prompts = Path("prompts"),
    heldout: Heldout = HELDOUT,
    evidence: Path = Path("docs/evidence"),
    count: int = 400,
    limit: int = 0,
) -> None:
    """Curves from confidence to the share of right answers (calibration.json beside the weights), and the plot of docs/evidence."""
    from auricle_trainer.judge import asking, calibrating, documents, drawing

    with asking.served(weights) as address:
        made = calibrating.calibrate(
            address,
            documents.Asking.read(prompts),
            sources.calibration_dialogues(count),
            heldout_dialogues(heldout)[: limit or None],
        )
    (weights / "calibration.json").write_text(made.calibration.model_dump_json(indent=1) + "\n", "utf-8")
    (evidence / "calibration.json").write_text(json.dumps(made.reliability, indent=1) + "\n", "utf-8")
    drawing.reliability_plot(made.reliability, evidence / "calibration.svg")


@app.command()
def card(evidence: Path = Path("docs/evidence"), target: Path = Path("models/judge/README.md")) -> None:
    """The model's README from the evidence."""
    from auricle_trainer.judge.card import card_text

    report, reliability = (
        json.loads((evidence / f"{name}.json").read_text("utf-8")) for name in ("judge", "calibration")
    )
    target.write_text(card_text(report, reliability), "utf-8")


if __name__ == "__main__":
    app()
