"""A run's entry is set by one call: the workspace of the run and the compare-and-set in one trip."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Without an entry Redis has forgotten the run: it waits for keeper's feeder again, whoever worked on it.
SET_ENTRY = """
CREATE FUNCTION auricle_set_entry(run text, expected text, entry text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('auricle.workspace', coalesce(auricle_workspace_of_run(run), ''), true);
    UPDATE runs
    SET entry_id = entry, state = CASE WHEN entry IS NULL THEN 'waiting' ELSE state END,
        untidy = untidy OR (entry IS NULL AND state = 'working'), updated_at = now()
    WHERE id = run AND state IN ('waiting', 'working')
      AND (entry_id IS NOT DISTINCT FROM expected OR entry_id IS NOT DISTINCT FROM entry);
    RETURN FOUND;
END $$
"""


def upgrade() -> None:
    op.execute(SET_ENTRY)
