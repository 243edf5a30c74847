"""Conversations and evaluations as the exports see them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from auricle_contracts import (
    Answer,
    AnswerState,
    AnswerValue,
    Channel,
    ConversationState,
    ConversationView,
    CostLine,
    CriterionKind,
    Direction,
    Evaluation,
    Finding,
    Layer,
    Participant,
    Quote,
    Role,
    Severity,
    Span,
    Step,
    Usage,
)
from auricle_gateway.exports.i18n import Language
from auricle_gateway.exports.tables import Item

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def answer(criterion: str, value: AnswerValue, state: AnswerState = AnswerState.ANSWERED, said: str = "") -> Answer:
    quotes = (Quote(turn=1, span=Span(start=0, end=len(said)), text=said, start_ms=1500),) if said else ()
    kind = CriterionKind.CHOICE if criterion == "stage" else CriterionKind.SCORE
    return Answer(
        criterion=criterion, title=criterion, layer=Layer.MODEL, kind=kind, state=state, value=value, quotes=quotes
    )


def conversation(*, external_id: str | None = "84213", agent: str = "Ольга") -> ConversationView:
    return ConversationView(
        id="0193-a", workspace="w", channel=Channel.CALL, source="pbx", external_id=external_id,
        direction=Direction.INBOUND, line="sales", language="ru", state=ConversationState.STORED, revision=1,
        participants=(Participant(id="agent", role=Role.AGENT, reference="7", name=agent),),
        metadata={}, progress="done", started_at=NOON, created_at=NOON, updated_at=NOON,
    )  # fmt: skip


def evaluation(*answers: Answer, summary: str | None = "Много «воды», мало конкретики") -> Evaluation:
    finding = Finding(
        error_class="interrupts", severity=Severity.MAJOR, comment="перебил", source=Layer.MODEL,
        quotes=(Quote(turn=2, span=Span(start=0, end=4), text="Стоп", start_ms=2500),),
    )  # fmt: skip
    return Evaluation(
        id="e", conversation_id="0193-a", revision=1, recipe="abc", current=True, answers=answers, findings=(finding,),
        summary=summary, demo_weights=True, created_at=NOON,
    )  # fmt: skip


ARTICLE = (answer("politeness", 78), answer("sale_chance", 64), answer("objection_handling", 72),
           answer("price_mentions", 2), answer("stage", "closing", said="Договорились"))  # fmt: skip


def item(*answers: Answer, language: Language = "ru", summary: str | None = "Много «воды», мало конкретики") -> Item:
    usage = Usage(
        step=Step.EVALUATE,
        part="judge",
        device="NVIDIA L4",
        seconds=1.5,
        tokens_in=100,
        tokens_out=20,
        criteria={"politeness": 90, "stage": 30},
    )
    cost = CostLine(usage=usage, amount_usd=Decimal("0.00033533"), prices_dated=date(2026, 11, 1))
    free = CostLine(usage=usage.model_copy(update={"device": "cpu"}), amount_usd=None, prices_dated=date(2026, 11, 1))
    return Item(conversation(), evaluation(*(answers or ARTICLE), summary=summary), (cost, free), language)
