"""Cases for the judgement, small enough to read."""

from pathlib import Path

from auricle_contracts import (
    Answer,
    AnswerState,
    AnswerValue,
    CriterionKind,
    Layer,
    Role,
    RulesReply,
    Span,
    Transcript,
    Turn,
    Word,
)
from auricle_criteria import Library, Scorecard
from auricle_judging import ModelAnswer, PromptReply, quote_at
from auricle_scorer.judgement import Case, Doubt

PROMPTS = Path(__file__).parents[3] / "prompts"
DOUBT = Doubt(min_role=0.6, min_heard=0.5)


def sales() -> Scorecard:
    """The shipped scorecard."""
    return Library.read(PROMPTS).scorecard("sales")


def talk(
    *, role: Role = Role.AGENT, role_confidence: float = 1.0, heard: float = 0.9, text: str = "Добрый день"
) -> Transcript:
    """One utterance, heard so surely, of somebody who is so surely the agent."""
    words = tuple(
        Word(text=word, start_ms=100 * n, end_ms=100 * n + 90, confidence=heard) for n, word in enumerate(text.split())
    )
    turn = Turn(id=1, participant="p1", role=role, text=text, words=words, role_confidence=role_confidence)
    return Transcript(conversation_id="c1", turns=(turn,))


def answered(value: AnswerValue, *, of: Transcript | None = None, confidence: float | None = 0.9) -> ModelAnswer:
    """An answer that quotes the first word."""
    turn = (of or talk()).turns[0]
    return ModelAnswer(AnswerState.ANSWERED, value, confidence, (quote_at(turn, Span(start=0, end=6)),))


def reply(**answers: ModelAnswer) -> PromptReply:
    """A window's reply."""
    return PromptReply(answers, "Так сложилось.", 1.0, 100, 20)


def rule(name: str, value: AnswerValue) -> Answer:
    """A rule's answer."""
    return Answer(
        criterion=name, title=name, layer=Layer.RULE, kind=CriterionKind.COUNT, state=AnswerState.ANSWERED, value=value
    )


def case(
    *replies: PromptReply,
    transcript: Transcript | None = None,
    rules: tuple[Answer, ...] = (),
    unasked: str | None = None,
) -> Case:
    """A case with the usual metadata."""
    metadata = {"channel": "call", "direction": "inbound", "line": None}
    said = transcript or talk()
    return Case(sales(), said, metadata, RulesReply(version="v", answers=rules), replies, DOUBT, unasked)
