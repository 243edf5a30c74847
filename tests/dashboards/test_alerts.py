"""Each alert of the chart fires when it should and is silent when not, by promtool's unit tests (rules_test.yaml)."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "charts" / "auricle" / "alerts"
CASES = Path(__file__).parent / "rules_test.yaml"
needs_promtool = [
    pytest.mark.dashboards,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Debian's prometheus"),
]


def alerts() -> list[dict[str, Any]]:
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(ALERTS.glob("*.yaml"))]
    return [rule for file in files for group in file["groups"] for rule in group["rules"] if "alert" in rule]


NAMES = [rule["alert"] for rule in alerts()]


def promtool(folder: Path, rules: Path = ALERTS) -> subprocess.CompletedProcess[str]:
    """`promtool test rules` with the cases pointed at the rules of a folder."""
    cases = folder / "cases.yaml"
    cases.write_text(CASES.read_text(encoding="utf-8").replace("RULES", str(rules)), encoding="utf-8")
    return subprocess.run(["promtool", "test", "rules", str(cases)], capture_output=True, text=True, check=False)


def untested(cases: str) -> set[str]:
    """Alerts that no case expects to fire."""
    return {name for name in NAMES if f'alertname="{name}"' not in cases}


def with_expression(name: str, expression: str, folder: Path) -> Path:
    """A copy of the rules in which one alert asks something else."""
    for path in ALERTS.glob("*.yaml"):
        file = yaml.safe_load(path.read_text(encoding="utf-8"))
        for group in file["groups"]:
            for rule in group["rules"]:
                rule["expr"] = expression if rule.get("alert") == name else rule["expr"]
        (folder / path.name).write_text(yaml.safe_dump(file, allow_unicode=True), encoding="utf-8")
    return folder


def test_every_alert_is_expected_to_fire_somewhere() -> None:
    cases = CASES.read_text(encoding="utf-8")
    assert untested(cases) == set()
    assert untested(cases.replace('alertname="GpuIdle"', 'alertname="GpuBusy"')) == {"GpuIdle"}


def disagreeing(page: str) -> set[str]:
    """Alerts without a section of their name under "Alerts" in docs/operations.md, sections without an alert, links that lead elsewhere."""
    section = page.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    linked = {
        rule["alert"]
        for rule in alerts()
        if rule["annotations"]["runbook_url"] == f"docs/operations.md#{rule['alert'].lower()}"
    }
    return (set(re.findall(r"^### (\w+)$", section, re.MULTILINE)) ^ set(NAMES)) | (set(NAMES) - linked)


def test_the_alerts_and_their_sections_are_the_same() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert disagreeing(page) == set()
    assert disagreeing(page.replace("### GpuIdle", "### GpuBored")) == {"GpuIdle", "GpuBored"}


class TestByPromtool:
    pytestmark = needs_promtool

    def test_the_cases_hold(self, tmp_path: Path) -> None:
        done = promtool(tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr

    # promtool compares whole lists, so that what holds for two of them holds for each that is on a list.
    @pytest.mark.parametrize("name", ["QueueOld", "ConversationCostly"])
    def test_an_alert_that_never_fires_is_found(self, tmp_path: Path, name: str) -> None:
        done = promtool(tmp_path, with_expression(name, "vector(0) > 1", tmp_path))
        assert done.returncode == 1
        assert name in done.stdout + done.stderr

    @pytest.mark.parametrize("name", ["QueueOld", "ConversationCostly"])
    def test_an_alert_that_always_fires_is_found(self, tmp_path: Path, name: str) -> None:
        done = promtool(tmp_path, with_expression(name, "vector(1)", tmp_path))
        assert done.returncode == 1
        assert "exp: {} 0E+00" in done.stdout + done.stderr, "the quiet stack"
