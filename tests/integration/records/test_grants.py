"""Each service's database role writes its own tables: whatever it asks of another's is refused by Postgres."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from auricle_contracts import AnswerState, Code, ConversationPatch, Level, MemberRole, Role, Scope
from auricle_contracts.alerts import AlertRuleIn, AlertSettings, DestinationIn, DestinationKind, Measure
from auricle_contracts.masking import MaskingSettings
from auricle_contracts.review import ReviewSettings, SkipReason
from auricle_contracts.vocabularies import Vocabulary
from auricle_kit.metering import Tally
from auricle_kit.sealing import Keyring
from auricle_records import (
    conversations,
    grants,
    hook_events,
    hooks,
    keys,
    labels,
    masking,
    messages,
    outbox,
    results,
    runs,
    tombstones,
    trainings,
    transcript_texts,
    uploads,
    vocabularies,
    webhooks,
    worker_uptime,
    workspaces,
)
from auricle_records.alerts import deliveries, destinations, incidents, measuring, rules
from auricle_records.alerts import settings as alert_settings
from auricle_records.callers import Actor
from auricle_records.conversations import Filters, Received
from auricle_records.database import Database
from auricle_records.errors import Gone
from auricle_records.grants import APP, ASR, GATEWAY, KEEPER, SCORER, SERVICES
from auricle_records.labels import Author, NewLabel
from auricle_records.leadership import leading
from auricle_records.masking import SealedMap
from auricle_records.messages import AgentMessage
from auricle_records.migrate import migrate
from auricle_records.notices import gathering, mailing
from auricle_records.people import credentials
from auricle_records.review import agent_sample, contested, items, triage, upkeep
from auricle_records.review import settings as review_settings
from auricle_records.runs import RunRow
from auricle_records.runs.upkeep import Untidy
from auricle_records.tables import METADATA
from auricle_records.transcript_texts import MaskedTurn
from auricle_records.worker_uptime import WorkerIdentity
from fixtures.postgres import Postgres
from fixtures.tenant import USAGE, Tenant, a_call, a_chat, a_finding, an_answer, an_evaluation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

FOREIGN = {
    GATEWAY: (
        "INSERT INTO evaluations DEFAULT VALUES",
        "UPDATE evaluations SET current = true",
        "UPDATE answers SET value = '1'",
        "DELETE FROM findings",
        "INSERT INTO transcripts DEFAULT VALUES",
        "INSERT INTO transcript_texts DEFAULT VALUES",
        "UPDATE evaluations SET searchable = false",
        "INSERT INTO ledger DEFAULT VALUES",
        "UPDATE reverse_maps SET body = ''",
        "UPDATE outbox SET state = 'sent'",
        "UPDATE labels SET value = '1'",
        "INSERT INTO review_items (golden_id) VALUES ('x')",
        "UPDATE review_items SET known_by = '{}'",
        "UPDATE finding_labels SET verdict = 'accept'",
        "DELETE FROM added_findings",
        "DELETE FROM unmaskings",
        "INSERT INTO notices DEFAULT VALUES",
        "INSERT INTO alerts DEFAULT VALUES",
        "UPDATE alerts SET last = '{}'",
        "UPDATE alert_deliveries SET state = 'sent'",
        "SELECT * FROM notices",
        "UPDATE job_leases SET holder = 'me'",
        "UPDATE artefacts SET body = '{}'",
        "DELETE FROM artefacts",
        "UPDATE artefact_promotions SET reason = ''",
        "UPDATE golden_items SET split = 'train'",
        "UPDATE judge_certificates SET state = 'valid'",
        "DELETE FROM judge_certificates",
        "UPDATE golden_labels SET state = 'found'",
        "UPDATE disclosures SET ru = ''",
        "DELETE FROM disclosure_acknowledgements",
        "UPDATE oversight_entries SET text = ''",
    ),
    ASR: (
        "INSERT INTO evaluations DEFAULT VALUES",
        "UPDATE transcripts SET turns = 1",
        "UPDATE conversations SET metadata = '{}'",
        "DELETE FROM conversations",
        "INSERT INTO labels DEFAULT VALUES",
        "SELECT hash FROM api_keys",
        "SELECT body FROM reverse_maps",
        "SELECT password_hash FROM people",
        "UPDATE workspaces SET active = false",
        "UPDATE vocabularies SET terms = '{}'",
        "INSERT INTO recipes DEFAULT VALUES",
        "DELETE FROM outbox",
    ),
    SCORER: (
        "INSERT INTO transcripts DEFAULT VALUES",
        "INSERT INTO runs DEFAULT VALUES",
        "UPDATE evaluations SET summary = ''",
        "UPDATE review_items SET state = 'done'",
        "DELETE FROM evaluations",
        "UPDATE answers SET value = '1'",
        "UPDATE conversations SET participants = '[]'",
        "INSERT INTO labels DEFAULT VALUES",
        "INSERT INTO finding_labels DEFAULT VALUES",
        "SELECT hash FROM api_keys",
        "UPDATE masking_settings SET kinds = '{}'",
        "DELETE FROM unmaskings",
        "DELETE FROM golden_items",
        "INSERT INTO golden_labels DEFAULT VALUES",
    ),
    KEEPER: (
        "INSERT INTO conversations DEFAULT VALUES",
        "UPDATE conversations SET metadata = '{}'",
        "INSERT INTO evaluations DEFAULT VALUES",
        "DELETE FROM ledger",
        "DELETE FROM labels",
        "UPDATE appeals SET state = 'accepted'",
        "UPDATE review_settings SET audited_share = 0",
        "INSERT INTO webhook_endpoints DEFAULT VALUES",
        "INSERT INTO alert_rules DEFAULT VALUES",
        "UPDATE alert_destinations SET url = ''",
        "INSERT INTO reverse_maps DEFAULT VALUES",
        "SELECT hash FROM api_keys",
        "SELECT hash FROM sessions",
        "UPDATE people SET password_hash = NULL",
    ),
}


@pytest.fixture(params=SERVICES)
async def service(request: pytest.FixtureRequest, session_postgres_url: str) -> AsyncIterator[tuple[str, Database]]:
    """A role of a service, and the shared database as it."""
    async with Database.connect(session_postgres_url, role=request.param) as db:
        yield request.param, db


async def test_a_foreign_write_is_refused(service: tuple[str, Database]) -> None:
    role, db = service
    for statement in FOREIGN[role]:
        with pytest.raises(DBAPIError, match="permission denied"):
            async with db.transaction("demo") as connection:
                await connection.execute(text(statement))


async def test_a_service_logs_in_as_itself_where_the_url_names_the_shared_role(
    service: tuple[str, Database], postgres: Postgres
) -> None:
    role, db = service
    async with db.walk() as connection:
        assert await connection.scalar(text("SELECT current_user")) == role
    async with Database.connect(postgres.admin_url(), role=role) as db, db.walk() as connection:
        assert await connection.scalar(text("SELECT current_user")) == "postgres"  # a name that was chosen stays


async def test_a_services_role_is_shut_in_its_workspace(service: tuple[str, Database], tenant: Tenant) -> None:
    _, db = service
    await tenant.chat()
    for workspace, seen in ((tenant.workspace, 1), ("elsewhere", 0)):
        async with db.transaction(workspace) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM conversations")) == seen


async def test_a_lock_is_no_right_to_change(session_postgres_url: str, tenant: Tenant) -> None:
    """A worker ends a run with the conversation locked, whose columns it may not touch."""
    received = await tenant.chat()
    async with Database.connect(session_postgres_url, role=SCORER) as db:
        async with db.transaction(tenant.workspace) as connection:
            locked = text("SELECT id FROM conversations FOR NO KEY UPDATE")
            assert await connection.scalar(locked) == received.conversation_id
        with pytest.raises(DBAPIError, match="permission denied"):
            async with db.transaction(tenant.workspace) as connection:
                await connection.execute(text("UPDATE conversations SET line = ''"))


async def test_a_conversations_way_through_the_services(session_postgres_url: str) -> None:
    """From the key that posts it to its deletion by retention, each step as the service that does it."""
    async with AsyncExitStack() as stack:
        gateway, asr, scorer, keeper = [
            Tenant(await stack.enter_async_context(Database.connect(session_postgres_url, role=role)), "own-roles")
            for role in SERVICES
        ]
        call, abandoned = await _posted(gateway)
        heard = await asr.begin(call)
        committed = await results.commit_transcript(asr.db, heard, asr.heard(heard), usages=[USAGE])
        await worker_uptime.report(
            asr.db, WorkerIdentity.now("asr", lambda: "cpu"), Tally(2, 1, 0, 0), workspace=asr.workspace
        )
        evaluated = await _judged(scorer, committed.next[0])
        contested = NewLabel(evaluated, "politeness", AnswerState.UNDETERMINED)
        await labels.put(gateway.db, gateway.workspace, [contested], author=Author("ann"), source="api")
        await _reviewed(gateway, keeper)
        await _rang(gateway, keeper)
        await _kept_in_order(keeper, call.conversation_id, abandoned)
        with pytest.raises(Gone):
            await conversations.get(gateway.db, gateway.workspace, call.conversation_id)


async def _posted(gateway: Tenant) -> tuple[RunRow, Received]:
    """A call whose run is on its way, and one whose body never came, in a workspace with everything that its settings can have."""
    await gateway.open()
    key = await keys.create_key(gateway.db, gateway.workspace, name="k", scopes=[Scope.INGEST])
    assert await keys.authenticate(gateway.db, key.token)
    await masking.choose(gateway.db, gateway.workspace, MaskingSettings())
    await vocabularies.choose(gateway.db, gateway.workspace, Vocabulary(terms=("Аурикл",)), key.row.id)
    await workspaces.choose_depth(gateway.db, gateway.workspace, Level.HARD, key.row.id)
    await webhooks.add(gateway.db, gateway.workspace, url="https://crm.example/hook")
    await hooks.add(gateway.db, gateway.workspace, integration="twilio", settings={})
    gone, _ = await webhooks.add(gateway.db, gateway.workspace, url="https://crm.example/gone")
    await webhooks.remove(gateway.db, gateway.workspace, gone.id)
    await uploads.create(gateway.db, gateway.workspace, max_bytes=1, expires_s=0.01)
    upload = await uploads.create(gateway.db, gateway.workspace, max_bytes=1, expires_s=600)
    call = await gateway.call(external_id="c")
    await uploads.claim(gateway.db, gateway.workspace, upload.id, call.conversation_id)
    await masking.audit(gateway.db, gateway.workspace, call.conversation_id, key.row.id, "secrets")
    await conversations.patch(gateway.db, gateway.workspace, call.conversation_id, ConversationPatch(line="sales"))
    await conversations.accept(gateway.db, gateway.workspace, a_chat(), lambda _: b"{}", recipe=gateway.recipe)
    await conversations.delete(gateway.db, gateway.workspace, (await gateway.chat()).conversation_id)
    given_up = await gateway.receive(a_call())
    assert await conversations.abandon(gateway.db, gateway.workspace, given_up.conversation_id)
    await runs.record_entries(gateway.db, gateway.workspace, [(call.id, "9-1")])
    return await runs.get(gateway.db, gateway.workspace, call.id), await gateway.receive(a_call())


async def _judged(scorer: Tenant, run: RunRow) -> str:
    """Its evaluation."""
    begun = await scorer.begin(run)
    sealed = SealedMap(begun.conversation_id, begun.revision, "old", b"sealed")
    committed = await results.commit_evaluation(
        scorer.db,
        begun,
        an_evaluation(begun, [an_answer()], [a_finding()]),
        secrets=sealed,
        messages=[AgentMessage("A-7", "добрый день", (1, 2))],
        usages=[USAGE],
    )
    await messages.trim(scorer.db, scorer.workspace, "A-7", keep=10)
    return committed.evaluation_id or ""


async def _reviewed(gateway: Tenant, keeper: Tenant) -> None:
    """Keeper says what waits, people of the gateway's side close it."""
    now = datetime.now(UTC)
    await review_settings.choose(gateway.db, gateway.workspace, ReviewSettings(audited_share=1), "ann")
    assert await triage.triage(keeper.db, keeper.workspace) == 1
    assert await contested.contest(keeper.db, keeper.workspace, now=now) == 1
    await agent_sample.draw(keeper.db, keeper.workspace, now=now)
    await upkeep.withdraw(keeper.db, keeper.workspace)
    await gathering.gather(keeper.db, keeper.workspace, gather_s=0, digest_s=1)
    for letter in await mailing.claim(keeper.db, keeper.workspace, pause_s=0, hold_s=60):
        await mailing.sent(keeper.db, letter)
    await mailing.prune(keeper.db, keeper.workspace, older_s=0)
    await upkeep.release(keeper.db, keeper.workspace, claimed_s=60)
    for one in await transcript_texts.waiting(keeper.db, keeper.workspace, limit=10):
        await transcript_texts.put(keeper.db, keeper.workspace, one, [MaskedTurn(1, Role.AGENT, "алло")])
    assert (await conversations.page(gateway.db, gateway.workspace, Filters(text="алло"))).items
    claim = await items.claim_next(gateway.db, gateway.workspace, Actor("person", "ann"))
    assert claim
    await items.assign(gateway.db, gateway.workspace, claim.item.id, Actor("person", "bob"), by="ann")
    await items.release(gateway.db, gateway.workspace, claim.item.id)
    await items.skip(gateway.db, gateway.workspace, claim.item.id, Actor("person", "bob"), SkipReason.OTHER, "…")


