"""Many rows in one statement: they travel as one JSON document and are unfolded by Postgres.

A statement per row, as the driver would send them, costs Postgres several times as much.
"""

from sqlalchemy import Insert, Table, bindparam, column, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Moment


def from_json(table: Table) -> Insert:
    """An insert of the parameter `rows`, a list of objects with the table's columns; ids and times that the database gives stay its own."""
    columns = [one for one in table.c if one.identity is None and not isinstance(one.type, Moment)]
    unfolded = func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(
        *(column(one.name, one.type) for one in columns)
    )
    return insert(table).from_select(
        [one.name for one in columns], select(unfolded.render_derived(name="r", with_types=True))
    )
