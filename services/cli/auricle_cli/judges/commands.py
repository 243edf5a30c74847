"""`auricle judge`: pairs for people to grade, a judge's grades, its certificate, and what is kept of both."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from auricle_contracts.golden import GoldenSplit
from auricle_contracts.judges import CertificateState, ComparedPair, JudgeCertificate
from auricle_criteria import Bundle
from auricle_kit.errors import AuricleError
from auricle_quality import certificate_reports, certificates, pairs
from auricle_quality.pairing import pairs_of
from rich.table import Table

from auricle_cli import showing
from auricle_cli.errors import CliError, GateRefused, TooFewToTell
from auricle_cli.gates import candidates, running
from auricle_cli.gates.commands import asked_of, golden_dialogues, shipped_library
from auricle_cli.gates.judging import judge_settings, meanings
from auricle_cli.judges import juries
from auricle_cli.judges.pair_files import Pairs, read_pairs
from auricle_cli.options import (
    COMPRESSOR_URL,
    DEFAULT_URL,
    RULES_URL,
    CompressorUrl,
    Json,
    Key,
    RulesUrl,
    Url,
    open_gateway,
    print_json,
    root,
)

app = typer.Typer(no_args_is_help=True, help="Judges of comments and findings: pairs, grades, certificates.")
Judge = Annotated[str, typer.Option(help="A file of prompts/judges, by its id.")]
ModelUrl = Annotated[str, typer.Option(help="The judge's model server, OpenAI-compatible, ending in /v1.")]
ModelName = Annotated[str, typer.Option(help="The judge's model, as the server calls it.")]
Weights = Annotated[str, typer.Option(help="Hash of the judge's weights, where the server does not tell its own.")]
DEFAULT_MODEL_URL = "http://127.0.0.1:8083/v1"


@app.command("pairs")
def make_pairs(
    out: Annotated[Path, typer.Option(help="Where the pairs are written, for people to fill in `grade`.")],
    items: Annotated[Path | None, typer.Option(help="Golden items, JSONL; without it those of the workspace.")] = None,
    split: Annotated[GoldenSplit, typer.Option(help="Of the workspace's items.")] = GoldenSplit.DEVELOPMENT,
    scorecard: Annotated[str, typer.Option(envvar="AURICLE_SCORECARD", help="The scorecard that decides.")] = "sales",
    model_url: Annotated[
        str, typer.Option(envvar="AURICLE_MODEL_URL", help="The scorer's model server.")
    ] = DEFAULT_MODEL_URL,
    model_name: Annotated[str, typer.Option(envvar="AURICLE_MODEL_NAME", help="The scorer's model.")] = "judge",
    rules_url: RulesUrl = RULES_URL,
    compressor_url: CompressorUrl = COMPRESSOR_URL,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """What is live says something of golden items: beside what people say, pair by pair."""
    settings = {
        "AURICLE_MODEL_URL": model_url, "AURICLE_MODEL_NAME": model_name, "AURICLE_RULES_URL": rules_url,
        "AURICLE_COMPRESSOR_URL": compressor_url, "AURICLE_PROMPTS_DIR": str(root() / "prompts"),
    }  # fmt: skip
    with nullcontext() if items is not None else open_gateway(url, key) as gateway:
        library = candidates.live_library(shipped_library(), gateway)
        dialogues, bundle = golden_dialogues(items, gateway, split), Bundle.of(library, scorecard)
        asked = settings | asked_of(candidates.adapter_of(library))
        said = running.predictions(bundle, dialogues, 1, asked, gateway=gateway)
    found = [pair for _, pair in pairs_of(dialogues, said, meanings(bundle))]
    _write(out, found)
    print(f"{out}: {len(found)} pairs of {len(dialogues)} items")


@app.command("grade")
def grade_pairs(
    path: Pairs,
    out: Annotated[Path, typer.Option(help="Where the replies are written, JSON.")],
    judge: Judge = "same_error",
    model_url: ModelUrl = DEFAULT_MODEL_URL,
    model_name: ModelName = "judge",
    model_weights: Weights = "",
) -> None:
    """A judge's grades, once each. They only report: a certificate is what lets a gate decide by them."""
    found = read_pairs(path)
    said = running.judged(judge, found, 1, judge_settings(model_url, model_name, model_weights))
    out.write_text(said.model_dump_json(indent=1) + "\n", "utf-8")
    counts = {grade: sum(one.grade == grade for one in said.replies) for grade in (2, 1, 0, None)}
    print(", ".join(f"{'no answer' if grade is None else grade}: {count}" for grade, count in counts.items()))


@app.command("certify")
def certify(
    path: Pairs,
    judge: Judge = "same_error",
    model_url: ModelUrl = DEFAULT_MODEL_URL,
    model_name: ModelName = "judge",
    model_weights: Weights = "",
    runs: Annotated[int, typer.Option(min=2, max=50, help="Times that each pair is graded.")] = 11,
    days: Annotated[int, typer.Option(min=1, max=365, help="For how long it holds.")] = certificates.DAYS,
    markdown: Annotated[Path | None, typer.Option(help="Write the report there.")] = None,
    whole: Annotated[Path | None, typer.Option("--json", help="Write the certificate there.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it in the workspace, where gates look for it.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Measure a judge on pairs that people graded. Exit code 0 only for a valid certificate, 6 refused, 7 too few to tell."""
    graded = [one for one in read_pairs(path) if one.grade is not None]
    if not graded:
        raise CliError(f"nobody graded a pair of {path}: people fill in `grade` first")
    said = running.judged(judge, graded, runs, judge_settings(model_url, model_name, model_weights), measure=True)
    try:
        measured = pairs.measurement(graded, said)
        found = certificates.certify(measured, days=days)
    except AuricleError as error:
        raise CliError(f"{error.code}: {error.detail}") from None
    report = certificate_reports.markdown(found)
    print(report)
    for target, text in ((markdown, report), (whole, found.model_dump_json(indent=1) + "\n")):
        if target is not None:
            target.write_text(text, "utf-8")
    if keep:
        body = {"measurement": measured.model_dump(mode="json"), "days": days}
        with open_gateway(url, key) as gateway:
            kept = gateway.call("POST", "/v1/judge-certificates", json=body)
        print(f"kept as {kept['id']}")
    _end(found)


app.command("propose")(juries.propose)
app.command("dispute")(juries.dispute)


@app.command("list")
def list_certificates(url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """The workspace's certificates as they stand now, the newest first."""
    with open_gateway(url, key) as gateway:
        found = list(gateway.pages("/v1/judge-certificates", {}))
    if as_json:
        print_json(found)
        return
    table = Table("id", "judge", "model", "weights", "state", "until", "decides in")
    for one in found:
        deciding = ", ".join(of["subject"] for of in one["subjects"] if of["state"] == "valid") or "–"
        model = one["judge"]["model"]
        table.add_row(
            one["id"],
            one["judge"]["prompt"],
            model["name"],
            model["weights"][:12],
            one["state"],
            one["expires_at"][:10],
            deciding,
        )
    showing.console(as_json=False).print(table)


def _write(path: Path, found: Sequence[ComparedPair]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(one.model_dump_json() + "\n" for one in found), "utf-8")


def _end(found: JudgeCertificate) -> None:
    if found.state is CertificateState.REFUSED:
        raise GateRefused("the judge is refused: its grades only report")
    if found.state is CertificateState.TOO_FEW:
        raise TooFewToTell("too few pairs to tell how far the judge is to be believed: its grades only report")
