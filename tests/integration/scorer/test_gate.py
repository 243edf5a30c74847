"""`auricle gate` over compressor, rules and a scripted model: a class that finds what is there passes, one that finds nothing is refused
with the items, and few items are too few.
"""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from auricle_cli import app
from auricle_cli.errors import GateRefused
from auricle_criteria import documents
from auricle_criteria.classes import read_classes
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted
from integration.scorer.checklist_flow import Finds
from integration.scorer.conftest import PROMPTS
from typer.testing import CliRunner

pytestmark = pytest.mark.timeout(600)  # each gate starts two processes or three
NAME = "blame"
BROKEN = "СЛОМАНО"
RUDE, KIND = "Вы сами виноваты, что заказ потерялся", "Сейчас проверю, где ваш заказ"
WIDE = ("--right", "0.1", "--doubtful", "0.9", "--wrong", "0.9")
LOOSE = ("--doubtful", "0.3", "--wrong", "0.3")  # so that ten right items of ten are enough


def item(number: int, *, rude: bool) -> str:
    turns = [
        {"role": "customer", "text": f"Где мой заказ под буквой {chr(ord('а') + number)}?"},
        {"role": "agent", "text": RUDE if rude else KIND},
    ]
    label: dict[str, Any] = {"kind": "error_class", "subject": NAME, "state": "found" if rude else "not_found"}
    label |= {"places": [{"turn": 2, "text": RUDE}]} if rude else {}
    return json.dumps({"channel": "chat", "language": "ru", "turns": turns, "labels": [label]}, ensure_ascii=False)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose prompts look for the class by prompt already: that is live."""
    shutil.copytree(PROMPTS, tmp_path / "prompts")
    (path,) = (tmp_path / "prompts" / "classes").glob(f"*/{NAME}.yaml")
    path.write_text(path.read_text().replace("state: planned", "state: experimental"))
    cards = tmp_path / "prompts" / "scorecards"
    looking = (cards / "sales.yaml").read_text().replace("id: sales", "id: looking")
    choice = f"checklist: {{flow: checklist, classes: [{{error_class: {NAME}}}]}}"
    (cards / "looking.yaml").write_text(looking.replace("checklist: {flow: checklist}", choice))
    monkeypatch.setenv("AURICLE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def gate_on(neighbours: Neighbours, scripted: tuple[str, Scripted], root: Path, tmp_path: Path) -> Any:
    """Runs the command on so many items of each side, with the class's definition as the test wants it."""
    address, model = scripted
    finds, lets_be = Finds({NAME: "T2"}), Finds()

    def say(schema: dict[str, Any], prompt: str) -> dict[str, Any] | None:
        if "grade" in schema["properties"]:
            return {"reasoning": "Говорят об одном.", "grade": 2}
        return (finds if RUDE in prompt and BROKEN not in prompt else lets_be)(schema, prompt)

    model.say = say

    async def run(each: int, definition: str = "", *more: str) -> Any:
        shipped = read_classes(root / "prompts")[NAME]
        text = documents.as_yaml(shipped)
        if definition:
            changed = shipped.model_copy(
                update={
                    "definition": shipped.definition.model_copy(update={"ru": f"{shipped.definition.ru} {definition}"})
                }
            )
            text = documents.as_yaml(changed)
        (tmp_path / "class.yaml").write_text(text)
        lines = [item(number, rude=rude) for rude in (True, False) for number in range(each)]
        (tmp_path / "items.jsonl").write_text("\n".join(lines))
        words = [
            "gate", "--candidate", f"error_class:{tmp_path / 'class.yaml'}", "--items", str(tmp_path / "items.jsonl"),
            "--model-url", address, "--rules-url", neighbours.rules_url, "--compressor-url", neighbours.compressor_url,
            "--runs", "1", "--junit", str(tmp_path / "junit.xml"), "--markdown", str(tmp_path / "gate.md"),
            "--json", str(tmp_path / "gate.json"), *LOOSE, *more,
        ]  # fmt: skip
        return await asyncio.to_thread(CliRunner().invoke, app.app, words)

    run.address = address  # type: ignore[attr-defined]
    yield run
    model.say = None


