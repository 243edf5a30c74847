"""Routing: a class is possible, settled, or not looked for, before anything is paid."""

import pytest
from auricle_contracts import Answer, AnswerState, Channel, CriterionKind, DetectionState, Layer, Role
from auricle_criteria import Checklist, ClassChoice, ClassState, FoundBy, Need, Route, Within
from auricle_scorer.checklist.routing import Setting, looked_for, route
from unit.scorer.checklist_cases import a_class, setting, shipped, talk

BY_HOLDS = Route(met_by={Need.HOLD: ("holds",)})
CHECKLIST = Checklist(flow="checklist")


def holds(value: int | None, state: AnswerState = AnswerState.ANSWERED) -> Answer:
    return Answer(criterion="holds", title="h", layer=Layer.RULE, kind=CriterionKind.COUNT, state=state, value=value)


def test_live_classes_are_looked_for_in_their_channels_and_named_ones_within_their_bounds() -> None:
    classes = [a_class("blame"), a_class("dead_air"), a_class("pressure", state=ClassState.EXPERIMENTAL)]
    assert [one.id for one in CHECKLIST.chosen(classes)] == ["blame", "dead_air"]
    assert [one.id for one in looked_for(CHECKLIST.chosen(classes), CHECKLIST, setting())] == ["blame"]
    bounded = Checklist(
        flow="checklist",
        classes=(ClassChoice(error_class="pressure", within=Within(lines=("sales",), min_turns=5)),),
        without=("blame",),
    )
    chosen = bounded.chosen(classes)
    assert [one.id for one in chosen] == ["dead_air", "pressure"]
    for line, turns, expected in (("sales", 5, ["pressure"]), ("support", 5, []), ("sales", 4, []), (None, 5, [])):
        of = talk(tuple(("p", Role.AGENT, f"слово {n}") for n in range(turns)))
        assert [one.id for one in looked_for(chosen, bounded, setting(of, line=line))] == expected
    assert Checklist(flow="checklist", live=False).chosen(classes) == ()


def test_what_never_happened_has_no_opportunity() -> None:
    one = a_class("hold_without_asking").model_copy(update={"found_by": FoundBy.PROMPT, "rule": None})
    calling = Setting(talk(), Channel.CALL, None, True)
    for answer, possible in ((holds(0), False), (holds(2), True), (holds(None, AnswerState.UNDETERMINED), True)):
        routed = route([one], calling, [answer], BY_HOLDS)
        assert bool(routed.possible) is possible
        assert [(d.state, d.why, d.step) for d in routed.settled] == (
            [] if possible else [(DetectionState.NO_OPPORTUNITY, "no_hold", "route")]
        )
    assert route([one], calling, [], BY_HOLDS).possible == (one,)
    assert route([one], calling, [holds(0)], Route()).possible == (one,)
    by_rule = one.model_copy(update={"found_by": FoundBy.BOTH})
    assert route([by_rule], calling, [holds(0)], BY_HOLDS).possible == (by_rule,), "a rule knows its own occasions"


@pytest.mark.parametrize(
    ("said", "known", "state", "why"),
    [
        ((), True, DetectionState.NO_OPPORTUNITY, "no_words"),
        ((("p1", Role.CUSTOMER, "Алло?"),), True, DetectionState.NO_OPPORTUNITY, "nobody_of_role"),
        ((("p1", Role.UNKNOWN, "Алло?"),), False, DetectionState.UNDETERMINED, "roles_unknown"),
    ],
)
def test_silence_and_unknown_roles_are_no_errors(
    said: tuple[tuple[str, Role, str], ...], known: bool, state: DetectionState, why: str
) -> None:
    (found,) = route([a_class()], setting(talk(said), roles_known=known), [], Route()).settled
    assert (found.state, found.why, found.version) == (state, why, a_class().pin)


def test_a_bot_is_judged_by_the_same_checklist() -> None:
    assert route([a_class()], setting(talk((("b", Role.BOT, "Сами виноваты"),))), [], Route()).possible


def test_every_shipped_class_can_be_routed() -> None:
    assert {one.opportunity.needs_role for one in shipped().values()} <= {Role.AGENT, Role.CUSTOMER}
