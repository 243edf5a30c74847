"""The workspace of rows that belong to no tenant is called `platform`; what was written under its earlier name moves there, keys too."""

from alembic import op

revision = "0071"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("workspaces", "api_keys", "shifts", "job_leases")
MOVES = (
    """
    INSERT INTO workspaces (workspace_id, name) SELECT 'platform', 'platform' FROM workspaces WHERE workspace_id = 'house'
    ON CONFLICT DO NOTHING
    """,
    "UPDATE api_keys SET workspace_id = 'platform' WHERE workspace_id = 'house'",
    "UPDATE workspaces SET active = false WHERE workspace_id = 'house'",
    "UPDATE shifts SET workspace_id = 'platform' WHERE workspace_id = 'house'",
    "DELETE FROM job_leases WHERE workspace_id = 'house'",
)


def upgrade() -> None:
    # An owner who is no superuser moves no row from one workspace to another under forced row security.
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for move in MOVES:
        op.execute(move)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