async def test_what_finds_the_errors_passes(gate_on: Any, tmp_path: Path) -> None:
    ended = await gate_on(10)
    assert ended.exit_code == 0, ended.output
    whole = json.loads((tmp_path / "gate.json").read_text())
    assert (whole["verdict"], whole["items"], whole["runs"]) == ("passed", 20, 1)
    assert 'failures="0"' in (tmp_path / "junit.xml").read_text()


async def test_a_broken_definition_is_refused_with_the_items_that_broke(gate_on: Any, tmp_path: Path) -> None:
    ended = await gate_on(10, BROKEN)
    assert ended.exit_code != 0
    report = (tmp_path / "gate.md").read_text()
    assert "# Gate: refused" in report
    assert "right is found in turn 2; candidate not_found; live found in turn 2" in report
    (found, absent) = json.loads((tmp_path / "gate.json").read_text())["subjects"][0]["sides"]
    assert (found["verdict"], len(found["broken"]), absent["verdict"]) == ("refused", 10, "passed")


async def test_few_items_are_no_pass(gate_on: Any, tmp_path: Path) -> None:
    ended = await gate_on(2)
    assert ended.exit_code != 0
    assert json.loads((tmp_path / "gate.json").read_text())["verdict"] == "too_few"


async def test_a_model_that_does_not_answer_is_an_error_and_no_verdict(gate_on: Any, tmp_path: Path) -> None:
    ended = await gate_on(1, "", "--model-url", "http://127.0.0.1:9/v1")
    assert ended.exit_code != 0
    assert not (tmp_path / "gate.json").exists()


async def test_another_model_of_the_server_is_a_candidate(gate_on: Any, tmp_path: Path) -> None:
    """One that is sure of nothing is refused beside what is live, which is asked as before."""
    asked = ("--subject", NAME, "--scorecard", "looking")
    unsure = await gate_on(4, "", "--candidate", "model:unsure", *asked)
    assert isinstance(unsure.exception, GateRefused), unsure.output
    told = json.loads((tmp_path / "gate.json").read_text())
    assert [(one["subject"], one["verdict"]) for one in told["subjects"]] == [(NAME, "refused")]
    assert "model:unsure beside what is live" in (tmp_path / "gate.md").read_text()
    (found, _) = told["subjects"][0]["sides"]
    assert (found["doubtful"]["share"], found["live_right"]["share"]) == (1.0, 1.0)


async def test_another_rules_service_is_a_candidate(gate_on: Any, tmp_path: Path) -> None:
    """One that does not answer is no verdict: the address is really the candidate's alone."""
    greeted = {"kind": "criterion", "subject": "greeting", "state": "answered", "value": False}
    (tmp_path / "greetings.jsonl").write_text(json.dumps(json.loads(item(1, rude=True)) | {"labels": [greeted]}))
    asked = ("--items", str(tmp_path / "greetings.jsonl"), "--subject", "greeting")
    ended = await gate_on(1, "", "--candidate", "rules:http://127.0.0.1:9", *asked)
    assert "could not be run" in str(ended.exception)
    assert not (tmp_path / "gate.json").exists()


async def test_comments_are_graded_and_only_reported_without_a_certificate(gate_on: Any, tmp_path: Path) -> None:
    ended = await gate_on(
        4, "", *WIDE, "--judge", "same_error", "--judge-url", gate_on.address, "--judge-name", "silent"
    )
    assert ended.exit_code == 0, ended.output
    comments = json.loads((tmp_path / "gate.json").read_text())["subjects"][0]["sides"][-1]
    assert (comments["side"], comments["items"], comments["decides"]) == ("comments", 4, False)
    assert "which has no certificate: only reported" in (tmp_path / "gate.md").read_text()


async def test_a_judge_that_is_the_scorer_is_refused(gate_on: Any, tmp_path: Path) -> None:
    ended = await gate_on(1, "", "--judge", "same_error", "--judge-url", gate_on.address)
    assert "judge_is_scorer" in str(ended.exception)
    assert not (tmp_path / "gate.json").exists()
