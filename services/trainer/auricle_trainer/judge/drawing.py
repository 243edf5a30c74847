"""The reliability plot: how sure the judge said it was, against how often it was right."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "auricle"

from matplotlib import pyplot as plt  # noqa: E402 (the backend is chosen first)


def reliability_plot(reliability: dict[str, Any], path: Path) -> None:
    """Two lines beside the diagonal; the dots' size is how many answers they stand for."""
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="calibrated")
    for name, colour in (("before", "tab:orange"), ("after", "tab:blue")):
        bins = reliability[name]["bins"]
        label = f"{name}: calibration error {reliability[name]['expected_calibration_error']:.3f}"
        axes.plot([one[0] for one in bins], [one[1] for one in bins], color=colour, label=label)
        axes.scatter([one[0] for one in bins], [one[1] for one in bins], [8 + one[2] / 4 for one in bins], color=colour)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share of right answers", aspect="equal")
    axes.legend(loc="upper left", frameon=False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