async def _rang(gateway: Tenant, keeper: Tenant) -> None:
    """A rule that keeper finds ringing, told once, and closed by who wrote it."""
    wanted, by = DestinationIn(name="x", kind=DestinationKind.EMAIL, roles=(MemberRole.ADMIN,)), Actor("person", "ann")
    told, _ = await destinations.add(gateway.db, gateway.workspace, wanted)
    rule = AlertRuleIn(name="x", measure=Measure.FATAL_COUNT, threshold=1, destination_ids=(told.id,))
    made = await rules.add(gateway.db, gateway.workspace, rule, by)
    now = datetime.now(UTC)
    last, before = await measuring.measure(keeper.db, keeper.workspace, made, now=now)
    reading = measuring.reading(made, last, before)
    assert await incidents.observe(keeper.db, keeper.workspace, made, reading, ringing=True, told_at=now)
    (alert,) = (await incidents.page(gateway.db, gateway.workspace)).items
    await incidents.acknowledge(gateway.db, gateway.workspace, alert.id, by)
    await deliveries.add_test(gateway.db, gateway.workspace, told)
    for due in await deliveries.claim(keeper.db, keeper.workspace, limit=10, hold_s=60):
        assert await deliveries.recipients(keeper.db, keeper.workspace, due) == []
        await deliveries.mark_told(keeper.db, due, "ann")
        await deliveries.sent(keeper.db, due, "smtp 250")
    await deliveries.prune(keeper.db, keeper.workspace, older_s=0)
    await rules.change(gateway.db, gateway.workspace, made.id, rule.model_copy(update={"active": False}), by)
    await rules.remove(gateway.db, gateway.workspace, made.id, by)
    await alert_settings.choose(gateway.db, gateway.workspace, AlertSettings())
    keyring = Keyring.parse("k1:" + base64.b64encode(bytes(32)).decode())
    assert keyring is not None
    assert await destinations.seal_secrets(keeper.db, keeper.workspace, keyring) == 1
    await destinations.remove(gateway.db, gateway.workspace, told.id)


