"""Answers, findings and what they cost: the result of an `evaluate` run."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import ConversationView
from auricle_contracts.digests import Digest
from auricle_contracts.knowledge import Citation
from auricle_contracts.transcripts import Confidence, Span
from auricle_contracts.vocabulary import (
    AnswerState,
    CriterionKind,
    DetectionState,
    FindingVerdict,
    FlowStepState,
    Layer,
    Role,
    Severity,
    Step,
)

AnswerValue = bool | int | float | str | None


def _no_bool(value: object) -> object:
    """Python's false is 0 and its true is 1; in JSON neither is a grade."""
    if isinstance(value, bool):
        raise ValueError("a grade is 0, 1 or 2")  # noqa: TRY004 - pydantic passes a TypeError on
    return value


Grade = Annotated[Literal[0, 1, 2], BeforeValidator(_no_bool)]


class Quote(Contract):
    """Evidence: words found again verbatim in one turn, with the ms that play them (None in text channels)."""

    turn: int
    span: Span
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


class Answer(Contract):
    """A criterion answered. `value` is None unless `state` is `answered`; `confidence` is never written by the model itself."""

    criterion: str
    title: str
    layer: Layer
    kind: CriterionKind
    state: AnswerState
    value: AnswerValue = None
    confidence: Confidence | None = None
    reasoning: str | None = None
    quotes: tuple[Quote, ...] = ()
    participant: str | None = None
    why: str | None = None


class Finding(Contract):
    """An error of a class by one agent, once however often it was made: a quote for each time, the first one first.

    `version` is the pin of the class (`id@hash`), `step` the step of the flow that decided. `fatal`: the conversation fails by it.
    `experimental`: a scorecard turned the class on before its figures were good enough; it counts towards nothing.

    `knowledge` is the article that its class names, `citation` the passage of it that comes nearest to what was said.
    `stale`: that passage reads otherwise now, is gone, or its article is retired or removed.

    `id` is given when it is read. `source` is `person` where the model missed it and `added_by` added it by hand. `verdict` is the newest
    of people's (None: nobody judged), with its `grade` (2 correct and well said, 1 doubtful, 0 wrong), `note`, `judged_by` and
    `judged_at`. A rejected finding counts nowhere.
    """

    id: str | None = None
    error_class: str
    category: str | None = None
    severity: Severity
    fatal: bool = False
    quotes: Annotated[tuple[Quote, ...], Field(min_length=1)]
    comment: str
    knowledge: str | None = None
    citation: Citation | None = None
    source: Layer | Literal["person"]
    participant: str | None = None
    confidence: Confidence | None = None
    version: str | None = None
    step: str | None = None
    experimental: bool = False
    verdict: FindingVerdict | None = None
    grade: Grade | None = None
    note: str | None = None
    judged_by: str | None = None
    judged_at: datetime | None = None
    added_by: str | None = None
    stale: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is an error in everything that counts errors."""
        return self.verdict is not FindingVerdict.REJECT


class ClassOutcome(Contract):
    """What looking for a class came to, without its places, which are the finding's."""

    error_class: str
    version: str
    state: DetectionState
    why: str | None = None
    confidence: Confidence | None = None
    step: str


class ShownCase(Contract):
    """A golden item that a question showed as an example: what it says of a class, and the SHA-256 of what was shown of it.

    Of another text the hash is another; of an item that was removed or taken back only this is left.
    """

    item_id: str
    error_class: str
    state: DetectionState
    content: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class FlowStepResult(Contract):
    """A step of the flow: how it ended, by which prompt, and what it cost. `tokens_cached` of `tokens_in` the server had read before.

    `cases`: what its questions showed of the golden set, the nearest first.
    """

    step: str
    state: FlowStepState
    why: str | None = None
    prompt: str | None = None
    calls: Annotated[int, Field(ge=0)] = 0
    tokens_in: Annotated[int, Field(ge=0)] = 0
    tokens_cached: Annotated[int, Field(ge=0)] | None = None
    tokens_out: Annotated[int, Field(ge=0)] = 0
    seconds: Annotated[float, Field(ge=0)] = 0.0
    cases: tuple[ShownCase, ...] = ()


class SectionScore(Contract):
    """A section of the scorecard: points 0-100 by weight, None where nothing of it was judged."""

    id: str
    title: str
    points: float | None


