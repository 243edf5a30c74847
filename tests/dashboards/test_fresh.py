"""The committed JSON is what its generator makes of the panels today."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DRAWN = Path("charts/auricle/dashboards")
NEEDED = ("charts/dashboards", "charts/auricle/dashboards", "prompts/prices")


def checked(root: Path) -> subprocess.CompletedProcess[str]:
    """`python -m dashboards --check` on a tree."""
    environment = os.environ | {"PYTHONPATH": str(root / "charts"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "dashboards", "--check"]
    return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)


def retitled(folder: Path) -> None:
    path = folder / "operations.json"
    path.write_text(path.read_text().replace("Dead runs", "Sleeping runs"))


def other_prices(folder: Path) -> None:
    path = folder / "economics.json"
    path.write_text(path.read_text().replace("0.8048", "0.08048"))


PLANTS: dict[str, Callable[[Path], Any]] = {
    "operations.json": retitled,
    "economics.json": other_prices,
    "quality.json": lambda folder: (folder / "quality.json").unlink(),
    "nobodys.json": lambda folder: (folder / "nobodys.json").write_text("{}"),
}


def test_the_committed_dashboards_are_fresh() -> None:
    done = checked(ROOT)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (ROOT / DRAWN).glob("*.json")} == {
        "operations.json",
        "quality.json",
        "economics.json",
    }


def test_stale_files_are_named(tmp_path: Path) -> None:
    for folder in NEEDED:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for plant in PLANTS.values():
        plant(tmp_path / DRAWN)
    done = checked(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"stale: {', '.join(sorted(PLANTS))};"), done.stderr


def test_each_panel_has_its_place_and_no_two_overlap() -> None:
    for path in (ROOT / DRAWN).glob("*.json"):
        places = [panel["gridPos"] for panel in json.loads(path.read_text())["panels"]]
        cells = [
            (x, y)
            for at in places
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        ]
        assert len(cells) == len(set(cells)), path.name
        assert all(0 <= x < 24 for x, _ in cells), path.name