async def _kept_in_order(keeper: Tenant, conversation_id: str, abandoned: Received) -> None:
    """Leads, sends, seals anew, gives up what never came, forgets uploads, tidies and deletes."""
    async with leading(keeper.db, "own-roles") as led:
        assert led
    (delivery,) = [one for one in await outbox.due(keeper.db, limit=100) if one.workspace == keeper.workspace][:1]
    await outbox.sent(keeper.db, delivery)
    await outbox.expire(keeper.db, keeper.workspace, older_s=0)
    assert await outbox.prune(keeper.db, keeper.workspace, sent_s=0, dead_s=0)
    keyring = Keyring.parse(f"new:{base64.b64encode(bytes(32)).decode()}")
    assert keyring is not None
    assert await webhooks.seal_secrets(keeper.db, keeper.workspace, keyring) == 1
    assert await hooks.seal_secrets(keeper.db, keeper.workspace, keyring) == 1
    await hook_events.prune(keeper.db, keeper.workspace, dead_s=0)
    await credentials.reseal_factors(keeper.db, keeper.workspace, keyring)
    assert await conversations.abandon(keeper.db, keeper.workspace, abandoned.conversation_id)
    await asyncio.sleep(0.02)
    for upload in await uploads.expired(keeper.db, keeper.workspace):
        await uploads.remove(keeper.db, keeper.workspace, upload.id)
    async with runs.tidying(keeper.db, Untidy(keeper.workspace, conversation_id)) as named:
        assert named
    await conversations.delete(keeper.db, keeper.workspace, conversation_id)
    for tombstone in [one for one in await tombstones.unquiet(keeper.db, pause_s=0) if one.workspace == "own-roles"]:
        await tombstones.swept(keeper.db, tombstone, removed=0)


