"""docs/evidence/masking.md, written from what masking.json holds."""

from collections.abc import Iterator
from typing import Any

from auricle_kit.shares import wilson

NAMES = {
    "second": "By category, before the second change and by its hand; tuned on since",
    "fresh": "By another hand: 0.884 recall before the second change, which knew its mistakes and mended their categories",
    "held": "By the masker's own hand, not looked at while it was written (generated ones too)",
    "seen": "What the masker was written against: no measure of what it finds elsewhere",
}


def sheet(evidence: dict[str, Any]) -> str:
    """Tables by set, the cost, and every single mistake."""
    return "\n".join([*_head(evidence), *_sets(evidence["sets"]), *_cost(evidence), *_wrong(evidence["wrong"])]) + "\n"


def _head(evidence: dict[str, Any]) -> Iterator[str]:
    yield "# Masking, measured\n"
    yield f"Written by `{evidence['command']}` on {evidence['date']}. Machine: {evidence['machine']}. Data: {evidence['data']}"
    yield "(tests/data/masking/README.md); no real calls. Intervals are 95 % (Wilson). A mark is found when every number and word of it is"
    yield "hidden under its own kind.\n"


def _sets(sets: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for name, title in NAMES.items():
        yield f"## {title}\n"
        yield "| kind | marks | recall | precision |\n|---|---|---|---|"
        for row in sets[name]:
            recall, precision = _share(row["found"], row["marks"]), _share(row["right"], row["reported"])
            yield f"| {row['kind']} | {row['marks']} | {recall} | {precision} |"
        yield ""


def _share(right: int, of: int) -> str:
    low, high = wilson(right, of)
    return f"{right / of:.3f} ({low:.2f}-{high:.2f})" if of else "-"


def _cost(evidence: dict[str, Any]) -> Iterator[str]:
    cost, names = evidence["five_minutes"], evidence["names_in_lower_case"]
    yield "## What it costs\n"
    yield f"A call of five minutes ({cost['turns']} turns, {cost['words']} words): {cost['mask_cpu_ms']['median']} ms of CPU, median"
    yield f"({cost['mask_cpu_ms']['best']} at best); goal {cost['goal_ms']}: {'met' if cost['goal_met'] else 'missed'}. That is"
    yield f"{cost['mask_over_plain']} times six plain regular expressions in the same run, which see no spoken number, name or address.\n"
    yield f"Names in lower-case text, sets by hand ({names['marks']} marks): recall {names['recall']}, precision {names['precision']}.\n"


def _wrong(wrong: list[str]) -> Iterator[str]:
    yield "## Every mistake\n"
    yield from (f"- {one}" for one in wrong)
