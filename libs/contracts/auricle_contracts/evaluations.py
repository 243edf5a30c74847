"""Answers, findings and what they cost: the result of an `evaluate` run."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import MetadataValue
from auricle_contracts.digests import Digest
from auricle_contracts.transcripts import Confidence, Span, Transcript
from auricle_contracts.vocabulary import AnswerState, Channel, CriterionKind, Direction, Layer, Severity, Step

AnswerValue = bool | int | float | str | None


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
    """A mistake of a class, seen in the conversation, with its quote."""

    error_class: str
    severity: Severity
    quote: Quote
    comment: str
    knowledge: str | None = None
    source: Layer
    participant: str | None = None
    confidence: Confidence | None = None


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
    summary: str | None = None
    dropped_quotes: int = 0
    flags: tuple[str, ...] = ()
    demo_weights: bool = False
    created_at: datetime


class EvaluationReport(Contract):
    """What GET /v1/conversations/{id}/evaluation answers: the evaluation with its digest and its costs.

    `criteria` splits the model's cost lines by criterion; rules and speech are in `costs` only. `choices` are the lists, by
    criterion, that a label of an answer may choose from.
    """

    evaluation: Evaluation
    digest: Digest | None
    costs: tuple[CostLine, ...]
    criteria: tuple[CriterionCost, ...] = ()
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class PastMessage(Contract):
    """An agent's message of an earlier conversation that may be nearly that of `turn` here; `said` is the latter as it is compared.

    Both are masked, and placeholders have no numbers.
    """

    turn: int
    said: str
    conversation_id: str
    text: str


class RulesRequest(Contract):
    """Body of POST /v1/answer on the rules service. `past` null: nobody looked for earlier messages."""

    transcript: Transcript
    channel: Channel
    direction: Direction | None = None
    metadata: dict[str, MetadataValue] = Field(default_factory=dict)
    past: tuple[PastMessage, ...] | None = None


class RulesReply(Contract):
    """What needs no model. `version` is the hash of the rule set."""

    version: str
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...] = ()
