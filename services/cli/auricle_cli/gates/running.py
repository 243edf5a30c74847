"""The scorer's flow and its judge as processes of their own: this one asks no model and imports no service."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from auricle_contracts.golden import GoldenDialogue
from auricle_contracts.judges import ComparedPair
from auricle_criteria import Bundle
from auricle_quality import Prediction
from auricle_quality.pairs import JudgeReplies

from auricle_cli.errors import CliError
from auricle_cli.gateway import Gateway


def predictions(
    bundle: Bundle,
    dialogues: Sequence[GoldenDialogue],
    runs: int,
    settings: Mapping[str, str],
    *,
    calls: bool = False,
    gateway: Gateway | None = None,
) -> list[Prediction]:
    """Of each dialogue so many, with `calls` what was asked in the first of them. `settings` are the scorer's; a flow that shows golden
    cases asks the `gateway` for them.

    Raises CliError with what the process says.
    """
    with TemporaryDirectory(prefix="auricle-gate-") as name:
        folder = Path(name)
        (folder / "bundle.json").write_text(bundle.model_dump_json(by_alias=True), "utf-8")
        lines = (one.model_dump_json(exclude_none=True) + "\n" for one in dialogues)
        (folder / "items.jsonl").write_text("".join(lines), "utf-8")
        files = [
            word for part in ("bundle.json", "items.jsonl") for word in (f"--{part.split('.')[0]}", str(folder / part))
        ]
        out = folder / "predictions.jsonl"
        words = [
            "auricle_scorer.replay",
            *files,
            "--out",
            str(out),
            "--runs",
            str(runs),
            *(["--calls"] if calls else []),
            *(["--cases-url", gateway.url] if gateway else []),
        ]
        own = {"AURICLE_KEY": gateway.key} if gateway else {}
        _run(words, {**settings, **own}, "the candidate could not be run")
        return [Prediction.model_validate_json(line) for line in out.read_text("utf-8").splitlines()]


def judged(
    judge: str, pairs: Sequence[ComparedPair], runs: int, settings: Mapping[str, str], *, measure: bool = False
) -> JudgeReplies:
    """All replies of a judge of prompts/judges; `measure`: swapped, with noise and in other words too. Raises CliError."""
    with TemporaryDirectory(prefix="auricle-judge-") as name:
        folder = Path(name)
        lines = (one.model_dump_json(exclude_none=True) + "\n" for one in pairs)
        (folder / "pairs.jsonl").write_text("".join(lines), "utf-8")
        out = folder / "replies.json"
        words = [
            "auricle_scorer.pair_grading",
            "--judge",
            judge,
            "--pairs",
            str(folder / "pairs.jsonl"),
            "--out",
            str(out),
        ]
        words += ["--runs", str(runs), *(["--measure"] if measure else [])]
        _run(words, settings, "the judge could not be asked")
        return JudgeReplies.model_validate_json(out.read_text("utf-8"))


def _run(words: Sequence[str], settings: Mapping[str, str], failed: str) -> None:
    ended = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", *words], env={**os.environ, **settings}, check=False, capture_output=True, text=True
    )
    if ended.returncode:
        told = [line for line in ended.stderr.splitlines() if line.strip()]
        raise CliError(f"{failed}: {told[-1] if told else ended.returncode}")
