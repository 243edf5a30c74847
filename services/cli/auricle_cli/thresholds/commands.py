"""`auricle thresholds fit`: what is live over held-out golden items, and a scorecard that carries the thresholds found."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from auricle_contracts.golden import GoldenDialogue, GoldenSplit
from auricle_contracts.thresholds import Threshold, Thresholds
from auricle_criteria import Bundle, Library, documents
from auricle_quality import Prediction
from auricle_quality.thresholds import DELTA, RISK, answered, fewest, fit

from auricle_cli.errors import CliError
from auricle_cli.gates import candidates, running
from auricle_cli.gates.commands import asked_of, golden_dialogues, shipped_library
from auricle_cli.gateway import Gateway
from auricle_cli.options import (
    COMPRESSOR_URL,
    DEFAULT_URL,
    MODEL_URL,
    RULES_URL,
    CompressorUrl,
    Key,
    ModelUrl,
    RulesUrl,
    Url,
    open_gateway,
    root,
)

app = typer.Typer(no_args_is_help=True, help="Thresholds of confidence, below which answers go to a person.")


@app.callback()
def thresholds() -> None:
    """A group, though it has one command yet."""


@app.command("fit")
def fit_thresholds(
    out: Annotated[Path, typer.Option(help="The scorecard with its thresholds, YAML: a candidate for the registry.")],
    items: Annotated[Path | None, typer.Option(help="Golden items, JSONL; without it those of the workspace.")] = None,
    split: Annotated[GoldenSplit, typer.Option(help="Of the workspace's items.")] = GoldenSplit.DEVELOPMENT,
    risk: Annotated[float, typer.Option(min=0.001, max=0.5, help="Share of kept answers that may be wrong.")] = RISK,
    delta: Annotated[float, typer.Option(min=0.001, max=0.5, help="How probably it may be more after all.")] = DELTA,
    scorecard: Annotated[str, typer.Option(envvar="AURICLE_SCORECARD", help="The scorecard that decides.")] = "sales",
    model_url: ModelUrl = MODEL_URL,
    model_name: Annotated[str, typer.Option(envvar="AURICLE_MODEL_NAME", help="As the server calls it.")] = "judge",
    rules_url: RulesUrl = RULES_URL,
    compressor_url: CompressorUrl = COMPRESSOR_URL,
    markdown: Annotated[Path | None, typer.Option(help="Write the table there.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Find, for each class and criterion, the lowest confidence whose answers are wrong in at most a share of `risk`."""
    settings = {
        "AURICLE_MODEL_URL": model_url, "AURICLE_MODEL_NAME": model_name, "AURICLE_RULES_URL": rules_url,
        "AURICLE_COMPRESSOR_URL": compressor_url, "AURICLE_PROMPTS_DIR": str(root() / "prompts"),
    }  # fmt: skip
    library, dialogues = shipped_library(), list[GoldenDialogue]()
    if items is not None:
        dialogues = golden_dialogues(items, None, split)
    else:
        with open_gateway(url, key) as gateway:
            library, dialogues = _of_workspace(library, gateway, split)
    bundle = _bare(Bundle.of(library, scorecard))
    said = running.predictions(bundle, dialogues, 1, settings | asked_of(candidates.adapter_of(library)))
    found = _found(bundle, dialogues, said, risk, delta)
    report = table(found)
    print(report)
    card = bundle.scorecard
    note = f"Thresholds from {len(dialogues)} golden items: at most {risk:.0%} wrong. {card.note}"
    written = card.model_copy(update={"version": card.version + 1, "note": note, "thresholds": found})
    out.write_text(documents.as_yaml(written), "utf-8")
    if markdown is not None:
        markdown.write_text(report, "utf-8")


def table(found: Thresholds) -> str:
    """Markdown: a row for what is said of each class and criterion."""
    head = (
        f"# Thresholds of {found.model.name}\n\nOf the answers that are kept at most {found.risk:.0%} are wrong, with a probability of "
        f"{1 - found.delta:.0%} for each row; fewer than {fewest(found.risk, found.delta)} answers are too few to calibrate.\n\n"
        "| class or criterion | said | n | keep from | coverage (95 %) | wrong of kept | risk at most |\n|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(map(_row, found.of))


def _row(one: Threshold) -> str:
    told = one.state.value.replace("_", " ")
    cells = ["–"] * 3
    if one.at_least is not None and one.coverage is not None:
        told, of = f"{one.at_least:.2f}", one.coverage
        cells = [f"{of.share:.0%} ({of.low:.0%}-{of.high:.0%})", f"{one.wrong} of {one.kept}", f"{one.risk_high:.1%}"]
    return f"| {one.subject} | {one.said.value} | {one.n} | {told} | {' | '.join(cells)} |\n"


def _of_workspace(shipped: Library, gateway: Gateway, split: GoldenSplit) -> tuple[Library, list[GoldenDialogue]]:
    return candidates.live_library(shipped, gateway), golden_dialogues(None, gateway, split)


def _bare(bundle: Bundle) -> Bundle:
    """Without thresholds: what they leave to a person would have no confidence here."""
    return bundle.model_copy(update={"scorecard": bundle.scorecard.model_copy(update={"thresholds": None})})


def _found(
    bundle: Bundle, dialogues: Sequence[GoldenDialogue], said: Sequence[Prediction], risk: float, delta: float
) -> Thresholds:
    model = next((one.model for one in said if one.model is not None), None)
    if model is None:
        raise CliError("there are no golden items to fit on")
    subjects = set(candidates.answered_by("model", bundle))
    graded = {one: of for one, of in answered(dialogues, said).items() if one[:2] in subjects}
    versions = {one.id: one.pin for one in bundle.classes}
    return Thresholds(
        model=model,
        prompts=tuple(dict.fromkeys(one.pin for one in (*bundle.prompts, *bundle.flow_prompts))),
        calibrated=any(one.calibrated for one in said),
        risk=risk,
        delta=delta,
        of=fit(graded, versions, risk=risk, delta=delta),
    )