class Overall(Contract):
    """One score for the conversation. `judged` (0-1) is the share of the weight that had an occasion and an answer to count.

    `points` is None below one half. `failed_by` names what is fatal and was found. `passed` is None where nobody can tell.
    """

    points: float | None
    passed: bool | None
    failed_by: tuple[str, ...] = ()
    judged: Annotated[float, Field(ge=0, le=1)]
    sections: tuple[SectionScore, ...] = ()


class Usage(Contract):
    """One entry of the ledger: what one piece of work used. `device` is `cpu` or a GPU's name; money is applied at reading.

    `seconds` are the device's, as its share of what was at work beside it. `tokens_cached` of `tokens_in` the server had read before
    (None: it does not say). `criteria` splits all tokens over the criteria that they were spent for (docs/ledger.md has the rule).
    """

    step: Step
    part: str
    device: str
    seconds: Annotated[float, Field(ge=0)]
    audio_seconds: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    criteria: dict[str, Annotated[int, Field(ge=0)]] | None = None
    model: str | None = None


class CostLine(Contract):
    """A usage with the price of a dated price file applied. `amount_usd` is None when the file has no price for the device."""

    usage: Usage
    amount_usd: Decimal | None
    prices_dated: date


class CriterionCost(Contract):
    """What one criterion cost: its part of the model's tokens, seconds and money. `amount_usd` is None without a price."""

    criterion: str
    tokens: int
    seconds: float
    amount_usd: Decimal | None


class Evaluation(Contract):
    """The result of one `evaluate` run; one per conversation is current."""

    id: str
    conversation_id: str
    revision: int
    recipe: str
    current: bool
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...] = ()
    outcomes: tuple[ClassOutcome, ...] = ()
    steps: tuple[FlowStepResult, ...] = ()
    overall: Overall | None = None
    summary: str | None = None
    dropped_quotes: int = 0
    flags: tuple[str, ...] = ()
    demo_weights: bool = False
    created_at: datetime


class EvaluationReport(Contract):
    """What GET /v1/conversations/{id}/evaluation answers: the evaluation with its digest and its costs.

    `overall` is the score by what counts, people's verdicts before the model's answers; `evaluation.overall` is the model's own.
    `criteria` splits the model's cost lines by criterion; rules and speech are in `costs` only. `choices` are the lists, by
    criterion, that a label of an answer may choose from; `class_titles` the findings' classes by language.
    """

    evaluation: Evaluation
    overall: Overall | None = None
    digest: Digest | None
    costs: tuple[CostLine, ...]
    criteria: tuple[CriterionCost, ...] = ()
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    class_titles: dict[str, dict[str, str]] = Field(default_factory=dict)


class AnswerSummary(Contract):
    """An answer as it counts, without reasoning and quotes: a person's newest verdict, else the model's answer, which stands beside it.

    `judged_by` and `judged_at` are None where nobody gave a verdict.
    """

    criterion: str
    title: str
    layer: Layer
    kind: CriterionKind
    state: AnswerState
    value: AnswerValue = None
    model_state: AnswerState
    model_value: AnswerValue = None
    confidence: Confidence | None = None
    why: str | None = None
    participant: str | None = None
    judged_by: str | None = None
    judged_at: datetime | None = None


class ConversationSummary(Contract):
    """What a list shows of the current evaluation: all answers but free texts, findings counted by severity."""

    evaluation_id: str
    answers: tuple[AnswerSummary, ...]
    findings: dict[Severity, int] = Field(default_factory=dict)
    dropped_quotes: int = 0
    flags: tuple[str, ...] = ()
    demo_weights: bool = False


class TextMatch(Contract):
    """A turn in which words of a search stand, or its parts around them; `marks` are the spans of those words in `text`, in code points.

    What is personal stands as `[…]`.
    """

    turn: int
    role: Role
    start_ms: int | None = None
    text: str
    marks: tuple[Span, ...]


class TextMatches(Contract):
    """Turns of one conversation that a search found: the best of them, and how many there are."""

    turns: tuple[TextMatch, ...]
    total: int


class ListedConversation(ConversationView):
    """`summary` is there where it was asked for (`include=summary`) and the conversation has a current evaluation; `matches` where words
    were searched for.
    """

    summary: ConversationSummary | None = None
    matches: TextMatches | None = None


class PastMessage(Contract):
    """An agent's message of an earlier conversation that may be nearly that of `turn` here; `said` is the latter as it is compared.

    Both are masked, and placeholders have no numbers.
    """

    turn: int
    said: str
    conversation_id: str
    text: str
