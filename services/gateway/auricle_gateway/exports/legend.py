"""The sheet that explains the others. Pure."""

from dataclasses import dataclass
from datetime import datetime

from auricle_contracts import AnswerState

from auricle_gateway.exports.i18n import SIGNS, Language

NOT_APPLICABLE, UNDETERMINED = SIGNS[AnswerState.NOT_APPLICABLE], SIGNS[AnswerState.UNDETERMINED]
TEXTS: dict[Language, tuple[tuple[str, str], ...]] = {
    "ru": (
        ("нет", "Повод был, и ответ — «нет». Это ответ."),
        (NOT_APPLICABLE, "Повода не было: например, клиент не возражал. Не «нет» и не ноль; в средние не входит."),
        (UNDETERMINED, "Определить нельзя: плохо слышно, нет цитаты, модель не уверена. Нужен человек; в средние не входит."),
        ("(пусто)", "Об этом не спрашивали или разговор ещё не оценён."),
        ("Коричневая шапка", "Эти столбцы можно править. Загрузите файл обратно — правки станут разметкой (auricle labels import)."),
        ("Проверено", "«да» — человек посмотрел всю строку: неизменённые ответы тоже станут разметкой, то есть согласием."),
        ("Замечание проверяющего", "Уходит вместе с разметкой этой строки."),
        ("Ответ модели", "Если человек исправил ответ, везде стоит его ответ; что сказала модель, видно в листе ответов."),
        ("ID оценки", "По нему правка находит свой ответ. Не меняйте и не удаляйте."),
        ("Стоимость, $", "Пусто, если у устройства нет цены (ноутбук): это не ноль. Речь и язык стоят отдельными строками."),
        ("Демо-модель", "Оценку поставила маленькая учебная модель; для работы она не годится."),
    ),
    "en": (
        ("no", "There was an occasion, and the answer is no. It is an answer."),
        (NOT_APPLICABLE, "There was no occasion: the customer did not object, say. Neither a no nor a zero; it enters no mean."),
        (UNDETERMINED, "Nobody can tell: heard badly, no quote, an unsure model. A person has to look; it enters no mean."),
        ("(empty)", "Not asked, or the conversation has no evaluation yet."),
        ("Brown header", "These columns may be edited. Send the file back and the edits become labels (auricle labels import)."),
        ("Checked", "Yes: a person looked at the whole row, so that its unchanged answers become labels too, of agreement."),
        ("Reviewer's remark", "Goes with the labels of its row."),
        ("Model's answer", "A person's correction counts everywhere; what the model said stands in the sheet of answers."),
        ("Evaluation ID", "By it an edit finds its answer. Leave it as it is."),
        ("Cost, $", "Empty where the device has no price (a laptop): that is not zero. Speech and language stand on lines of their own."),
        ("Demo weights", "A small model made for demonstrations gave the answers; it is not fit for work."),
    ),
}  # fmt: skip
FACTS: dict[Language, tuple[str, str]] = {
    "ru": ("Выгружено (UTC)", "Отбор"),
    "en": ("Exported at (UTC)", "Filters"),
}


@dataclass(frozen=True)
class About:
    """When the file was made, and what it was narrowed to ("" for everything)."""

    made_at: datetime
    filters: str


def rows(language: Language, about: About) -> list[tuple[str, str]]:
    """Pairs of a sign and what it means, then two facts about the file."""
    made, filters = FACTS[language]
    stamp = about.made_at.strftime("%Y-%m-%d %H:%M:%S")
    return [*TEXTS[language], (made, stamp), (filters, about.filters or NOT_APPLICABLE)]
