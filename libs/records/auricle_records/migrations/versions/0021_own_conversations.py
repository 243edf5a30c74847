"""A transaction may be limited to the conversations of one person: row security's second predicate."""

from alembic import op
from auricle_records.policies import limit_to_own

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Volatile-free and without rights of its own: what it reads is under the policies of the transaction that asks.
FUNCTIONS = (
    """
    CREATE FUNCTION auricle_own_references() RETURNS text[] LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN ARRAY(SELECT reference FROM agent_references WHERE person_id = current_setting('auricle.person', true));
    END $$
    """,
    """
    CREATE FUNCTION auricle_owns_conversation(wanted text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM conversations WHERE id = wanted);
    END $$
    """,
    """
    CREATE FUNCTION auricle_owns_evaluation(wanted text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM evaluations WHERE id = wanted);
    END $$
    """,
    """
    CREATE FUNCTION auricle_owns_run(wanted text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM runs WHERE id = wanted);
    END $$
    """,
)
BY_CONVERSATION = (
    "agent_messages", "bodies", "evaluations", "labels", "ledger", "reverse_maps", "revisions", "runs", "tombstones", "transcripts",
    "unmaskings", "uploads",
)  # fmt: skip
BY_EVALUATION = ("answers", "findings")
BY_RUN = ("flow_steps",)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(limit_to_own("conversations", "agents && (SELECT auricle_own_references())"))
    for table in BY_CONVERSATION:
        op.execute(limit_to_own(table, "auricle_owns_conversation(conversation_id)"))
    for table in BY_EVALUATION:
        op.execute(limit_to_own(table, "auricle_owns_evaluation(evaluation_id)"))
    for table in BY_RUN:
        op.execute(limit_to_own(table, "auricle_owns_run(run_id)"))
