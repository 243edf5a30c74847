"""Every number of the scaling is explained where an ops person looks for it: by a measurement, by other numbers, or as an estimate."""

import re
from typing import Any

import pytest
import yaml
from manifests.release import ROOT

ROW = re.compile(r"^\| `([\w.*`, ]+)` \| ([^|]+) \| (.+) \|$", re.MULTILINE)
NUMBER = re.compile(r"\d")
WORKLOADS = ("asr", "vllm", "scorer")


def numbers(values: dict[str, Any]) -> dict[str, int]:
    """`workload.key` → number."""
    return {
        f"{name}.{key}": value
        for name in WORKLOADS
        for key, value in values[name].items()
        if isinstance(value, int) and not isinstance(value, bool)
    }


def unexplained(values: dict[str, Any], page: str) -> list[str]:
    """Values without a row, with another number in it, or with a reason that says nothing."""
    rows = {name: (number.strip(), why) for name, number, why in ROW.findall(page.partition("<!-- values -->")[0])}
    found = []
    for name, number in numbers(values).items():
        said, why = rows.get(name, ("", ""))
        if said != str(number) or len(why.split()) < 3:
            found.append(name)
    return found


def test_every_number_of_the_scaling_is_explained() -> None:
    values = yaml.safe_load((ROOT / "keda" / "values.yaml").read_text())
    assert len(numbers(values)) >= 18
    assert unexplained(values, (ROOT / "keda" / "README.md").read_text()) == []


@pytest.mark.parametrize(
    "row",
    ["", "| `asr.upPods` | 9 | as many as there are |", "| `asr.upPods` | 8 | why not |"],
    ids=["none", "other", "vague"],
)
def test_a_number_without_a_reason_is_found(row: str) -> None:
    values: dict[str, Any] = {"asr": {"upPods": 8, "enabled": True}, "vllm": {}, "scorer": {}}
    assert unexplained(values, row + "\n") == ["asr.upPods"]
    assert unexplained(values, "| `asr.upPods` | 8 | the maximum in two rounds |\n") == []
