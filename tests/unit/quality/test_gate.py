"""The gate over made-up predictions: grades, sides, intervals, what is live, flaky items, and reports that name the items."""

import json
from xml.etree import ElementTree as ET

import pytest
from auricle_contracts import CriterionKind
from auricle_contracts.golden import (
    GoldenDialogue,
    GoldenKind,
    GoldenLabel,
    GoldenPlace,
    GoldenState,
    GoldenTurn,
)
from auricle_contracts.vocabulary import Channel, Role
from auricle_quality import (
    JudgedComments,
    Limits,
    PredictedOutcome,
    PredictedState,
    Prediction,
    Verdict,
    gate,
    grade,
    reports,
)

RUDE = (GoldenKind.ERROR_CLASS, "rudeness")
LIMITS = Limits()


def label(state: GoldenState = GoldenState.FOUND, *, turn: int | None = 2) -> GoldenLabel:
    places = (GoldenPlace(turn=turn, text="Достали"),) if turn and state is GoldenState.FOUND else ()
    return GoldenLabel(kind=RUDE[0], subject=RUDE[1], state=state, places=places)


def score(value: float) -> GoldenLabel:
    return GoldenLabel(kind=GoldenKind.CRITERION, subject="politeness", state=GoldenState.ANSWERED, value=value)


def dialogue(one: GoldenLabel, channel: Channel = Channel.CHAT) -> GoldenDialogue:
    turns = (GoldenTurn(role=Role.CUSTOMER, text="Где заказ?"), GoldenTurn(role=Role.AGENT, text="Достали, ждите"))
    return GoldenDialogue(channel=channel, reference="ticket", turns=turns, labels=(one,))


def said(state: str, *turns: int, **more: object) -> PredictedOutcome:
    told = {"kind": RUDE[0], "subject": RUDE[1], "state": PredictedState(state), "turns": turns}
    return PredictedOutcome.model_validate(told | more)


def answered(value: float, scale: CriterionKind = CriterionKind.SCORE) -> PredictedOutcome:
    return PredictedOutcome(
        kind=GoldenKind.CRITERION, subject="politeness", state=PredictedState.ANSWERED, value=value, scale=scale
    )


def runs(*outcomes: PredictedOutcome | None, times: int = 1) -> list[Prediction]:
    """One prediction an item and run; None: nobody looked for it."""
    return [
        Prediction(item=item, run=run, outcomes=() if one is None else (one,))
        for item, one in enumerate(outcomes)
        for run in range(times)
    ]


@pytest.mark.parametrize(
    ("wanted", "outcome", "expected"),
    [
        (label(), said("found", 2), 2),
        (label(), said("found", 1), 1),
        (label(turn=None), said("found", 1), 2),
        (label(), said("undetermined"), 1),
        (label(), said("not_found"), 0),
        (label(), None, 0),
        (label(GoldenState.NOT_FOUND), said("not_found"), 2),
        (label(GoldenState.NOT_FOUND), None, 2),
        (label(GoldenState.NOT_FOUND), said("undetermined"), 1),
        (label(GoldenState.NOT_FOUND), said("found", 2), 0),
        (score(60), answered(70), 2),
        (score(60), answered(80), 1),
        (score(60), answered(90), 0),
        (score(2), answered(3, CriterionKind.COUNT), 0),
        (score(60), None, 0),
    ],
)
def test_a_grade_is_by_rule(wanted: GoldenLabel, outcome: PredictedOutcome | None, expected: int) -> None:
    assert grade(wanted, outcome) == expected


def pool(with_it: int, without_it: int) -> list[GoldenDialogue]:
    return [dialogue(label())] * with_it + [dialogue(label(GoldenState.NOT_FOUND))] * without_it


RIGHT, WRONG, NOTHING, FALSE_ALARM = said("found", 2), said("not_found"), said("not_found"), said("found", 2)


