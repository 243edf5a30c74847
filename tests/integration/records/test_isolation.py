"""Nobody reads, writes, changes or deletes another workspace's row, whatever the statement."""

from datetime import UTC, datetime

import pytest
from auricle_contracts import (
    AnswerState,
    Channel,
    FindingVerdict,
    FlowStepResult,
    FlowStepState,
    MemberRole,
    Role,
    Scope,
    Severity,
)
from auricle_contracts.appeals import AppealSettings
from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.audit import AuditAction
from auricle_contracts.gate_traces import GateTraceIn
from auricle_contracts.golden import (
    GoldenDialogue,
    GoldenKind,
    GoldenLabel,
    GoldenSettings,
    GoldenSource,
    GoldenState,
    GoldenStatus,
    GoldenTurn,
)
from auricle_contracts.judges import JudgeMeasurement
from auricle_contracts.knowledge import Passage
from auricle_contracts.masking import MaskingSettings
from auricle_contracts.quizzes import QuizSolution
from auricle_contracts.review import ReviewSettings
from auricle_contracts.views import ViewIn
from auricle_contracts.vocabularies import Vocabulary
from auricle_kit.metering import Tally
from auricle_quality.certificates import certify
from auricle_records import (
    analytics,
    artefacts,
    audit,
    conversations,
    errors,
    findings,
    gate_traces,
    hook_events,
    hooks,
    judges,
    keys,
    labels,
    masking,
    outbox,
    paid_completions,
    reports,
    results,
    runs,
    saved_views,
    tombstones,
    transcript_texts,
    uploads,
    vocabularies,
    webhooks,
    worker_uptime,
)
from auricle_records.appeals import opening
from auricle_records.appeals import settings as appeal_settings
from auricle_records.appeals.models import NewAppeal
from auricle_records.calibration import answering
from auricle_records.calibration import sessions as calibration
from auricle_records.calibration.answering import Given
from auricle_records.calibration.sessions import NewCalibration
from auricle_records.callers import Actor
from auricle_records.coaching import examples, tasks
from auricle_records.coaching.tasks import NewTask
from auricle_records.findings import NewFinding, NewFindingLabel
from auricle_records.golden import items as golden_items
from auricle_records.golden import settings as golden_settings
from auricle_records.golden.models import NewItem
from auricle_records.knowledge import articles
from auricle_records.labels import Author, NewLabel
from auricle_records.masking import SealedMap
from auricle_records.messages import AgentMessage
from auricle_records.people import directory, sessions, teams
from auricle_records.people.directory import NewPerson
from auricle_records.people.sessions import Lifetime
from auricle_records.quizzes import assignments, quizzes
from auricle_records.quizzes.quizzes import NewQuestion
from auricle_records.review import settings as review_settings
from auricle_records.review import triage
from auricle_records.tables import METADATA
from auricle_records.transcript_texts import MaskedTurn
from auricle_records.worker_uptime import WorkerIdentity
from fixtures.tenant import QUOTE, USAGE, Tenant, a_chat, a_finding, a_version, an_answer, an_evaluation
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

TABLES = sorted(METADATA.tables)
LEASE = {"job": "feeder", "holder": "keeper", "expires_at": datetime(2026, 1, 1, tzinfo=UTC)}
A_STEP = FlowStepResult(step="detect", state=FlowStepState.DONE)
GROWING_ONLY = {
    "acknowledgements",
    "added_findings",
    "artefact_promotions",
    "audit_events",
    "disclosure_acknowledgements",
    "disclosures",
    "finding_labels",
    "judge_certificates",
    "labels",
    "ledger",
    "oversight_entries",
    "training_states",
    "recipes",
    "unmaskings",
}


async def _finding_judged_and_added(tenant: Tenant, conversation_id: str) -> None:
    place, ann = (tenant.db, tenant.workspace, conversation_id), Author("ann")
    missed = NewFinding("rudeness", "rudeness@1", None, Severity.CRITICAL, True, (QUOTE,), "x", None, None, 1)
    added = await findings.add(*place, missed, author=ann, source="api")
    rejected = NewFindingLabel(FindingVerdict.REJECT)
    await findings.put(*place, added.id or "", rejected, author=ann, source="api")


async def _coached(tenant: Tenant, conversation_id: str, finding_id: str, agent: Author) -> None:
    where, person = (tenant.db, tenant.workspace, conversation_id), Actor("person", agent.id, agent.name)
    await findings.acknowledge(*where, finding_id, agent)
    await tasks.assign(*where, NewTask(person, None, finding_id, "x", datetime(2027, 1, 1, tzinfo=UTC)), by=person)
    await examples.add(*where, "politeness", "Добрый день!", "", by=person)


