"""What every table is made from: names for constraints that a migration can drop, and the few column shapes that repeat."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, MetaData, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from auricle_records.storable import Moment, Words

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def workspace_id() -> Column[str]:
    """Whose row it is; the policies compare it with `auricle.workspace`."""
    return Column("workspace_id", Words, nullable=False)


def moment(name: str, *, now: bool = False, nullable: bool = False) -> Column[object]:
    """A time with its zone."""
    default = func.now() if now else None
    return Column(name, Moment, nullable=nullable, server_default=default)


def words(name: str) -> Column[list[str]]:
    """A list of words, empty by default."""
    return Column(name, ARRAY(Words), nullable=False, server_default=text("'{}'"))


def document(name: str, default: str) -> Column[object]:
    """JSON that SQL only looks into for reports; `default` is the empty value."""
    return Column(name, JSONB, nullable=False, server_default=text(f"'{default}'::jsonb"))


def one_of(column: str, kinds: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """A CHECK that a column holds one of a closed list of words."""
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)
