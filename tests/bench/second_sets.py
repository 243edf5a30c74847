"""Masking and amounts on the second and third sets, each of another hand: recall and precision with intervals, by kind; no text is printed.

`python tests/bench/second_sets.py docs/evidence/second-sets.json` writes the figures; `--failures` prints ids and kinds of what went wrong.
Their hands had not seen the code. Lines of the second are read by whoever changes it now, those of the third are not.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from auricle_contracts import Role, Turn
from auricle_kit.shares import wilson
from auricle_languages import Languages, analyse_turn
from auricle_masking import Detector

ROOT = Path(__file__).parents[2]

DATA = ROOT / "tests" / "data"
PROMPTS = ROOT / "prompts"
COMMAND = "python tests/bench/second_sets.py docs/evidence/second-sets.json"
Place = tuple[int, int]


@dataclass
class Count:
    """Of one kind: marks and those found, reports and those right."""

    marks: int = 0
    found: int = 0
    reported: int = 0
    right: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, name) + getattr(other, name) for name in ("marks", "found", "reported", "right")))

    def row(self) -> dict[str, Any]:
        """Counts, shares, and their 95 % intervals (Wilson)."""
        return {
            "marks": self.marks, "found": self.found, "reported": self.reported, "right": self.right,
            "recall": _share(self.found, self.marks), "recall_interval": _interval(self.found, self.marks),
            "precision": _share(self.right, self.reported), "precision_interval": _interval(self.right, self.reported),
        }  # fmt: skip


@dataclass
class Result:
    """Counts by kind, lines that are right as a whole, and ids of those that are not."""

    kinds: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    lines: int = 0
    lines_right: int = 0
    failures: list[str] = field(default_factory=list)

    def table(self) -> dict[str, Any]:
        """As the evidence holds it."""
        rows = {kind: count.row() for kind, count in sorted(self.kinds.items())}
        whole = sum(self.kinds.values(), Count())
        return {"lines": self.lines, "lines_right": self.lines_right, "all": whole.row(), "kinds": rows}

    def close(self, row: dict[str, Any], wrong: list[str]) -> None:
        """One line is done."""
        self.lines += 1
        self.lines_right += not wrong
        if wrong:
            self.failures.append(f"{row['id']}: {', '.join(sorted(wrong))}")


def _share(part: int, of: int) -> float | None:
    return round(part / of, 4) if of else None


def _interval(part: int, of: int) -> list[float]:
    return [round(bound, 3) for bound in wilson(part, of)]


def masking(rows: Iterable[dict[str, Any]]) -> Result:
    """A mark is found when every letter and digit of it is hidden, under whatever kind; a report is right when it touches a mark."""
    detector, result = Detector.load(PROMPTS), Result()
    for row in rows:
        turns = tuple(_turns(row))
        hits = detector.find(turns, declared=row["language"]).hits
        hidden = [
            (hit.kind.value, (one.start, one.end)) for hit in hits for one in hit.places if one.line == len(turns) - 1
        ]
        marks = list(_marks(row))
        wrong = []
        for kind, (start, end) in marks:
            letters = [place for place in range(start, end) if row["text"][place].isalnum()]
            found = all(any(first <= place < last for _, (first, last) in hidden) for place in letters)
            result.kinds[kind] += Count(marks=1, found=int(found))
            wrong += [] if found else [f"missed {kind}"]
        for kind, (first, last) in hidden:
            right = any(start < last and first < end for _, (start, end) in marks)
            result.kinds[kind] += Count(reported=1, right=int(right))
            wrong += [] if right else [f"extra {kind}"]
        result.close(row, wrong)
    return result


def _turns(row: dict[str, Any]) -> Iterator[Turn]:
    roles = [Role(row["role"]), Role.CUSTOMER if row["role"] == "agent" else Role.AGENT]
    said = [*row.get("before", ()), row["text"]]
    for number, text in enumerate(said, 1):
        role = roles[(len(said) - number) % 2]
        yield Turn(id=number, participant=role.value, role=role, text=text)


def _marks(row: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    """Each span where it stands; the same words twice are two places."""
    ends: dict[str, int] = defaultdict(int)
    for span in row["spans"]:
        start = row["text"].index(span["text"], ends[span["text"]])
        ends[span["text"]] = start + len(span["text"])
        yield span["kind"], (start, ends[span["text"]])


def amounts(rows: Iterable[dict[str, Any]]) -> Result:
    """By value, each mark and each report once; the currency is told apart, of the sums whose value is right."""
    languages, result = Languages.load(PROMPTS), Result()
    for row in rows:
        turn = Turn(id=1, participant="a", role=Role.AGENT, text=row["text"])
        read = analyse_turn(turn, languages, row["language"]).amounts
        wrong = []
        for kind in ("amounts", "percents"):
            said = [(one.value, one.unit) for one in read if (one.unit == "percent") == (kind == "percents")]
            marks = [(Decimal(one["value"]), one.get("currency")) for one in row.get(kind, ())]
            count, currencies = _matched(marks, said)
            result.kinds[kind] += count
            wrong += [f"missed {kind}"] * (count.marks - count.found) + [f"extra {kind}"] * (
                count.reported - count.right
            )
            if kind == "amounts":
                result.kinds["currency of found amounts"] += currencies
        result.close(row, wrong)
    return result


def _matched(marks: list[tuple[Decimal, Any]], said: list[tuple[Decimal, str]]) -> tuple[Count, Count]:
    left, right, currencies = list(said), 0, Count()
    for value, currency in marks:
        match = next((one for one in left if one[0] == value), None)
        if match:
            left.remove(match)
            right += 1
            same = int(match[1] == (currency or ""))
            currencies += Count(1, same, 1, same)
    return Count(len(marks), right, len(said), right), currencies


SETS: dict[str, tuple[Callable[[Iterable[dict[str, Any]]], Result], Path]] = {
    "masking": (masking, DATA / "masking" / "second_hand.jsonl"),
    "amounts": (amounts, DATA / "rules" / "amounts_second.jsonl"),
    "masking_third": (masking, DATA / "masking" / "third_hand.jsonl"),
    "amounts_third": (amounts, DATA / "rules" / "amounts_third.jsonl"),
}


def main() -> None:
    """Every set by its measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("evidence", nargs="?", type=Path)
    parser.add_argument("--failures", action="store_true")
    asked = parser.parse_args()
    results = {name: measure(_rows(path)) for name, (measure, path) in SETS.items()}
    tables = {name: result.table() for name, result in results.items()}
    for name in ("amounts", "amounts_third"):
        tables[name]["all"] = (results[name].kinds["amounts"] + results[name].kinds["percents"]).row()
    print(json.dumps(tables, indent=1))
    if asked.failures:
        print(*(failure for result in results.values() for failure in result.failures), sep="\n")
    if asked.evidence:
        about = {
            "command": COMMAND,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "sets": [path.name for _, path in SETS.values()],
        }
        asked.evidence.write_text(json.dumps(about | tables, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
