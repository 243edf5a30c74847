"""The figures of `auricle bench control`, reckoned by hand."""

from pathlib import Path

import pytest
from auricle_contracts import Channel
from auricle_contracts.artefacts import ArtefactKind
from auricle_criteria import BadArtefact, Flow, Library, StepKind
from auricle_criteria.documents import as_yaml, read_document
from bench.control_arms import Arm, bundle, compared, one_prompt
from bench.control_figures import HARMS, IDLE, PAYS, TOO_FEW, Verdict, at_equal_recall, difference, point, worth
from bench.test_control import candidate

PROMPTS = Path("prompts")


def verdicts(*said: tuple[bool, float | None]) -> list[Verdict]:
    return [Verdict(number, "blame", real, sure) for number, (real, sure) in enumerate(said)]


EAGER = verdicts((True, 0.9), (True, 0.8), (True, 0.6), (False, 0.7), (False, 0.5), (False, None))
SHY = verdicts((True, 0.9), (True, 0.7), (True, None), (False, 0.6), (False, None), (False, None))


def test_arms_are_compared_where_each_finds_as_much_as_the_shyest() -> None:
    eager, shy = at_equal_recall([EAGER, SHY], 6)
    assert (eager.threshold, eager.right, eager.false) == (0.8, 2, 0)
    assert (shy.threshold, shy.right, shy.false) == (0.7, 2, 0)
    assert point(EAGER, 6).false_per_1000 == pytest.approx(1000 * 2 / 6)
    assert point(EAGER, 6).recall == 1.0
    assert point(SHY, 6).precision == pytest.approx(2 / 3)
    more, low, high = difference(EAGER, SHY, (point(EAGER, 6), point(SHY, 6)))
    assert more == pytest.approx(1000 / 6)
    assert low <= more <= high


def test_an_arm_that_finds_nothing_leaves_nothing_to_compare() -> None:
    for one in at_equal_recall([EAGER, verdicts((True, None), (False, None))], 6):
        assert (one.right, one.false) == (0, 0)


@pytest.mark.parametrize(
    ("without", "within", "verdict"),
    [
        ([(False, 0.9)] * 8, [(False, None)] * 8, PAYS),
        ([(True, 0.9)] * 8, [(True, None)] * 8, HARMS),
        ([(True, 0.9)] * 20, [(True, 0.8)] * 20, IDLE),
        ([(True, 0.9)] * 19, [(True, 0.8)] * 19, TOO_FEW),
        ([(False, 0.9), (True, 0.9)], [(False, None), (True, None)], TOO_FEW),
    ],
)
def test_a_step_pays_where_the_interval_says_so(
    without: list[tuple[bool, float | None]], within: list[tuple[bool, float | None]], verdict: str
) -> None:
    one = worth("blame", verdicts(*without), verdicts(*within))
    assert one.verdict == verdict
    assert one.is_off is (verdict in (HARMS, IDLE))


def test_the_one_prompt_says_all_of_every_class_of_the_channel_and_nothing_in_a_template() -> None:
    library = Library.read(PROMPTS)
    classes = compared(library.classes.values())
    whole = bundle(Arm.ONE_PROMPT, classes, Channel.CHAT)
    (prompt,), (step,) = whole.flow_prompts, whole.flow.steps if whole.flow else ()
    own = [one for one in classes if Channel.CHAT in one.opportunity.channels]
    assert step.per_call == len(own) > 40
    for one in own:
        for said in (one.definition.ru, one.is_, *one.is_not, one.opportunity.when, one.comment_tone.ru):
            assert said in prompt.question
    assert not {"dead_air", "wrong_fact", "filler_words"} & {one.id for one in whole.classes}
    assert prompt.system == library.prompts["detect"].system
    assert one_prompt(own, library.prompts["detect"]).question.startswith("{% raw %}")


def test_the_flow_with_verify_off_for_a_class_is_a_document_of_the_registry() -> None:
    flow = Library.read(PROMPTS).flows["checklist"]
    made = candidate(flow, ("blame", "sarcasm"))
    read = read_document(ArtefactKind.FLOW, as_yaml(made), {})
    assert isinstance(read, Flow)
    assert read.hash == made.hash != flow.hash
    second = read.step(StepKind.VERIFY)
    assert second is not None
    assert second.without == ("blame", "sarcasm")
    with pytest.raises(BadArtefact, match="belongs to `verify`"):
        read_document(ArtefactKind.FLOW, as_yaml(made).replace("kind: verify", "kind: comment", 1), {})
