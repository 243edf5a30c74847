"""The table of a comparison, as Markdown: a subject a row, every figure with n and interval."""

from collections.abc import Mapping, Sequence
from typing import Any

from auricle_trainer.judge.labelled import CHOICES, SCORES

Figures = Mapping[str, Any]
CEILING = {"mae": "mean absolute difference", "macro_f1": "same value"}


def table(told: Figures) -> str:
    """`told` is what `compare` writes as JSON."""
    results: Mapping[str, Figures] = told["results"]
    parts = [
        f"# Comparison on {told['items']} items of `{told['split']}`, data set {told['data']}",
        "",
        f"Measured {told['measured']}. {told['left_out']} dialogues of the split are no items: somebody left a question open.",
        "Means with 95 % bootstrap intervals over items. The ceiling is two people on the same dialogues.",
        "",
        "## Scores: mean absolute error in points",
        "",
        *_rows(["", *SCORES], [*_subjects(results, SCORES, "mae"), _people(told["ceilings"], SCORES, "mae")]),
        "",
        "## Choices: macro-F1",
        "",
        *_rows(
            ["", *CHOICES], [*_subjects(results, CHOICES, "macro_f1"), _people(told["ceilings"], CHOICES, "macro_f1")]
        ),
        "",
        "## Answers",
        "",
        *_rows(["", "answered", "broken", "evidence in a right clause", "seconds", "USD per 1,000"], _answers(results)),
        "",
    ]
    return "\n".join(parts)


def figure(told: Mapping[str, Any] | None) -> str:
    """`12.4 [10.1, 14.9] (n=42)`."""
    if told is None or told.get("value") is None:
        return "none"
    return f"{told['value']:.3g} [{told['low']:.3g}, {told['high']:.3g}] (n={told['n']})"


def _subjects(results: Mapping[str, Figures], names: Sequence[str], what: str) -> list[list[str]]:
    return [[subject, *(figure(one[name][what]) for name in names)] for subject, one in results.items()]


def _people(ceilings: Mapping[str, Figures], names: Sequence[str], what: str) -> list[str]:
    """Of choices people's figure is how often two say the same: another measure, told by its name."""
    told = [figure(ceilings.get(name, {}).get(CEILING[what])) for name in names]
    return ["two people" if what == "mae" else "two people (same value)", *told]


def _answers(results: Mapping[str, Figures]) -> list[list[str]]:
    rows = []
    for subject, one in results.items():
        if "answered" in one:
            usd = one["usd_per_1000"]
            rows.append(
                [
                    subject, figure(one["answered"]), figure(one["broken"]), figure(one["evidence"]["all"]),
                    f"{one['seconds_mean']:.2f}", "no price" if usd is None else f"{usd:.2f}",
                ]
            )  # fmt: skip
    return rows


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(row)} |" for row in rows)]
