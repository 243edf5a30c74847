"""Bodies and replies of the labels routes."""

from typing import Literal

from auricle_contracts import AnswerState, AnswerValue, Contract, Label


class LabelPage(Contract):
    """Newest first."""

    items: tuple[Label, ...]
    next_cursor: str | None


class ImportedLabel(Contract):
    """A cell of the sheet that is a label. `kept` is null where nothing was to be written (`dry_run`)."""

    cell: str
    conversation_id: str
    evaluation_id: str
    criterion: str
    old_state: AnswerState
    old_value: AnswerValue
    state: AnswerState
    value: AnswerValue
    kept: Literal["new", "changed", "same"] | None


class UnreadCell(Contract):
    """A cell of the sheet that was not read, and why; where a whole row or column was not, its id or header, and how many `cells`."""

    cell: str
    why: str
    cells: int


class LabelImport(Contract):
    """What came of a sheet. `cells` = `answers_read` + `refused` + `ignored`; `unchanged` are the answers of which nothing is said, new,
    changed and same count labels. `ignored` are cells of columns and rows that are none of ours. The lists hold the first 1,000.

    Refused cells stop nothing: what can be read is written, all in one transaction.
    """

    author: str
    author_name: str | None
    dry_run: bool
    cells: int
    answers_read: int
    unchanged: int
    new: int
    changed: int
    same: int
    refused: int
    ignored: int
    labels: tuple[ImportedLabel, ...]
    refused_cells: tuple[UnreadCell, ...]
    ignored_cells: tuple[UnreadCell, ...]
