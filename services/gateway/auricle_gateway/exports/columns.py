"""The columns of an export's tables. Pure.

`report` begins with the seven columns of the sheet that analysts filled by hand; what the platform adds comes behind them.
"""

from dataclasses import dataclass
from enum import StrEnum

from auricle_gateway.exports.i18n import Titles


class Kind(StrEnum):
    """How a column's cells are written. WORDS is what people said or a model wrote."""

    TEXT = "text"
    WORDS = "words"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"
    TIME = "time"


@dataclass(frozen=True)
class Column:
    """`can_be_open`: cells may hold `not_applicable` or `undetermined` in place of a value.

    `unit` is written into Parquet's schema; `digits` are shown behind the point. `comes_back`: a person may fill it in, and
    POST /v1/labels/import reads it; then `criterion` names the answer that a report's cell shows.
    """

    key: str
    kind: Kind
    titles: Titles
    width: int = 14
    can_be_open: bool = False
    unit: str | None = None
    digits: int = 0
    comes_back: bool = False
    criterion: str | None = None


def _column(
    key: str, kind: Kind, ru: str, en: str, width: int = 14, *, unit: str | None = None, digits: int = 0
) -> Column:
    return Column(key, kind, {"ru": ru, "en": en}, width, unit=unit, digits=digits)


def _answer(key: str, kind: Kind, ru: str, en: str, width: int = 13, *, unit: str | None = None) -> Column:
    """An answer that a person may correct where it stands."""
    return Column(key, kind, {"ru": ru, "en": en}, width, can_be_open=True, unit=unit, comes_back=True, criterion=key)


