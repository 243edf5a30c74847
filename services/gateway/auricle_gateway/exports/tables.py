"""The tables of an export: the rows that one conversation gives to each. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from auricle_contracts import (
    Answer,
    AnswerState,
    AnswerValue,
    ConversationView,
    CostLine,
    Evaluation,
    Label,
    Layer,
    Quote,
    Role,
)
from auricle_records.labels import Verdict

from auricle_gateway.costs.prices import total
from auricle_gateway.costs.spending import by_criterion
from auricle_gateway.exports.columns import (
    ANSWER_COLUMNS,
    COST_COLUMNS,
    CRITERIA_COLUMNS,
    FINDING_COLUMNS,
    LABEL_COLUMNS,
    REPORT_COLUMNS,
    Column,
)
from auricle_gateway.exports.formatting import Cell
from auricle_gateway.exports.i18n import STAGES, Language

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Item:
    """One conversation with what came of it, priced, and what people said about it; `verdicts` count in the place of answers."""

    conversation: ConversationView
    evaluation: Evaluation | None
    costs: tuple[CostLine, ...]
    language: Language
    labels: tuple[Label, ...] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A name, columns, and the rows that an item gives."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[Item], Iterable[Row]]


def _call_id(conversation: ConversationView) -> str:
    return conversation.external_id or conversation.id


def _agent(conversation: ConversationView) -> str | None:
    agents = [one for one in conversation.participants if one.role is Role.AGENT]
    return ", ".join(one.name or one.reference or one.id for one in agents) or None


def _value(item: Item, answers: Mapping[str, Answer], criterion: str) -> Cell:
    """The value that counts, or its state where it has none; None where nobody asked."""
    answer = answers.get(criterion)
    return None if answer is None else _counted(item, answer)


def counted_value(item: Item, criterion: str) -> Cell:
    """What counts of the first answer to a criterion; a sale's stage by its title."""
    answers = item.evaluation.answers if item.evaluation else ()
    answer = next((one for one in answers if one.criterion == criterion), None)
    return None if answer is None else _titled(criterion, _counted(item, answer), item.language)


def _counted(item: Item, answer: Answer) -> Cell:
    """A person's verdict, else the model's answer."""
    verdict = _verdict(item, answer)
    return _either(verdict.state, verdict.value) if verdict else _either(answer.state, answer.value)


def _verdict(item: Item, answer: Answer) -> Verdict | None:
    """People judge the first of several answers to one criterion (one a participant)."""
    answers = item.evaluation.answers if item.evaluation else ()
    is_first = next(one for one in answers if one.criterion == answer.criterion) is answer
    return item.verdicts.get(answer.criterion) if is_first else None


def _titled(criterion: str, value: Cell, language: Language) -> Cell:
    """A sale's stage by its title."""
    return _stage(value, language) if criterion == "stage" else value


def _stage(value: Cell, language: Language) -> Cell:
    return STAGES[value][language] if isinstance(value, str) and value in STAGES else value


def _mentioned(count: Cell) -> Cell:
    return count > 0 if isinstance(count, int | float) else count


def report_rows(item: Item) -> Iterable[Row]:
    """One row a conversation, evaluated or not."""
    conversation, evaluation = item.conversation, item.evaluation
    answers = {answer.criterion: answer for answer in reversed(evaluation.answers)} if evaluation else {}
    prices = _value(item, answers, "price_mentions")
    duration = conversation.recording.duration_ms if conversation.recording else None
    yield (
        _call_id(conversation),
        _value(item, answers, "politeness"),
        _value(item, answers, "sale_chance"),
        _value(item, answers, "objection_handling"),
        _mentioned(prices),
        _stage(_value(item, answers, "stage"), item.language),
        _comment(evaluation) if evaluation else None,
        None,
        None,
        prices,
        sum(one.counts for one in evaluation.findings) if evaluation else None,
        sum(_counted(item, one) is AnswerState.UNDETERMINED for one in answers.values()) if evaluation else None,
        _agent(conversation),
        conversation.channel.value,
        conversation.direction.value,
        conversation.line,
        conversation.started_at,
        duration / 1000 if duration is not None else None,
        conversation.progress,
        total(item.costs),
        evaluation.demo_weights if evaluation else None,
        evaluation.recipe if evaluation else None,
        conversation.id,
        evaluation.id if evaluation else None,
        conversation.created_at,
    )


