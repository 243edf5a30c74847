"""Quizzes of agents, with their questions, assignments and answers."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0103"
down_revision = "0107"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
QUIZZES, QUESTIONS, ASSIGNMENTS, ANSWERS = "quizzes", "quiz_questions", "quiz_assignments", "quiz_answers"
PERSON = "current_setting('auricle.person', true)"


def upgrade() -> None:
    _quizzes()
    _questions()
    _assignments()
    _answers()
    for table in (QUIZZES, QUESTIONS, ASSIGNMENTS, ANSWERS):
        for statement in protect(table):
            op.execute(statement)
    op.execute(limit_to_own(ASSIGNMENTS, f"person_id = {PERSON}"))
    for table, condition in (
        (QUIZZES, "a.quiz_id = quizzes.id"),
        (QUESTIONS, "a.quiz_id = quiz_questions.quiz_id"),
        (ANSWERS, "a.id = quiz_answers.assignment_id"),
    ):
        own = f"EXISTS (SELECT FROM {ASSIGNMENTS} a WHERE {condition} AND a.person_id = {PERSON})"
        op.execute(limit_to_own(table, own))
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def downgrade() -> None:
    for table in (ANSWERS, ASSIGNMENTS, QUESTIONS, QUIZZES):
        op.drop_table(table)


def _text(*names: str, nullable: bool = False) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=nullable) for name in names)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, TIME, server_default=sa.text("clock_timestamp()"), nullable=False)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _quizzes() -> None:
    op.create_table(
        QUIZZES,
        *_text("workspace_id", "id", "title", "made_by", "made_by_name"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_quizzes"),
        comment="Quizzes of agents. Written by auricle_records.quizzes.",
    )
    _index(QUIZZES, "workspace_id", "id")


def _questions() -> None:
    op.create_table(
        QUESTIONS,
        *_text("workspace_id", "id", "quiz_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_text("source_id", "golden_id", nullable=True),
        sa.Column("lines", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        *_text("quote"),
        sa.Column("choices", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        *_text("error_class", nullable=True),
        *_text("explanation"),
        *_text("passage", nullable=True),
        sa.CheckConstraint("(source_id IS NULL) <> (golden_id IS NULL)", name=op.f("ck_quiz_questions_source")),
        sa.CheckConstraint(
            "error_class IS NULL OR error_class = ANY (choices)", name=op.f("ck_quiz_questions_choices")
        ),
        _of(QUESTIONS, "quiz_id", "quizzes"),
        _of(QUESTIONS, "source_id", "conversations"),
        _of(QUESTIONS, "golden_id", "golden_items"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_questions"),
        comment="Masked words and which error is in them; they go with what they were taken from. Written by auricle_records.quizzes.",
    )
    for columns in (("quiz_id", "position"), ("source_id",), ("golden_id",)):
        _index(QUESTIONS, *columns)


def _assignments() -> None:
    op.create_table(
        ASSIGNMENTS,
        *_text("workspace_id", "id", "quiz_id", "person_id"),
        sa.Column("due_at", TIME, nullable=False),
        *_text("assigned_by", "assigned_by_name"),
        _now("assigned_at"),
        _of(ASSIGNMENTS, "quiz_id", "quizzes"),
        _of(ASSIGNMENTS, "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_assignments"),
        comment="Who is to answer a quiz. Written by auricle_records.quizzes.",
    )
    op.create_index("uq_quiz_assignments_quiz_id_person_id", ASSIGNMENTS, ["quiz_id", "person_id"], unique=True)
    _index(ASSIGNMENTS, "person_id", "id")


def _answers() -> None:
    op.create_table(
        ANSWERS,
        *_text("workspace_id", "assignment_id", "question_id"),
        *_text("choice", nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        _now("answered_at"),
        _of(ANSWERS, "assignment_id", "quiz_assignments"),
        _of(ANSWERS, "question_id", "quiz_questions"),
        sa.PrimaryKeyConstraint("assignment_id", "question_id", name="pk_quiz_answers"),
        comment="What was chosen, once a question. Written by auricle_records.quizzes.",
    )
    _index(ANSWERS, "question_id")