async def _quizzed(tenant: Tenant, conversation_id: str, agent: Author) -> None:
    person, where = Actor("person", agent.id, agent.name), (tenant.db, tenant.workspace)
    solution = QuizSolution(error_class="rudeness", explanation="", passage=None)
    question = NewQuestion(conversation_id, None, (), "Ждите", ("rudeness",), solution)
    quiz = await quizzes.add(*where, "q", [question], by=person)
    await assignments.assign(*where, quiz.id, [agent.id], datetime(2027, 1, 1, tzinfo=UTC), by=person)
    (given,), (asked,) = await assignments.of_person(*where, agent.id), await quizzes.questions(*where, quiz.id)
    await assignments.answer(*where, given, asked.id, "rudeness", is_right=True)


async def _calibrated(tenant: Tenant, conversation_id: str, reviewer: Author) -> None:
    person = Actor("person", reviewer.id, reviewer.name)
    wanted = NewCalibration("c", datetime(2027, 1, 1, tzinfo=UTC), (person,), conversations=(conversation_id,))
    opened = await calibration.open_session(tenant.db, tenant.workspace, wanted, by=person)
    said = Given(conversation_id, "politeness", person.id, AnswerState.UNDETERMINED, None)
    await answering.answer(tenant.db, tenant.workspace, opened.id, said)


async def _golden(tenant: Tenant, artefact: str) -> None:
    await golden_settings.choose(tenant.db, tenant.workspace, GoldenSettings(consent=True), "ann")
    label = GoldenLabel(kind=GoldenKind.ERROR_CLASS, subject="rudeness", state=GoldenState.NOT_FOUND)
    turns = (GoldenTurn(role=Role.AGENT, text="Добрый день!"),)
    dialogue = GoldenDialogue(channel=Channel.CHAT, agent="A-7", turns=turns, labels=(label,))
    new = NewItem(dialogue, GoldenSource.IMPORT, GoldenStatus.GOLDEN, "ann")
    kept = await golden_items.add(tenant.db, tenant.workspace, new)
    await gate_traces.put(tenant.db, tenant.workspace, artefact, kept.id, GateTraceIn(calls=()))


async def _judge(tenant: Tenant) -> None:
    pair = {
        "kind": "error_class",
        "subject": "rudeness",
        "people": 2,
        "runs": [2],
        "swapped": 2,
        "noise": 2,
        "paraphrases": [2],
    }
    judge = {"prompt": "same_error@0123456789abcdef", "model": {"name": "big", "weights": "b1"}}
    told = {"judge": judge, "temperature": 0, "measured_at": datetime(2026, 1, 1, tzinfo=UTC), "pairs": [pair]}
    measured = JudgeMeasurement.model_validate(told)
    await judges.add(tenant.db, tenant.workspace, certify(measured), measured, Actor("api_key", "key"))


async def _told(tenant: Tenant, person: str) -> None:
    """What is written by statements over many rows: notices, alerts, disclosures, blind answers."""
    parts = ("rule", "destination", "alert", "delivery", "notice", "entry", "item")
    own = {name: f"{name} in {tenant.workspace}" for name in parts}
    where, told = {"name": "x", "updated_by": "ann"}, {"kind": "webhook", "url": "https://x.example", "secret": "x"}
    rang = {
        "rule_id": own["rule"],
        "rule": "x",
        "measure": "class_count",
        "severity": "normal",
        "first": {},
        "last": {},
    }
    entered = {"text": "x", "added_by": "ann", "added_by_name": "Анна"}
    found = {"kind": "error_class", "subject": "rudeness", "state": "found"}
    rows: list[tuple[str, dict[str, object]]] = [
        ("alert_rules", {"id": own["rule"], "active": True, **where}),
        ("alert_destinations", {"id": own["destination"], "name": "x", "language": "ru", **told}),
        ("alerts", {"id": own["alert"], **rang}),
        ("alert_deliveries", {"id": own["delivery"], "destination_id": own["destination"], "event": "alert.test"}),
        ("alert_settings", {"time_zone": "UTC"}),
        ("notices", {"id": own["notice"], "person_id": person, "kind": "findings", "key": "x"}),
        ("notice_settings", {"person_id": person}),
        ("disclosures", {"version": 1, "ru": "х", "en": "x", "written_by": "ann", "written_by_name": "Анна"}),
        ("disclosure_acknowledgements", {"person_id": person, "version": 1, "person_name": "Анна"}),
        ("oversight_entries", {"id": own["entry"], "kind": "incident", "happened_at": LEASE["expires_at"], **entered}),
        ("blind_answers", {"review_item_id": own["item"], "golden_id": "g", "person_id": person, **found}),
    ]
    async with tenant.db.transaction(tenant.workspace) as connection:
        for table, values in rows:
            await connection.execute(insert(METADATA.tables[table]).values(workspace_id=tenant.workspace, **values))


