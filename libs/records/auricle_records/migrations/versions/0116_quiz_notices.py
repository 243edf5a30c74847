"""Quizzes among what mails tell of."""

from alembic import op
from auricle_contracts.notices import NoticeKind

revision = "0116"
down_revision = "0109"
branch_labels = None
depends_on = None


def upgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in NoticeKind)
    for table, name, condition in (
        ("notices", "ck_notices_kind", f"kind IN ({listed})"),
        ("notice_settings", "ck_notice_settings_muted", f"muted <@ ARRAY[{listed}]::text[]"),
    ):
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, condition)
