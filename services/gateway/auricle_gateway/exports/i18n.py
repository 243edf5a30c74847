"""The words of the sheets in Russian and English. Three signs that must never be mixed up: "no", — (no occasion), ? (nobody can tell)."""

from typing import Literal

from auricle_contracts import AnswerState

Language = Literal["ru", "en"]
Titles = dict[Language, str]

YES: Titles = {"ru": "да", "en": "yes"}
NO: Titles = {"ru": "нет", "en": "no"}
SIGNS: dict[AnswerState, str] = {AnswerState.NOT_APPLICABLE: "—", AnswerState.UNDETERMINED: "?"}
"""What stands in a cell where there is no value. An empty cell is a question that was not asked."""
STAGES: dict[str, Titles] = {
    "start": {"ru": "Начало", "en": "Start"},
    "needs": {"ru": "Выявление потребностей", "en": "Needs"},
    "presentation": {"ru": "Презентация", "en": "Presentation"},
    "objections": {"ru": "Возражения", "en": "Objections"},
    "closing": {"ru": "Закрытие", "en": "Closing"},
}
SHEETS: dict[str, Titles] = {
    "list": {"ru": "Список", "en": "List"},
    "report": {"ru": "Отчёт", "en": "Report"},
    "answers": {"ru": "Ответы", "en": "Answers"},
    "findings": {"ru": "Ошибки", "en": "Findings"},
    "agents": {"ru": "Операторы", "en": "Agents"},
    "cost": {"ru": "Стоимость", "en": "Cost"},
    "criteria": {"ru": "Стоимость по критериям", "en": "Cost by criterion"},
    "labels": {"ru": "Разметка", "en": "Labels"},
    "legend": {"ru": "Легенда", "en": "Legend"},
}
