"""Notices made of what stands in the tables: an event is told of once a person, however often it is looked at. Keeper's.

So nothing is told of that was rolled back, and nothing that was committed is missed while keeper is away for less than DAYS. Data are
names of colleagues, titles that they gave, counts and times: no word of a conversation.
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from auricle_contracts.notices import NoticeKind
from sqlalchemy import Integer, bindparam, text

from auricle_records.database import Database

DAYS = 2
"""How far back events are looked for; sent notices are kept for longer, so that none is told of again."""
SOON_HOURS = 24
"""How long before its deadline an open appeal or task is told of."""
_SINCE = f"now() - make_interval(days => {DAYS})"
_SOON = f"BETWEEN now() AND now() + make_interval(hours => {SOON_HOURS})"
# Who decides an appeal: its owner, else the quality managers, else the admins.
_DECIDERS = """
able AS (
    SELECT m.person_id, m.role FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
), deciders AS (
    SELECT DISTINCT person_id FROM able WHERE role = 'quality_manager'
        OR role = 'admin' AND NOT EXISTS (SELECT FROM able WHERE role = 'quality_manager')
)"""
_APPEALS = """
    SELECT coalesce(a.owner, d.person_id) AS person_id, '{kind}' AS kind, '{kind}.' || a.id AS key, a.conversation_id,
           jsonb_build_object('who', a.opened_by_name, 'due', a.due_at) AS data
    FROM appeals a LEFT JOIN deciders d ON a.owner IS NULL WHERE a.state = 'open' AND {when}
      AND coalesce(a.owner, d.person_id) <> a.opened_by
"""
_FINDINGS = f"""
    SELECT r.person_id, 'findings', 'findings.' || e.conversation_id || '.' || e.revision, e.conversation_id,
           jsonb_build_object('findings', count(DISTINCT f.id))
    FROM evaluations e JOIN conversations c ON c.id = e.conversation_id AND c.state = 'stored'
    CROSS JOIN LATERAL jsonb_array_elements(c.participants) AS p(person)
    JOIN agent_references r ON r.reference = p.person->>'reference'
    JOIN effective_findings f ON f.evaluation_id = e.id AND f.counts AND NOT f.experimental
        AND coalesce(f.participant, p.person->>'id') = p.person->>'id'
    WHERE e.current AND e.created_at > {_SINCE} AND p.person->>'role' = 'agent'
    GROUP BY r.person_id, e.conversation_id, e.revision
"""
_QUIZ_PROGRESS = """
    CROSS JOIN LATERAL (SELECT count(*) AS questions FROM quiz_questions x WHERE x.quiz_id = q.quiz_id) AS asked
    CROSS JOIN LATERAL (
        SELECT count(*) AS answers, max(a.answered_at) AS last_at FROM quiz_answers a WHERE a.assignment_id = q.id) AS given
