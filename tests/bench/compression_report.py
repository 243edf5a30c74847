"""The bench's figures as tables that a person reads. Goals that were missed are named as missed."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
# The goals of the issue: (calls, figure, goal, whether more is better).
GOALS = (
    ("plain", "tokens_kept_percent", 20.0, False),
    ("ordinary", "tokens_kept_percent", 30.0, False),
    ("plain and ordinary", "times_fewer", 3.7, True),
    ("all", "facts_kept_percent", 98.2, True),
    ("plain and ordinary", "facts_kept_percent", 99.0, True),
)


def markdown(figures: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [
        "# Compression, measured",
        f"`{figures['command']}`; {figures['machine']}. Synthetic calls and dialogues: ratios and regressions, not real calls.",
    ]
    if "planted" in figures:
        parts += _planted(figures["planted"])
    if "loss" in figures:
        parts += _loss(figures)
    return "\n\n".join(parts) + "\n"


def _planted(planted: Mapping[str, Any]) -> list[str]:
    rows: Sequence[Row] = planted["rows"]
    parts = [
        f"## Planted facts ({planted['date']})",
        "Tokens by the stated approximation, at the budget of `by density` for everything that takes a budget; ms in this process.",
    ]
    for calls in dict.fromkeys(row["calls"] for row in rows):
        own = [row for row in rows if row["calls"] == calls]
        parts.append(f"### {calls} ({own[0]['facts']} facts)\n\n" + _table(
            ["way", "tokens kept, %", "times fewer", "facts kept, %", "lost", "ms a call"],
            [[row["way"], row["tokens_kept_percent"], row["times_fewer"], row["facts_kept_percent"], _counts(row["lost_by_kind"]),
              row["ms_median"]] for row in own],
        ))  # fmt: skip
    return [*parts, "### Goals\n\n" + _table(["calls", "figure", "goal", "by density", ""], _goals(rows))]


def _goals(rows: Sequence[Row]) -> list[list[Any]]:
    found = {row["calls"]: row for row in rows if row["way"] == "by density"}
    table = []
    for calls, figure, goal, more in GOALS:
        value = found[calls][figure]
        reached = value >= goal if more else value <= goal
        table.append([calls, figure, f"{'≥' if more else '≤'} {goal}", value, "reached" if reached else "**missed**"])
    return table


def _loss(figures: Mapping[str, Any]) -> list[str]:
    speed = figures["speed"]["rows"]
    header = [
        "level",
        "calls",
        "n",
        "tokens kept, %",
        "politeness",
        "objections",
        "sale",
        "stage",
        "same answers, %",
        "quotes found, % (uncut)",
    ]
    table = [
        [row["level"], row["calls"], row["n"], row["tokens_kept_percent"], *map(_points, row["loss_points"].values()),
         row["same_answer_percent"], "{1} ({0})".format(*row["grounded_percent"])] for row in figures["loss"]["rows"]
    ]  # fmt: skip
    return [
        f"## What it costs the judge ({figures['loss']['date']}; {figures['judge']['rows']}, {figures['dialogues']['rows']} dialogues)",
        (
            "Points lost against the uncut dialogue: of MAE for the three scores, of accuracy for the stage; with 95 % bootstrap intervals "
            "over dialogues, and in brackets the n at which the interval would be ± 1 point. Tokens by the judge's own tokenizer."
        ),
        _table(header, table),
        (
            f"The compressor over HTTP, tokens counted: {speed['compressor_http_ms_median']} ms. The judge's call: "
            f"{speed['model_call_uncut_s_median']} s uncut, {speed['model_call_by_density_s_median']} s by density: "
            f"{speed['model_call_is_times_slower']} times slower than the compression (goal 200)."
        ),
    ]


def _points(loss: Row) -> str:
    if loss["mean"] is None:
        return f"n={loss['n']}"
    return f"{loss['mean']:+} ({loss['low']:+}…{loss['high']:+}) [{loss['n_for_one_point']}]"


def _counts(lost: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in lost.items()) or "none"


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
