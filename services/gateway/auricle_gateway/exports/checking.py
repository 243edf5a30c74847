"""What Excel itself refuses in a cell that comes back as a label, so that a slip is seen where it is made. Pure."""

from collections.abc import Mapping
from typing import Any

from auricle_gateway.exports.columns import Column, Kind
from auricle_gateway.exports.words import NO, SIGNS, STAGES, YES, Language, Titles

TITLE: Titles = {"ru": "Так не прочитать", "en": "This cannot be read"}
POINTS: Titles = {
    "ru": "Число от 0 до 100, — (не было повода) или ? (нельзя определить). Пустая ячейка ничего не значит.",
    "en": "A number from 0 to 100, — (no occasion) or ? (nobody can tell). An empty cell says nothing.",
}
COUNT: Titles = {"ru": "Целое число, — или ?.", "en": "A whole number, — or ?."}
CHOICE: Titles = {"ru": "Выберите из списка.", "en": "Choose from the list."}
LENGTH: Titles = {"ru": "Не длиннее 4000 знаков.", "en": "At most 4000 characters."}


def validation_of(column: Column, cell: str, language: Language) -> Mapping[str, Any] | None:
    """XlsxWriter's options for the cells of a column, the first of which is `cell` ("B2"); None where anything may stand."""
    if column.key == "checked":
        return _options(CHOICE, language, {"validate": "list", "source": [YES[language], NO[language]]})
    if column.key == "remark":
        return _options(LENGTH, language, {"validate": "length", "criteria": "<=", "value": 4000})
    if column.key == "stage":
        return _options(CHOICE, language, {"validate": "list", "source": _choices(language)})
    if column.comes_back and column.kind is Kind.NUMBER:
        return _number(column, cell, language)
    return None


def _choices(language: Language) -> list[str]:
    return [stage[language] for stage in STAGES.values()] + list(SIGNS.values())


def _number(column: Column, cell: str, language: Language) -> Mapping[str, Any]:
    signs = ",".join(f'{cell}="{sign}"' for sign in SIGNS.values())
    counts = column.unit == "mentions"
    right = f"{cell}=INT({cell})" if counts else f"{cell}<=100"
    formula = f"=OR({signs},IF(ISNUMBER({cell}),AND({cell}>=0,{right}),FALSE))"
    return _options(COUNT if counts else POINTS, language, {"validate": "custom", "value": formula})


def _options(message: Titles, language: Language, rule: dict[str, Any]) -> Mapping[str, Any]:
    return rule | {"error_title": TITLE[language], "error_message": message[language], "ignore_blank": True}
