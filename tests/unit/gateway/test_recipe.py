"""The recipe names everything that makes a result: a changed file of prompts/ is another recipe."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from auricle_contracts import Level, Recipe
from auricle_gateway import recipe

PROMPTS = Path(__file__).parents[3] / "prompts"


def read(prompts: Path) -> Recipe:
    return recipe.read(prompts, scorecard="sales", speech_model="models/speech", model_name="judge").recipe


@pytest.mark.parametrize("changed", ["rules/greeting.yaml", "languages/ru.yaml", "scorecards/sales.yaml"])
def test_a_changed_file_is_another_recipe(tmp_path: Path, changed: str) -> None:
    copied = tmp_path / "prompts"
    shutil.copytree(PROMPTS, copied)
    assert read(copied) == read(PROMPTS)
    file = copied / changed
    text = file.read_text()
    file.write_text(text.replace("version: 1", "version: 2") if "version: 1" in text else text + "\n# another day\n")
    assert read(copied).hash != read(PROMPTS).hash


def test_a_workspace_with_the_models_meaning_has_another_recipe() -> None:
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="m", model_name="judge", condensed=["w2"])
    assert pinned.of("w1").compression == "auto"
    assert pinned.of("w2").compression.startswith("condense@")
    assert pinned.of("w1").hash != pinned.of("w2").hash


def test_each_depth_is_another_recipe_and_the_deepest_is_the_one_from_before() -> None:
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="m", model_name="judge")
    hashes = {level: pinned.of("w", level).hash for level in Level}
    assert len(set(hashes.values())) == len(Level)
    before = json.dumps(
        pinned.recipe.model_dump(mode="json", exclude={"deepest"}), sort_keys=True, separators=(",", ":")
    )
    assert hashes[Level.HARD] == hashlib.sha256(before.encode()).hexdigest()[:16]