def test_enough_right_items_pass() -> None:
    told = gate(
        pool(40, 40), [RUDE], runs(*[RIGHT] * 40, *[NOTHING] * 40), runs(*[RIGHT] * 40, *[NOTHING] * 40), LIMITS
    )
    assert told.verdict is Verdict.PASSED
    assert [side.items for side in told.subjects[0].sides] == [40, 40]


@pytest.mark.parametrize("items", [0, 1, 5, 20, 34])
def test_too_few_is_never_a_pass_however_right(items: int) -> None:
    every = runs(*[RIGHT] * items, *[NOTHING] * items)
    told = gate(pool(items, items), [RUDE], every, every, LIMITS)
    assert told.verdict is Verdict.TOO_FEW


def test_a_class_without_items_beside_one_that_passes_is_too_few() -> None:
    every = runs(*[RIGHT] * 40, *[NOTHING] * 40)
    told = gate(pool(40, 40), [RUDE, (GoldenKind.ERROR_CLASS, "interrupting")], every, every, LIMITS)
    assert [one.verdict for one in told.subjects] == [Verdict.PASSED, Verdict.TOO_FEW]
    assert told.verdict is Verdict.TOO_FEW


def test_never_found_does_not_pass_by_the_items_without_the_error() -> None:
    mute = runs(*[WRONG] * 40, *[NOTHING] * 360)
    told = gate(pool(40, 360), [RUDE], mute, mute, LIMITS)
    assert told.verdict is Verdict.REFUSED
    assert [side.verdict for side in told.subjects[0].sides] == [Verdict.REFUSED, Verdict.PASSED]


def test_always_found_does_not_pass_by_the_items_with_it() -> None:
    loud = runs(*[RIGHT] * 360, *[FALSE_ALARM] * 40)
    assert gate(pool(360, 40), [RUDE], loud, loud, LIMITS).verdict is Verdict.REFUSED


def test_what_is_worse_than_live_is_refused_within_the_limits() -> None:
    live = runs(*[RIGHT] * 400, *[NOTHING] * 400)
    worse = runs(*[RIGHT] * 380, *[said("found", 1)] * 20, *[NOTHING] * 400)
    told = gate(pool(400, 400), [RUDE], worse, live, LIMITS)
    (found, _) = told.subjects[0].sides
    assert (told.verdict, found.broken) == (Verdict.REFUSED, tuple(range(380, 400)))
    assert any("live is" in one for one in found.why)
    assert gate(pool(400, 400), [RUDE], worse, worse, LIMITS).verdict is Verdict.PASSED


def test_an_item_whose_runs_differ_is_flaky_and_counts_by_its_median() -> None:
    unsure = [Prediction(item=0, run=run, outcomes=(outcome,)) for run, outcome in enumerate((RIGHT, WRONG, RIGHT))]
    told = gate(pool(1, 0), [RUDE], unsure, runs(RIGHT, times=3), LIMITS)
    side = told.subjects[0].sides[0]
    assert (side.flaky, side.right.count, side.stable.count) == (1, 1, 0)
    assert told.cases[0].candidate == (2, 0, 2)


def test_the_group_that_fell_most_is_named() -> None:
    items = [dialogue(label()), dialogue(label(), Channel.EMAIL)]
    told = gate(items, [RUDE], runs(RIGHT, WRONG), runs(RIGHT, RIGHT), LIMITS)
    assert told.subjects[0].sides[0].worst_group == ("channel email", 1.0)


def test_reports_name_what_broke_and_junit_passes_nothing_that_is_no_pass() -> None:
    told = gate(
        pool(40, 2), [RUDE], runs(*[WRONG] * 40, NOTHING, NOTHING), runs(*[RIGHT] * 40, NOTHING, NOTHING), LIMITS
    )
    text = reports.markdown(told, "error_class:rudeness@1", "live @2")
    assert "# Gate: refused" in text
    assert "item 1 (ticket): right is found in turn 2; candidate not_found; live found in turn 2" in text
    assert "and 20 more" in text
    suite = ET.fromstring(reports.junit(told, "x"))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    assert {one.get("type") for one in suite.iter("failure")} == {"refused", "too_few"}


