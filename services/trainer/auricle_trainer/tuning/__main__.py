"""`python -m auricle_trainer.tuning`: an adapter from a data set."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
Data = Annotated[Path, typer.Argument(help="The data set's folder.")]
Base = Annotated[Path, typer.Option(help="A GGUF file, a Hugging Face folder, or a repository of a hub.")]
Prompts = Annotated[Path, typer.Option(help="The folder of prompts.")]


@app.callback()
def tuning() -> None:
    """An adapter from a data set."""


@app.command()
def run(
    data: Data,
    base: Base,
    out: Annotated[Path, typer.Option(help="Checkpoints and the adapter; a second run goes on from here.")],
    prompts: Prompts = Path("prompts"),
    base_gguf: Annotated[Path | None, typer.Option(help="The same base as GGUF, to serve it on a laptop.")] = None,
    base_name: Annotated[str, typer.Option(help="What the adapter calls its base; else the file's name.")] = "",
    rank: int = 16,
    passes: Annotated[float, typer.Option(help="Times that every example is seen.")] = 2.0,
    batch_tokens: Annotated[int, typer.Option(help="Tokens of a step.")] = 4096,
    rate: Annotated[float, typer.Option(help="Of AdamW at its peak.")] = 3e-4,
    whole_share: Annotated[float, typer.Option(help="Examples shown uncut; others as the compressor cuts them.")] = 0.3,
    seed: int = 20_261_130,
    four_bit: Annotated[bool, typer.Option("--four-bit", help="QLoRA: needs a GPU and bitsandbytes.")] = False,
    most: Annotated[int, typer.Option(help="So many conversations; 0: all.")] = 0,
    most_held: Annotated[int, typer.Option(help="Conversations of the development split for each checkpoint.")] = 40,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also where memory seems too small.")] = False,
    only_estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what it would take, and train nothing.")
    ] = False,
) -> None:
    """Train; SIGKILL costs what came after the last checkpoint."""
    from auricle_trainer.tuning import run as running
    from auricle_trainer.tuning.bases import CannotTrain
    from auricle_trainer.tuning.plan import AnotherRun

    wanted = running.Wanted(
        data, base, out, prompts, base_gguf, base_name, rank, passes, batch_tokens, rate, whole_share, seed=seed,
        four_bit=four_bit, most=most, most_held=most_held, anyway=anyway,
    )  # fmt: skip
    try:
        report = running.run(wanted, typer.echo, only_estimate=only_estimate)
    except (CannotTrain, AnotherRun, FileNotFoundError) as error:
        sys.exit(str(error))
    if report is not None:
        told = {name: report[name] for name in ("examples", "steps", "seconds", "held_back_loss")}
        typer.echo(json.dumps(told | {"served": str(out / running.SERVED)}, indent=1))


if __name__ == "__main__":
    app()
