"""`auricle thresholds fit`: what is live over golden items, a table, and a scorecard that reads back with its thresholds."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from auricle_cli import app
from auricle_cli.gates import running
from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.golden import GoldenDialogue, GoldenKind
from auricle_contracts.judges import ModelIdentity
from auricle_criteria import Bundle, Library, Scorecard, documents
from auricle_quality import PredictedOutcome, PredictedState, Prediction
from typer.testing import CliRunner

ROOT = Path(__file__).parents[3]
LIBRARY = Library.read(ROOT / "prompts")


def item(number: int) -> str:
    label = {"kind": "criterion", "subject": "politeness", "state": "answered", "value": 80}
    turns = [{"role": "agent", "text": f"Добрый день {number}"}]
    return json.dumps({"channel": "chat", "turns": turns, "labels": [label]}, ensure_ascii=False)


def said(bundle: Bundle, dialogues: Sequence[GoldenDialogue], runs: int, settings: object) -> list[Prediction]:
    """Right where it is sure, wrong where it is not."""
    assert bundle.scorecard.thresholds is None
    assert (runs, settings is not None) == (1, True)
    return [
        Prediction(
            item=number,
            run=0,
            model=ModelIdentity(name="judge", weights="a1"),
            outcomes=(
                PredictedOutcome(
                    kind=GoldenKind.CRITERION, subject="politeness", state=PredictedState.ANSWERED,
                    value=80 if number % 2 else 10, scale="score", confidence=0.97 if number % 2 else 0.55,
                ),
            ),
        )
        for number, _ in enumerate(dialogues)
    ]  # fmt: skip


@pytest.mark.parametrize(("items", "state"), [(200, "held"), (20, "too_few")])
def test_the_scorecard_carries_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, items: int, state: str
) -> None:
    monkeypatch.setenv("AURICLE_ROOT", str(ROOT))
    monkeypatch.setattr(running, "predictions", said)
    (tmp_path / "items.jsonl").write_text("\n".join(map(item, range(items))))
    out = tmp_path / "sales.yaml"
    words = ["thresholds", "fit", "--items", str(tmp_path / "items.jsonl"), "--out", str(out)]
    ended = CliRunner().invoke(app.app, words)
    assert ended.exit_code == 0, ended.output
    read = documents.read_document(ArtefactKind.SCORECARD, out.read_text("utf-8"), LIBRARY.systems)
    assert isinstance(read, Scorecard)
    assert read.thresholds is not None
    (one,) = read.thresholds.of
    assert (one.subject, one.state, one.n) == ("politeness", state, items)
    assert one.at_least == (0.6 if state == "held" else None)
    assert read.thresholds.model.weights == "a1"
    assert ("50% (43%-57%) | 0 of 100" if state == "held" else "too few") in ended.output


def test_a_scorecard_without_thresholds_keeps_its_hash() -> None:
    card = LIBRARY.scorecard("sales")
    assert "thresholds" not in documents.body_of(card)
    assert "thresholds" not in documents.as_yaml(card)