def test_what_is_kept_of_a_run_is_short() -> None:
    every = runs(*[RIGHT] * 40, *[NOTHING] * 40)
    short = json.dumps(gate(pool(40, 40), [RUDE], every, every, LIMITS).short())
    assert "cases" not in short
    assert len(short) < 800


def test_the_first_items_against_a_candidate_are_kept_those_that_broke_first() -> None:
    items = [one.model_copy(update={"id": f"g{number}"}) for number, one in enumerate(pool(60, 0))]
    live = runs(*[WRONG] * 30, *[RIGHT] * 30)
    kept = gate(items, [RUDE], runs(*[WRONG] * 60), live, LIMITS).short()["against"]
    assert isinstance(kept, list)
    assert [one["id"] for one in kept] == [f"g{number}" for number in range(30, 50)]
    assert kept[0]["right"] == "found (2)"
    assert (kept[0]["candidate"], kept[0]["live"]) == ("not_found", "found in turn 2")


def graded_comments(ours: int, items: int, *, decides: bool) -> JudgedComments:
    """A judge that says the same of each item of the candidate; of what is live it is content with all."""
    told = dict.fromkeys(range(items), (ours,))
    return JudgedComments.model_validate(
        {
            "judge": "same_error@0123456789abcdef", "candidate": {RUDE: told}, "live": {RUDE: dict.fromkeys(range(items), (2,))},
            "decides": frozenset({RUDE}) if decides else frozenset(),
        }
    )  # fmt: skip


@pytest.mark.parametrize(("decides", "verdict"), [(True, Verdict.REFUSED), (False, Verdict.PASSED)])
def test_a_judges_grades_decide_only_with_a_certificate(decides: bool, verdict: Verdict) -> None:
    dialogues = [dialogue(label()) for _ in range(40)] + [dialogue(label(GoldenState.NOT_FOUND)) for _ in range(40)]
    outcomes = [said("found", 2)] * 40 + [said("not_found")] * 40
    judged = graded_comments(0, 40, decides=decides)
    found = gate(dialogues, [RUDE], runs(*outcomes), runs(*outcomes), LIMITS, judged)
    assert found.verdict is verdict
    side = found.subjects[0].sides[-1]
    assert (side.side, side.items, side.wrong.share, side.live_right.share) == ("comments", 40, 1.0, 1.0)
    report = reports.markdown(found, "candidate", "live")
    assert ("only reported (refused)" in report) is not decides
    suite = ET.fromstring(reports.junit(found, "candidate").split("\n", 1)[1])
    assert [case.get("name") for case in suite] == ["found", "not_found", *(["comments"] if decides else [])]


def test_comments_that_too_few_items_have_are_no_pass() -> None:
    dialogues = [dialogue(label()) for _ in range(40)] + [dialogue(label(GoldenState.NOT_FOUND)) for _ in range(40)]
    outcomes = [said("found", 2)] * 40 + [said("not_found")] * 40
    few = gate(dialogues, [RUDE], runs(*outcomes), runs(*outcomes), LIMITS, graded_comments(2, 5, decides=True))
    assert few.verdict is Verdict.TOO_FEW


def test_flaky_items_are_listed_with_the_grades_of_each_run() -> None:
    dialogues = [dialogue(label()), dialogue(label())]
    steady, wavering = said("found", 2), said("not_found")
    ours = [*runs(steady, steady, times=2)[:3], Prediction(item=1, run=1, outcomes=(wavering,))]
    found = gate(dialogues, [RUDE], ours, runs(steady, steady, times=2), LIMITS)
    (one,) = found.flaky()
    assert (one.item, one.candidate, one.live, one.spread) == (1, (2, 0), (2, 2), 2)
    report = reports.markdown(found, "candidate", "live")
    assert "## Flaky items: 1" in report
    assert "| 2 (ticket) | rudeness | 2 0 | found in turn 2 (1 of 2), not_found (1 of 2) | 2 2 |" in report
    short = found.short()["flaky"]
    assert isinstance(short, list)
    assert short[0]["candidate"] == [2, 0]
