"""A replay has no golden set to show cases from: it refuses a flow that would show some, before anything is asked."""

from pathlib import Path

import pytest
from auricle_criteria import Bundle, Cases, Library
from auricle_scorer import replay
from unit.scorer.checklist_cases import PROMPTS


def test_a_flow_that_shows_golden_cases_is_not_measured_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = Bundle.of(Library.read(PROMPTS), "sales")
    assert bundle.flow is not None
    flow = bundle.flow.model_copy(update={"examples": Cases(source="golden")})
    file, items, out = (tmp_path / name for name in ("bundle.json", "items.jsonl", "out.jsonl"))
    file.write_text(bundle.model_copy(update={"flow": flow}).model_dump_json(by_alias=True), "utf-8")
    items.touch()
    words = ["replay", "--bundle", str(file), "--items", str(items), "--out", str(out)]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit, match="examples_unmeasured"):
        replay.main()
    assert not out.exists()
