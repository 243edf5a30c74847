"""`auricle gate`: one command for CI: a table, JUnit, Markdown, JSON, figures beside the version, and an exit code."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from auricle_contracts import gate_traces
from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenSplit
from auricle_criteria import Library
from auricle_criteria.errors import BadArtefact
from auricle_quality import GateRun, Limits, Prediction, Verdict, gate, reports
from auricle_quality.gate import MOST_KEPT, JudgedComments
from pydantic import ValidationError

from auricle_cli.errors import CliError, GateRefused, TooFewToTell
from auricle_cli.gates import candidates, running
from auricle_cli.gates.candidates import Candidate, Contest, Service, Subject
from auricle_cli.gates.comments import Judge, judged
from auricle_cli.gates.judging import judge_settings, meanings
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

MOST_SUBJECTS = 20
MOST_FIGURES_BYTES = 15 * 1024  # of the 16 KiB that the gateway takes
CUTTABLE = ("flaky", "against", "subjects")


@dataclass(frozen=True)
class Files:
    """Where reports are written; None: nowhere."""

    junit: Path | None
    markdown: Path | None
    whole: Path | None


def run_gate(
    candidate: Annotated[
        str,
        typer.Option(
            help="KIND:NAME@HASH of the registry, or KIND:FILE; KIND is adapter, detector, error_class, flow, "
            "prompt, rule, scorecard. Or model:NAME, another model at the server; or rules:ADDRESS, another rules service."
        ),
    ],
    items: Annotated[
        Path | None, typer.Option(help="Golden items, JSONL; without it those of the workspace are exported.")
    ] = None,
    split: Annotated[GoldenSplit, typer.Option(help="Of the workspace's items.")] = GoldenSplit.TEST,
    subject: Annotated[
        list[str] | None,
        typer.Option(help="Gate on this class or criterion alone; several times. Default: all it serves."),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=50, help="Times that each item is judged.")] = 3,
    scorecard: Annotated[str, typer.Option(envvar="AURICLE_SCORECARD", help="The scorecard that decides.")] = "sales",
    model_url: ModelUrl = MODEL_URL,
    model_name: Annotated[str, typer.Option(envvar="AURICLE_MODEL_NAME", help="As the server calls it.")] = "judge",
    rules_url: RulesUrl = RULES_URL,
    compressor_url: CompressorUrl = COMPRESSOR_URL,
    right: Annotated[float, typer.Option(help="Share of items that must be right.")] = 0.70,
    doubtful: Annotated[float, typer.Option(help="Share that may be doubtful.")] = 0.20,
    wrong: Annotated[float, typer.Option(help="Share that may be wrong.")] = 0.10,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit there.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report there.")] = None,
    whole: Annotated[Path | None, typer.Option("--json", help="Write everything there, items too.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    judge: Annotated[
        str,
        typer.Option(help="Grade comments by this judge of prompts/judges; it decides only with a valid certificate."),
    ] = "",
    judge_url: Annotated[
        str, typer.Option(help="The judge's model server, ending in /v1.")
    ] = "http://127.0.0.1:8083/v1",
    judge_name: Annotated[str, typer.Option(help="The judge's model; never the scorer's own.")] = "judge",
    judge_weights: Annotated[str, typer.Option(help="Hash of its weights, where its server does not tell it.")] = "",
    certificate: Annotated[
        Path | None, typer.Option(help="The judge's certificate, JSON; else the workspace's.")
    ] = None,
) -> None:
    """Run a candidate on golden items beside what is live. Exit code 0 only where every side of every class passes."""
    settings = {
        "AURICLE_MODEL_URL": model_url, "AURICLE_MODEL_NAME": model_name, "AURICLE_RULES_URL": rules_url,
        "AURICLE_COMPRESSOR_URL": compressor_url, "AURICLE_PROMPTS_DIR": str(root() / "prompts"),
    }  # fmt: skip
    own = Judge(judge, judge_settings(judge_url, judge_name, judge_weights), certificate) if judge else None
    with _gateway(candidate, items, url, key) as gateway:
        shipped = shipped_library()
        wanted = candidates.read(candidate, gateway, shipped)
        found = candidates.contest(candidates.live_library(shipped, gateway), wanted, scorecard)
        subjects = _subjects(found, subject or [])
        found = candidates.narrowed(found, subjects)
        dialogues = _labelled(golden_dialogues(items, gateway, split), subjects)
        version = wanted.version if gateway is not None else None
        ours, theirs = _both(found, dialogues, runs, settings, calls=version is not None, gateway=gateway)
        comments = _comments(own, found, subjects, dialogues, (ours, theirs), gateway)
        told = gate(dialogues, subjects, ours, theirs, Limits(right=right, doubtful=doubtful, wrong=wrong), comments)
        _tell(told, wanted, found, Files(junit, markdown, whole))
        if gateway is not None and version is not None:
            _keep(gateway, version, told, found, model_name)
            _keep_traces(gateway, version["id"], told, ours)
    _end(wanted.name, told.verdict)


def _both(
    found: Contest,
    dialogues: Sequence[GoldenDialogue],
    runs: int,
    settings: Mapping[str, str],
    *,
    calls: bool,
    gateway: Gateway | None,
) -> tuple[list[Prediction], list[Prediction]]:
    """What the candidate and what is live say; with `calls`, what the candidate was asked."""
    asked, before = ({**settings, **asked_of(model)} for model in found.models)
    of = {**asked, **found.settings}
    ours = running.predictions(found.candidate, dialogues, runs, of, calls=calls, gateway=gateway)
    return ours, running.predictions(found.live, dialogues, runs, before, gateway=gateway)


def _comments(
    judge: Judge | None,
    found: Contest,
    subjects: Sequence[Subject],
    dialogues: Sequence[GoldenDialogue],
    said: tuple[list[Prediction], list[Prediction]],
    gateway: Gateway | None,
) -> JudgedComments | None:
    """Grades of what is said in words, where a judge is to give them."""
    if judge is None:
        return None
    meant = {one: told for one, told in meanings(found.candidate).items() if one in subjects}
    return judged(judge, dialogues, meant, *said, gateway)


def _end(name: str, verdict: Verdict) -> None:
    if verdict is Verdict.REFUSED:
        raise GateRefused(f"{name} is refused")
    if verdict is Verdict.TOO_FEW:
        raise TooFewToTell(f"{name}: too few golden items to tell")


def asked_of(model: str | None) -> dict[str, str]:
    """The setting that names an adapter; the options' model where there is none."""
    return {"AURICLE_MODEL_NAME": model} if model else {}


