"""A cell as a person reads it: signs for states, words for yes/no, masked and defused text. Shared by Excel and CSV. Pure."""

from auricle_contracts import AnswerState
from auricle_kit.masking import Masker

from auricle_gateway.exports.cells import Cell, defused
from auricle_gateway.exports.columns import Column, Kind
from auricle_gateway.exports.words import NO, SIGNS, YES, Language


def shown(cell: Cell, column: Column, language: Language, masker: Masker) -> Cell:
    """The same cell; text is safe for a spreadsheet, and "no", "no occasion" and "nobody can tell" are three different things."""
    if isinstance(cell, bool):
        return (YES if cell else NO)[language]
    if isinstance(cell, AnswerState):
        return SIGNS[cell]
    if isinstance(cell, str):
        return defused(masker.mask(cell) if column.kind is Kind.WORDS else cell)
    return cell
