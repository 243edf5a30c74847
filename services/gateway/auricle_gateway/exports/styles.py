"""How the workbook looks and what its cells take: formats by kind of column, colours by what a cell says, Excel's own validation. Pure.

Excel refuses in a cell that comes back as a label what the import would refuse, so that a slip is seen where it is made.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from auricle_contracts import AnswerState

from auricle_gateway.exports.columns import Column, Kind
from auricle_gateway.exports.i18n import NO, SIGNS, STAGES, YES, Language, Titles

INK, READ_ONLY, COMES_BACK = "#FFFFFF", "#1F3A4D", "#8A5A00"
HEADER = {
    "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "font_color": INK, "border": 1, "border_color": INK,
}  # fmt: skip
SCALE = {
    "type": "3_color_scale", "min_type": "num", "min_value": 0, "mid_type": "num", "mid_value": 60, "max_type": "num", "max_value": 100,
    "min_color": "#F4B6A6", "mid_color": "#FFF3C4", "max_color": "#B7DDB0",
}  # fmt: skip
FORMATS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"valign": "top"},
    Kind.WORDS: {"valign": "top", "text_wrap": True},
    Kind.NUMBER: {"valign": "top"},
    Kind.MONEY: {"valign": "top", "num_format": "0.000000"},
    Kind.YES_NO: {"valign": "top", "align": "center"},
    Kind.TIME: {"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss"},
}
LINK = {"valign": "top", "font_color": "#0B5CAD", "underline": 1}
SCORES = frozenset({"politeness", "sale_chance", "objection_handling"})
OPEN = (
    (SIGNS[AnswerState.UNDETERMINED], {"bg_color": "#FFE08A", "bold": True, "align": "center"}),
    (SIGNS[AnswerState.NOT_APPLICABLE], {"font_color": "#7A868F", "align": "center"}),
)
WORDS_WITH_COLOURS = {
    "severity": (
        ("critical", {"bg_color": "#E58B7B", "bold": True}),
        ("major", {"bg_color": "#F7C99B"}),
        ("minor", {"bg_color": "#FFF3C4"}),
    ),
    "progress": (("dead", {"bg_color": "#E58B7B"}),),
}


def format_of(column: Column) -> dict[str, Any]:
    """Of a column's cells; numbers with the digits that their unit deserves."""
    look = FORMATS[column.kind]
    if column.kind is Kind.NUMBER:
        return look | {"num_format": f"0.{'0' * column.digits}" if column.digits else "0"}
    return look


def header_of(column: Column) -> dict[str, Any]:
    """A colour of their own tells the columns that a person may fill in."""
    return HEADER | {"bg_color": COMES_BACK if column.comes_back else READ_ONLY}


def colours_of(column: Column) -> Sequence[tuple[str, dict[str, Any]]]:
    """Words and signs that are coloured where they are the whole cell."""
    return OPEN if column.can_be_open else WORDS_WITH_COLOURS.get(column.key, ())


def is_scaled(column: Column) -> bool:
    """Scores from red to green; in the sheet of agents their means."""
    return column.key in SCORES


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
