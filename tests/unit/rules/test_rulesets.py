"""Rule sets of workspaces: what a request brings takes the place of what was released, which it leaves alone."""

from pathlib import Path

import pytest
from auricle_contracts import Channel, DetectionState, Role, RuleChanges, RulesReply, RulesRequest, Transcript, Turn
from auricle_criteria import Library
from auricle_criteria.artefact import Artefact
from auricle_criteria.detectors import Detector, Mark
from auricle_criteria.documents import as_text
from auricle_criteria.errors import BadArtefact
from auricle_criteria.pins import changed_rules_pin
from auricle_languages import Languages
from auricle_masking import Detector as PersonalDataDetector
from auricle_rules.answering import RuleSet
from auricle_rules.rulesets import RuleSets

PROMPTS = Path(__file__).parents[3] / "prompts"
LIBRARY = Library.read(PROMPTS)
SETS = RuleSets(RuleSet.read(PROMPTS / "rules", Languages.load(PROMPTS), PersonalDataDetector.load(PROMPTS), 0.5))
SAID = Turn(id=1, participant="agent", role=Role.AGENT, text="Это вам дорого обойдётся, карамболь.")
ASKED = RulesRequest(
    transcript=Transcript(conversation_id="c", turns=(SAID,)), channel=Channel.CHAT, classes=("rudeness",)
)


def told(*artefacts: Artefact) -> RuleChanges:
    changes = LIBRARY.replacing(artefacts).rule_changes
    assert changes is not None
    return changes


def answered(changes: RuleChanges | None) -> RulesReply:
    asked = ASKED.model_copy(update={"changes": changes})
    return SETS.of(asked.changes).answer(asked)


def count_of(reply: RulesReply, rule: str) -> object:
    return next(one.value for one in reply.answers if one.criterion == rule)


def rude() -> Detector:
    return Detector(id="rudeness", version=9, note="Ours.", found=(Mark(says=("карамболь",)),))


def test_a_changed_rule_answers_and_the_release_does_not_know_it() -> None:
    rule = LIBRARY.rules["forbidden_words"]
    phrases = rule.look_for.model_copy(update={"phrases": {"ru": ("карамболь",)}, "lists": ()})
    changed = rule.model_copy(update={"look_for": phrases, "examples": rule.examples[1:]})
    changes = told(changed)
    assert count_of(answered(changes), "forbidden_words") == 1
    assert count_of(answered(None), "forbidden_words") == 0
    assert answered(changes).version == changed_rules_pin(SETS.released.version, changes)
    assert answered(None).version == SETS.released.version


def test_a_changed_detector_finds_what_the_released_one_does_not() -> None:
    before, after = answered(None).detections[0], answered(told(rude())).detections[0]
    assert (before.state, after.state) == (DetectionState.NOT_FOUND, DetectionState.FOUND)
    assert after.quotes[0].text == "карамболь"


def test_a_class_of_more_channels_is_looked_for_in_them() -> None:
    own, hung_up = rude().model_copy(update={"id": "hung_up"}), LIBRARY.classes["hung_up"]
    wider = hung_up.opportunity.model_copy(update={"channels": (*hung_up.opportunity.channels, Channel.EMAIL)})
    for changes, state in (
        (told(own), DetectionState.NO_OPPORTUNITY),
        (told(own, hung_up.model_copy(update={"opportunity": wider})), DetectionState.FOUND),
    ):
        asked = ASKED.model_copy(update={"changes": changes, "classes": ("hung_up",), "channel": Channel.EMAIL})
        assert SETS.of(changes).answer(asked).detections[0].state is state


def test_a_detector_whose_class_is_not_there_yet_is_asked_for_nothing() -> None:
    changes = told(rude().model_copy(update={"id": "of_nobody"}))
    asked = ASKED.model_copy(update={"classes": None})
    assert "of_nobody" not in {one.error_class for one in SETS.of(changes).answer(asked).detections}


def test_what_is_as_released_is_not_told() -> None:
    assert LIBRARY.rule_changes is None
    assert LIBRARY.replacing([LIBRARY.rules["greeting"], LIBRARY.detectors["rudeness"]]).rule_changes is None


def test_the_same_changes_are_compiled_once() -> None:
    assert SETS.of(told(rude())) is SETS.of(told(rude()))


@pytest.mark.parametrize(
    "broken",
    [
        LIBRARY.rules["tracking_codes"].model_copy(
            update={"look_for": LIBRARY.rules["tracking_codes"].look_for.model_copy(update={"pattern": "(?=x)"})}
        ),
        LIBRARY.rules["greeting"].model_copy(update={"where": LIBRARY.rules["greeting"].where.model_copy(update={"after": "nothing"})}),
        rude().model_copy(update={"found": (Mark(matches=("(a",)),)}),
        rude().model_copy(update={"found": (Mark(says=("{no_such_wording}",)),)}),
    ],
    ids=["look-around", "an event that nobody tells", "an open bracket", "a wording that is not there"],
)  # fmt: skip
def test_what_cannot_be_compiled_is_told_and_answers_nothing(broken: Artefact) -> None:
    changes = told(broken)
    assert len(SETS.check(changes).faults) == 1
    with pytest.raises(BadArtefact):
        SETS.of(changes)


def test_a_rule_that_misses_its_own_example_is_told() -> None:
    rule = LIBRARY.rules["forbidden_words"]
    wrong = rule.model_copy(update={"examples": (rule.examples[0].model_copy(update={"value": 7}),)})
    (fault,) = SETS.check(told(wrong)).faults
    assert "example 1" in fault
    assert SETS.check(told(rude())).faults == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "x"}', as_text(LIBRARY.rules["greeting"])[:-1]])
def test_a_body_that_is_no_rule_is_refused(text: str) -> None:
    assert SETS.check(RuleChanges(rules=(text,))).faults