@contextmanager
def _gateway(candidate: str, items: Path | None, url: str, key: str) -> Iterator[Gateway | None]:
    """Nobody is asked where candidate and items are files: then what is live is prompts/."""
    if items is not None and candidates.is_file(candidate):
        yield None
        return
    with open_gateway(url, key) as gateway:
        yield gateway


def shipped_library() -> Library:
    """What prompts/ says. Raises CliError."""
    try:
        return Library.read(root() / "prompts")
    except BadArtefact as error:
        raise CliError(error.detail) from None


def _subjects(found: Contest, named: Sequence[str]) -> list[Subject]:
    strange = set(named) - {name for _, name in found.serves}
    if strange:
        raise CliError(f"the candidate does not serve {', '.join(sorted(strange))}")
    return [one for one in found.serves if not named or one[1] in named]


def golden_dialogues(items: Path | None, gateway: Gateway | None, split: GoldenSplit) -> list[GoldenDialogue]:
    """Of a file, else of the workspace. Raises CliError."""
    if items is not None:
        try:
            raw = items.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CliError(f"{items} cannot be read: {error}") from None
    else:
        assert gateway is not None
        raw = gateway.text("/v1/golden-export", {"split": split.value})
    return [_dialogue(number, line) for number, line in enumerate(raw.splitlines(), 1) if line.strip()]


def _dialogue(number: int, line: str) -> GoldenDialogue:
    try:
        return GoldenDialogue.model_validate_json(line, strict=True)
    except ValidationError as error:
        raise CliError(f"line {number} is no golden item: {error.error_count()} faults") from None


def _labelled(dialogues: Sequence[GoldenDialogue], subjects: Sequence[Subject]) -> list[GoldenDialogue]:
    wanted: set[tuple[GoldenKind, str]] = set(subjects)
    return [one for one in dialogues if any((label.kind, label.subject) in wanted for label in one.labels)]


def _tell(told: GateRun, wanted: Candidate | Service, found: Contest, files: Files) -> None:
    nothing = "what is live" if isinstance(wanted, Service) else "nothing live of its name"
    live = f"live @{found.live_hash[:8]}" if found.live_hash else nothing
    report = reports.markdown(told, wanted.name, live)
    print(report)
    written = {files.markdown: report, files.junit: reports.junit(told, wanted.name)}
    written |= {files.whole: told.model_dump_json(indent=1) + "\n"}
    for path, text in written.items():
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def _keep(gateway: Gateway, version: dict[str, Any], told: GateRun, found: Contest, model: str) -> None:
    """As the version's figures, beside what else was measured of it; the worst first, at most twenty."""
    short = told.short()
    subjects = short.pop("subjects")
    assert isinstance(subjects, list)
    order = [verdict.value for verdict in (Verdict.REFUSED, Verdict.TOO_FEW, Verdict.PASSED)]
    subjects.sort(key=lambda one: order.index(one["verdict"]))
    counts = {verdict: sum(one["verdict"] == verdict for one in subjects) for verdict in order}
    told_of = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "live": found.live_hash, "model": model}
    figures = short | told_of | {"counts": counts, "subjects": subjects[:MOST_SUBJECTS]}
    body = {"figures": version["figures"] | {"gate": fitted(figures, beside=version["figures"])}}
    gateway.call("PATCH", f"/v1/artefacts/{version['id']}", json=body)


def _keep_traces(gateway: Gateway, version_id: str, told: GateRun, ours: Sequence[Prediction]) -> None:
    """What was asked of the items that the version's page lists against it."""
    calls = {one.item: one.calls for one in ours if one.calls}
    for case in told.against()[:MOST_KEPT]:
        if case.id is not None and case.item in calls:
            body = gate_traces.fitted(calls[case.item]).model_dump(mode="json")
            gateway.call("PUT", f"/v1/artefacts/{version_id}/gate-traces/{case.id}", json=body)


def fitted(figures: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """With as many flaky items, items against and subjects as a version's figures have room for; the last ones go first."""
    kept = {name: list(one) if name in CUTTABLE else one for name, one in figures.items()}
    while len(json.dumps({**beside, "gate": kept}, ensure_ascii=False).encode()) > MOST_FIGURES_BYTES:
        longest = max(CUTTABLE, key=lambda name: len(kept.get(name, ())))
        if not kept.get(longest):
            break
        kept[longest].pop()
    return kept
