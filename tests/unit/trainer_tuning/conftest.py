"""A data set of the shipped workbook and a run on a tiny base, made once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from auricle_trainer.datasets import building
from auricle_trainer.datasets.building import Wanted as WantedData

if TYPE_CHECKING:
    from auricle_trainer.tuning.run import Wanted

ROOT = Path(__file__).parents[3]
PROMPTS, JUDGE = ROOT / "prompts", ROOT / "models" / "judge"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped workbook."""
    out = tmp_path_factory.mktemp("data")
    training = ROOT / "docs" / "training"
    building.build(WantedData((training / "conversations.xlsx",), training / "columns.yaml", PROMPTS), out)
    return out


@pytest.fixture(scope="session")
def wanted(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Wanted:
    from auricle_trainer.tuning.run import Wanted

    return Wanted(
        data, JUDGE / "hf", tmp_path_factory.mktemp("run"), PROMPTS, base_gguf=JUDGE / "base.gguf", rank=4, passes=1.0,
        batch_tokens=800, whole_share=1.0, most=8, most_held=2,
    )  # fmt: skip


@pytest.fixture(scope="session")
def trained(wanted: Wanted) -> dict[str, object]:
    from auricle_trainer.judge import network
    from auricle_trainer.tuning.run import run

    network.prepare(0)
    report = run(wanted, print)
    assert report is not None
    return report
