"""The judgement refuses to guess: each kind of doubt ends in the word that says so."""

from dataclasses import replace

import pytest
from auricle_contracts import Answer, AnswerState, Layer, Role, Transcript
from auricle_judging import ModelAnswer
from auricle_scorer.judgement import Case, agent_of, answers, merge
from unit.scorer.cases import answered, case, reply, rule, sales, talk

ANSWERED, OPEN, NONE = AnswerState.ANSWERED, AnswerState.UNDETERMINED, AnswerState.NOT_APPLICABLE


def said(of: Case, criterion: str) -> Answer:
    """The answer to one criterion."""
    return next(answer for answer in answers(of) if answer.criterion == criterion)


def test_every_criterion_gets_one_answer_in_the_scorecards_order() -> None:
    found = answers(case())
    assert [answer.criterion for answer in found] == [criterion.id for criterion in sales().criteria]
    assert all(answer.value is None for answer in found if answer.state is not ANSWERED)


def test_the_three_layers() -> None:
    of = case(reply(politeness=answered(85)), rules=(rule("price_mentions", 3),))
    assert (said(of, "politeness").value, said(of, "politeness").participant) == (85, "p1")
    assert said(of, "politeness").quotes[0].text == "Добрый"
    assert said(of, "politeness").reasoning == "Так сложилось."
    assert (said(of, "price_mentions").value, said(of, "price_mentions").title) == (3, "Количество цен")
    assert (said(of, "channel").value, said(of, "channel").layer) == ("call", Layer.METADATA)


def test_metadata_that_nobody_gave_is_not_applicable() -> None:
    assert (said(case(), "line").state, said(case(), "line").why) == (NONE, "not_given")


def test_a_rule_that_does_not_exist_is_undetermined() -> None:
    assert said(case(), "price_mentions").why == "no_such_rule"


@pytest.mark.parametrize("role", [Role.UNKNOWN, Role.CUSTOMER])
def test_who_is_unknown_is_not_judged(role: Role) -> None:
    said_by = talk(role=role)
    of = case(
        reply(politeness=answered(5), sale_chance=answered(40)), transcript=said_by, rules=(rule("talk_share", 50),)
    )
    assert (said(of, "politeness").state, said(of, "politeness").why) == (OPEN, "roles_unknown")
    assert said(of, "talk_share").why == "roles_unknown"
    assert said(of, "sale_chance").value == 40


@pytest.mark.parametrize(("confidence", "agent"), [(0.59, None), (0.6, "p1"), (1.0, "p1")])
def test_a_guessed_role_counts_from_its_threshold(confidence: float, agent: str | None) -> None:
    assert agent_of(talk(role_confidence=confidence), 0.6) == agent


def test_no_occasion_is_not_a_bad_mark() -> None:
    nothing = ModelAnswer(NONE, confidence=0.9, why="no_occasion")
    assert said(case(reply(objection_handling=nothing)), "objection_handling").state is NONE


def test_without_a_quote_there_is_no_answer() -> None:
    lost = ModelAnswer(OPEN, why="no_evidence", dropped_quotes=1)
    assert (said(case(reply(stage=lost)), "stage").state, said(case(reply(stage=lost)), "stage").value) == (OPEN, None)


def test_a_quote_that_was_heard_badly_leaves_the_answer_open_and_stays_to_be_listened_to() -> None:
    mumbled = talk(heard=0.3)
    answer = said(case(reply(sale_chance=answered(90, of=mumbled)), transcript=mumbled), "sale_chance")
    assert (answer.state, answer.why, answer.value) == (OPEN, "heard_badly", None)
    assert answer.quotes


@pytest.mark.parametrize(
    ("confidence", "why"),
    [(0.1, "low_confidence"), (0.49, "low_confidence"), (0.5, None), (0.9, None), (None, "no_confidence")],
)
def test_a_model_that_is_unsure_or_does_not_say_leaves_the_answer_open(
    confidence: float | None, why: str | None
) -> None:
    sure = answered("closing", confidence=confidence)
    none = ModelAnswer(NONE, confidence=confidence, why="no_occasion")
    of = case(reply(stage=sure, objection_handling=none))
    stage, objection = said(of, "stage"), said(of, "objection_handling")
    assert (stage.state, stage.why) == ((OPEN, why) if why else (ANSWERED, None))
    assert (objection.state, objection.why) == ((OPEN, why) if why else (NONE, "no_occasion"))
    assert stage.quotes


def test_each_criterion_has_its_own_least_confidence() -> None:
    of = case(reply(stage=answered("closing", confidence=0.6), sale_chance=answered(90, confidence=0.6)))
    criteria = tuple(
        c.model_copy(update={"min_confidence": 0.7}) if c.id == "stage" else c for c in of.scorecard.criteria
    )
    strict = replace(of, scorecard=of.scorecard.model_copy(update={"criteria": criteria}))
    assert (said(strict, "stage").why, said(strict, "sale_chance").value) == ("low_confidence", 90)


@pytest.mark.parametrize("why", ["heard_badly", "context_too_long", "no_words"])
def test_a_model_that_was_not_asked_says_why(why: str) -> None:
    of = case(transcript=talk(), unasked=why)
    assert {said(of, name).why for name in ("politeness", "sale_chance", "stage")} == {why}
    assert said(of, "objection_handling").state is (NONE if why == "no_words" else OPEN)


def test_a_model_that_never_answered_in_form() -> None:
    assert (said(case(reply()), "stage").state, said(case(reply()), "stage").why) == (OPEN, "model_answer_invalid")


def test_windows_scores_are_averaged_and_the_last_stage_counts() -> None:
    first = reply(politeness=answered(60, confidence=0.6), stage=answered("needs"))
    second = reply(politeness=answered(85, confidence=0.8), stage=answered("closing"))
    of = case(first, second)
    polite = said(of, "politeness")
    assert (polite.value, polite.confidence, len(polite.quotes)) == (72, 0.6, 2)
    assert said(of, "stage").value == "closing"


def test_a_window_that_is_open_does_not_hide_one_that_answered() -> None:
    criterion = next(c for c in sales().criteria if c.id == "stage")
    open_one = ModelAnswer(OPEN, why="no_evidence")
    nothing = ModelAnswer(NONE, why="no_occasion")
    assert merge(criterion, [answered("needs"), open_one]).value == "needs"
    assert merge(criterion, [nothing, open_one]).state is OPEN
    assert merge(criterion, [nothing, nothing]).state is NONE
    assert merge(criterion, []).why == "model_answer_invalid"


def test_an_empty_transcript_has_no_agent() -> None:
    assert agent_of(Transcript(conversation_id="c", turns=()), 0.0) is None