async def _tried(tenant: Tenant, evaluation: tuple[str, str], artefact: str, appeal: str, promotion: str) -> None:
    """A dry run of a version over one evaluation of a conversation, and what an appeal changed."""
    run, (conversation, judged) = f"dry run in {tenant.workspace}", evaluation
    who = {"actor_kind": "person", "actor": "ann"}
    by = {"method": "stored", **who}
    item: dict[str, object] = {
        "dry_run_id": run,
        "conversation_id": conversation,
        "evaluation_id": judged,
        "result": {},
    }
    rows: list[tuple[str, dict[str, object]]] = [
        ("dry_runs", {"id": run, "artefact_id": artefact, "recipe": "a", "live_recipe": "b", **by}),
        ("dry_run_items", item),
        ("canaries", {"id": run, "artefact_id": artefact, "share": 5, "state": "running", "reason": "x", **who}),
        ("canary_recipes", {"canary_id": run, "recipe": "a", "side": "canary"}),
        (
            "trainings",
            {"id": run, "state": "asked", "base": "x", "labels": 0, "asked_kind": "person", "asked_by": "ann"},
        ),
        ("training_states", {"id": run, "training_id": run, "state": "asked"}),
        (
            "training_settings",
            {
                "schedule": "off",
                "weekday": 0,
                "hour": 0,
                "new_labels": 1,
                "fewest": 1,
                "most_hours": 1,
                "chosen_by": "ann",
            },
        ),
        ("appeal_changes", {"appeal_id": appeal, "promotion_id": promotion}),
    ]
    async with tenant.db.transaction(tenant.workspace) as connection:
        for table, values in rows:
            await connection.execute(insert(METADATA.tables[table]).values(workspace_id=tenant.workspace, **values))