async def test_every_table_has_a_service_that_writes_it(session_postgres_url: str) -> None:
    """What is granted names tables that there are; a table of nobody's would be dead."""
    assert set(grants._WRITERS) | set(grants._READERS) <= set(METADATA.tables)
    assert all(grants.writers(table) for table in METADATA.tables)
    async with Database.connect(session_postgres_url, role=APP) as db, db.walk() as connection:
        for table in METADATA.tables:
            rights = "has_any_column_privilege('{0}', '{1}', 'INSERT, UPDATE') OR has_table_privilege('{0}', '{1}', 'DELETE')"
            able = {role for role in SERVICES if await connection.scalar(text(f"SELECT {rights.format(role, table)}"))}
            assert able == set(grants.writers(table)), table


async def test_what_is_withdrawn_is_gone_after_the_next_migration(postgres: Postgres) -> None:
    name = postgres.create()
    try:
        postgres.admin(f"GRANT UPDATE (summary) ON evaluations TO {GATEWAY}", database=name)
        await migrate(postgres.admin_url(name))
        async with Database.connect(postgres.app_url(name), role=GATEWAY) as db:
            await workspaces.ensure(db, "demo")
            with pytest.raises(DBAPIError, match="permission denied"):
                async with db.transaction("demo") as connection:
                    await connection.execute(text("UPDATE evaluations SET summary = ''"))
    finally:
        postgres.drop(name)


async def test_keeper_opens_and_ends_the_key_of_a_training_and_reads_no_hash(
    session_postgres_url: str, tenant: Tenant
) -> None:
    """As the role that keeper logs in with: a training is launched with its key, lost, and failed with it."""
    values = {
        "id": tenant.workspace,
        "state": "asked",
        "base": "x",
        "labels": 0,
        "asked_kind": "person",
        "asked_by": "ann",
    }
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(METADATA.tables["trainings"].insert().values(workspace_id=tenant.workspace, **values))
    token = keys.derived("what keeper and trainer share", tenant.workspace)
    async with Database.connect(session_postgres_url, role=KEEPER) as db:
        for _ in range(2):
            await trainings.launch(db, tenant.workspace, tenant.workspace, token)
        assert (await trainings.get(db, tenant.workspace, tenant.workspace)).attempts == 2
        opened = await keys.authenticate(tenant.db, token)
        assert opened is not None
        assert opened.scopes == {Scope.READ, Scope.TRAIN, Scope.PROMOTE}
        assert await trainings.fail(db, tenant.workspace, tenant.workspace, Code.TRAINER_FAILED, "x")
    assert await keys.authenticate(tenant.db, token) is None
