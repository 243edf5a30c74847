"""Three layers become one list of answers. Pure: what was said, what was found, and when nobody is to be believed.

model layer   not asked (empty, heard badly as a whole, too long) ─► undetermined
about the agent, and nobody knows who that is       ─► undetermined
no occasion                                         ─► not_applicable
no quote was found again                            ─► undetermined
the quote was heard badly, or the tokens were unsure─► undetermined
else                                                ─► answered, with its quotes
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auricle_contracts import Answer, AnswerState, Layer, MetadataValue, Quote, Role, RulesReply, Transcript
from auricle_criteria import Criterion, Scorecard
from auricle_judging import Opinion, Reply, heard_confidence

MAX_QUOTES = 5
LANGUAGE = "ru"
NEVER_IN_FORM = Opinion(AnswerState.UNDETERMINED, why="model_answer_invalid")


@dataclass(frozen=True)
class Doubt:
    """Below these (0-1) a person has to look: how surely the agent is known, and how surely a quote was heard."""

    min_role: float
    min_heard: float


@dataclass(frozen=True)
class Case:
    """Everything that is known about one conversation. `replies` are in the order of the windows.

    `unasked` says why the model was not asked at all; None when it was.
    """

    scorecard: Scorecard
    transcript: Transcript
    metadata: Mapping[str, MetadataValue]
    rules: RulesReply
    replies: Sequence[Reply]
    doubt: Doubt
    unasked: str | None = None


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
        return _answer(criterion, Opinion(AnswerState.NOT_APPLICABLE, why="not_given"))
    return _answer(criterion, Opinion(AnswerState.ANSWERED, value))


def _from_rules(criterion: Criterion, case: Case) -> Answer:
    found = next((answer for answer in case.rules.answers if answer.criterion == criterion.rule), None)
    if found is None:
        return _answer(criterion, Opinion(AnswerState.UNDETERMINED, why="no_such_rule"))
    if criterion.needs_role and agent_of(case.transcript, case.doubt.min_role) is None:
        return _answer(criterion, Opinion(AnswerState.UNDETERMINED, why="roles_unknown"))
    named = {"criterion": criterion.id, "title": criterion.title.in_language(LANGUAGE), "kind": criterion.kind}
    return found.model_copy(update=named)


def _from_model(criterion: Criterion, case: Case) -> Answer:
    agent = agent_of(case.transcript, case.doubt.min_role)
    if case.unasked is not None:
        return _answer(criterion, _unasked(criterion, case.unasked))
    if criterion.needs_role and agent is None:
        return _answer(criterion, Opinion(AnswerState.UNDETERMINED, why="roles_unknown"))
    replies = [reply for reply in case.replies if criterion.id in reply.opinions]
    merged = merge(criterion, [_doubted(criterion, reply.opinions[criterion.id], case) for reply in replies])
    reasoning = replies[-1].reasoning if replies else None
    return _answer(criterion, merged, reasoning=reasoning, participant=agent if criterion.needs_role else None)


def _unasked(criterion: Criterion, why: str) -> Opinion:
    if why == "no_words" and criterion.needs_occasion:
        return Opinion(AnswerState.NOT_APPLICABLE, why=why)
    return Opinion(AnswerState.UNDETERMINED, why=why)


def _doubted(criterion: Criterion, opinion: Opinion, case: Case) -> Opinion:
    """The opinion, or `undetermined` where the model was unsure or its words were heard badly. Quotes stay for the person who looks."""
    if opinion.confidence is not None and opinion.confidence < criterion.min_confidence:
        return replace(opinion, state=AnswerState.UNDETERMINED, value=None, why="low_confidence")
    if any(_heard(quote, case.transcript) < case.doubt.min_heard for quote in opinion.quotes):
        return replace(opinion, state=AnswerState.UNDETERMINED, value=None, why="heard_badly")
    return opinion


def _heard(quote: Quote, transcript: Transcript) -> float:
    turn = next(turn for turn in transcript.turns if turn.id == quote.turn)
    confidence = heard_confidence(turn, quote.span)
    return 1.0 if confidence is None else confidence


def merge(criterion: Criterion, opinions: Sequence[Opinion]) -> Opinion:
    """The opinions of several windows as one: the last answered one, or the mean of all answered scores."""
    answered = [opinion for opinion in opinions if opinion.state is AnswerState.ANSWERED]
    if not answered:
        return _unanswered(opinions)
    if criterion.across == "last" or len(answered) == 1:
        return answered[-1]
    scores = [float(opinion.value) for opinion in answered if isinstance(opinion.value, int | float)]
    sure = [opinion.confidence for opinion in answered if opinion.confidence is not None]
    return Opinion(
        AnswerState.ANSWERED, round(sum(scores) / len(scores)), min(sure) if sure else None,
        tuple(quote for opinion in answered for quote in opinion.quotes)[:MAX_QUOTES],
    )  # fmt: skip


def _unanswered(opinions: Sequence[Opinion]) -> Opinion:
    open_ones = [opinion for opinion in opinions if opinion.state is AnswerState.UNDETERMINED]
    if open_ones:
        return open_ones[-1]
    return opinions[-1] if opinions else NEVER_IN_FORM


def _answer(
    criterion: Criterion, opinion: Opinion, *, reasoning: str | None = None, participant: str | None = None
) -> Answer:
    return Answer(
        criterion=criterion.id, title=criterion.title.in_language(LANGUAGE), layer=criterion.layer, kind=criterion.kind,
        state=opinion.state, value=opinion.value, confidence=opinion.confidence, reasoning=reasoning,
        quotes=opinion.quotes, participant=participant, why=opinion.why,
    )  # fmt: skip
