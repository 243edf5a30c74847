"""Flows are read strictly: steps in their order, asking ones with prompt and budget, references to what exists."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from auricle_criteria import BadArtefact, Bundle, ClassState, Flow, Library, StepKind, UnknownArtefact
from auricle_criteria.yaml_files import parse
from pydantic import ValidationError

PROMPTS = Path("prompts")
ASKING = {"prompt": "evaluate", "max_calls": 3, "max_tokens": 9000}


def a_flow(*steps: dict[str, Any]) -> Flow:
    return Flow.model_validate({"id": "f", "version": 1, "note": "n", "steps": list(steps)})


def test_the_shipped_flow_is_in_order_and_its_rules_exist() -> None:
    flow = Library.read(PROMPTS).flows["checklist"]
    assert [step.kind for step in flow.steps][:2] == [StepKind.RULES, StepKind.ROUTE]
    known = {path.stem for path in (PROMPTS / "rules").glob("*.yaml")}
    assert {name for names in flow.route.met_by.values() for name in names} <= known


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"kind": "route"}, {"kind": "rules"}],
        [{"kind": "rules"}, {"kind": "rules"}],
        [{"kind": "detect"}],
        [{"kind": "rules", **ASKING}],
        [{"kind": "detect", **ASKING, "max_calls": 0}],
        [{"kind": "verify", **ASKING}],
        [{"kind": "rules", "unknown": 1}],
    ],
)
def test_a_flow_that_cannot_run_is_refused(steps: list[dict[str, Any]]) -> None:
    assert a_flow({"kind": "rules"}, {"kind": "detect", **ASKING}, {"kind": "verify", **ASKING}).prompts
    with pytest.raises(ValidationError):
        a_flow(*steps)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped data, to be changed."""
    return Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))


def change(folder: Path, name: str, **changed: Any) -> None:
    path = folder / name
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text("utf-8")), **changed}, allow_unicode=True), "utf-8")


@pytest.mark.parametrize(
    ("name", "changed", "word"),
    [
        ("flows/checklist.yaml", {"steps": [{"kind": "detect", **ASKING, "prompt": "absent"}]}, "no prompt 'absent'"),
        ("scorecards/sales.yaml", {"checklist": {"flow": "absent"}}, "no flow 'absent'"),
        (
            "scorecards/sales.yaml",
            {"checklist": {"flow": "checklist", "without": ["absent"]}},
            "no error class 'absent'",
        ),
        (
            "scorecards/sales.yaml",
            {"checklist": {"flow": "checklist", "classes": [{"error_class": "sarcasm"}]}},
            "nothing finds the error class 'sarcasm'",
        ),
    ],
)
def test_a_reference_to_nothing_is_named(folder: Path, name: str, changed: dict[str, Any], word: str) -> None:
    change(folder, name, **changed)
    with pytest.raises(UnknownArtefact, match=word):
        Library.read(folder)


def test_a_recipe_pins_flow_and_chosen_classes_by_content(folder: Path) -> None:
    before = Bundle.of(Library.read(folder), "sales")
    change(
        folder, "classes/politeness/blame.yaml", note="Another note of a class that nobody looks for.", state="planned"
    )
    assert Bundle.of(Library.read(folder), "sales").flow_pin == before.flow_pin
    change(folder, "classes/politeness/blame.yaml", state="live")
    live = Bundle.of(Library.read(folder), "sales")
    assert "blame" in [one.id for one in live.classes]
    assert all(one.state is ClassState.LIVE for one in live.classes)
    assert live.flow_pin != before.flow_pin
    change(folder, "classes/politeness/blame.yaml", note="Its words changed.")
    assert Bundle.of(Library.read(folder), "sales").flow_pin not in (live.flow_pin, before.flow_pin)
    assert Bundle.kept(live.body()) == live
    change(folder, "flows/checklist.yaml", note="Another.")
    assert Bundle.of(Library.read(folder), "sales").flow_pin.partition("+")[0] == live.flow_pin.partition("+")[0]


def test_aliases_and_what_is_no_yaml_are_refused() -> None:
    for raw in ("a: &x [1]\nb: *x", "a: [", "- 1", "[" * 3000):
        with pytest.raises(BadArtefact):
            parse(Flow, raw, "f.yaml")
