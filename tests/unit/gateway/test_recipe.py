"""The recipe names everything that makes a result: a changed file of prompts/ is another recipe."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from auricle_compressor.compression import compress
from auricle_contracts import CompressRequest, Level, Recipe, Transcript
from auricle_contracts.vocabularies import VocabularyView, version_of
from auricle_criteria import Bundle
from auricle_gateway import recipe
from auricle_gateway.recipe import Choices
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering.ruleset import RuleSet

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
    renewed = re.sub(r"^version: \d+$", "version: 99", text, flags=re.MULTILINE)
    file.write_text(renewed if renewed != text else text + "\n# another day\n")
    assert read(copied).hash != read(PROMPTS).hash


def test_what_is_pinned_is_what_the_services_say_of_themselves() -> None:
    languages, detector = Languages.load(PROMPTS), Detector.load(PROMPTS)
    pinned = read(PROMPTS)
    assert pinned.rules == RuleSet.read(PROMPTS / "rules", languages, detector, 0.5).version
    empty = CompressRequest(transcript=Transcript(conversation_id="c", turns=()))
    assert pinned.compressor == compress(empty, languages).version


def test_the_content_that_is_kept_is_what_the_recipe_pins() -> None:
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="m", model_name="judge", weights="abc")
    body = pinned.live.as_shipped.bundle.body()
    kept = Bundle.kept(json.loads(json.dumps(body)))
    assert kept is not None
    assert kept.is_pinned_by(pinned.recipe)
    assert pinned.recipe.weights == "abc"
    assert Bundle.kept({**body, "prompts": "none"}) is None
    assert Bundle.kept(None) is None


def test_every_process_reckons_the_same_recipe() -> None:
    """Sets have another order in each process; a pin that follows it would never be found again."""
    code = (
        "import sys; from pathlib import Path; from auricle_gateway import recipe\n"
        "print(recipe.read(Path(sys.argv[1]), scorecard='sales', speech_model='m', model_name='judge').recipe.hash)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code, str(PROMPTS)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2", "3")
    }
    assert told == {recipe.read(PROMPTS, scorecard="sales", speech_model="m", model_name="judge").recipe.hash}


def test_a_workspace_with_the_models_meaning_has_another_recipe() -> None:
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="m", model_name="judge", condensed=["w2"])
    assert pinned.of("w1").compression == "auto"
    assert pinned.of("w2").compression.startswith("condense@")
    assert pinned.of("w1").hash != pinned.of("w2").hash


def test_each_depth_is_another_recipe_and_the_deepest_is_the_one_from_before() -> None:
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="m", model_name="judge")
    hashes = {level: pinned.of("w", Choices(level)).hash for level in Level}
    assert len(set(hashes.values())) == len(Level)
    before = json.dumps(
        pinned.recipe.model_dump(mode="json", exclude={"deepest", "weights", "vocabulary"}),
        sort_keys=True,
        separators=(",", ":"),
    )
    assert hashes[Level.HARD] == hashlib.sha256(before.encode()).hexdigest()[:16]


def test_each_vocabulary_is_another_recipe_and_none_is_the_one_from_before() -> None:
    pinned = recipe.read(PROMPTS, scorecard="sales", speech_model="m", model_name="judge")
    told = [
        VocabularyView(terms=terms, version=version_of(terms))
        for terms in ((), ("да нет",), ("да", "нет"), ("нет", "да"))
    ]
    hashes = [pinned.of("w", Choices(vocabulary=one)).hash for one in told]
    assert hashes[0] == pinned.of("w").hash == pinned.recipe.hash
    assert len(set(hashes)) == len(told)


def test_weights_of_a_language_are_another_recipe() -> None:
    alone = recipe.speech_named("/weights/whisper-base", {})
    routed = recipe.speech_named("/weights/whisper-base", {"ru": "/weights/t-one", "en": "parakeet"})
    assert (alone, routed) == ("whisper-base", "whisper-base en:parakeet ru:t-one")
