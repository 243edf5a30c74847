"""People, their teams, roles, references and sessions, and how a token or an e-mail finds them before a workspace is known."""

import sqlalchemy as sa
from alembic import op
from auricle_records.migrations.walkers import define
from auricle_records.policies import let_walk, protect

revision = "0020"
down_revision = "0031"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
TABLES = ("teams", "people", "memberships", "agent_references", "sessions")
ROLES = "role IN ('admin', 'quality_manager', 'reviewer', 'analyst', 'agent', 'operations')"
PERSON = """RETURNS TABLE (workspace_id text, id text, email text, name text, password_hash text, factor_key_id text,
    sealed_factor bytea, factor_on boolean, factor_step bigint, has_subject boolean)"""
COLUMNS = """p.workspace_id, p.id, p.email, p.name, p.password_hash, p.factor_key_id, p.sealed_factor, p.factor_on, p.factor_step,
    p.subject IS NOT NULL"""
FUNCTIONS = (
    # Whoever signs in names an e-mail and perhaps a workspace.
    f"""
    auricle_people_by_email(wanted_email text, most integer) {PERSON} LANGUAGE plpgsql AS $$
    BEGIN
        RETURN QUERY SELECT {COLUMNS} FROM people p JOIN workspaces w ON w.workspace_id = p.workspace_id
        WHERE p.email = wanted_email AND p.active AND w.active ORDER BY p.workspace_id LIMIT most;
    END $$
    """,  # noqa: S608 - columns of ours
    f"""
    auricle_people_by_subject(wanted_issuer text, wanted_subject text, most integer) {PERSON} LANGUAGE plpgsql AS $$
    BEGIN
        RETURN QUERY SELECT {COLUMNS} FROM people p JOIN workspaces w ON w.workspace_id = p.workspace_id
        WHERE p.issuer = wanted_issuer AND p.subject = wanted_subject AND p.active AND w.active ORDER BY p.workspace_id LIMIT most;
    END $$
    """,  # noqa: S608 - columns of ours
    f"""
    auricle_person_by_reset(wanted_hash text) {PERSON} LANGUAGE plpgsql AS $$
    BEGIN
        RETURN QUERY SELECT {COLUMNS} FROM people p JOIN workspaces w ON w.workspace_id = p.workspace_id
        WHERE p.reset_hash = wanted_hash AND p.reset_until > now() AND p.active AND w.active;
    END $$
    """,  # noqa: S608 - columns of ours
    # The gateway knows a session's token only. The hash is compared here, so that none leaves the table.
    """
    auricle_session(wanted_hash text) RETURNS TABLE (id text, workspace_id text, person_id text, name text, roles text[],
        seen_at timestamptz)
    LANGUAGE plpgsql AS $$
    BEGIN
        RETURN QUERY SELECT s.id, s.workspace_id, s.person_id, p.name, ARRAY(SELECT m.role FROM memberships m WHERE m.person_id = p.id),
            s.seen_at
        FROM sessions s JOIN people p ON p.id = s.person_id JOIN workspaces w ON w.workspace_id = s.workspace_id
        WHERE s.hash = wanted_hash AND s.ended_at IS NULL AND s.idle_until > now() AND s.until > now() AND p.active AND w.active;
    END $$
    """,
)


def upgrade() -> None:
    create_tables()
    for table in TABLES:
        run(*protect(table))
    for table in ("people", "memberships", "sessions"):
        run(*let_walk(table))
    for function in FUNCTIONS:
        run(*define(function))
    op.drop_constraint("ck_labels_author_kind", "labels")
    op.create_check_constraint(op.f("ck_labels_author_kind"), "labels", "author_kind IN ('name', 'api_key', 'person')")


def run(*statements: str) -> None:
    for statement in statements:
        op.execute(statement)


def time(name: str, *, now: bool = False, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW if now else None, nullable=nullable)


def create_tables() -> None:
    op.create_table(
        "teams",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        time("created_at", now=True),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("workspace_id", "name", name="uq_teams_workspace_id_name"),
        comment="Teams of agents. Written by auricle_records.people.",
    )
    op.create_table(
        "people",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text()),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("reset_hash", sa.Text()),
        time("reset_until", nullable=True),
        sa.Column("factor_key_id", sa.Text()),
        sa.Column("sealed_factor", sa.LargeBinary()),
        sa.Column("factor_on", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("factor_step", sa.BigInteger()),
        sa.Column("issuer", sa.Text()),
        sa.Column("subject", sa.Text()),
        time("created_at", now=True),
        time("updated_at", now=True),
        sa.CheckConstraint("(factor_key_id IS NULL) = (sealed_factor IS NULL)", name=op.f("ck_people_factor")),
        sa.CheckConstraint("NOT factor_on OR sealed_factor IS NOT NULL", name=op.f("ck_people_factor_on")),
        sa.CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name=op.f("ck_people_subject")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_people_team_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("workspace_id", "email", name="uq_people_workspace_id_email"),
        sa.UniqueConstraint("workspace_id", "issuer", "subject", name="uq_people_workspace_id_issuer_subject"),
        comment="Who signs in; one row a workspace and e-mail. Written by auricle_records.people.",
    )
    op.create_index("ix_people_email", "people", ["email"])
    op.create_index("ix_people_reset_hash", "people", ["reset_hash"], postgresql_where="reset_hash IS NOT NULL")
    op.create_index("ix_people_subject", "people", ["issuer", "subject"], postgresql_where="subject IS NOT NULL")
    op.create_table(
        "memberships",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_memberships_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "role", name="pk_memberships"),
        comment="A person's roles. Written by auricle_records.people.",
    )
    op.create_index("ix_memberships_workspace_id_role", "memberships", ["workspace_id", "role"])
    op.create_table(
        "agent_references",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_agent_references_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace_id", "reference", name="pk_agent_references"),
        comment="By which references telephony knows a person; each is one person's. Written by auricle_records.people.",
    )
    op.create_index("ix_agent_references_person_id", "agent_references", ["person_id"])
    op.create_table(
        "sessions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        time("created_at", now=True),
        time("seen_at", now=True),
        time("idle_until"),
        time("until"),
        time("ended_at", nullable=True),
        sa.CheckConstraint("method IN ('password', 'oidc')", name=op.f("ck_sessions_method")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sessions_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("hash", name="uq_sessions_hash"),
        comment="Who is signed in, by the token's hash only. Written by auricle_records.people.",
    )
    op.create_index("ix_sessions_person_id_id", "sessions", ["person_id", "id"])
    op.create_index("ix_sessions_workspace_id_until", "sessions", ["workspace_id", "until"])
