"""The learning curve: the same base and numbers on more and more conversations, each point measured on the same items."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from auricle_trainer.comparison.measuring import measure
from auricle_trainer.comparison.subjects import Subject
from auricle_trainer.judge.labelled import CHOICES, SCORES, Labelled
from auricle_trainer.tuning import run as running
from auricle_trainer.tuning.run import Wanted

BASE = "judge-base"
Figures = dict[str, Any]


def points(
    wanted: Wanted, sizes: Sequence[int], items: Sequence[Labelled], say: Callable[[str], None]
) -> list[Figures]:
    """Size 0 is the base without an adapter. Points that are there already are not trained again."""
    found: list[Figures] = []
    for size in sorted(set(sizes)):
        folder = wanted.out / str(size)
        report = running.run(replace(wanted, most=size, out=folder), say)
        served = folder / running.SERVED
        if not found:
            base = measure(Subject("base", str(served), BASE), items, wanted.prompts)
            found.append({"examples": 0, "figures": base, "seconds": 0.0, "held_back_loss": None})
        assert report is not None
        found.append(
            {
                "examples": report["examples"], "figures": measure(Subject(str(size), str(served)), items, wanted.prompts),
                "seconds": report["seconds"], "held_back_loss": report["held_back_loss"]["best"],
            }
        )  # fmt: skip
    return found


def draw(told: Mapping[str, Any], path: Path) -> None:
    """Two panels with error bars: mean absolute error of the scores, macro-F1 of the choices; floors dashed, people dotted."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "auricle"
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(11, 4.5))
    for axes, names, what, title in (
        (panels[0], SCORES, "mae", "mean absolute error, points"),
        (panels[1], CHOICES, "macro_f1", "macro-F1"),
    ):
        for number, name in enumerate(names):
            _line(axes, told, name, what, f"C{number}")
        axes.set(xlabel="conversations", title=title)
        axes.set_xscale("symlog", linthresh=10)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def _line(axes: Any, told: Mapping[str, Any], name: str, what: str, colour: str) -> None:
    known = [(one["examples"], one["figures"][name][what]) for one in told["points"]]
    known = [(examples, found) for examples, found in known if found["value"] is not None]
    if known:
        values = [found["value"] for _, found in known]
        below = [found["value"] - found["low"] for _, found in known]
        above = [found["high"] - found["value"] for _, found in known]
        axes.errorbar(
            [examples for examples, _ in known],
            values,
            yerr=[below, above],
            color=colour,
            marker="o",
            capsize=3,
            label=name,
        )
    floor = told["floors"]["constant"][name][what]["value"]
    if floor is not None:
        axes.axhline(floor, color=colour, linestyle="--", linewidth=0.8)
    ceiling = told["ceilings"].get(name, {}).get("mean absolute difference") if what == "mae" else None
    if ceiling:
        axes.axhline(ceiling["value"], color=colour, linestyle=":", linewidth=0.8)
