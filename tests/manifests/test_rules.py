"""The alert rules as the cluster gets them, after Helm, are read by Prometheus's own tool."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from manifests.checks.observing import rules_of
from manifests.release import Manifest, Release

pytestmark = [
    pytest.mark.manifests,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Debian's prometheus"),
]


def complaint(groups: list[Manifest], folder: Path) -> str:
    """What promtool says against the rules; empty when they are right."""
    path = folder / "rules.yaml"
    path.write_text(json.dumps({"groups": groups}))
    done = subprocess.run(["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_rendered_rules_are_rules(releases: dict[str, Release], tmp_path: Path) -> None:
    brought = releases["eks"].of("PrometheusRule")
    assert sum("alert" in rule for _, rule in rules_of(releases["eks"])) >= 5
    for number, one in enumerate(brought):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert complaint(one["spec"]["groups"], folder) == ""


def test_a_broken_expression_is_found(tmp_path: Path) -> None:
    rule = {"alert": "Broken", "expr": "sum by (stream (auricle_queue_length)"}
    assert "parse error" in complaint([{"name": "broken", "rules": [rule]}], tmp_path)
