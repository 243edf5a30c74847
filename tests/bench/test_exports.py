"""Memory of an export beside the count of its conversations: Excel and Parquet are written as they come. Writes docs/evidence/exports.json.

Each figure is from a process of its own: what the writer adds to what the process had before the first row. It is read from
/proc/self, whose peak can be set back: that of `getrusage` is handed on from the process that started this one.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from auricle_gateway.exports.excel_file import ExcelFile, Style
from auricle_gateway.exports.parquet_file import ParquetFile
from auricle_gateway.exports.tables import REPORT, Item
from unit.gateway.reports_made import answer, item

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
EVIDENCE = Path("docs/evidence/exports.json")
COUNTS = {"parquet": (1_000, 10_000, 100_000), "xlsx": (1_000, 10_000)}
BATCH = 200
MOST_MIB = 64
"""What an export may add to its gateway, however many conversations it has."""


def batches(count: int) -> Iterator[Sequence[Item]]:
    """As `exporter` hands them over: nothing of the last batch is kept."""
    template = item(answer("politeness", 78), answer("sale_chance", 64))
    for start in range(0, count, BATCH):
        yield [
            replace(template, conversation=template.conversation.model_copy(update={"id": f"c{number}"}))
            for number in range(start, start + BATCH)
        ]


def write(kind: str, count: int, path: Path) -> None:
    """One file of `count` conversations."""
    if kind == "xlsx":
        book = ExcelFile(path, Style("ru", "https://auricle.example"))
        for items in batches(count):
            book.add(items)
        book.close()
        return
    table = ParquetFile(path, REPORT.columns)
    for items in batches(count):
        table.add(items, REPORT)
    table.close()


def peak_kib() -> int:
    """The most resident memory since the peak was last set back."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def measured(kind: str, count: int) -> dict[str, float]:
    """Peak of resident memory above the start, seconds of CPU, size."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak becomes what is resident now
    before, began = peak_kib(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write(kind, count, Path(folder) / "export")
        size = (Path(folder) / "export").stat().st_size
    return {
        "before_mib": round(before / 1024),
        "added_mib": round((peak_kib() - before) / 1024, 1),
        "cpu_seconds": round(time.process_time() - began, 1),
        "file_mib": round(size / 2**20, 1),
    }


def test_memory_of_an_export_does_not_grow_with_its_count() -> None:
    figures = {}
    for kind, counts in COUNTS.items():
        for count in counts:
            done = subprocess.run(
                [sys.executable, "-m", "bench.test_exports", kind, str(count)],
                check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": f"tests:{os.environ.get('PYTHONPATH', '')}"},
            )  # fmt: skip
            figures[f"{kind} {count}"] = json.loads(done.stdout)
    evidence = {
        "command": "make bench, or pytest -m bench tests/bench/test_exports.py",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Linux x86-64",
        "of_a_conversation": "one row of the report and two answers; Excel has all sheets, Parquet the report",
        "most_added_mib": MOST_MIB,
        "figures": figures,
    }
    EVIDENCE.write_text(json.dumps(evidence, indent=2) + "\n")
    assert all(one["added_mib"] <= MOST_MIB for one in figures.values()), figures


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
