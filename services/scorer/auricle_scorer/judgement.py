"""Three layers become one list of answers. Pure: what was said, what was found, and when nobody is to be believed.

not asked (empty, heard badly, this prompt too long)─► undetermined
about the agent, and nobody knows who that is       ─► undetermined
no occasion                                         ─► not_applicable
no quote was found again                            ─► undetermined
the server gave no probability of the answer       ─► undetermined
its probability is below the criterion's least      ─► undetermined
it is below what keeps the risk (thresholds)        ─► undetermined
the quote was heard badly                           ─► undetermined
else                                                ─► answered, with its quotes
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from auricle_contracts import Answer, AnswerState, Layer, MetadataValue, Quote, Role, RulesReply, Transcript
from auricle_contracts.golden import GoldenKind, GoldenState
from auricle_contracts.thresholds import Thresholds
from auricle_criteria import Criterion, Scorecard
from auricle_judging import ModelAnswer, PromptReply, heard_confidence

MAX_QUOTES = 5
BELOW_THRESHOLD = "below_threshold"
LANGUAGE = "ru"
NEVER_IN_FORM = ModelAnswer(AnswerState.UNDETERMINED, why="model_answer_invalid")


@dataclass(frozen=True)
class Doubt:
    """Below these (0-1) a person has to look: how surely the agent is known, and how surely a quote was heard."""

    min_role: float
    min_heard: float


@dataclass(frozen=True)
class Case:
    """Everything that is known about one conversation. `replies` are in the order of the windows.

    `unasked` says why the model was not asked at all, None when it was; `blank` why there is no reply to a prompt, by its id.
    """

    scorecard: Scorecard
    transcript: Transcript
    metadata: Mapping[str, MetadataValue]
    rules: RulesReply
    replies: Sequence[PromptReply]
    doubt: Doubt
    unasked: str | None = None
    blank: Mapping[str, str] = field(default_factory=dict)
    thresholds: Thresholds | None = None


def answers(case: Case) -> tuple[Answer, ...]:
    """One answer for each criterion of the scorecard, in its order."""
    by_layer = {Layer.METADATA: _from_metadata, Layer.RULE: _from_rules, Layer.MODEL: _from_model}
    return tuple(by_layer[criterion.layer](criterion, case) for criterion in case.scorecard.criteria)


def is_empty(transcript: Transcript) -> bool:
    """Nobody said anything."""
    return not any(turn.text.strip() for turn in transcript.turns)


def agent_of(transcript: Transcript, min_confidence: float) -> str | None:
    """The participant who is the agent, when that is known surely enough."""
    turns = [turn for turn in transcript.turns if turn.role is Role.AGENT]
    if not turns or sum(turn.role_confidence for turn in turns) / len(turns) < min_confidence:
        return None
    return turns[0].participant


def _from_metadata(criterion: Criterion, case: Case) -> Answer:
    value = case.metadata.get(criterion.metadata or "")
    if value is None:
        return _answer(criterion, ModelAnswer(AnswerState.NOT_APPLICABLE, why="not_given"))
    return _answer(criterion, ModelAnswer(AnswerState.ANSWERED, value))


def _from_rules(criterion: Criterion, case: Case) -> Answer:
    found = next((answer for answer in case.rules.answers if answer.criterion == criterion.rule), None)
    if found is None:
        return _answer(criterion, ModelAnswer(AnswerState.UNDETERMINED, why="no_such_rule"))
    if criterion.needs_role and agent_of(case.transcript, case.doubt.min_role) is None:
        return _answer(criterion, ModelAnswer(AnswerState.UNDETERMINED, why="roles_unknown"))
    named = {"criterion": criterion.id, "title": criterion.title.in_language(LANGUAGE), "kind": criterion.kind}
    return found.model_copy(update=named)


def _from_model(criterion: Criterion, case: Case) -> Answer:
    agent = agent_of(case.transcript, case.doubt.min_role)
    unasked = case.unasked or case.blank.get(criterion.prompt or "")
    if unasked is not None:
        return _answer(criterion, _unasked(criterion, unasked))
    if criterion.needs_role and agent is None:
        return _answer(criterion, ModelAnswer(AnswerState.UNDETERMINED, why="roles_unknown"))
    replies = [reply for reply in case.replies if criterion.id in reply.answers]
    merged = merge(criterion, [_doubted(criterion, reply.answers[criterion.id], case) for reply in replies])
    reasoning = replies[-1].reasoning if replies else None
    return _answer(
        criterion,
        _believed(criterion, merged, case.thresholds),
        reasoning=reasoning,
        participant=agent if criterion.needs_role else None,
    )


def _believed(criterion: Criterion, answer: ModelAnswer, thresholds: Thresholds | None) -> ModelAnswer:
    """The answer, or `undetermined` where its like are wrong too often: a person looks. Quotes stay."""
    if thresholds is None or answer.state is AnswerState.UNDETERMINED:
        return answer
    said = GoldenState(answer.state.value)
    if thresholds.believe(GoldenKind.CRITERION, criterion.id, said, answer.confidence):
        return answer
    return replace(answer, state=AnswerState.UNDETERMINED, value=None, why=BELOW_THRESHOLD)


def _unasked(criterion: Criterion, why: str) -> ModelAnswer:
    if why == "no_words" and criterion.needs_occasion:
        return ModelAnswer(AnswerState.NOT_APPLICABLE, why=why)
    return ModelAnswer(AnswerState.UNDETERMINED, why=why)


def _doubted(criterion: Criterion, answer: ModelAnswer, case: Case) -> ModelAnswer:
    """The answer, or `undetermined` where the model was unsure, gave no probability, or its words were heard badly. Quotes stay."""
    if answer.state is AnswerState.UNDETERMINED:
        return answer
    why = _doubt(criterion, answer, case)
    return answer if why is None else replace(answer, state=AnswerState.UNDETERMINED, value=None, why=why)


def _doubt(criterion: Criterion, answer: ModelAnswer, case: Case) -> str | None:
    if answer.confidence is None:
        return "no_confidence"
    if answer.confidence < (criterion.min_confidence or 0.0):
        return "low_confidence"
    if any(_heard(quote, case.transcript) < case.doubt.min_heard for quote in answer.quotes):
        return "heard_badly"
    return None


def _heard(quote: Quote, transcript: Transcript) -> float:
    turn = next(turn for turn in transcript.turns if turn.id == quote.turn)
    confidence = heard_confidence(turn, quote.span)
    return 1.0 if confidence is None else confidence


def merge(criterion: Criterion, answers: Sequence[ModelAnswer]) -> ModelAnswer:
    """The answers of several windows as one: the last answered one, or the mean of all answered scores."""
    answered = [answer for answer in answers if answer.state is AnswerState.ANSWERED]
    if not answered:
        return _unanswered(answers)
    if criterion.across == "last" or len(answered) == 1:
        return answered[-1]
    scores = [float(answer.value) for answer in answered if isinstance(answer.value, int | float)]
    sure = [answer.confidence for answer in answered if answer.confidence is not None]
    return ModelAnswer(
        AnswerState.ANSWERED, round(sum(scores) / len(scores)), min(sure) if sure else None,
        tuple(quote for answer in answered for quote in answer.quotes)[:MAX_QUOTES],
    )  # fmt: skip


def _unanswered(answers: Sequence[ModelAnswer]) -> ModelAnswer:
    open_ones = [answer for answer in answers if answer.state is AnswerState.UNDETERMINED]
    if open_ones:
        return open_ones[-1]
    return answers[-1] if answers else NEVER_IN_FORM


def _answer(
    criterion: Criterion, answer: ModelAnswer, *, reasoning: str | None = None, participant: str | None = None
) -> Answer:
    return Answer(
        criterion=criterion.id, title=criterion.title.in_language(LANGUAGE), layer=criterion.layer, kind=criterion.kind,
        state=answer.state, value=answer.value, confidence=answer.confidence, reasoning=reasoning,
        quotes=answer.quotes, participant=participant, why=answer.why,
    )  # fmt: skip
