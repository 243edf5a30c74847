"""A stored report made again: the same bytes, and each thing that can differ is seen to differ."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Channel, Evaluation, Overall, Quote, Recipe, Span, Transcript
from auricle_criteria import Bundle, Library
from auricle_gateway.dry_runs.reckoning import counted_anew
from auricle_gateway.results.verification import Inputs, verified
from auricle_records.dry_runs import Past
from fixtures.tenant import an_answer

AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
BUNDLE = Bundle.of(Library.read(Path("prompts")), "sales")
RECIPE = Recipe(
    scorecard=BUNDLE.scorecard.pin, flow=BUNDLE.flow_pin, language_model="judge", speech_model="tiny", rules="r1"
)
TEXT = "Алло, здравствуйте."
SAID = Quote(turn=1, span=Span(start=0, end=5), text="Алло,")


def inputs(**changes: Any) -> Inputs:
    turn = {"id": 1, "participant": "agent", "role": "agent", "text": TEXT}
    transcript = Transcript.model_validate({"conversation_id": "c", "turns": [turn]})
    return Inputs(**{"recipe": RECIPE, "bundle": BUNDLE, "transcript": transcript} | changes)


@pytest.fixture
def past() -> Past:
    """An evaluation whose score is the one that its answers make."""
    stored = Evaluation(
        id="e", conversation_id="c", revision=1, recipe=RECIPE.hash, current=True, created_at=AT,
        answers=(an_answer(quotes=(SAID,)),),
    )  # fmt: skip
    return changed(Past("c", None, AT, Channel.CHAT, None, stored), **_scored(stored))


def _scored(stored: Evaluation) -> dict[str, Any]:
    return {"overall": counted_anew(Past("c", None, AT, Channel.CHAT, None, stored), BUNDLE, 1).overall}


def changed(past: Past, **changes: Any) -> Past:
    evaluation = past.evaluation.model_copy(update=changes)
    return Past(past.conversation_id, None, past.happened_at, past.channel, past.line, evaluation)


def states(past: Past, given: Inputs) -> dict[str, str]:
    return {one.part.value: one.state for one in verified(past, given).parts}


def test_the_same_bytes(past: Past) -> None:
    found = verified(past, inputs())
    assert found.same, found
    assert found.sha256 == verified(past, inputs()).sha256
    assert len(found.sha256) == 64


def test_a_score_that_was_changed_differs(past: Past) -> None:
    found = verified(changed(past, overall=Overall(points=99, passed=True, failed_by=(), judged=1)), inputs())
    assert not found.same
    assert {one.part.value: one.differs for one in found.parts}["score"] == ("overall",)
    assert found.sha256 != verified(past, inputs()).sha256


def test_words_that_nobody_said_differ_and_are_not_told(past: Past) -> None:
    wrong = an_answer(quotes=(SAID.model_copy(update={"text": "Тайна"}),))
    found = verified(changed(past, answers=(wrong,)), inputs())
    (quotes,) = [one for one in found.parts if one.part == "quotes"]
    assert (quotes.state, quotes.differs) == ("differs", ("politeness, turn 1",))
    assert "Тайна" not in json.dumps(found.model_dump(mode="json"), ensure_ascii=False)


def test_another_scorecard_under_the_recipe_differs(past: Past) -> None:
    card = BUNDLE.scorecard.model_copy(update={"pass_mark": 1})
    other = Bundle.of(Library({card.id: card}, *_rest()), card.id)
    assert states(past, inputs(bundle=other))["recipe"] == "differs"


def _rest() -> tuple[Any, Any, Any]:
    library = Library.read(Path("prompts"))
    return library.prompts, library.flows, library.classes


def test_what_is_gone_is_missing(past: Past) -> None:
    gone = Transcript(conversation_id="c", turns=())
    assert states(past, inputs(recipe=None, bundle=None)) == {"recipe": "missing", "quotes": "same", "score": "missing"}
    assert states(past, inputs(transcript=gone))["quotes"] == "missing"
