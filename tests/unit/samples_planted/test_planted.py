"""The planted calls: what is said to be in them is in them, the measure of loss bites, and the committed sets are what the code makes."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import DigestLine, Role
from auricle_samples.planted import DENSITIES, Density, PlantedCall, PlantedSplit, kept, planted_call
from auricle_samples.planted.material import material

SETS = Path("tests/data/compression")


def lines(call: PlantedCall) -> list[DigestLine]:
    return [DigestLine(turns=(turn.id,), role=turn.role, text=turn.text) for turn in call.turns]


@pytest.mark.parametrize(("split", "count"), [("dev", 8), ("test", 14)])
def test_the_committed_sets_are_what_the_generator_makes(split: PlantedSplit, count: int) -> None:
    made = [planted_call(seed, split, density) for density in DENSITIES for seed in range(count)]
    stored = (SETS / f"{split}.jsonl").read_text().splitlines()
    assert [PlantedCall.model_validate_json(line) for line in stored] == made


@pytest.mark.parametrize("density", DENSITIES)
def test_every_fact_is_in_the_uncut_call(density: Density) -> None:
    for seed in range(14):
        call = planted_call(seed, "test", density)
        assert len(call.facts) > 12
        assert [fact for fact in call.facts if not kept(fact, lines(call))] == []


def test_the_measure_bites() -> None:
    call = planted_call(1, "test", "ordinary")
    fact = next(fact for fact in call.facts if len(fact.turns) == 1)
    cut = [line for line in lines(call) if line.turns[0] not in fact.turns]
    swapped = [line.model_copy(update={"role": Role.UNKNOWN}) for line in lines(call)]
    word = fact.words.split()[-1]
    robbed = [line.model_copy(update={"text": line.text.replace(word, "")}) for line in lines(call)]
    assert not any(kept(fact, one) for one in (cut, swapped, robbed))


def test_the_splits_share_no_phrase() -> None:
    shared = phrases(material("dev")) & phrases(material("test"))
    assert {phrase for phrase in shared if len(phrase) > 12} == set()


def phrases(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value
    return set(chain.from_iterable(phrases(one) for one in inner))
