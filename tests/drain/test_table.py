"""docs/drain.md says the seconds that the chart and the settings say, and shows nothing that was not seen."""

import re

import pytest
from auricle_kit.settings import Settings
from drain.told import SPOT_NOTICE_S, Ending, endings
from fixtures.scripted_stack import ROOT

PAGE = (ROOT / "docs" / "drain.md").read_text()
ROW = re.compile(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|", re.MULTILINE)
NOT_IN_THE_CHART = {"llm"}
"""The laptop's stand-in for vLLM; compose gives it what the settings say."""


def wrong(page: str, told: dict[str, Ending]) -> list[str]:
    """Workloads whose row is missing, or says other seconds."""
    rows = {name: Ending(*map(float, figures)) for name, *figures in ROW.findall(page)}
    return sorted(name for name in {*rows, *told} - NOT_IN_THE_CHART if rows.get(name) != told.get(name))


def test_every_workload_has_its_row_with_the_charts_seconds() -> None:
    assert wrong(PAGE, endings()) == []


@pytest.mark.parametrize("plant", ["| asr | 5 | 90 | 106 |", "| nobody | 5 | 20 | 35 |"])
def test_another_figure_is_noticed(plant: str) -> None:
    assert wrong(PAGE + plant + "\n", endings()) == [plant.split()[1]]


def test_the_grace_holds_the_sleep_and_the_drain_and_a_spot_notice_holds_all() -> None:
    for name, one in endings().items():
        assert one.sleep_s + one.drain_s + 5 <= one.grace_s <= SPOT_NOTICE_S, name


def test_what_the_chart_does_not_name_is_the_settings_default() -> None:
    usual = Settings.model_fields["drain_seconds"].default
    assert {name for name, one in endings().items() if one.drain_s != usual} == {"asr", "scorer", "vllm"}
    assert f"| llm | 0 | {usual:g} |" in PAGE
