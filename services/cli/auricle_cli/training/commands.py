"""`auricle train`: from labels to an adapter that judges, step by step (docs/training.md)."""

import json
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from auricle_contracts.artefacts import ArtefactKind, ArtefactState
from auricle_contracts.golden import GoldenSplit
from auricle_records import keys

from auricle_cli.errors import CliError
from auricle_cli.gates import commands as gates
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
)
from auricle_cli.training import adapters, bases, effective, job, trainer

app = typer.Typer(
    no_args_is_help=True, help="Labels to an adapter: data, run, compare, curve, gate, publish, rollback."
)
Run = Annotated[Path, typer.Argument(help="A folder that `auricle train run` filled.")]
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


@app.command("run")
def run_training(
    data: Data,
    base: Annotated[
        str,
        typer.Option(
            help="A GGUF file, a Hugging Face folder, a name of `auricle weights list`, or a repository of a hub."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Checkpoints and the adapter; the same command goes on from here.")],
    base_gguf: Annotated[Path | None, typer.Option(help="The same base as GGUF, to serve it on a laptop.")] = None,
    base_name: Annotated[str, typer.Option(help="What the base's server calls it; vLLM compares it.")] = "",
    rank: int = 16,
    passes: Annotated[float, typer.Option(help="Times that every example is seen.")] = 2.0,
    batch_tokens: Annotated[int, typer.Option(help="Tokens of a step.")] = 4096,
    rate: Annotated[float, typer.Option(help="Of AdamW at its peak.")] = 3e-4,
    whole_share: Annotated[float, typer.Option(help="Examples shown uncut; others as the compressor cuts them.")] = 0.3,
    most: Annotated[int, typer.Option(help="So many conversations; 0: all.")] = 0,
    most_held: Annotated[int, typer.Option(help="Conversations of the development split for each checkpoint.")] = 40,
    four_bit: Annotated[bool, typer.Option("--four-bit", help="QLoRA: needs a GPU and bitsandbytes.")] = False,
    only_estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what it would take, and train nothing.")
    ] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also where memory seems too small.")] = False,
) -> None:
    """A LoRA on a base, by the product's own prompts and schema; says first what it takes. SIGKILL costs what came after a checkpoint."""
    found, name = bases.find(base)
    words = [
        "run",
        str(data),
        "--base",
        found,
        "--base-name",
        base_name or name,
        "--out",
        str(out),
        "--prompts",
        trainer.prompts(),
    ]
    words += ["--rank", str(rank), "--passes", str(passes), "--batch-tokens", str(batch_tokens), "--rate", str(rate)]
    words += ["--whole-share", str(whole_share), "--most", str(most), "--most-held", str(most_held)]
    words += ["--base-gguf", str(base_gguf)] if base_gguf else []
    flags = {"--four-bit": four_bit, "--estimate": only_estimate, "--anyway": anyway}
    trainer.run("tuning", [*words, *(flag for flag, given in flags.items() if given)], torch=True)


@app.command("compare")
def compare(
    data: Data,
    subject: Annotated[
        list[str],
        typer.Option(help="NAME=address that ends in /v1, or a folder with serving.yaml; [#model][@USD per hour]."),
    ],
    out: Annotated[Path, typer.Option(help="Where compare.json and compare.md are written.")],
    split: Annotated[GoldenSplit, typer.Option(help="Whose dialogues are the items.")] = GoldenSplit.TEST,
    limit: Annotated[int, typer.Option(help="So many items; 0: all.")] = 0,
) -> None:
    """Adapters, bases and endpoints on the same items: errors, F1, broken answers, seconds, money; floors below, people above."""
    words = ["compare", str(data), "--out", str(out), "--split", split.value, "--limit", str(limit)]
    words += ["--prompts", trainer.prompts(), *(word for one in subject for word in ("--subject", one))]
    trainer.run("comparison", words, torch=True)


@app.command("curve")
def curve(
    data: Data,
    base: Annotated[str, typer.Option(help="As for `run`.")],
    out: Annotated[Path, typer.Option(help="A run a point, curve.json and curve.svg.")],
    sizes: Annotated[str, typer.Option(help="Conversations of each point, with commas.")] = "30,100,300,1000",
    base_gguf: Annotated[Path | None, typer.Option(help="The same base as GGUF, to ask it on a laptop.")] = None,
    limit: Annotated[int, typer.Option(help="So many items; 0: all.")] = 0,
    rank: int = 16,
    passes: Annotated[float, typer.Option(help="Times that every example is seen.")] = 2.0,
    batch_tokens: Annotated[int, typer.Option(help="Tokens of a step.")] = 4096,
    rate: Annotated[float, typer.Option(help="Of AdamW at its peak.")] = 3e-4,
    whole_share: Annotated[float, typer.Option(help="Examples shown uncut; others as the compressor cuts them.")] = 0.3,
) -> None:
    """The same base and numbers on more and more conversations, each measured on the test split; what is there is not trained again."""
    found, name = bases.find(base)
    words = ["curve", str(data), "--base", found, "--base-name", name, "--out", str(out), "--sizes", sizes]
    words += ["--prompts", trainer.prompts(), "--limit", str(limit), "--rank", str(rank), "--passes", str(passes)]
    words += ["--batch-tokens", str(batch_tokens), "--rate", str(rate), "--whole-share", str(whole_share)]
    trainer.run("comparison", [*words, *(["--base-gguf", str(base_gguf)] if base_gguf else [])], torch=True)


@app.command("publish")
def publish(
    run: Run,
    to: Annotated[str, typer.Option(help="Where engines read adapters: file:///folder or s3://bucket/prefix.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the promotion.")],
    model_url: ModelUrl = MODEL_URL,
    model_key: Annotated[str, typer.Option(envvar="AURICLE_MODEL_API_KEY", help="Of the model server.")] = "none",
    wait: Annotated[float, typer.Option(help="Seconds that the model server has to take it up.")] = 180.0,
    candidate: Annotated[
        bool, typer.Option("--candidate", help="Lay, warm and register it; what is live stays live: for a gate.")
    ] = False,
    share: Annotated[
        int | None, typer.Option(min=1, max=50, help="On so many per cent of new conversations, beside what is live.")
    ] = None,
    evidence: Annotated[Path | None, typer.Option(help="compare.json: kept as the version's figures.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Files to the engines, one word asked, a version of the registry, then the pointer: no restart, and no run changes its judge."""
    trained = adapters.read(run)
    name = trained.adapter.served
    size = adapters.lay(trained, to)
    print(f"{name}: {size:,} bytes laid at {to}")
    adapters.warm(model_url, model_key, name, wait, print)
    print(f"{name}: the model server answers")
    with open_gateway(url, key) as gateway:
        body = {"kind": ArtefactKind.ADAPTER.value, "text": trained.text, "state": ArtefactState.CANDIDATE.value}
        version = gateway.call("POST", "/v1/artefacts", json=body)
        figures = version["figures"] | _figures(trained.run, evidence)
        gateway.call("PATCH", f"/v1/artefacts/{version['id']}", json={"figures": figures})
        if candidate:
            print(f"adapter/{version['name']}@{version['hash']}: candidate; auricle train gate {run}")
            return
        if share is not None:
            asked = {"share": share, "reason": reason}
            gateway.call("POST", f"/v1/artefacts/{version['id']}/canaries", json=asked)
            print(f"adapter/{version['name']}@{version['hash']}: on {share} % of new conversations")
            return
        moved = gateway.call("POST", f"/v1/artefacts/{version['id']}/promote", json={"reason": reason})
    print(f"adapter/{version['name']}: {moved['from_hash'] or 'no adapter'} → {moved['to_hash']}, from the next run on")


@app.command("gate")
def gate_adapter(
    run: Run,
    items: Annotated[
        Path | None, typer.Option(help="Golden items, JSONL; without it those of the workspace are exported.")
    ] = None,
    split: Annotated[GoldenSplit, typer.Option(help="Of the workspace's items.")] = GoldenSplit.TEST,
    runs: Annotated[int, typer.Option(min=1, max=50, help="Times that each item is judged.")] = 3,
    scorecard: Annotated[str, typer.Option(envvar="AURICLE_SCORECARD", help="The scorecard that decides.")] = "sales",
    model_url: ModelUrl = MODEL_URL,
    model_name: Annotated[
        str, typer.Option(envvar="AURICLE_MODEL_NAME", help="What judges without an adapter, as the server calls it.")
    ] = "judge",
    rules_url: RulesUrl = RULES_URL,
    compressor_url: CompressorUrl = COMPRESSOR_URL,
    markdown: Annotated[Path | None, typer.Option(help="Write the report there.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """`auricle gate` for a run's adapter, published as a candidate: every criterion of the model on golden items, beside what is live."""
    trained, document = adapters.read(run), run / "adapter.yaml"
    document.write_text(trained.text, "utf-8")
    kind = ArtefactKind.ADAPTER.value
    candidate = f"{kind}:{document}" if items else f"{kind}:{trained.adapter.id}@{trained.adapter.hash}"
    gates.run_gate(
        candidate, items, split, runs=runs, scorecard=scorecard, model_url=model_url, model_name=model_name,
        rules_url=rules_url, compressor_url=compressor_url, markdown=markdown, url=url, key=key,
    )  # fmt: skip


@app.command("job")
def work(
    training: Annotated[
        str, typer.Option(envvar="AURICLE_TRAINING_ID", help="The training, as /v1/trainings names it.")
    ],
    folder: Annotated[
        Path,
        typer.Option(
            envvar="AURICLE_TRAINING_DIR", help="Data sets, checkpoints and adapters; it outlives this process."
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            envvar="AURICLE_ADAPTERS_URL", help="Where engines read adapters: file:///folder or s3://bucket/prefix."
        ),
    ],
    secret: Annotated[
        str,
        typer.Option(
            envvar="AURICLE_TRAINING_SECRET", help="Shared with keeper; makes the training's key where none is given."
        ),
    ] = "",
    model_url: ModelUrl = MODEL_URL,
    model_name: Annotated[
        str, typer.Option(envvar="AURICLE_MODEL_NAME", help="What judges without an adapter, as the server calls it.")
    ] = "judge",
    model_key: Annotated[str, typer.Option(envvar="AURICLE_MODEL_API_KEY", help="Of the model server.")] = "none",
    rules_url: RulesUrl = RULES_URL,
    compressor_url: CompressorUrl = COMPRESSOR_URL,
    wait: Annotated[float, typer.Option(help="Seconds that the model server has to take the adapter up.")] = 180.0,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """What keeper starts for a training that was asked for: data, run, candidate, gate; it proposes, and a person promotes."""
    services = job.Services(to, model_url, model_name, model_key, rules_url, compressor_url, wait)
    with open_gateway(url, key or (keys.derived(secret, training) if secret else "")) as gateway:
        job.Job(gateway, training, folder, services).run()


@app.command("rollback")
def roll_back(
    reason: Annotated[str, typer.Option(help="Why; kept with the promotion.")],
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """The adapter that was live before is live again, or none; files stay where they are, so that its runs can end."""
    with open_gateway(url, key) as gateway:
        live = [one for one in gateway.pages("/v1/artefacts", {"kind": ArtefactKind.ADAPTER.value}) if one["held"]]
        if not live:
            raise CliError("no adapter is live")
        moved = gateway.call("POST", f"/v1/artefacts/{live[0]['id']}/rollback", json={"reason": reason})
    print(f"adapter/{live[0]['name']}: {moved['from_hash']} → {moved['to_hash'] or 'no adapter'}, from the next run on")


def _figures(run: dict[str, Any], evidence: Path | None) -> dict[str, Any]:
    """What was measured: of training, and of the comparison where one is given."""
    told = {name: run[name] for name in ("examples", "steps", "seconds", "held_back_loss", "versions")}
    if evidence is None:
        return {"training": told}
    try:
        compared = json.loads(evidence.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CliError(f"{evidence} cannot be read: {error}") from None
    return {"training": told, "comparison": compared}


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
