"""The schemas of values and the tables of the READMEs are what the generator makes today."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from manifests.release import ROOT

pytestmark = pytest.mark.usefixtures("chart")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    """`charts/generate.py --check` on a copy of the repository's charts."""
    command = [sys.executable, str(root / "charts" / "generate.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_generated_is_fresh() -> None:
    done = check(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["values.schema.json", "README.md"])
def test_a_file_changed_by_hand_is_stale(tmp_path: Path, name: str) -> None:
    for folder in ("charts", "keda", "karpenter"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    changed = tmp_path / "charts" / "auricle" / name
    changed.write_text(
        changed.read_text().replace('"additionalProperties": false', "", 1).replace("| `secret` |", "|", 1)
    )
    done = check(tmp_path)
    assert done.returncode == 1
    assert name in done.stdout
