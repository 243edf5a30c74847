"""Rule swap: the files are read, a swapped definition decides, and a verdict that stays is seen."""

from pathlib import Path

import pytest
from auricle_contracts import DetectionState
from auricle_criteria import FoundBy, read_classes
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering import RuleSet
from bench.swap_twins import follows, read_swaps, swapped_class
from bench.test_swap import by_rule, followed

PROMPTS = Path("prompts")
SWAPS = read_swaps(PROMPTS)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return RuleSet.read(PROMPTS / "rules", Languages.load(PROMPTS), Detector.load(PROMPTS), 0.0)


def test_twelve_classes_and_more_have_twins_with_probes_on_the_border_and_on_both_sides_of_it() -> None:
    classes = read_classes(PROMPTS)
    assert len(SWAPS) >= 12
    for name, swap in SWAPS.items():
        own = classes[name]
        assert swap.by_rule is (own.found_by is not FoundBy.PROMPT), name
        assert {probe.channel for probe in swap.probes} <= set(own.opportunity.channels), name
        assert sum(probe.is_border for probe in swap.probes) >= 2, name
        assert {(probe.strict, probe.lenient) for probe in swap.probes if not probe.is_border} == {
            ("found", "found"),
            ("not_found", "not_found"),
        }, name
        for side in (swap.strict, swap.lenient):
            assert (side.detector is not None) is swap.by_rule
            if not swap.by_rule:
                assert swapped_class(own, side).hash != own.hash


@pytest.mark.parametrize("name", [name for name, swap in SWAPS.items() if swap.by_rule])
def test_verdicts_of_a_rule_follow_its_definition(rules: RuleSet, name: str) -> None:
    one = followed(SWAPS[name], by_rule(rules, SWAPS[name]))
    assert one.followed >= 0.9 * one.verdicts


def test_a_verdict_that_does_not_follow_is_counted(rules: RuleSet) -> None:
    swap = SWAPS["dead_air"]
    deaf = swap.model_copy(update={"lenient": swap.strict})
    assert followed(deaf, by_rule(rules, deaf)).turned == 0
    assert not follows(DetectionState.UNDETERMINED, "not_found")
    assert not follows(None, "not_found")
    assert follows(DetectionState.NO_OPPORTUNITY, "not_found")
