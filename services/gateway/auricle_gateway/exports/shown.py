"""A cell as a person reads it: signs for states, words for yes/no, defused text. Shared by Excel and CSV. Pure."""

from auricle_contracts import AnswerState

from auricle_gateway.exports.cells import Cell, defused
from auricle_gateway.exports.words import NO, SIGNS, YES, Language


def shown(cell: Cell, language: Language) -> Cell:
    """The same cell; text is safe for a spreadsheet, and "no", "no occasion" and "nobody can tell" are three different things."""
    if isinstance(cell, bool):
        return (YES if cell else NO)[language]
    if isinstance(cell, AnswerState):
        return SIGNS[cell]
    if isinstance(cell, str):
        return defused(cell)
    return cell