"""
_EVENTS = (
    _APPEALS.format(kind=NoticeKind.APPEAL_OPENED, when=f"a.opened_at > {_SINCE}"),
    _APPEALS.format(kind=NoticeKind.APPEAL_DUE, when=f"a.due_at {_SOON}"),
    f"""
    SELECT opened_by, 'appeal_decided', 'appeal_decided.' || id, conversation_id,
           jsonb_build_object('who', decided_by_name, 'verdict', state)
    FROM appeals WHERE decided_at > {_SINCE}
    """,
    _FINDINGS,
    f"""
    SELECT person_id, 'coaching_given', 'coaching_given.' || id, conversation_id,
           jsonb_build_object('who', assigned_by_name, 'due', due_at, 'task', id)
    FROM coaching_tasks WHERE state = 'open' AND assigned_at > {_SINCE}
    """,
    f"""
    SELECT person_id, 'coaching_due', 'coaching_due.' || id, conversation_id, jsonb_build_object('due', due_at, 'task', id)
    FROM coaching_tasks WHERE state IN ('open', 'acknowledged') AND due_at {_SOON}
    """,
    f"""
    SELECT assignee, 'review_assigned', 'review_assigned.' || id || '.' || extract(epoch FROM assigned_at)::bigint, conversation_id,
           '{{}}'::jsonb
    FROM review_items WHERE state = 'assigned' AND assigned_at > {_SINCE} AND assigned_by IS DISTINCT FROM assignee
    """,
    f"""
    SELECT r.person_id, 'calibration_invited', 'calibration_invited.' || c.id, NULL,
           jsonb_build_object('who', c.created_by_name, 'title', c.title, 'due', c.due_at, 'calibration', c.id)
    FROM calibration_reviewers r JOIN calibrations c ON c.id = r.calibration_id
    WHERE c.state = 'open' AND c.created_at > {_SINCE} AND r.person_id <> c.created_by
    """,
    f"""
    SELECT q.person_id, 'quiz_given', 'quiz_given.' || q.id, NULL,
           jsonb_build_object('who', q.assigned_by_name, 'title', z.title, 'due', q.due_at, 'assignment', q.id)
    FROM quiz_assignments q JOIN quizzes z ON z.id = q.quiz_id WHERE q.assigned_at > {_SINCE}
    """,
    f"""
    SELECT q.person_id, 'quiz_due', 'quiz_due.' || q.id, NULL,
           jsonb_build_object('title', z.title, 'due', q.due_at, 'assignment', q.id)
    FROM quiz_assignments q JOIN quizzes z ON z.id = q.quiz_id {_QUIZ_PROGRESS}
    WHERE q.due_at {_SOON} AND given.answers < asked.questions
    """,
    # Whoever gave it hears once all whom it was given to are through: how many, and of nobody what was right.
    f"""
    SELECT q.assigned_by, 'quiz_answered', 'quiz_answered.' || q.quiz_id || '.' || count(*), NULL,
           jsonb_build_object('title', z.title, 'people', count(*), 'quiz', q.quiz_id)
    FROM quiz_assignments q JOIN quizzes z ON z.id = q.quiz_id {_QUIZ_PROGRESS}
    GROUP BY q.assigned_by, q.quiz_id, z.title
    HAVING bool_and(asked.questions > 0 AND given.answers >= asked.questions) AND max(given.last_at) > {_SINCE}
    """,
    # A figure's time is the text of whoever reported it, so the event is the verdict and not a moment.
    """
    SELECT m.person_id, 'gate_refused', 'gate_refused.' || a.id || '.' || md5(a.figures -> 'gate' #>> '{}'), NULL,
           jsonb_build_object('title', a.name || '@' || a.version, 'artefact', a.id)
    FROM artefacts a JOIN able m ON m.role = 'quality_manager' OR m.person_id = a.author
    WHERE a.created_at > now() - interval '7 days' AND a.state <> 'retired'
      AND a.figures -> 'gate' ->> 'verdict' = 'refused'
    """,
    f"""
    SELECT m.person_id, 'canary_stopped', 'canary_stopped.' || k.id, NULL,
           jsonb_build_object('title', a.name || '@' || a.version, 'artefact', a.id)
    FROM canaries k JOIN artefacts a ON a.id = k.artefact_id
    JOIN able m ON m.role IN ('quality_manager', 'admin') OR m.person_id = k.actor
    WHERE k.state = 'stopped' AND k.ended_at > {_SINCE}
    """,
    f"""
    SELECT m.person_id, 'training_proposed', 'training_proposed.' || t.id, NULL,
           jsonb_build_object('title', a.name || '@' || a.hash, 'training', t.id)
    FROM trainings t JOIN artefacts a ON a.id = t.artefact_id
    JOIN able m ON m.role IN ('quality_manager', 'admin') OR m.person_id = t.asked_by
    WHERE t.state = 'proposed' AND t.ended_at > {_SINCE}
    """,
    f"""
    SELECT m.person_id, 'training_ended', 'training_ended.' || t.id, NULL,
           jsonb_build_object('title', t.base, 'ended', coalesce(t.error, t.verdict), 'training', t.id)
    FROM trainings t
    JOIN able m ON m.role = 'quality_manager' OR m.person_id = t.asked_by
        OR m.role = 'admin' AND NOT EXISTS (SELECT FROM able WHERE role = 'quality_manager')
    WHERE t.state IN ('failed', 'refused') AND t.verdict IS DISTINCT FROM 'passed' AND t.ended_at > {_SINCE}
    """,
    f"""
    SELECT subject, 'sign_in_reset', 'sign_in_reset.' || id, NULL, jsonb_build_object('who', actor_name, 'what', action)
    FROM audit_events WHERE action IN ('password_link', 'second_factor_off') AND created_at > {_SINCE} AND actor <> subject
    """,
)
_GATHER = text(
    f"""
    WITH {_DECIDERS}, found(person_id, kind, key, conversation_id, data) AS ({" UNION ".join(_EVENTS)})
    INSERT INTO notices (workspace_id, id, person_id, kind, key, conversation_id, data, next_at)
    SELECT current_setting('auricle.workspace'), gen_random_uuid()::text, found.person_id, found.kind, found.key, found.conversation_id,
           found.data,
           CASE found.kind
               WHEN 'sign_in_reset' THEN now()
               WHEN 'findings' THEN date_bin(make_interval(secs => :digest_s), now(), timestamptz '2000-01-01 06:00Z')
                                    + make_interval(secs => :digest_s)
               ELSE now() + make_interval(secs => :gather_s) END
    FROM found JOIN people ON people.id = found.person_id AND people.active
    LEFT JOIN notice_settings s ON s.person_id = found.person_id
    WHERE found.kind <> ALL (coalesce(s.muted, '{{}}'))
    ON CONFLICT (person_id, key) DO NOTHING
    """
).bindparams(bindparam("digest_s", type_=Integer), bindparam("gather_s", type_=Integer))


async def gather(db: Database, workspace: str, *, gather_s: int, digest_s: int) -> int:
    """Add what is not told of yet; how many. A notice waits `gather_s` for others to share its mail, findings for the end of their
    `digest_s` (counted from 06:00 UTC), a reset of one's sign-in not at all.
    """
    async with db.transaction(workspace) as connection:
        return (await connection.execute(_GATHER, {"gather_s": gather_s, "digest_s": digest_s})).rowcount