CALL_ID = _column("call_id", Kind.TEXT, "ID звонка", "Call ID", 22)
CONVERSATION_ID = _column("conversation_id", Kind.TEXT, "ID разговора", "Conversation ID", 38)
EVALUATION_ID = _column("evaluation_id", Kind.TEXT, "ID оценки", "Evaluation ID", 38)
CHECKED = Column("checked", Kind.TEXT, {"ru": "Проверено", "en": "Checked"}, 11, comes_back=True)
REMARK = Column("remark", Kind.TEXT, {"ru": "Замечание проверяющего", "en": "Reviewer's remark"}, 36, comes_back=True)
REPORT_COLUMNS = (
    CALL_ID,
    _answer("politeness", Kind.NUMBER, "Вежливость (0–100)", "Politeness (0–100)", unit="points 0-100"),
    _answer("sale_chance", Kind.NUMBER, "Вероятность продажи (%)", "Chance of a sale (%)", unit="%"),
    _answer("objection_handling", Kind.NUMBER, "Возражения (0–100)", "Objection handling (0–100)", unit="points 0-100"),
    Column("prices_mentioned", Kind.YES_NO, {"ru": "Цены упомянуты", "en": "Prices mentioned"}, 12, can_be_open=True),
    _answer("stage", Kind.TEXT, "Этап сделки", "Stage of the sale", 20),
    _column("comment", Kind.WORDS, "Комментарий", "Comment", 60),
    CHECKED,
    REMARK,
    _answer("price_mentions", Kind.NUMBER, "Количество цен", "Price mentions", 11, unit="mentions"),
    _column("findings", Kind.NUMBER, "Ошибок", "Findings", 9, unit="findings"),
    _column("open_answers", Kind.NUMBER, "Не определено, ответов", "Undetermined answers", 12, unit="answers"),
    _column("agent", Kind.WORDS, "Оператор", "Agent", 18),
    _column("channel", Kind.TEXT, "Канал", "Channel", 9),
    _column("direction", Kind.TEXT, "Направление", "Direction", 12),
    _column("line", Kind.TEXT, "Линия", "Line", 14),
    _column("started_at", Kind.TIME, "Начало (UTC)", "Started at (UTC)", 18, unit="UTC"),
    _column("duration_s", Kind.NUMBER, "Длительность, с", "Duration, s", 12, unit="s", digits=1),
    _column("progress", Kind.TEXT, "Состояние", "State", 12),
    _column("cost_usd", Kind.MONEY, "Стоимость, $", "Cost, $", 12, unit="USD"),
    _column("demo_weights", Kind.YES_NO, "Демо-модель", "Demo weights", 10),
    _column("recipe", Kind.TEXT, "Рецепт", "Recipe", 18),
    CONVERSATION_ID,
    EVALUATION_ID,
    _column("received_at", Kind.TIME, "Принят (UTC)", "Received at (UTC)", 18, unit="UTC"),
)
ANSWER_COLUMNS = (
    CALL_ID,
    _column("criterion", Kind.TEXT, "Критерий", "Criterion", 20),
    _column("title", Kind.TEXT, "Название", "Title", 26),
    _column("layer", Kind.TEXT, "Слой", "Layer", 9),
    _column("state", Kind.TEXT, "Состояние", "State", 16),
    Column("value", Kind.WORDS, {"ru": "Ответ", "en": "Answer"}, 16, can_be_open=True, comes_back=True),
    CHECKED,
    REMARK,
    _column("confidence", Kind.NUMBER, "Уверенность", "Confidence", 11, unit="probability 0-1", digits=2),
    _column("reasoning", Kind.WORDS, "Рассуждение", "Reasoning", 50),
    _column("why", Kind.TEXT, "Почему нет ответа", "Why no answer", 24),
    _column("quotes", Kind.WORDS, "Цитаты", "Quotes", 60),
    CONVERSATION_ID,
    EVALUATION_ID,
    Column("model_value", Kind.WORDS, {"ru": "Ответ модели", "en": "Model's answer"}, 16, can_be_open=True),
    _column("judged_by", Kind.TEXT, "Кто исправил", "Judged by", 18),
)
FINDING_COLUMNS = (
    CALL_ID,
    _column("error_class", Kind.TEXT, "Класс ошибки", "Error class", 24),
    _column("severity", Kind.TEXT, "Тяжесть", "Severity", 10),
    _column("quote", Kind.WORDS, "Цитата", "Quote", 60),
    _column("at_s", Kind.NUMBER, "Момент, с", "At, s", 10, unit="s", digits=1),
    _column("comment", Kind.WORDS, "Комментарий", "Comment", 50),
    _column("knowledge", Kind.TEXT, "База знаний", "Knowledge", 20),
    _column("source", Kind.TEXT, "Источник", "Source", 10),
    _column("participant", Kind.TEXT, "Участник", "Participant", 12),
    CONVERSATION_ID,
    _column("category", Kind.TEXT, "Категория", "Category", 20),
    _column("fatal", Kind.YES_NO, "Грубейшая", "Fatal", 10),
    _column("counts", Kind.YES_NO, "Засчитана", "Counts", 10),
    _column("verdict", Kind.TEXT, "Вердикт", "Verdict", 10),
    _column("grade", Kind.NUMBER, "Оценка находки (0–2)", "Grade (0–2)", 10, unit="grade 0-2"),
    _column("note", Kind.WORDS, "Замечание проверяющего", "Reviewer's remark", 36),
    _column("judged_by", Kind.TEXT, "Кто проверил", "Judged by", 18),
    _column("finding_id", Kind.TEXT, "ID находки", "Finding ID", 40),
)
LABEL_COLUMNS = (
    CALL_ID,
    _column("criterion", Kind.TEXT, "Критерий", "Criterion", 20),
    Column("old", Kind.WORDS, {"ru": "Было", "en": "Was"}, 16, can_be_open=True),
    Column("new", Kind.WORDS, {"ru": "Стало", "en": "Is"}, 16, can_be_open=True),
    _column("comment", Kind.WORDS, "Комментарий", "Comment", 50),
    _column("author", Kind.TEXT, "Кто", "Who", 18),
    _column("source", Kind.TEXT, "Откуда", "From", 9),
    _column("labelled_at", Kind.TIME, "Когда (UTC)", "When (UTC)", 18, unit="UTC"),
    CONVERSATION_ID,
    EVALUATION_ID,
)
COST_COLUMNS = (
    CALL_ID,
    _column("step", Kind.TEXT, "Шаг", "Step", 12),
    _column("part", Kind.TEXT, "Часть", "Part", 18),
    _column("device", Kind.TEXT, "Устройство", "Device", 18),
    _column("seconds", Kind.NUMBER, "Секунд", "Seconds", 10, unit="device s", digits=3),
    _column("audio_seconds", Kind.NUMBER, "Секунд звука", "Audio seconds", 10, unit="audio s", digits=1),
    _column("tokens_in", Kind.NUMBER, "Токенов на входе", "Tokens in", 10, unit="tokens"),
    _column("tokens_out", Kind.NUMBER, "Токенов на выходе", "Tokens out", 10, unit="tokens"),
    _column("tokens_cached", Kind.NUMBER, "Из них из кэша", "Of them cached", 10, unit="tokens"),
    _column("model", Kind.TEXT, "Модель", "Model", 22),
    _column("amount_usd", Kind.MONEY, "Сумма, $", "Amount, $", 12, unit="USD"),
    _column("prices_dated", Kind.TEXT, "Цены от", "Prices of", 12),
    CONVERSATION_ID,
)
CRITERIA_COLUMNS = (
    CALL_ID,
    _column("criterion", Kind.TEXT, "Критерий", "Criterion", 20),
    _column("tokens", Kind.NUMBER, "Токенов", "Tokens", 10, unit="tokens"),
    _column("seconds", Kind.NUMBER, "Секунд", "Seconds", 10, unit="device s", digits=3),
    _column("amount_usd", Kind.MONEY, "Сумма, $", "Amount, $", 12, unit="USD"),
    CONVERSATION_ID,
)
