"""Rules and detectors are kinds of what decides."""

from alembic import op
from auricle_contracts.artefacts import ArtefactKind

revision = "0118"
down_revision = "0116"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The list of this release, whatever the order in which migrations of other kinds came.
    listed = ", ".join(f"'{kind}'" for kind in ArtefactKind)
    op.drop_constraint(op.f("ck_artefacts_kind"), "artefacts", type_="check")
    op.create_check_constraint(op.f("ck_artefacts_kind"), "artefacts", f"kind IN ({listed})")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_artefacts_kind"), "artefacts", type_="check")
    op.create_check_constraint(
        op.f("ck_artefacts_kind"), "artefacts", "kind IN ('scorecard', 'error_class', 'prompt', 'flow', 'adapter')"
    )
