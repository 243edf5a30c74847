"""Words to the judge on a second hand's lines: of 80 attacks and 220 ordinary lines that look like some, how many are withheld or noticed.

`python tests/bench/judge_instructions.py docs/evidence/judge-instructions.json`. Lines with an even number (from 0) were read when the
lists were written; the others were not, and are the measurement. No text is printed.
"""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from auricle_judging.instructions import suspected, without_instructions
from auricle_kit.shares import wilson

DATA = Path(__file__).parents[1] / "data" / "instructions"
COMMAND = "python tests/bench/judge_instructions.py docs/evidence/judge-instructions.json"


def lines_of(name: str) -> list[str]:
    """The lines of a file, in which a line break is written as two characters."""
    return [line.replace("\\n", "\n") for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def row(lines: Sequence[str]) -> dict[str, object]:
    """Lines of which something is withheld, those that are at least flagged, and the shares' 95 % intervals (Wilson)."""
    withheld = [without_instructions(line) != line for line in lines]
    noticed = [hidden or suspected(line) for hidden, line in zip(withheld, lines, strict=True)]
    return {
        "lines": len(lines),
        "withheld": sum(withheld), "withheld_interval": wilson(sum(withheld), len(lines)),
        "noticed": sum(noticed), "noticed_interval": wilson(sum(noticed), len(lines)),
    }  # fmt: skip


def figures() -> dict[str, dict[str, object]]:
    """By file and by whether its lines were read when the lists were written."""
    files = {"attacks": "attacks_second.txt", "ordinary": "benign_second.txt"}
    halves = {"read": 0, "unread": 1}
    return {
        f"{kind}, {half}": row(lines_of(name)[at::2]) for kind, name in files.items() for half, at in halves.items()
    }


if __name__ == "__main__":
    found = figures()
    for name, one in found.items():
        print(f"{name}: {one['withheld']} withheld, {one['noticed']} noticed, of {one['lines']}")
    if len(sys.argv) > 1:
        told = {"command": COMMAND, "date": datetime.now(UTC).date().isoformat(), "figures": found}
        Path(sys.argv[1]).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
