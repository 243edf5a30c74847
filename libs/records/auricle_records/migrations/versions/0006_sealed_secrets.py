"""Webhook secrets are sealed where there is a key; those from before stay readable. Recordings: tones for keys without `unmask`."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("webhook_endpoints", "secret", nullable=True)
    op.add_column("webhook_endpoints", sa.Column("secret_key_id", sa.Text()))
    op.add_column("webhook_endpoints", sa.Column("sealed_secret", sa.LargeBinary()))
    op.create_check_constraint(
        op.f("ck_webhook_endpoints_one_secret"),
        "webhook_endpoints",
        "num_nonnulls(secret, sealed_secret) = 1 AND (secret_key_id IS NULL) = (sealed_secret IS NULL)",
    )
    op.alter_column("masking_settings", "recordings", server_default=sa.text("true"))
