"""What a cell says: a value of its criterion's kind, — (no occasion) or ? (nobody can tell). Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from auricle_contracts import AnswerState, AnswerValue, CriterionKind
from auricle_kit.workbooks.xlsx import Odd, Value

from auricle_gateway.exports.i18n import NO, SIGNS, STAGES, YES

MAX_COUNT = 1_000_000
DIGITS = 6
SPELT = {
    **{sign: state for state, sign in SIGNS.items()},
    **dict.fromkeys(("-", "–", "н/п", "не было повода", "n/a", "not applicable"), AnswerState.NOT_APPLICABLE),
    **dict.fromkeys(("не определено", "undetermined"), AnswerState.UNDETERMINED),
}
TRUTHS: Mapping[str, bool] = {
    **dict.fromkeys([word.casefold() for word in YES.values()] + ["true", "истина", "1"], True),
    **dict.fromkeys([word.casefold() for word in NO.values()] + ["false", "ложь", "0"], False),
}
_TITLES = {title.casefold(): stage for stage, titles in STAGES.items() for title in titles.values()}


class Unreadable(ValueError):
    """The cell holds no answer of this kind; the text says what one looks like."""


def read(cell: Value, kind: CriterionKind, choices: Sequence[str]) -> tuple[AnswerState, AnswerValue]:
    """State and value. Raises Unreadable."""
    if isinstance(cell, str) and cell.casefold() in SPELT:
        return SPELT[cell.casefold()], None
    if kind is CriterionKind.YES_NO:
        return AnswerState.ANSWERED, _truth(cell)
    if kind is CriterionKind.CHOICE:
        return AnswerState.ANSWERED, _choice(cell, choices)
    return AnswerState.ANSWERED, _number(cell, whole=kind is CriterionKind.COUNT)


def _truth(cell: Value) -> bool:
    found = cell if isinstance(cell, bool) else TRUTHS.get(str(cell).casefold())
    if found is None:
        raise Unreadable("expected yes or no (да, нет), — or ?")
    return found


def _choice(cell: Value, choices: Sequence[str]) -> str:
    word = str(cell).casefold()
    stage = _TITLES.get(word)
    found = {choice.casefold(): choice for choice in choices}.get(word) or (stage if stage in choices else None)
    if found is None:
        raise Unreadable(f"expected one of {', '.join(choices) or 'nothing'}, — or ?")
    return found


def _number(cell: Value, *, whole: bool) -> int | float:
    number = _parsed(cell)
    top = MAX_COUNT if whole else 100
    if number is None or not 0 <= number <= top or (whole and number != int(number)):
        raise Unreadable(f"expected a {'whole ' if whole else ''}number from 0 to {top}, — or ?")
    return int(number) if number == int(number) else float(number)


def _parsed(cell: Value) -> Decimal | None:
    """In decimals, as a person typed it: a spreadsheet's own sums are off in the sixteenth digit."""
    if isinstance(cell, bool | Odd) or cell is None:
        return None
    text = "".join(cell.split()).replace(",", ".").removesuffix("%") if isinstance(cell, str) else repr(cell)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return round(number, DIGITS) if number.is_finite() and abs(number) < 2 * MAX_COUNT else None
