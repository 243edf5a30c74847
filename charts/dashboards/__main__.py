"""`python -m dashboards [--check]`, with `charts` on PYTHONPATH: writes charts/auricle/dashboards, or says what is stale."""

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from auricle_contracts.panels import OPERATIONS
from auricle_records.analytics import ECONOMICS, QUALITY, Price, price_rows

from dashboards.drawing import drawn

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "charts" / "auricle" / "dashboards"


def prices() -> Iterator[Price]:
    """Every shipped price."""
    for path in sorted((ROOT / "prompts" / "prices").glob("*.yaml")):
        file = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from ((file["dated"], one["device"], one["usd_per_hour"]) for one in file["devices"])


def dashboards() -> dict[str, str]:
    """File name → JSON."""
    rows = price_rows(prices())
    return {
        "operations.json": drawn("Auricle: Operations", "auricle-operations", OPERATIONS),
        "quality.json": drawn("Auricle: Quality", "auricle-quality", QUALITY, rows),
        "economics.json": drawn("Auricle: Economics", "auricle-economics", ECONOMICS, rows),
    }


def stale(target: Path = TARGET) -> list[str]:
    """Files that differ from what would be written, are missing or are nobody's."""
    fresh = dashboards()
    there = {path.name: path.read_text(encoding="utf-8") for path in target.glob("*.json")}
    return sorted(name for name in fresh.keys() | there.keys() if fresh.get(name) != there.get(name))


def main() -> None:
    """Write, or with --check only look."""
    if "--check" in sys.argv[1:]:
        found = stale()
        sys.exit(f"stale: {', '.join(found)}; run make draw-dashboards" if found else 0)
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in dashboards().items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