def _comment(evaluation: Evaluation) -> str | None:
    """Why the answers are what they are, in the model's words: of the whole, else of the first answer that has a reason."""
    reasons = (one.reasoning for one in evaluation.answers if one.reasoning and one.layer is Layer.MODEL)
    return evaluation.summary or next(reasons, None)


def answer_rows(item: Item) -> Iterable[Row]:
    """One row an answer."""
    evaluation = item.evaluation
    for answer in evaluation.answers if evaluation else ():
        verdict = _verdict(item, answer)
        yield (
            _call_id(item.conversation),
            answer.criterion,
            answer.title,
            answer.layer.value,
            answer.state.value,
            _titled(answer.criterion, _counted(item, answer), item.language),
            None,
            None,
            answer.confidence,
            answer.reasoning,
            answer.why,
            _quoted(answer.quotes),
            item.conversation.id,
            evaluation.id if evaluation else None,
            _titled(answer.criterion, _either(answer.state, answer.value), item.language),
            verdict.judged_by if verdict else None,
        )


def _either(state: AnswerState, value: AnswerValue) -> Cell:
    return value if state is AnswerState.ANSWERED else state


def _quoted(quotes: Sequence[Quote]) -> str | None:
    return " | ".join(f"«{quote.text}»" for quote in quotes) or None


def finding_rows(item: Item) -> Iterable[Row]:
    """One row a finding, a rejected one too: `counts` says whether it does."""
    for finding in item.evaluation.findings if item.evaluation else ():
        first = finding.quotes[0]
        yield (
            _call_id(item.conversation),
            finding.error_class,
            finding.severity.value,
            _quoted(finding.quotes),
            first.start_ms / 1000 if first.start_ms is not None else None,
            finding.comment,
            finding.citation.title if finding.citation else finding.knowledge,
            str(finding.source),
            finding.participant,
            item.conversation.id,
            finding.category,
            finding.fatal,
            finding.counts,
            finding.verdict.value if finding.verdict else None,
            finding.grade,
            finding.note,
            finding.judged_by or finding.added_by,
            finding.id,
        )


def label_rows(item: Item) -> Iterable[Row]:
    """One row a label: what the answer was, and what a person made of it."""
    for label in item.labels:
        yield (
            _call_id(item.conversation),
            label.criterion,
            _either(label.old_state, label.old_value),
            _either(label.state, label.value),
            label.comment,
            label.author_name or label.author,
            label.source,
            label.updated_at,
            label.conversation_id,
            label.evaluation_id,
        )


def cost_rows(item: Item) -> Iterable[Row]:
    """One row an entry of the ledger; no amount where the price file has no price."""
    for cost in item.costs:
        usage = cost.usage
        yield (
            _call_id(item.conversation),
            usage.step.value,
            usage.part,
            usage.device,
            usage.seconds,
            usage.audio_seconds,
            usage.tokens_in,
            usage.tokens_out,
            usage.tokens_cached,
            usage.model,
            cost.amount_usd,
            cost.prices_dated.isoformat() if cost.amount_usd is not None else None,
            item.conversation.id,
        )


def criteria_rows(item: Item) -> Iterable[Row]:
    """One row a criterion that the model answered: its part of the model's tokens, seconds and money."""
    for cost in by_criterion(item.costs):
        yield (
            _call_id(item.conversation),
            cost.criterion,
            cost.tokens,
            cost.seconds,
            cost.amount_usd,
            item.conversation.id,
        )


REPORT = Table("report", REPORT_COLUMNS, report_rows)
ANSWERS = Table("answers", ANSWER_COLUMNS, answer_rows)
FINDINGS = Table("findings", FINDING_COLUMNS, finding_rows)
COST = Table("cost", COST_COLUMNS, cost_rows)
CRITERIA = Table("criteria", CRITERIA_COLUMNS, criteria_rows)
LABELS = Table("labels", LABEL_COLUMNS, label_rows)
TABLES = {table.name: table for table in (REPORT, ANSWERS, FINDINGS, LABELS, COST, CRITERIA)}