async def furnished(tenant: Tenant) -> Tenant:
    """At least one row in every table."""
    await keys.create_key(tenant.db, tenant.workspace, name="k", scopes=[Scope.READ])
    await uploads.create(tenant.db, tenant.workspace, max_bytes=1, expires_s=60)
    await webhooks.add(tenant.db, tenant.workspace, url="https://crm.example/hook")
    hook, _ = await hooks.add(tenant.db, tenant.workspace, integration="generic", settings={})
    event = hook_events.NewEvent("key", "patch", "generic", "c", {"patch": {}})
    await hook_events.add(tenant.db, tenant.workspace, hook.id, [event])
    call = await tenant.begin(await tenant.call(external_id="c"))
    committed = await results.commit_transcript(tenant.db, call, tenant.heard(call), usages=[USAGE])
    judged = await tenant.begin(committed.next[0])
    sealed = SealedMap(judged.conversation_id, judged.revision, "a", b"sealed")
    evaluated = await results.commit_evaluation(
        tenant.db,
        judged,
        an_evaluation(judged, [an_answer()], [a_finding()]).model_copy(update={"steps": (A_STEP,)}),
        secrets=sealed,
        messages=[AgentMessage("A-7", "добрый день", (1, 2))],
    )
    await paid_completions.keep(tenant.db, judged, {"request": {"answer": "yes"}})
    await articles.add(
        tenant.db, tenant.workspace, "returns", "ru", a_version(Passage(id="p1", text="Возврат 14 дней."))
    )
    await masking.choose(tenant.db, tenant.workspace, MaskingSettings())
    await vocabularies.choose(tenant.db, tenant.workspace, Vocabulary(terms=("Аурикл",)), "key")
    await audit.write(tenant.db, tenant.workspace, Actor("api_key", "key"), AuditAction.EXPORTED)
    await masking.audit(tenant.db, tenant.workspace, judged.conversation_id, "key", "secrets")
    await worker_uptime.report(
        tenant.db, WorkerIdentity.now("asr", lambda: "cpu"), Tally(2, 1, 0, 0), workspace=tenant.workspace
    )
    contested = NewLabel(evaluated.evaluation_id or "", "politeness", AnswerState.UNDETERMINED)
    await labels.put(tenant.db, tenant.workspace, [contested], author=Author("ann"), source="api")
    await review_settings.choose(tenant.db, tenant.workspace, ReviewSettings(audited_share=1), "ann")
    await triage.triage(tenant.db, tenant.workspace)
    (text_of,) = await transcript_texts.waiting(tenant.db, tenant.workspace, limit=1)
    await transcript_texts.put(tenant.db, tenant.workspace, text_of, [MaskedTurn(1, Role.AGENT, "алло")])
    await saved_views.add(tenant.db, tenant.workspace, ViewIn(name="v", is_shared=True), Actor("person", "ann"))
    await _finding_judged_and_added(tenant, judged.conversation_id)
    await appeal_settings.choose(tenant.db, tenant.workspace, AppealSettings())
    await conversations.delete(tenant.db, tenant.workspace, (await tenant.chat()).conversation_id)
    await conversations.accept(tenant.db, tenant.workspace, a_chat(), lambda _: b"{}", recipe=tenant.recipe)
    flow = artefacts.NewVersion(ArtefactKind.FLOW, "own", "0f", 1, {"id": "own"}, "")
    made, _ = await artefacts.add(tenant.db, tenant.workspace, flow, Actor("api_key", "key"))
    why = artefacts.Evidence(Actor("api_key", "key"), "because")
    await artefacts.promote(
        tenant.db, tenant.workspace, made.id, why, shipped=None, expected=None, check=lambda _: None
    )
    team = await teams.add(tenant.db, tenant.workspace, "Вечерняя смена")
    ann = NewPerson("ann@example.com", "Анна", (MemberRole.AGENT,), team.id, ("A-7",))
    person = await directory.add(tenant.db, tenant.workspace, ann)
    appealed = NewAppeal("politeness", None, "x")
    who = Author(person.id, person.name, "person")
    appeal = await opening.open_appeal(tenant.db, tenant.workspace, judged.conversation_id, appealed, by=who)
    await _told(tenant, person.id)
    async with tenant.db.transaction(tenant.workspace) as connection:
        promotion = await connection.scalar(select(METADATA.tables["artefact_promotions"].c.id).limit(1))
    place = (judged.conversation_id, evaluated.evaluation_id or "")
    await _tried(tenant, place, made.id, appeal.id, str(promotion))
    await _coached(tenant, judged.conversation_id, f"{evaluated.evaluation_id}.0", who)
    await _quizzed(tenant, judged.conversation_id, who)
    await _calibrated(tenant, judged.conversation_id, who)
    await _golden(tenant, made.id)
    await _judge(tenant)
    await sessions.begin(
        tenant.db,
        tenant.workspace,
        person.id,
        token_hash=f"hash in {tenant.workspace}",
        client="",
        method="password",
        lifetime=Lifetime(60, 60),
    )
    async with tenant.db.transaction(tenant.workspace) as connection:  # leaders write it, in the workspace `tenant`
        await connection.execute(insert(METADATA.tables["job_leases"]).values(workspace_id=tenant.workspace, **LEASE))
    return tenant


async def test_rows_of_a_workspace_are_invisible_to_another(tenant: Tenant) -> None:
    await furnished(tenant)
    other = await furnished(await tenant.neighbour())
    for rows in METADATA.tables.values():
        async with other.db.transaction(other.workspace) as connection:
            assert set(await connection.scalars(select(rows.c.workspace_id))) == {other.workspace}, rows.name
            assert await connection.scalar(select(func.count()).where(rows.c.workspace_id == tenant.workspace)) == 0
        async with other.db.walk() as connection:
            assert await connection.scalar(select(func.count()).select_from(rows)) == 0, (
                "without a workspace there is nothing"
            )


async def test_rows_of_a_workspace_cannot_be_changed_by_another(tenant: Tenant) -> None:
    await furnished(tenant)
    other = await tenant.neighbour()
    for table in TABLES:
        for statement in (f"UPDATE {table} SET workspace_id = workspace_id", f"DELETE FROM {table}"):
            if table in GROWING_ONLY:
                with pytest.raises(DBAPIError, match="permission denied"):
                    await execute(other, statement)
            else:
                await execute(other, f"{statement} WHERE workspace_id = '{tenant.workspace}'")
        async with tenant.db.transaction(tenant.workspace) as connection:
            assert (await connection.scalar(select(func.count()).select_from(METADATA.tables[table])) or 0) > 0, table


async def test_a_row_cannot_be_given_to_another_workspace(tenant: Tenant) -> None:
    await furnished(tenant)
    for table in set(TABLES) - GROWING_ONLY:
        with pytest.raises(DBAPIError, match=r"row-level security|foreign key"):
            await execute(tenant, f"UPDATE {table} SET workspace_id = 'elsewhere'")


