"""The list as the page shows it: a row a conversation, the criteria that were chosen as columns. Pure."""

from collections.abc import Mapping, Sequence

from auricle_contracts import CriterionKind
from auricle_records.conversations import CriterionNamed

from auricle_gateway.exports.columns import CALL_ID, CONVERSATION_ID, REPORT_COLUMNS, Column, Kind
from auricle_gateway.exports.i18n import Titles
from auricle_gateway.exports.tables import Item, Row, Table, counted_value, report_rows

NAME = "list"
KINDS = {CriterionKind.SCORE: Kind.NUMBER, CriterionKind.COUNT: Kind.NUMBER, CriterionKind.YES_NO: Kind.YES_NO}
_REPORT = [column.key for column in REPORT_COLUMNS]
_BEFORE = ("agent", "channel", "direction", "line", "started_at", "received_at", "duration_s")
_BEHIND = ("findings", "progress")


def table_of(criteria: Sequence[str], named: Mapping[str, CriterionNamed]) -> Table:
    """Whoever called and when, then the criteria in their order, then findings and state."""
    columns = tuple(_column(name, named.get(name)) for name in criteria)
    fixed = {column.key: column for column in REPORT_COLUMNS}

    def rows(item: Item) -> list[Row]:
        (report,) = report_rows(item)
        of = dict(zip(_REPORT, report, strict=True))
        answered = [counted_value(item, name) for name in criteria]
        return [
            (
                of["call_id"],
                *(of[key] for key in _BEFORE),
                *answered,
                *(of[key] for key in _BEHIND),
                of["conversation_id"],
            )
        ]

    before, behind = (tuple(fixed[key] for key in keys) for keys in (_BEFORE, _BEHIND))
    return Table(NAME, (CALL_ID, *before, *columns, *behind, CONVERSATION_ID), rows)


def _column(name: str, named: CriterionNamed | None) -> Column:
    """A report's own column where it has one, but for what comes back: this sheet does not."""
    known = next((one for one in REPORT_COLUMNS if one.key == name and one.criterion == name), None)
    title = named.title if named else name
    titles: Titles = known.titles if known else {"ru": title, "en": title}
    kind = KINDS.get(named.kind, Kind.WORDS) if named else Kind.WORDS
    return Column(name, kind, titles, known.width if known else 14, can_be_open=True)
