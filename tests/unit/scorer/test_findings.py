"""Findings: one of a class and an agent however often it happened, each agent only his own, the worst first."""

import pytest
from auricle_contracts import DetectionState, Role
from auricle_criteria import ClassState
from auricle_scorer.checklist.findings import Said, findings, outcomes, own_comment
from unit.scorer.checklist_cases import ANNA, OLEG, a_class, detection, quote, talk

FOUND = DetectionState.FOUND
CLASSES = {name: a_class(name) for name in ("blame", "greeting_missing", "rudeness")}


def test_the_same_error_twice_is_one_finding_with_two_quotes_and_each_agent_gets_his_own() -> None:
    anna, oleg = findings([detection("blame", FOUND, 5, 4, 2, 2)], CLASSES, talk(), Said())
    assert (anna.participant, [one.turn for one in anna.quotes]) == (ANNA, [2, 5])
    assert (oleg.participant, [one.turn for one in oleg.quotes]) == (OLEG, [4])
    assert (anna.category, anna.severity, anna.fatal, anna.step) == ("politeness", "major", False, "rules")
    assert anna.version == CLASSES["blame"].pin
    assert not anna.experimental


@pytest.mark.parametrize(("turn", "named", "owner"), [(1, None, ANNA), (3, None, OLEG), (3, ANNA, ANNA)])
def test_a_place_in_the_customers_words_belongs_to_who_is_named_or_speaks_next(
    turn: int, named: str | None, owner: str
) -> None:
    (found,) = findings([detection("blame", FOUND, turn, participant=named)], CLASSES, talk(), Said())
    assert found.participant == owner


def test_behind_the_last_agent_it_is_his_and_without_an_agent_nobodys() -> None:
    last = talk((("a", Role.AGENT, "Да"), ("c", Role.CUSTOMER, "И?")))
    one = detection("blame", FOUND, 1)
    moved = one.model_copy(update={"quotes": (quote(2, last),)})
    assert findings([moved], CLASSES, last, Said())[0].participant == "a"
    alone = talk((("c", Role.CUSTOMER, "Алло?"),))
    assert (
        findings([one.model_copy(update={"quotes": (quote(1, alone),)})], CLASSES, alone, Said())[0].participant is None
    )


def test_the_worst_comes_first_and_only_what_is_found_becomes_a_finding() -> None:
    said = [
        detection("greeting_missing", FOUND, 2),
        detection("blame", DetectionState.UNDETERMINED, why="low_confidence"),
        detection("rudeness", FOUND, 5),
    ]
    found = findings(
        said,
        CLASSES,
        talk(),
        Said({"greeting_missing": "Начните с приветствия."}),
        fatal=frozenset({"greeting_missing"}),
    )
    assert [one.error_class for one in found] == ["rudeness", "greeting_missing"]
    assert (found[0].fatal, found[1].fatal, found[1].comment) == (True, True, "Начните с приветствия.")
    assert [(one.error_class, one.state, one.why) for one in outcomes(said)][1] == (
        "blame",
        "undetermined",
        "low_confidence",
    )


def test_an_experimental_class_says_so_and_a_comment_has_what_the_detector_knows() -> None:
    trial = a_class(state=ClassState.EXPERIMENTAL)
    (found,) = findings(
        [detection("blame", FOUND, 2, detail="«Сами» вместо «давайте»")], {"blame": trial}, talk(), Said()
    )
    assert found.experimental
    assert found.comment == f"{trial.title.ru}. {trial.is_.rstrip('.')}. «Сами» вместо «давайте»"
    assert own_comment(trial, None, "en") == trial.title.en