async def execute(tenant: Tenant, *statements: str) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        for statement in statements:
            await connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE auricle_walker",
        "SET ROLE postgres",
        "ALTER TABLE runs DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE runs NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY door ON runs USING (true)",
        "DROP POLICY workspace ON runs",
        "SELECT * FROM alembic_version",
        "CREATE TABLE public.mine (id int)",
        "TRUNCATE runs",
        "COPY runs TO PROGRAM 'cat'",
    ],
)
async def test_the_application_cannot_open_the_door_itself(tenant: Tenant, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"denied|must be|only roles"):
        await execute(tenant, statement)


async def test_row_security_cannot_be_switched_off(tenant: Tenant) -> None:
    await furnished(tenant)
    other = await tenant.neighbour()
    with pytest.raises(DBAPIError, match="row-level security"):
        await execute(other, "SET LOCAL row_security = off", "SELECT * FROM runs")


async def test_the_api_of_records_gives_nothing_of_another_workspace(tenant: Tenant) -> None:
    run = await furnished_run(tenant)
    other = await tenant.neighbour()
    for reading in (conversations.get, results.load_evaluation, conversations.source_of, conversations.delete):
        with pytest.raises(errors.NotFound):
            await reading(other.db, other.workspace, run.conversation_id)
    for acting in (runs.get, runs.resend):
        with pytest.raises(errors.NotFound):
            await acting(other.db, other.workspace, run.id)
    assert not await conversations.abandon(other.db, other.workspace, run.conversation_id)
    assert (await conversations.page(other.db, other.workspace)).items == ()
    assert [report async for report in reports.iter_reports(other.db, other.workspace)] == []
    assert await analytics.agents(other.db, other.workspace) == []
    assert await conversations.blob_keys(other.db, other.workspace, run.conversation_id) == []
    assert (await labels.page(other.db, other.workspace, conversation_id=run.conversation_id)).items == ()
    evaluations, _ = await labels.judged(tenant.db, tenant.workspace, [await evaluation_of(tenant, run)])
    (evaluation,) = evaluations.values()
    stolen = [NewLabel(evaluation.id, "politeness", AnswerState.UNDETERMINED)]
    assert await labels.judged(other.db, other.workspace, [evaluation.id]) == ({}, {})
    assert await labels.put(other.db, other.workspace, stolen, author=Author("thief"), source="api") == {}
    assert (await labels.page(tenant.db, tenant.workspace)).items == ()


async def evaluation_of(tenant: Tenant, run: runs.RunRow) -> str:
    return (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation.id


async def furnished_run(tenant: Tenant) -> runs.RunRow:
    run = await tenant.begin(await tenant.chat(external_id="c"))
    await results.commit_evaluation(tenant.db, run, an_evaluation(run))
    return run


async def test_a_pooled_connection_forgets_its_workspace(tenant: Tenant) -> None:
    await furnished(tenant)
    async with tenant.db.transaction(tenant.workspace) as connection:
        assert await connection.scalar(text("SELECT current_setting('auricle.workspace')")) == tenant.workspace
    async with tenant.db.walk() as connection:
        assert await connection.scalar(text("SELECT current_setting('auricle.workspace')")) == ""


async def test_functions_across_workspaces_return_no_content(lone_tenant: Tenant) -> None:
    """What crosses workspaces is ids, states and times; and, of people who sign in, what their credentials are checked against."""
    await furnished(lone_tenant)
    async with lone_tenant.db.walk() as connection:
        crossing = set(
            await connection.scalars(text("SELECT proname FROM pg_proc WHERE prosecdef AND proname LIKE 'auricle%'"))
        )
    assert crossing == {
        "auricle_workspace_of_run", "auricle_caller", "auricle_workspaces", "auricle_waiting_runs", "auricle_quiet_runs",
        "auricle_workspaces_with_due_events", "auricle_unquiet_tombstones", "auricle_untidy_conversations",
        "auricle_people_by_email", "auricle_people_by_subject", "auricle_person_by_reset", "auricle_session",
        "auricle_workspace_of_hook", "auricle_workspaces_with_due_hook_events", "auricle_conversations_saying",
        "auricle_blind_conversations",  # of the caller's own workspace, past the policies that ask it
    }  # fmt: skip
    assert len(await outbox.due(lone_tenant.db)) == 4
    assert len(await tombstones.unquiet(lone_tenant.db)) == 1
