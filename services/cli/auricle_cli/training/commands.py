"""`auricle train`: from labels to an adapter that judges, step by step (docs/training.md)."""

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from auricle_contracts.golden import GoldenSplit

from auricle_cli.errors import CliError
from auricle_cli.options import DEFAULT_URL, Key, Url, open_gateway
from auricle_cli.training import effective, trainer

app = typer.Typer(
    no_args_is_help=True, help="Labels to an adapter: data, run, compare, curve, gate, publish, rollback."
)
Data = Annotated[Path, typer.Argument(help="A data set's folder, as `auricle train data` wrote it.")]


class Tool(StrEnum):
    """Annotation tools."""

    ARGILLA = "argilla"
    LABEL_STUDIO = "label-studio"


@app.command("data")
def build_data(
    out: Annotated[Path, typer.Option(help="The data set's folder.")],
    sources: Annotated[
        list[Path] | None, typer.Argument(help=".xlsx, .jsonl, or .json of Argilla or Label Studio.")
    ] = None,
    columns: Annotated[
        Path | None, typer.Option("--map", help="YAML: which column or question holds what (docs/training.md).")
    ] = None,
    golden: Annotated[
        bool, typer.Option("--golden", help="The workspace's golden items, all but the test split.")
    ] = False,
    judged: Annotated[bool, typer.Option("--judged", help="The workspace's answers that people decided.")] = False,
    scorecard: Annotated[str, typer.Option(help="By which values are checked.")] = "sales",
    workspace: Annotated[str, typer.Option(help="Whose agents these are: pseudonyms and splits follow it.")] = "local",
    recordings: Annotated[
        Path | None, typer.Option(help="A folder with a file for each call: others are told.")
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Labelled conversations as a data set: masked, cleaned, split by agent and week, under a hash, with a card."""
    with TemporaryDirectory(prefix="auricle-train-") as name:
        read = [*(sources or []), *_fetched(Path(name), url, key, golden=golden, judged=judged)]
        if not read:
            raise CliError("nothing to read: name a file, or --golden, or --judged")
        words = ["build", *map(str, read), "--out", str(out), "--prompts", trainer.prompts(), "--scorecard", scorecard]
        words += ["--workspace", workspace]
        words += ["--map", str(columns)] if columns else []
        words += ["--recordings", str(recordings)] if recordings else []
        trainer.run("datasets", words)


@app.command("export")
def export_data(
    golden: Annotated[Path, typer.Argument(help="JSONL, as `auricle golden export` or a data set has it.")],
    tool: Tool,
    out: Annotated[Path, typer.Argument(help="The JSON file that the tool imports.")],
) -> None:
    """Labelled conversations for an annotation tool; what comes back is read by `data`."""
    trainer.run("datasets", ["export", str(golden), tool.value, str(out)])


def _fetched(folder: Path, url: str, key: str, *, golden: bool, judged: bool) -> list[Path]:
    """What the workspace has, as files of golden dialogues."""
    if not (golden or judged):
        return []
    found = []
    with open_gateway(url, key) as gateway:
        for split in (GoldenSplit.TRAIN, GoldenSplit.DEVELOPMENT) if golden else ():
            found.append(folder / f"golden-{split.value}.jsonl")
            gateway.download("/v1/golden-export", found[-1], {"split": split.value})
        if judged:
            found.append(folder / "judged.jsonl")
            lines = (one.model_dump_json(exclude_none=True) + "\n" for one in effective.dialogues(gateway))
            found[-1].write_text("".join(lines), "utf-8")
    return found
