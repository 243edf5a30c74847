"""A date of birth is a kind of personal data that a workspace may choose to hide; choices made before stay as they are."""

from alembic import op

revision = "0060"
down_revision = "0030"
branch_labels = None
depends_on = None

KINDS = "ARRAY['phone', 'card', 'email', 'passport', 'snils', 'inn', 'address', 'name', 'birth_date']::text[]"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_masking_settings_kinds"), "masking_settings", type_="check")
    op.create_check_constraint(op.f("ck_masking_settings_kinds"), "masking_settings", f"kinds <@ {KINDS}")
